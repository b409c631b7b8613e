package sbom_test

import (
	"fmt"
	"strings"

	"noroshi.dev/format/sbom"
)

func ExampleRead() {
	d, err := sbom.Read(strings.NewReader(`{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
	 {"type": "library", "name": "core", "version": "1.2", "purl": "pkg:npm/core@1.2", "supplier": {"name": "Example"}}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range d.Components {
		fmt.Println(d.Format, d.Version, c.Vendor, c.Name, c.Version, c.PURL)
	}
	// Output: CycloneDX 1.6 Example core 1.2 pkg:npm/core@1.2
}
