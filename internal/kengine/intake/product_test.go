package intake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/csaf"
	"noroshi.dev/format/cvss"
	"noroshi.dev/format/jvn"
	"noroshi.dev/format/nvd"
	"noroshi.dev/format/osv"
	"noroshi.dev/format/ssvc"
	"noroshi.dev/format/vrda"
)

func ExampleRead() {
	feed := "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription\nCVE-2099-10001,Example,Server,Overflow,2099-01-02,A flaw.\nCVE-2099-10002,Example,Server,Overflow,soon,A flaw.\n"
	for batch, err := range Read(context.Background(), Source{Name: "kev.csv", R: strings.NewReader(feed)}, Options{Workers: 1}) {
		if err != nil {
			panic(err)
		}
		for _, r := range batch.Records {
			for _, o := range r.Observations {
				fmt.Println(r.ID, o.Fact, o.Values, o.Source)
			}
		}
		for _, r := range batch.Refusals {
			fmt.Println(r.Error())
		}
	}
	// Output:
	// CVE-2099-10001 cisa:KEV:1.0.0 [Y] kev
	// CVE-2099-10001 ssvc:E:1.1.0 [A] kev
	// kev.csv:3: kengine.intake.invalid: dateAdded is not a date YYYY-MM-DD: "soon"
}

func ExampleEPSSBins() {
	for _, bin := range EPSSBins() {
		fmt.Printf("%s from %.0f %%\n", bin.Name, 100*bin.From)
	}
	// Output:
	// low from 0 %
	// medium from 1 %
	// high from 10 %
	// very high from 50 %
}

// statuses tells what a product says of some versions.
func statuses(p *Product, versions ...string) string {
	list := make([]string, len(versions))
	for i, v := range versions {
		list[i] = v + " " + p.Status(v)
	}
	return strings.Join(list, ", ")
}

func TestNVDProducts(t *testing.T) {
	t.Parallel()
	const any, one, none = "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:1.5:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:-:*:*:*:*:*:*:*"
	for _, tc := range []struct {
		name  string
		match nvd.Match
		want  string
	}{
		{"any version", nvd.Match{Criteria: any}, "1 affected, 1.5 affected, 2 affected"},
		{"one version", nvd.Match{Criteria: one}, "1 unaffected, 1.5 affected, 2 unaffected"},
		{"no version applies", nvd.Match{Criteria: none}, "1 unknown, 1.5 unknown, 2 unknown"},
		{"below", nvd.Match{Criteria: any, EndExcluding: "2"}, "1 affected, 1.5 affected, 2 unaffected"},
		{"up to", nvd.Match{Criteria: any, EndIncluding: "1.5"}, "1 affected, 1.5 affected, 2 unaffected"},
		{"from", nvd.Match{Criteria: any, StartIncluding: "1.5"}, "1 unaffected, 1.5 affected, 2 affected"},
		{"after", nvd.Match{Criteria: any, StartExcluding: "1.5"}, "1 unaffected, 1.5 unaffected, 2 affected"},
		{"between", nvd.Match{Criteria: any, StartExcluding: "1", EndExcluding: "2"}, "1 unaffected, 1.5 affected, 2 unaffected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var r Record
			tc.match.Vulnerable = true
			r.nvdProducts(nvd.Node{Matches: []nvd.Match{tc.match}})
			if len(r.Products) != 1 {
				t.Fatalf("%d products, want 1", len(r.Products))
			}
			if got := statuses(&r.Products[0], "1", "1.5", "2"); got != tc.want || r.Products[0].Vendor != "v" || r.Products[0].Product != "p" {
				t.Errorf("%s of %+v, want %s", got, r.Products[0], tc.want)
			}
		})
	}
	var r Record
	r.nvdProducts(nvd.Node{Matches: []nvd.Match{{Criteria: any}}})
	r.nvdProducts(nvd.Node{Negate: true, Matches: []nvd.Match{{Criteria: any, Vulnerable: true}}})
	if len(r.Products) != 0 {
		t.Errorf("what a product runs on, and what a node excludes, became %+v", r.Products)
	}
}

func TestCSAFProducts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, status string
		product      csaf.Product
		want         string
	}{
		{"one version", "affected", csaf.Product{Product: "p", Version: "1"}, "1 affected, 2 unknown"},
		{"every version", "affected", csaf.Product{Product: "p"}, "1 affected, 2 affected"},
		{"a range in words", "affected", csaf.Product{Product: "p", VersionRange: "<2"}, "1 unknown, 2 unknown"},
		{"fixed version", "unaffected", csaf.Product{Product: "p", Version: "2"}, "1 unknown, 2 unaffected"},
	} {
		p := csafProduct(&tc.product, tc.status, "csaf:x")
		if got := statuses(&p, "1", "2"); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
	p := csafProduct(&csaf.Product{Name: "Full name 1.0", CPE: "cpe:/a:v:p", PURLs: []string{"pkg:a/b", "pkg:c/d"}}, "unknown", "csaf:x")
	if p.Product != "Full name 1.0" || !slices.Equal(p.CPEs, []string{"cpe:/a:v:p"}) || p.PURL != "pkg:a/b" {
		t.Errorf("identifiers of %+v", p)
	}
	for state, want := range map[string]string{
		csaf.Affected: "affected", csaf.Fixed: "unaffected", csaf.NotAffected: "unaffected", csaf.UnderInvestigation: "unknown", csaf.Unknown: "unknown", "": "unknown",
	} {
		if got := csafStatus(state); got != want {
			t.Errorf("csafStatus(%q) = %s, want %s", state, got, want)
		}
	}
}

func TestOSVProducts(t *testing.T) {
	t.Parallel()
	var a osv.Affected
	a.Package.Name, a.Package.Ecosystem, a.Package.PURL = "n", "npm", "pkg:npm/n"
	p := osvProduct(&a)
	if got := statuses(&p, "1.0.0"); got != "1.0.0 unknown" || p.Collection != "npm" || p.Package != "n" || p.PURL != "pkg:npm/n" {
		t.Errorf("without versions: %s, %+v", got, p)
	}
	a.Versions = []string{"1.0.0", "1.2.0"}
	p = osvProduct(&a)
	if got := statuses(&p, "1.0.0", "1.1.0", "1.2.0"); got != "1.0.0 affected, 1.1.0 unaffected, 1.2.0 affected" {
		t.Errorf("listed versions: %s", got)
	}
}

func TestJVNProducts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, status, want string
		versions           []string
	}{
		{"every version", jvn.Vulnerable, "1.0 affected, 2.0 affected", nil},
		{"a range", jvn.Vulnerable, "1.0 affected, 2.0 unaffected", []string{"1.0 およびそれ以前"}},
		{"a range not understood", jvn.Vulnerable, "1.0 unknown, 2.0 unknown", []string{"たぶん古いもの全部"}},
		{"not vulnerable", jvn.NotVulnerable, "1.0 unaffected, 2.0 unaffected", nil},
		{"no statement", "", "1.0 unknown, 2.0 unknown", nil},
	} {
		a := vrda.Affected{Product: "p", Status: tc.status, Versions: tc.versions}
		p := vrdaProduct(&a)
		got := statuses(&p, "1.0", "2.0")
		if want := strings.ReplaceAll(tc.want, "2.0 unaffected", map[bool]string{true: "2.0 unknown", false: "2.0 unaffected"}[tc.versions != nil]); got != want {
			t.Errorf("vrda, %s: %s, want %s", tc.name, got, want)
		}
		item := jvn.AffectedItem{Product: "p", Status: tc.status}
		for _, text := range tc.versions {
			item.Versions = append(item.Versions, jvn.VersionNumber{Text: text})
		}
		p = jvnProduct(&item)
		if got := statuses(&p, "1.0", "2.0"); got != tc.want {
			t.Errorf("jvn, %s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// TestVRDAFacts: a fact of our profile is an observation; one without a valid id, or without a
// value, stays unmapped.
func TestVRDAFacts(t *testing.T) {
	t.Parallel()
	at := time.Date(2099, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	values := []vrda.Value{{Key: "P"}, {Key: "A"}}
	for _, tc := range []struct {
		name string
		fact vrda.Fact
		why  string
	}{
		{"good", vrda.Fact{Namespace: "ssvc", Key: "E", Version: "1.1.0", Values: values, Observed: at}, ""},
		{"no namespace", vrda.Fact{Key: "E", Version: "1.1.0", Values: values}, ReasonUnknownFact},
		{"no version", vrda.Fact{Namespace: "ssvc", Key: "E", Values: values}, ReasonUnknownFact},
		{"odd namespace", vrda.Fact{Namespace: "s s", Key: "E", Version: "1.1.0", Values: values}, ReasonUnknownFact},
		{"odd key", vrda.Fact{Namespace: "ssvc", Key: "E:1", Version: "1.1.0", Values: values}, ReasonUnknownFact},
		{"no values", vrda.Fact{Namespace: "ssvc", Key: "E", Version: "1.1.0"}, ReasonUnknownValue},
	} {
		var r Record
		r.vrdaFact(&tc.fact)
		switch {
		case tc.why != "":
			if len(r.Observations) != 0 || len(r.Unmapped) != 1 || r.Unmapped[0].Reason != tc.why {
				t.Errorf("%s: %+v, %+v; want unmapped by %s", tc.name, r.Observations, r.Unmapped, tc.why)
			}
		case len(r.Observations) != 1 || r.Observations[0].Fact != "ssvc:E:1.1.0" || r.Observations[0].Raw != "P A" || r.Observations[0].ObservedAt.Location() != time.UTC:
			t.Errorf("%s: %+v, %+v", tc.name, r.Observations, r.Unmapped)
		}
	}
}

// TestSmallNames: addresses and languages that are worked out from other fields.
func TestSmallNames(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"JVNDB-2022-000097": "2022/", "JVNDB-2022": "", "": "", "a-b-c-d": ""} {
		if got := jvnYear(id); got != want {
			t.Errorf("jvnYear(%s) = %q, want %q", id, got, want)
		}
	}
	for link, want := range map[string]string{"https://jvndb.jvn.jp/en/contents/x": "en", "https://jvndb.jvn.jp/ja/contents/x": "ja", "": "ja"} {
		if got := jvnLang(link); got != want {
			t.Errorf("jvnLang(%s) = %s, want %s", link, got, want)
		}
	}
	for text, want := range map[string]string{"A flaw.": "en", "XSS の脆弱性": "ja", "": "en", "한국어": "en"} {
		if got := textLang(text); got != want {
			t.Errorf("textLang(%s) = %s, want %s", text, got, want)
		}
	}
	for source, want := range map[string]string{"": SourceNVD, nvd.Source: SourceNVD, "cna@example.org": "nvd:cna@example.org"} {
		if got := nvdSource(source); got != want {
			t.Errorf("nvdSource(%s) = %s, want %s", source, got, want)
		}
	}
}

// TestWithoutX: the points of 4.0 without "not defined" take the worst case for threat and
// requirements and the base metric for the modified ones, unless the vector says more.
func TestWithoutX(t *testing.T) {
	t.Parallel()
	const base = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:L/SA:H"
	for suffix, want := range map[string]string{
		"":                          "A H H H L H",
		"/E:X/CR:X/IR:X/AR:X":       "A H H H L H",
		"/E:U":                      "U H H H L H",
		"/E:P/CR:L/IR:M/AR:H":       "P L M H L H",
		"/MSI:S/MSA:S":              "A H H H S S",
		"/CR:M/MSI:X/MSA:N":         "A M H H L N",
		"/E:A/AR:L/MSI:H/MSA:X/S:P": "A H H L H H",
	} {
		v, err := cvss.Parse(base + suffix)
		must(t, err)
		var got []string
		for _, f := range withoutX(&v) {
			got = append(got, f.values[0])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", suffix, got, want)
		}
	}
}

// TestClaimsAgainstRule: for random vectors of random sources every source speaks by its newest
// version of CVSS, and what its vectors of that version differ in is a set.
func TestClaimsAgainstRule(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(83, 84))
	texts := []string{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:C/C:L/I:N/A:N/E:U",
		"CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
	}
	var cache vectorCache
	for range 1000 {
		var claims []claim
		var rec Record
		bySource := map[string][]*readVector{}
		for range r.IntN(7) {
			source, text := []string{"cna", "adp:x", "nvd"}[r.IntN(3)], texts[r.IntN(len(texts))]
			claims = cache.addScore(&rec, claims, source, text, time.Time{}, "")
			bySource[source] = append(bySource[source], cache.read(text))
		}
		addClaims(&rec, claims)
		want := map[string][]string{}
		for source, vectors := range bySource {
			for _, v := range vectors {
				for _, f := range v.facts {
					newest := slices.ContainsFunc(vectors, func(o *readVector) bool {
						return o.Version > v.Version && slices.ContainsFunc(o.facts, func(g vectorFact) bool { return g.fact == f.fact })
					})
					if key := source + " " + f.fact; !newest && !slices.Contains(want[key], f.values[0]) {
						want[key] = append(want[key], f.values[0])
					}
				}
			}
		}
		got := map[string][]string{}
		for _, o := range rec.Observations {
			key := o.Source + " " + o.Fact
			if got[key] != nil {
				t.Fatalf("%s is said twice", key)
			}
			got[key] = slices.Sorted(slices.Values(o.Values))
		}
		for _, values := range want {
			slices.Sort(values)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("observations (-want +got):\n%s", diff)
		}
	}
}

// TestProductStatusDefaults: without entries the default speaks, and an empty one is unknown.
func TestProductStatusDefaults(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{"affected": "affected", "unaffected": "unaffected", "": "unknown", "odd": "unknown"} {
		if got := (&Product{DefaultStatus: status}).Status("1.0"); got != want {
			t.Errorf("default %q: %s, want %s", status, got, want)
		}
	}
}

// TestFactsAreInTheRegistry: whatever a random vector of any version says, the decision point and
// the value exist, and no point is named twice.
func TestFactsAreInTheRegistry(t *testing.T) {
	t.Parallel()
	reg, err := ssvc.Builtin()
	must(t, err)
	r := rand.New(rand.NewPCG(85, 86))
	optional := map[cvss.Version]string{
		cvss.V2: "E:U|E:POC|E:F|E:H|E:ND", cvss.V30: "E:U|RL:O|RC:R|CR:H|MAV:P|MS:C", cvss.V31: "E:P|RL:T|RC:X|IR:L|MPR:H|MC:X", cvss.V4: "E:P|CR:L|MVC:N|MSI:S|S:P|AU:Y|R:I|V:C|RE:M|U:Amber",
	}
	base := map[cvss.Version]string{
		cvss.V2: "AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC", cvss.V30: "AV:NALP AC:LH PR:NLH UI:NR S:UC C:NLH I:NLH A:NLH",
		cvss.V31: "AV:NALP AC:LH PR:NLH UI:NR S:UC C:NLH I:NLH A:NLH", cvss.V4: "AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN",
	}
	var cache vectorCache
	for range 2000 {
		version := []cvss.Version{cvss.V2, cvss.V30, cvss.V31, cvss.V4}[r.IntN(4)]
		var parts []string
		if version != cvss.V2 {
			parts = append(parts, "CVSS:"+string(version))
		}
		for part := range strings.FieldsSeq(base[version]) {
			key, values, _ := strings.Cut(part, ":")
			parts = append(parts, key+":"+string(values[r.IntN(len(values))]))
		}
		if more := strings.Split(optional[version], "|"); version != cvss.V2 && r.IntN(2) == 0 {
			parts = append(parts, more[r.IntN(len(more))])
		} else if version == cvss.V2 && r.IntN(2) == 0 {
			parts = append(parts, more[r.IntN(len(more))], "RL:OF", "RC:C")
		}
		v := cache.read(strings.Join(parts, "/"))
		must(t, v.err)
		seen := map[string]bool{}
		for _, f := range v.facts {
			id, err := ssvc.ParseID(f.fact)
			must(t, err)
			point, ok := reg.Point(id)
			if !ok || point.Index(f.values[0]) < 0 || seen[f.fact] {
				t.Fatalf("%s gives %s = %s: known %v, repeated %v", v.Text, f.fact, f.values[0], ok, seen[f.fact])
			}
			seen[f.fact] = true
		}
	}
}
