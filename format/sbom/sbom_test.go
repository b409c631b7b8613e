package sbom

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/internal/guard"
)

const cyclone = `{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"type": "application", "name": "shop", "version": "3"}},
 "components": [
  {"type": "library", "group": "org.example", "name": "core", "version": "1.2", "supplier": {"name": "Example"}, "purl": "pkg:maven/org.example/core@1.2", "cpe": "cpe:2.3:a:example:core:1.2:*:*:*:*:*:*:*",
   "components": [{"type": "library", "name": "inner", "publisher": "P"}]},
  {"type": "operating-system", "name": "linux", "manufacturer": {"name": "M"}, "licenses": [{"license": {"id": "GPL-2.0"}}]},
  {"type": "file"}]}`

const cycloneXML = `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1"><metadata><component type="application"><name>shop</name><version>3</version></component></metadata>
<components><component type="library"><supplier><name>Example</name></supplier><group>org.example</group><name>core</name><version>1.2</version><cpe>cpe:2.3:a:example:core:1.2:*:*:*:*:*:*:*</cpe><purl>pkg:maven/org.example/core@1.2</purl>
<components><component type="library"><publisher>P</publisher><name>inner</name></component></components></component>
<component type="operating-system"><manufacturer><name>M</name></manufacturer><name>linux</name></component></components><dependencies/></bom>`

func TestCycloneDX(t *testing.T) {
	t.Parallel()
	want := []Component{
		{Type: "application", Name: "shop", Version: "3"},
		{Type: "library", Group: "org.example", Name: "core", Version: "1.2", Vendor: "Example", PURL: "pkg:maven/org.example/core@1.2", CPEs: []string{"cpe:2.3:a:example:core:1.2:*:*:*:*:*:*:*"}},
		{Type: "library", Name: "inner", Vendor: "P"},
		{Type: "operating-system", Name: "linux", Vendor: "M"},
	}
	for version, doc := range map[string]string{"1.6": cyclone, "1.4": cycloneXML} {
		d, err := Read(strings.NewReader("\xef\xbb\xbf" + doc))
		if err != nil {
			t.Fatal(err)
		}
		if d.Format != CycloneDX || d.Version != version || d.Name != "shop" {
			t.Errorf("read %s %s of %s", d.Format, d.Version, d.Name)
		}
		if diff := cmp.Diff(want, d.Components); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
	}
}

func TestSPDX(t *testing.T) {
	t.Parallel()
	doc := `{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "shop-3", "packages": [
	 {"SPDXID": "SPDXRef-a", "name": "core", "versionInfo": "1.2", "supplier": "Organization: Example (x@example.org)", "downloadLocation": "NOASSERTION",
	  "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:maven/org.example/core@1.2"},
	   {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:example:core:1.2:*:*:*:*:*:*:*"}, {"referenceType": "advisory", "referenceLocator": "x"}]},
	 {"SPDXID": "SPDXRef-b", "name": "shop", "versionInfo": "NOASSERTION", "supplier": "NOASSERTION", "originator": "Person: N", "primaryPackagePurpose": "APPLICATION"}],
	 "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-b"}]}`
	d, err := Read(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	want := &Document{Format: SPDX, Version: "2.3", Name: "shop-3", Components: []Component{
		{Type: "APPLICATION", Name: "shop", Vendor: "N"},
		{Name: "core", Version: "1.2", Vendor: "Example", PURL: "pkg:maven/org.example/core@1.2", CPEs: []string{"cpe:2.3:a:example:core:1.2:*:*:*:*:*:*:*"}},
	}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
}

func TestSupplierAsText(t *testing.T) {
	t.Parallel()
	d, err := Read(strings.NewReader(`{"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [{"name": "a", "supplier": "S"}]}`))
	if err != nil || d.Components[0].Vendor != "S" {
		t.Errorf("read %+v, %v", d, err)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		doc  string
		want error
	}{
		"empty":         {"", nil},
		"other object":  {"{}", ErrFormat},
		"SPDX 3":        {`{"spdxVersion": "SPDX-3.0"}`, ErrFormat},
		"SPDX tags":     {"SPDXVersion: SPDX-2.3", nil},
		"other XML":     {"<bom/>", ErrFormat},
		"cut XML":       {cycloneXML[:400], nil},
		"cut JSON":      {cyclone[:200], nil},
		"deep JSON":     {strings.Repeat(`{"components":[`, MaxDepth), guard.ErrLimit},
		"wrong type":    {`{"bomFormat": "CycloneDX", "components": 7}`, nil},
		"XML in a row":  {cycloneXML + cycloneXML, nil},
		"too many here": {`{"bomFormat": "CycloneDX", "components": [` + strings.Repeat(`{"name":"a"},`, MaxComponents) + `{"name":"b"}]}`, guard.ErrLimit},
	} {
		if d, err := Read(strings.NewReader(tt.doc)); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %+v, %v, want %v", name, d, err, tt.want)
		}
	}
}

// TestManyDescribed holds the described package first among many.
func TestManyDescribed(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, `{"SPDXID": "p%d", "name": "n%d"},`, i, i)
	}
	doc := `{"spdxVersion": "SPDX-2.3", "documentDescribes": ["last"], "packages": [` + b.String() + `{"SPDXID": "last", "name": "x"}]}`
	d, err := Read(strings.NewReader(doc))
	if err != nil || len(d.Components) != 2001 || d.Components[0].Name != "x" {
		t.Errorf("first of %d is %+v, %v", len(d.Components), d.Components[0], err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(cyclone))
	f.Add([]byte(cycloneXML))
	f.Add([]byte(`{"spdxVersion": "SPDX-2.2", "packages": [{"name": "a", "externalRefs": [{"referenceType": "purl"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, c := range d.Components {
			if c.Name == "" && c.PURL == "" && len(c.CPEs) == 0 {
				t.Fatalf("a component without any name: %+v", c)
			}
		}
	})
}
