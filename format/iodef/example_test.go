package iodef_test

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"time"

	"noroshi.dev/format/iodef"
)

func ExampleWriter_Scan() {
	day := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	w := iodef.NewWriter(os.Stdout, iodef.XML2, &iodef.Document{Lang: "en"})
	err := w.Begin(&iodef.Incident{
		Purpose: "reporting", Restriction: "amber", ID: iodef.IncidentID{Name: "csirt.example.jp", ID: "scan-2026-01-15"},
		GenerationTime: day.Add(24 * time.Hour),
		Contact:        []iodef.Contact{{Role: "creator", Type: "organization", Name: iodef.Plain("Example CSIRT")}},
	})
	if err != nil {
		fmt.Println(err)
	}
	err = w.Scan(iodef.Export{}, &iodef.Scan{
		Time: day.Add(3 * time.Hour), Source: netip.MustParseAddr("192.0.2.200"), Target: netip.MustParseAddr("198.51.100.1"),
		Protocol: 6, SourcePort: 40123, TargetPort: 23,
	})
	if err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-2.0" version="2.00" xml:lang="en">
	// <Incident purpose="reporting" restriction="amber"><IncidentID name="csirt.example.jp">scan-2026-01-15</IncidentID><GenerationTime>2026-01-16T00:00:00Z</GenerationTime><Contact role="creator" type="organization"><ContactName>Example CSIRT</ContactName></Contact>
	// <EventData><DetectTime>2026-01-15T03:00:00Z</DetectTime><Flow><System category="source" spoofed="unknown"><Node><Address category="ipv4-addr">192.0.2.200</Address></Node><Service ip-protocol="6"><Port>40123</Port></Service></System><System category="target"><Node><Address category="ipv4-net">0.0.0.0/0</Address></Node><Service ip-protocol="6"><Port>23</Port></Service></System></Flow></EventData></Incident>
	// </IODEF-Document>
}

func ExampleRead() {
	d, err := iodef.Read(strings.NewReader(`<IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-1.0" version="1.00" lang="en">
<Incident purpose="mitigation"><IncidentID name="csirt.example.jp">7</IncidentID>
<ReportTime>2026-01-16T00:05:00Z</ReportTime><Assessment><Impact type="dos" severity="hihg"/></Assessment>
<Contact role="creator" type="person"/></Incident></IODEF-Document>`))
	if err != nil {
		fmt.Println(err)
	}
	i := d.Incidents[0]
	fmt.Println(d.Form, i.ID.ID, i.Assessment[0].Impact[0].System.Type)
	for _, n := range d.Notes {
		fmt.Println(n)
	}
	// Output:
	// IODEF 1 7 dos
	// line 3, column 94: IODEF-Document/Incident/Assessment/Impact: severity "hihg" is no word of the standard; did you mean "high"?
}
