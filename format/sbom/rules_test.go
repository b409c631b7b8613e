package sbom

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/guard"
)

func component(t *testing.T, doc string) Component {
	t.Helper()
	d, err := Read(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Components) != 1 {
		t.Fatalf("%d components, want 1: %+v", len(d.Components), d.Components)
	}
	return d.Components[0]
}

// The vendor is the supplier, else the manufacturer, else the publisher.
func TestVendorOfAComponent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ fields, want string }{
		"all three":                      {`"supplier": {"name": "S"}, "manufacturer": {"name": "M"}, "publisher": "P"`, "S"},
		"no supplier":                    {`"manufacturer": {"name": "M"}, "publisher": "P"`, "M"},
		"publisher alone":                {`"publisher": " P "`, "P"},
		"a supplier without a name":      {`"supplier": {"url": ["https://s"]}, "publisher": "P"`, "P"},
		"a supplier that is null":        {`"supplier": null, "publisher": "P"`, "P"},
		"a supplier as text":             {`"supplier": "S"`, "S"},
		"blanks are no name":             {`"supplier": {"name": "  "}, "publisher": "P"`, "P"},
		"nobody":                         {`"type": "library"`, ""},
		"an author is not who offers it": {`"author": "A"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := component(t, `{"bomFormat": "CycloneDX", "components": [{"name": "c", `+tt.fields+`}]}`).Vendor; got != tt.want {
				t.Errorf("vendor %q, want %q", got, tt.want)
			}
		})
	}
}

func TestActorsOfSPDX(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Organization: Example (mail@example.org)": "Example", "Organization: Example ()": "Example", "Organization: Example": "Example",
		"Person: N N (n@example.org)": "N N", "Tool: t-1.0": "t-1.0", "NOASSERTION": "", "NONE": "", "": "",
		"Organization: Example (Japan) Ltd": "Example (Japan) Ltd", "Organization: Example (Japan) (x@y)": "Example (Japan)", "Example": "Example", "(x)": "(x)",
	} {
		if got := actor(text); got != want {
			t.Errorf("actor(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestReferencesOfSPDX(t *testing.T) {
	t.Parallel()
	got := component(t, `{"spdxVersion": "SPDX-2.2", "packages": [{"name": "p", "versionInfo": "NONE", "externalRefs": [
		{"referenceType": "purl", "referenceLocator": " "}, {"referenceType": "purl", "referenceLocator": " pkg:npm/p@1 "}, {"referenceType": "purl", "referenceLocator": "pkg:npm/other"},
		{"referenceType": "cpe22Type", "referenceLocator": "cpe:/a:v:p"}, {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:v:p:1"}, {"referenceType": "gitoid", "referenceLocator": "x"}]}]}`)
	want := Component{Name: "p", PURL: "pkg:npm/p@1", CPEs: []string{"cpe:/a:v:p", "cpe:2.3:a:v:p:1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDescribedPackagesStandFirst(t *testing.T) {
	t.Parallel()
	packages := `"packages": [{"SPDXID": "a", "name": "a"}, {"SPDXID": "b", "name": "b"}, {"SPDXID": "c", "name": "c"}]`
	for name, tt := range map[string]struct{ fields, want string }{
		"by documentDescribes": {`"documentDescribes": ["c"]`, "c a b"},
		"by DESCRIBES":         {`"relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "b"}]`, "b a c"},
		"by DESCRIBED_BY":      {`"relationships": [{"spdxElementId": "b", "relationshipType": "DESCRIBED_BY", "relatedSpdxElement": "SPDXRef-DOCUMENT"}]`, "b a c"},
		"in both ways":         {`"documentDescribes": ["c", "c"], "relationships": [{"spdxElementId": "c", "relationshipType": "DESCRIBED_BY"}]`, "c a b"},
		"two, in file order":   {`"documentDescribes": ["c", "b"]`, "b c a"},
		"one that is missing":  {`"documentDescribes": ["z"]`, "a b c"},
		"by DEPENDS_ON not":    {`"relationships": [{"spdxElementId": "a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "c"}]`, "a b c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Read(strings.NewReader(`{"spdxVersion": "SPDX-2.3", ` + packages + ", " + tt.fields + "}"))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, c := range d.Components {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("components %s, want %s", got, tt.want)
			}
		})
	}
}

// Only a thousand described packages were known, and each was looked for in all of them.
func TestManyDescribedPackagesAreReadQuickly(t *testing.T) {
	t.Parallel()
	const n = 20_000
	var packages, ids strings.Builder
	for i := range n {
		fmt.Fprintf(&packages, `{"SPDXID": "p%d", "name": "undescribed"}, {"SPDXID": "q%d", "name": "described"},`, i, i)
		fmt.Fprintf(&ids, `"q%d",`, i)
	}
	doc := `{"spdxVersion": "SPDX-2.3", "documentDescribes": [` + strings.TrimSuffix(ids.String(), ",") + `], "packages": [` + strings.TrimSuffix(packages.String(), ",") + `]}`
	began := time.Now()
	d, err := Read(strings.NewReader(doc))
	if err != nil || len(d.Components) != 2*n || d.Components[n-1].Name != "described" || d.Components[n].Name != "undescribed" {
		t.Fatalf("%v, the described ones do not stand first", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestNestedComponentsFollowTheirParent(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	const depth = 60 // an object and a list each: 120 of 128 levels
	for i := range depth {
		fmt.Fprintf(&b, `{"name": "c%d", "components": [`, i)
	}
	d, err := Read(strings.NewReader(`{"bomFormat": "CycloneDX", "components": [` + b.String() + strings.Repeat("]}", depth) + `]}`))
	if err != nil || len(d.Components) != depth {
		t.Fatalf("%v, %+v", err, d)
	}
	for i, c := range d.Components {
		if c.Name != fmt.Sprintf("c%d", i) {
			t.Fatalf("component %d is %s", i, c.Name)
		}
	}
}

func TestWhatNamesNothingFallsOut(t *testing.T) {
	t.Parallel()
	d, err := Read(strings.NewReader(`{"bomFormat": "CycloneDX", "metadata": {"component": {"type": "application"}}, "components": [{"version": "1"}, {"purl": "pkg:npm/a"}, {"cpe": "cpe:/a:b"}, {"name": " ", "group": "g"}]}`))
	if err != nil || len(d.Components) != 2 || d.Components[0].PURL != "pkg:npm/a" || d.Components[1].CPEs[0] != "cpe:/a:b" {
		t.Errorf("read %+v, %v", d, err)
	}
}

func TestFormatIsToldByContent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc, want string
		is        error
	}{
		"CycloneDX in JSON":      {`{"bomFormat": "CycloneDX", "specVersion": "1.5"}`, "CycloneDX 1.5", nil},
		"CycloneDX in XML":       {`<bom xmlns="http://cyclonedx.org/schema/bom/1.2"/>`, "CycloneDX 1.2", nil},
		"blanks before XML":      {"\n\t <bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>", "CycloneDX 1.6", nil},
		"SPDX 2.2":               {`{"spdxVersion": "SPDX-2.2"}`, "SPDX 2.2", nil},
		"SPDX 2.1":               {`{"spdxVersion": "SPDX-2.1"}`, `version "SPDX-2.1"`, ErrFormat},
		"SPDX 3":                 {`{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}`, "neither CycloneDX nor SPDX", ErrFormat},
		"bom of another kind":    {`{"bomFormat": "Other"}`, "neither CycloneDX nor SPDX", ErrFormat},
		"bom without namespace":  {"<bom/>", "line 1, column 7: root element bom", ErrFormat},
		"another element":        {`<x xmlns="http://cyclonedx.org/schema/bom/1.2"/>`, "root element x", ErrFormat},
		"a list":                 {"[]", "array where sbom.rawJSON is expected", nil},
		"too deep XML":           {`<bom xmlns="http://cyclonedx.org/schema/bom/1.2">` + strings.Repeat("<components>", MaxDepth), "nested deeper than 128", guard.ErrLimit},
		"a DOCTYPE":              {`<!DOCTYPE bom [<!ENTITY a "b">]><bom/>`, "remove the DOCTYPE", nil},
		"cut in a component":     {`<bom xmlns="http://cyclonedx.org/schema/bom/1.2"><components><component><name>a`, "unexpected EOF", nil},
		"a supplier as a number": {`{"bomFormat": "CycloneDX", "components": [{"supplier": 7}]}`, "number", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Read(strings.NewReader(tt.doc))
			got := ""
			if err == nil {
				got = d.Format + " " + d.Version
			} else {
				got = err.Error()
			}
			if !strings.Contains(got, tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("Read() = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestReadPassesTheErrorOfItsReaderOn(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, before := range map[string]string{"at once": "", "in JSON": `{"bomFormat": "CycloneDX", ` + strings.Repeat(" ", 9000), "in XML": `<bom xmlns="http://cyclonedx.org/schema/bom/1.2">` + strings.Repeat(" ", 9000)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(before)))
			if before == "" {
				r = iotest.ErrReader(boom)
			}
			if _, err := Read(r); err == nil || before == "" && !errors.Is(err, boom) {
				t.Errorf("Read() = %v, want the error of the reader", err)
			}
		})
	}
}
