package netgeo_test

import (
	"fmt"
	"net/netip"
	"strings"

	"noroshi.dev/format/netgeo"
)

func Example() {
	var b netgeo.Builder
	report, err := netgeo.ReadCSV(strings.NewReader("192.0.2.0,192.0.2.255,JP\nwrong,192.0.2.1,JP\n"), &b)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range report.Problems {
		fmt.Printf("line %d: %v\n", p.Line, p.Err)
	}
	if _, err := netgeo.ReadPrefixes(strings.NewReader("192.0.2.0/25 64500\n"), &b); err != nil {
		fmt.Println(err)
		return
	}
	place := b.Table().Find(netip.MustParseAddr("192.0.2.7"))
	fmt.Println(place.Country, place.ASN)
	// Output:
	// line 2: "wrong": not an address
	// JP 64500
}
