package csaf_test

import (
	"fmt"
	"strings"

	"noroshi.dev/format/csaf"
)

func ExampleRead() {
	doc := `{"document": {"csaf_version": "2.0", "category": "csaf_vex", "tracking": {"id": "EX-1"}},
	 "product_tree": {"branches": [{"category": "vendor", "name": "Example", "branches": [{"category": "product_name", "name": "Shop",
	  "branches": [{"category": "product_version", "name": "1.2", "product": {"product_id": "P", "name": "Example Shop 1.2"}}]}]}]},
	 "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"known_not_affected": ["P"]}}]}`
	d, err := csaf.Read(strings.NewReader(doc))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range d.Vulnerabilities {
		for _, p := range d.Products {
			fmt.Println(v.CVE, p.Vendor, p.Product, p.Version, v.Status.Of(p.ID))
		}
	}
	// Output: CVE-2026-0001 Example Shop 1.2 not_affected
}
