package kengine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/version"
	"noroshi.dev/internal/kengine/intake"
)

func below(end string) []cve.Entry {
	return []cve.Entry{{Range: version.Range{Kind: "semver", Start: "0", End: end, EndExcluded: true}, Status: cve.StatusAffected}}
}

// TestTagMatch matches one tag with the products of one report.
func TestTagMatch(t *testing.T) {
	t.Parallel()
	openssl := intake.Product{Vendor: "OpenSSL", Product: "OpenSSL", Versions: below("3.0.7"), DefaultStatus: cve.StatusUnaffected}
	nvd := intake.Product{CPEs: []string{"cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*"}, Versions: below("3.0.7"), DefaultStatus: cve.StatusUnaffected}
	old := intake.Product{CPEs: []string{"cpe:/a:apache:http_server:2.4.1"}}
	npm := intake.Product{Package: "lodash", PURL: "pkg:npm/lodash", Versions: below("4.17.21"), DefaultStatus: cve.StatusUnaffected}
	deb := intake.Product{PURL: "pkg:deb/debian/curl?arch=source&distro=bookworm"}
	for _, c := range []struct {
		name    string
		tag     tagEntry
		of      []intake.Product
		by      string // "" for no match
		status  string
		holding string
	}{
		{"names", tagEntry{vendor: "openssl", product: "OpenSSL"}, []intake.Product{openssl}, ByName, "affected", ""},
		{"release in range", tagEntry{product: "openssl", release: "3.0.1"}, []intake.Product{openssl}, ByName, "affected", "<3.0.7"},
		{"release fixed", tagEntry{product: "openssl", release: "3.0.7"}, []intake.Product{openssl}, "", "", ""},
		{"release fixed, another source does not know", tagEntry{product: "openssl", release: "3.0.7"}, []intake.Product{{Product: "OpenSSL"}, openssl}, "", "", ""},
		{"release that nobody knows about", tagEntry{product: "openssl", release: "3.0.7"}, []intake.Product{{Product: "OpenSSL"}}, ByName, "unknown", ""},
		{"affected outweighs unaffected", tagEntry{product: "openssl", release: "3.0.1"}, []intake.Product{
			{Product: "OpenSSL", DefaultStatus: cve.StatusUnaffected}, openssl,
		}, ByName, "affected", "<3.0.7"},
		{"pattern", tagEntry{product: "open*"}, []intake.Product{openssl}, ByName, "affected", ""},
		{"pattern in both", tagEntry{vendor: "*ssl", product: "*s*l"}, []intake.Product{openssl}, ByName, "affected", ""},
		{"pattern that does not fit", tagEntry{vendor: "openssl", product: "libre*"}, []intake.Product{openssl}, "", "", ""},
		{"vendor alone", tagEntry{vendor: "openssl"}, []intake.Product{openssl}, ByName, "affected", ""},
		{"CPE without version", tagEntry{cpe: "cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*"}, []intake.Product{nvd}, ByCPE, "affected", ""},
		{"CPE with version in range", tagEntry{cpe: "cpe:/a:openssl:openssl:3.0.1"}, []intake.Product{nvd}, ByCPE, "affected", "<3.0.7"},
		{"CPE with version fixed", tagEntry{cpe: "cpe:/a:openssl:openssl:3.1"}, []intake.Product{nvd}, "", "", ""},
		{"CPE of another part", tagEntry{cpe: "cpe:/o:openssl:openssl"}, []intake.Product{nvd}, "", "", ""},
		{"CPE of every product of a vendor", tagEntry{cpe: "cpe:/a:openssl"}, []intake.Product{nvd}, ByCPE, "affected", ""},
		{"CPE against names", tagEntry{cpe: "cpe:/a:openssl:openssl:3.0.1"}, []intake.Product{openssl}, ByCPE, "affected", "<3.0.7"},
		{"names against CPE", tagEntry{vendor: "apache", product: "http server"}, []intake.Product{old}, ByName, "affected", ""},
		{"exact version of a CPE", tagEntry{cpe: "cpe:/a:apache:http_server", release: "2.4.1"}, []intake.Product{old}, ByCPE, "affected", "=2.4.1"},
		{"other exact version of a CPE", tagEntry{cpe: "cpe:/a:apache:http_server", release: "2.4.2"}, []intake.Product{old}, "", "", ""},
		{"wildcard in CPE", tagEntry{cpe: "cpe:2.3:a:*:http_server:*:*:*:*:*:*:*:*"}, []intake.Product{old}, ByCPE, "affected", ""},
		{"package URL", tagEntry{purl: "pkg:npm/lodash@4.17.20"}, []intake.Product{npm}, ByPURL, "affected", "<4.17.21"},
		{"package URL fixed", tagEntry{purl: "pkg:npm/lodash@4.17.21"}, []intake.Product{npm}, "", "", ""},
		{"package URL of another type", tagEntry{purl: "pkg:pypi/lodash"}, []intake.Product{npm}, "", "", ""},
		{"processor does not matter", tagEntry{purl: "pkg:deb/debian/curl?arch=amd64"}, []intake.Product{deb}, ByPURL, "affected", ""},
		{"distribution does", tagEntry{purl: "pkg:deb/debian/curl?distro=trixie"}, []intake.Product{deb}, "", "", ""},
	} {
		c.tag.id, c.tag.name = "t", c.name
		got := indexTags([]*tagEntry{&c.tag}).match(c.of)
		if c.by == "" {
			if len(got) != 0 {
				t.Errorf("%s: matches: %v", c.name, got)
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: %d matches", c.name, len(got))
			continue
		}
		why, ok := ReadWhy(got[0].Reason)
		if !ok || why.By != c.by || why.Status != c.status || c.holding != "" && why.Range != c.holding {
			t.Errorf("%s: %+v (%q)", c.name, why, got[0].Reason)
		}
	}
}

// TestTagIndexMissesNothing compares the index with a comparison of every tag with every product,
// and the short rows with the products that they stand for.
func TestTagIndexMissesNothing(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 11))
	words := []string{"apache", "http server", "Open_SSL", "openssl", "curl", "big-ip", "日本", "a*", "*", ""}
	word := func(n int) string { return words[rng.IntN(n)] }
	plainWord := func() string { return word(7) }
	cpeOf := func() string {
		s := "cpe:2.3:a"
		for range 2 {
			w := strings.ReplaceAll(strings.ReplaceAll(word(10), " ", "_"), "日本", "jp")
			if w == "" {
				w = "*"
			}
			s += ":" + strings.ToLower(w)
		}
		return s + ":" + []string{"*", "1.0", "2.0"}[rng.IntN(3)]
	}
	found := 0
	for range 3000 {
		tags := make([]*tagEntry, 1+rng.IntN(4))
		for i := range tags {
			tags[i] = &tagEntry{id: fmt.Sprint(i), vendor: word(10), product: word(10), release: []string{"", "1.0"}[rng.IntN(2)]}
			switch rng.IntN(3) {
			case 0:
				tags[i].cpe = cpeOf()
			case 1:
				tags[i].purl = "pkg:generic/" + strings.ReplaceAll(plainWord(), " ", "-")
			}
		}
		p := intake.Product{Vendor: plainWord(), Product: plainWord(), DefaultStatus: cve.StatusAffected}
		if rng.IntN(2) == 0 {
			p.CPEs = []string{"cpe:2.3:a:" + strings.ReplaceAll(strings.ToLower(word(2)), " ", "_") + ":openssl:1.0"}
		}
		if rng.IntN(2) == 0 {
			p.PURL = "pkg:generic/" + strings.ReplaceAll(plainWord(), " ", "-") + "@1.0"
		}
		x := indexTags(tags)
		names := x.namesOf(&p)
		want := map[string]bool{}
		for _, e := range tags {
			if why, ok := e.fits(&p, &names); ok && why.Status != cve.StatusUnaffected {
				want[e.id] = true
			}
		}
		got := x.match([]intake.Product{p})
		if len(got) != len(want) {
			t.Fatalf("%+v\nwith %+v: index finds %v, all are %v", tags, p, got, want)
		}
		found += len(got)
		prep := prepared{}
		prep.listProducts([]intake.Product{p})
		likely := len(x.loose) > 0
		for i := range prep.affected {
			likely = likely || x.likely(&prep.affected[i])
		}
		if len(got) > 0 && !likely {
			t.Fatalf("%+v: the short rows %+v do not tell", got, prep.affected)
		}
	}
	if found < 300 {
		t.Errorf("only %d matches: the test shows little", found)
	}
}

func TestWhyRoundTrip(t *testing.T) {
	t.Parallel()
	for _, w := range []Why{
		{By: ByCPE, Pattern: "cpe:/a:x", Product: "X ; Y", Release: "1.0", Status: "affected", Range: ">=1|<2"},
		{By: ByName, Pattern: "windows*", Product: "Microsoft Windows", Status: "affected"},
	} {
		got, ok := ReadWhy(w.String())
		w.Product = strings.ReplaceAll(w.Product, " ; ", ", ")
		if !ok || got != w {
			t.Errorf("%+v became %+v", w, got)
		}
	}
	if _, ok := ReadWhy("something else"); ok {
		t.Error("any text is a reason")
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("open*", "openssl")
	f.Add("*a*b*", "xaxbx")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		s = fold(s)
		if !glob("*", s) || !glob("", s) || s != "" && !strings.Contains(s, "*") && !glob(s, s) {
			t.Fatalf("%q does not match itself", s)
		}
		glob(pattern, s)
	})
}
