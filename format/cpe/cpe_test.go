package cpe

import (
	"errors"
	"os"
	"strings"
	"testing"

	"noroshi.dev/format/jvn"
	"noroshi.dev/internal/testkit"
)

func TestBindings(t *testing.T) {
	t.Parallel()
	// The examples of NISTIR 7695 sections 6.1.3 and 6.2.3, and names as JVN writes them.
	for uri, formatted := range map[string]string{
		"cpe:/a:microsoft:internet_explorer:8.0.6001:beta":                       "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*",
		"cpe:/a:microsoft:internet_explorer:8.%02:sp%01":                         "cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*",
		"cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~":        "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:*:*:*:online:win2003:x64:*",
		"cpe:/a:hp:openview_network_manager:7.51::~~~linux~~":                    "cpe:2.3:a:hp:openview_network_manager:7.51:*:*:*:*:linux:*:*",
		"cpe:/a:foo%5cbar:big%24money_manager_2010:::~~special~ipod_touch~80gb~": `cpe:2.3:a:foo\\bar:big\$money_manager_2010:*:*:*:*:special:ipod_touch:80gb:*`,
		"cpe:/a:microsoft:internet_explorer:8.0.6001:-":                          "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:-:*:*:*:*:*:*",
		"cpe:/a:rockwellautomation:industrial_data_center_%28idc%29":             `cpe:2.3:a:rockwellautomation:industrial_data_center_\(idc\):*:*:*:*:*:*:*:*`,
		"cpe:/o:planex:mzk-dp300n":                                               "cpe:2.3:o:planex:mzk-dp300n:*:*:*:*:*:*:*:*",
		"cpe:/o:redhat:rhel_aus:7.6::server":                                     "cpe:2.3:o:redhat:rhel_aus:7.6:*:server:*:*:*:*:*",
		"cpe:/a:v:notepad%2b%2b":                                                 `cpe:2.3:a:v:notepad\+\+:*:*:*:*:*:*:*:*`,
		"cpe:/a:v:%2d":                                                           `cpe:2.3:a:v:\-:*:*:*:*:*:*:*:*`,
		"cpe:/":                                                                  "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*",
	} {
		a, err := Parse(uri)
		if err != nil {
			t.Error(err)
			continue
		}
		b, err := Parse(formatted)
		if err != nil {
			t.Error(err)
			continue
		}
		if a != b || a.String() != formatted || b.URI() != uri {
			t.Errorf("%s is %s\n%s is %s", uri, a, formatted, b.URI())
		}
	}
}

func TestParseIsTolerant(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"CPE:/A:Vendor:Product": "cpe:2.3:a:vendor:product:*:*:*:*:*:*:*:*",
		" cpe:/a:v:p(x)+1 ":     `cpe:2.3:a:v:p\(x\)\+1:*:*:*:*:*:*:*:*`,
		"cpe:2.3::v":            "cpe:2.3:*:v:*:*:*:*:*:*:*:*:*",
		"cpe:2.3:a:v:p:1":       "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*",
		"cpe:/*:v*:p":           "cpe:2.3:*:v*:p:*:*:*:*:*:*:*:*",
		`cpe:2.3:a:V:p\.q\-r\_s:1.0:*:*:*:*:*:*:*`: "cpe:2.3:a:v:p.q-r_s:1.0:*:*:*:*:*:*:*",
		"cpe:2.3:a:v:p!:1:::::::":                  `cpe:2.3:a:v:p\!:1:*:*:*:*:*:*:*`,
		`cpe:2.3:a:v:a\:b:\*:*:*:*:*:*:*:*`:        `cpe:2.3:a:v:a\:b:\*:*:*:*:*:*:*:*`,
		`cpe:2.3:a:v:p:??1.0\?:*:*:*:*:*:*:*`:      `cpe:2.3:a:v:p:??1.0\?:*:*:*:*:*:*:*`,
		"cpe:/a:日本:製品":                             "cpe:2.3:a:日本:製品:*:*:*:*:*:*:*:*",
	} {
		n, err := Parse(in)
		if err != nil {
			t.Error(err)
		} else if n.String() != want {
			t.Errorf("Parse(%q) = %s, want %s", in, n, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "cpe", "cpe:2.4:a:v:p", "cpe:2.3:a", "cpe:2.3:a:v:p:1:2:3:4:5:6:7:8:9", "cpe:/x:v:p", "cpe:/a:v:p:1:2:3:4:5", "cpe:/a:v:p%2", "cpe:/a:v:p%zz", "cpe:/a:v:%ff",
		"cpe:2.3:a:v:p:1*0:*:*:*:*:*:*:*", `cpe:2.3:a:v:p:*:*:*:*:*:*:*:\`, "cpe:2.3:a:v:p q:*:*:*:*:*:*:*:*", "cpe:/a:v:p:::~a~b~c~d~e~f",
		"cpe:2.3:app:v:p:*:*:*:*:*:*:*:*", "cpe:/a:\xff", "cpe:/a:" + strings.Repeat("x", MaxLength),
	} {
		if n, err := Parse(in); !errors.Is(err, ErrSyntax) {
			t.Errorf("Parse(%.60q) = %v, %v, want ErrSyntax", in, n, err)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	name := func(vendor, version string) Name {
		n := New("a", "", "p", "")
		n[Vendor], n[Version] = vendor, version
		return n
	}
	for _, tt := range []struct {
		source, target Name
		want           Relation
	}{
		{name("v", "1"), name("v", "1"), Equal},
		{name("v", "1"), name("v", "2"), Disjoint},
		{name("v", Any), name("v", "2"), Superset},
		{name("v", "2"), name("v", Any), Subset},
		{name("v", Any), name("v", NA), Superset},
		{name("v", NA), name("v", Any), Subset},
		{name("v", NA), name("v", NA), Equal},
		{name("v", NA), name("v", "1"), Disjoint},
		{name("v", "1"), name("v", NA), Disjoint},
		{name("v", "1*"), name("v", "1.2.3"), Superset},
		{name("v", "1*"), name("v", "2"), Disjoint},
		{name("v", "1*"), name("v", NA), Disjoint},
		{name("v", "1*"), name("v", Any), Subset},
		{name("v", "1"), name("v", "1*"), Undefined},
		{name("v", Any), name("v", "1*"), Undefined},
		{name("v", "1*"), name("v", "1*"), Undefined},
		{name(Any, "1"), name("v", Any), Undefined},
		{name("w", Any), name("v", "1*"), Disjoint},
		{name("v", "?1?"), name("v", "1"), Superset},
		{name("v", "?1?"), name("v", "x1y"), Superset},
		{name("v", "?1?"), name("v", "xx1"), Disjoint},
		{name("v", "*1"), name("v", "1.1"), Superset},
		{name("v", `*\*`), name("v", `1\*`), Superset},
		{name("v", `*\*`), name("v", "12"), Disjoint},
	} {
		if got := Compare(tt.source, tt.target); got != tt.want {
			t.Errorf("Compare(%s, %s) = %v, want %v", tt.source, tt.target, got, tt.want)
		}
	}
}

func TestCoversAndRelated(t *testing.T) {
	t.Parallel()
	vendor, product := New("a", "V", "", ""), New("a", "v", "A Product", "1.0")
	if !Covers(vendor, product) || Covers(product, vendor) || !Related(product, vendor) || Related(product, New("a", "w", "", "")) {
		t.Errorf("%s and %s are not related as they should", vendor, product)
	}
	if !Covers(product.WithoutVersion(), product) || product.WithoutVersion().Text(Product) != "a_product" {
		t.Errorf("WithoutVersion = %s", product.WithoutVersion())
	}
	if got := (Name{}).String(); got != "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*" {
		t.Errorf("the zero name is %s", got)
	}
}

func TestVersionText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"cpe:/a:v:p:1.0%2b1:sp1": "1.0+1 sp1", "cpe:/a:v:p:1.0": "1.0", "cpe:/a:v:p": "", "cpe:/a:v:p:-": ""} {
		n, err := Parse(in)
		if err != nil || n.VersionText() != want {
			t.Errorf("VersionText of %s = %q, %v, want %q", in, n.VersionText(), err, want)
		}
	}
}

// Every name in the official MyJVN samples is read and written back as it was.
func TestNamesOfMyJVN(t *testing.T) {
	t.Parallel()
	f, err := os.Open(testkit.Shared(t, "data/jvn/examples/hnd/dataFeed_jvndb_detail_hnd.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := jvn.ReadDetail(f)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, v := range d.Vulinfos {
		for _, a := range v.Data.Affected {
			for _, c := range a.CPEs {
				count++
				if n, err := Parse(c.Name); err != nil || n.URI() != c.Name {
					t.Errorf("%s is read as %s, %v", c.Name, n.URI(), err)
				}
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d names met", count)
	}
}

func TestRelationNames(t *testing.T) {
	t.Parallel()
	for r, want := range map[Relation]string{Undefined: "undefined", Disjoint: "disjoint", Equal: "equal", Subset: "subset", Superset: "superset"} {
		if r.String() != want {
			t.Errorf("String() = %q, want %q", r, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~", "cpe:/a:v:%02p%01")
	f.Add(`cpe:2.3:a:v\:w:p:??1.0\?*:*:-:\-:*:*:*:*`, "cpe:/")
	f.Fuzz(func(t *testing.T, s, other string) {
		n, err := Parse(s)
		if err != nil {
			return
		}
		if again, err := Parse(n.String()); err != nil || again != n {
			t.Fatalf("%q: %s is read as %s, %v", s, n, again, err)
		}
		m, err := Parse(other)
		if err != nil {
			return
		}
		ab, ba := Compare(n, m), Compare(m, n)
		if (ab == Equal) != (ba == Equal) {
			t.Fatalf("%s and %s: %v and %v", n, m, ab, ba)
		}
		if ab == Subset && ba != Superset && ba != Undefined {
			t.Fatalf("%s and %s: %v and %v", n, m, ab, ba)
		}
	})
}
