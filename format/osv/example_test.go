package osv_test

import (
	"fmt"
	"strings"

	"noroshi.dev/format/osv"
)

func ExampleRead() {
	r, err := osv.Read(strings.NewReader(`{"id": "EX-1", "aliases": ["CVE-2026-0001"], "affected": [{"package": {"ecosystem": "npm", "name": "left"},
	 "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]}]}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	a := r.Affected[0]
	fmt.Println(r.CVEs(), a.VersionRanges(), a.Contains("1.2.2"), a.Contains("1.2.3"))
	// Output: [CVE-2026-0001] [<1.2.3] true false
}
