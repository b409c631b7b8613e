package csaf

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/guard"
)

// advisory is a document with the given product tree and vulnerabilities.
func advisory(tree, vulnerabilities string) []byte {
	return []byte(`{"document": {"csaf_version": "2.0", "tracking": {"id": "x"}}, "product_tree": ` + tree + `, "vulnerabilities": ` + vulnerabilities + `}`)
}

func parsed(t *testing.T, data []byte) *Document {
	t.Helper()
	d, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A short document that names a long group often made a list of each: 64 MiB became terabytes.
func TestGroupsCannotBeMultiplied(t *testing.T) {
	t.Parallel()
	ids := strings.Repeat(`"p",`, 50_000) + `"p"`
	tree := `{"product_groups": [{"group_id": "g", "product_ids": [` + ids + `]}]}`
	vulnerability := func(times int) string {
		return `[{"remediations": [` + strings.TrimSuffix(strings.Repeat(`{"group_ids": ["g"]},`, times), ",") + `]}]`
	}
	if d := parsed(t, advisory(tree, vulnerability(99))); !slices.Equal(d.Vulnerabilities[0].Remediations[98].Products, []string{"p"}) {
		t.Errorf("the last of 99 has the products %q", d.Vulnerabilities[0].Remediations[98].Products)
	}
	_, err := Parse(advisory(tree, vulnerability(101)))
	if !errors.Is(err, guard.ErrLimit) || !strings.Contains(err.Error(), "product groups stand for more than 5000000 references") {
		t.Errorf("Parse() = %v, want ErrLimit", err)
	}
}

// Each product of a deep tree carried all names above it.
func TestBranchesKeepFewNames(t *testing.T) {
	t.Parallel()
	open, shut := "", ""
	for i := range 100 {
		open += fmt.Sprintf(`{"category": "c%d", "name": "n", "branches": [`, i)
		shut += "]}"
	}
	d := parsed(t, advisory(`{"branches": [`+open+`{"category": "vendor", "name": "V", "product": {"product_id": "p", "name": "P"}}`+shut+`]}`, "[]"))
	p, ok := d.Product("p")
	if !ok || p.Vendor != "V" || len(p.Branches) != maxBranches || p.Branches["c0"] != "n" || p.Branches["c99"] != "" {
		t.Errorf("Product() = %+v, %v, want the vendor and the %d outermost names", p, ok, maxBranches)
	}
}

func TestBranchesBesideEachOtherDoNotShare(t *testing.T) {
	t.Parallel()
	d := parsed(t, advisory(`{"branches": [{"category": "product_family", "name": "F", "branches": [
		{"category": "architecture", "name": "x86", "product": {"product_id": "a", "name": "A"}},
		{"category": "language", "name": "ja", "product": {"product_id": "b", "name": "B"}},
		{"category": "product_family", "name": "G", "product": {"product_id": "c", "name": "C"}}]}]}`, "[]"))
	want := map[string]map[string]string{
		"a": {"product_family": "F", "architecture": "x86"}, "b": {"product_family": "F", "language": "ja"}, "c": {"product_family": "G"},
	}
	for id, branches := range want {
		p, _ := d.Product(id)
		if diff := cmp.Diff(branches, p.Branches); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
}

// Of two products with one id the first counts everywhere, also for what combinations inherit.
func TestFirstOfTwoProductsCounts(t *testing.T) {
	t.Parallel()
	d := parsed(t, advisory(`{"branches": [
		{"category": "vendor", "name": "first", "product": {"product_id": "p", "name": "P", "product_identification_helper": {"cpe": "cpe:/a:first:p"}}},
		{"category": "vendor", "name": "second", "product": {"product_id": "p", "name": "P", "product_identification_helper": {"cpe": "cpe:/a:second:p"}}}],
		"relationships": [{"category": "installed_on", "product_reference": "p", "relates_to_product_reference": "os", "full_product_name": {"product_id": "both", "name": "P on OS"}}]}`, "[]"))
	one, _ := d.Product("p")
	both, _ := d.Product("both")
	index := d.Index()
	if one.Vendor != "first" || index["p"].Vendor != "first" || both.Vendor != "first" || both.CPE != "cpe:/a:first:p" {
		t.Errorf("Product, Index and inherited vendor = %q, %q, %q (%s)", one.Vendor, index["p"].Vendor, both.Vendor, both.CPE)
	}
	if want := []Part{{"p", ""}, {"os", "installed_on"}}; !slices.Equal(both.Parts, want) {
		t.Errorf("Parts = %+v, want %+v", both.Parts, want)
	}
	if len(index) != 2 {
		t.Errorf("Index() has %d products, want 2", len(index))
	}
	if _, ok := d.Product("none"); ok {
		t.Error("a product that is not there is found")
	}
}

func TestInheritanceOfCombinations(t *testing.T) {
	t.Parallel()
	relation := func(id, product, own string) string {
		return fmt.Sprintf(`{"category": "installed_on", "product_reference": %q, "relates_to_product_reference": "os", "full_product_name": {"product_id": %q, "name": "N"%s}}`, product, id, own)
	}
	tree := `{"branches": [{"category": "vendor", "name": "V", "branches": [{"category": "product_name", "name": "P", "branches": [
		{"category": "product_version", "name": "1.0", "product": {"product_id": "p", "name": "P 1.0", "product_identification_helper": {"purl": "pkg:npm/p@1.0"}}}]}]}],
		"relationships": [` + strings.Join([]string{
		relation("r", "p", ""), relation("rr", "r", ""), relation("own", "p", `, "product_identification_helper": {"cpe": "cpe:/a:own"}`),
		relation("lost", "nowhere", ""), relation("self", "self", ""), relation("c1", "c2", ""), relation("c2", "c1", ""),
	}, ",") + `]}`
	d := parsed(t, advisory(tree, "[]"))
	for id, want := range map[string]string{
		"r": "V/P/1.0//pkg:npm/p@1.0", "rr": "V/P/1.0//pkg:npm/p@1.0", "own": "V/P/1.0/cpe:/a:own/", "lost": "////", "self": "////", "c1": "////", "c2": "////",
	} {
		p, _ := d.Product(id)
		if got := strings.Join([]string{p.Vendor, p.Product, p.Version, p.CPE, strings.Join(p.PURLs, " ")}, "/"); got != want {
			t.Errorf("%s inherits %s, want %s", id, got, want)
		}
	}
}

func TestResolveNamesEachProductOnce(t *testing.T) {
	t.Parallel()
	tree := `{"product_groups": [{"group_id": "g", "product_ids": ["a", "b"]}, {"group_id": "h", "product_ids": ["b", "c"]}, {"group_id": "g", "product_ids": ["d"]}]}`
	for name, tt := range map[string]struct {
		target string
		want   []string
	}{
		"products only":             {`"product_ids": ["x", "x"]`, []string{"x", "x"}},
		"a group":                   {`"group_ids": ["h"]`, []string{"b", "c"}},
		"two groups that overlap":   {`"group_ids": ["h", "g"]`, []string{"b", "c", "a", "d"}},
		"products before groups":    {`"product_ids": ["c", "x"], "group_ids": ["h"]`, []string{"c", "x", "b"}},
		"a group that is not there": {`"group_ids": ["none"]`, nil},
		"nothing":                   {`"group_ids": []`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := "{" + tt.target + "}"
			d := parsed(t, advisory(tree, `[{"threats": [`+one+`], "remediations": [`+one+`], "flags": [`+one+`], "ids": [`+one+`], "first_known_exploitation_dates": [`+one+`]}]`))
			v := d.Vulnerabilities[0]
			for where, got := range map[string][]string{
				"threat": v.Threats[0].Products, "remediation": v.Remediations[0].Products, "flag": v.Flags[0].Products, "id": v.IDs[0].Products, "exploitation": v.Exploited[0].Products,
			} {
				if !slices.Equal(got, tt.want) {
					t.Errorf("%s: %q, want %q", where, got, tt.want)
				}
			}
		})
	}
}

func TestStateOfAProduct(t *testing.T) {
	t.Parallel()
	p := []string{"other", "p"}
	for name, tt := range map[string]struct {
		status Status
		want   string
	}{
		"first affected":                      {Status{FirstAffected: p}, Affected},
		"known affected":                      {Status{KnownAffected: p}, Affected},
		"last affected":                       {Status{LastAffected: p}, Affected},
		"known not affected":                  {Status{KnownNotAffected: p}, NotAffected},
		"first fixed":                         {Status{FirstFixed: p}, Fixed},
		"fixed":                               {Status{Fixed: p}, Fixed},
		"under investigation":                 {Status{UnderInvestigation: p}, UnderInvestigation},
		"unknown":                             {Status{Unknown: p}, Unknown},
		"recommended alone says nothing":      {Status{Recommended: p}, ""},
		"not named":                           {Status{KnownAffected: []string{"other"}}, ""},
		"affected before under investigation": {Status{LastAffected: p, UnderInvestigation: p}, Affected},
		"under investigation before fixed":    {Status{Fixed: p, UnderInvestigation: p}, UnderInvestigation},
		"fixed before not affected":           {Status{FirstFixed: p, KnownNotAffected: p}, Fixed},
		"not affected before unknown":         {Status{Unknown: p, KnownNotAffected: p}, NotAffected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.status.Of("p"); got != tt.want {
				t.Errorf("Of() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestScoresOfBothVersions(t *testing.T) {
	t.Parallel()
	d := parsed(t, advisory("{}", `[{
		"scores": [{"products": ["a"], "cvss_v2": {"version": "2.0", "vectorString": "AV:N", "baseScore": 0}, "cvss_v3": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N", "baseSeverity": "HIGH"}}],
		"metrics": [{"products": ["b"], "source": "https://s.example", "content": {"cvss_v4": {"version": "4.0", "baseScore": 9.3}, "epss": {"probability": "0.5", "percentile": "0.9"}, "qualitative_severity_rating": "high"}}]}]`))
	want := []Score{
		{Products: []string{"a"}, CVSS: []CVSS{{Version: "2.0", Vector: "AV:N"}, {Version: "3.1", Vector: "CVSS:3.1/AV:N", Base: -1, Severity: "HIGH"}}},
		{Products: []string{"b"}, Source: "https://s.example", CVSS: []CVSS{{Version: "4.0", Base: 9.3}}, EPSS: &EPSS{Probability: "0.5", Percentile: "0.9"}, Rating: "high"},
	}
	if diff := cmp.Diff(want, d.Vulnerabilities[0].Scores); diff != "" {
		t.Error(diff)
	}
}

func TestTimesKeepTheirText(t *testing.T) {
	t.Parallel()
	for text, readable := range map[string]bool{"2026-04-01T00:00:00Z": true, "2026-04-01T09:00:00.5+09:00": true, "2026-04-01": false, "soon": false, "": false} {
		var at Time
		in, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		at.Time = time.Unix(1, 0) // a rest from before
		if err := json.Unmarshal(in, &at); err != nil || at.Text != text || at.IsZero() == readable {
			t.Errorf("%q is read as %v with the text %q, %v", text, at.Time, at.Text, err)
		}
		if out, err := json.Marshal(at); err != nil || string(out) != string(in) {
			t.Errorf("%s is written as %s, %v", in, out, err)
		}
	}
	if err := json.Unmarshal([]byte("7"), new(Time)); err == nil {
		t.Error("a number is a time")
	}
}

func TestDisclosureFallsBackToTheRelease(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ vulnerability, want string }{
		"2.0":  {`{"release_date": "2026-01-01T00:00:00Z"}`, "2026-01-01T00:00:00Z"},
		"2.1":  {`{"disclosure_date": "2026-01-02T00:00:00Z"}`, "2026-01-02T00:00:00Z"},
		"both": {`{"release_date": "2026-01-01T00:00:00Z", "disclosure_date": "2026-01-02T00:00:00Z"}`, "2026-01-02T00:00:00Z"},
		"none": {`{}`, ""},
	} {
		d := parsed(t, advisory("{}", "["+tt.vulnerability+"]"))
		if got := d.Vulnerabilities[0].Disclosed.Text; got != tt.want {
			t.Errorf("%s: disclosed %q, want %q", name, got, tt.want)
		}
	}
}

func TestErrorsNamePlaceOrVersion(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ doc, want string }{
		"not JSON":             {"<xml/>", "line 1, column 1: invalid character '<'"},
		"cut":                  {`{"document": {`, "line 1, column 15: unexpected end"},
		"another version":      {`{"document": {"csaf_version": "1.2"}}`, `document.csaf_version is "1.2": not a CSAF 2.0 or 2.1 document`},
		"another kind of JSON": {`{"id": "CVE-1"}`, `document.csaf_version is ""`},
		"a wrong type":         {"{\n\"document\": {\"title\": 7}}", "line 2, column 24: document.title: number where string is expected"},
		"too deep":             {strings.Repeat("[", MaxDepth+1), "line 1, column 257: values nested deeper than 256"},
		"two documents":        {`{} {}`, "line 1, column 4: invalid character '{' after top-level value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Read(strings.NewReader(tt.doc)); err == nil || !strings.HasPrefix(err.Error(), "csaf: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Read() = %v, want a text with %q", err, tt.want)
			}
		})
	}
}

func ExampleStatus_Of() {
	s := Status{KnownAffected: []string{"CSAFPID-1"}, Fixed: []string{"CSAFPID-2"}}
	fmt.Println(s.Of("CSAFPID-1"), s.Of("CSAFPID-2"), s.Of("CSAFPID-3") == "")
	// Output: affected fixed true
}
