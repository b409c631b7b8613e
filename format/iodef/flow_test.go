package iodef

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Rows of every protocol and both families, single and summed, are valid in each form, say what
// they should and never where the sensor is.
func TestRowsOfExports(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	last := at.Add(time.Minute)
	for _, six := range []bool{false, true} {
		source, target, category, all := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("203.0.113.9"), "ipv4", "0.0.0.0/0"
		icmp := uint8(1)
		if six {
			source, target, category, all = netip.MustParseAddr("2001:db8:1::7"), netip.MustParseAddr("2001:db8:2::9"), "ipv6", "::/0"
			icmp = 58
		}
		for name, tt := range map[string]struct {
			row    Scan
			source Service
			target Service
		}{
			"TCP":                 {Scan{Protocol: 6, SourcePort: 1, TargetPort: 22}, Service{Port: Some(1)}, Service{Port: Some(22)}},
			"TCP of port 0":       {Scan{Protocol: 6}, Service{Port: Some(0)}, Service{Port: Some(0)}},
			"UDP, highest ports":  {Scan{Protocol: 17, SourcePort: 65535, TargetPort: 65535}, Service{Port: Some(65535)}, Service{Port: Some(65535)}},
			"SCTP":                {Scan{Protocol: 132, SourcePort: 5, TargetPort: 6}, Service{Port: Some(5)}, Service{Port: Some(6)}},
			"ICMP echo":           {Scan{Protocol: icmp, ICMPType: 8}, Service{ProtoType: Some(8), ProtoCode: Some(0)}, Service{ProtoType: Some(8), ProtoCode: Some(0)}},
			"ICMP, highest":       {Scan{Protocol: icmp, ICMPType: 255, ICMPCode: 255}, Service{ProtoType: Some(255), ProtoCode: Some(255)}, Service{ProtoType: Some(255), ProtoCode: Some(255)}},
			"ICMP with ports":     {Scan{Protocol: icmp, SourcePort: 9, TargetPort: 9}, Service{ProtoType: Some(0), ProtoCode: Some(0)}, Service{ProtoType: Some(0), ProtoCode: Some(0)}},
			"GRE":                 {Scan{Protocol: 47, SourcePort: 9, TargetPort: 9}, Service{}, Service{}},
			"protocol 0":          {Scan{Protocol: 0}, Service{}, Service{}},
			"protocol 255":        {Scan{Protocol: 255}, Service{}, Service{}},
			"a sum":               {Scan{Protocol: 6, TargetPort: 23, Packets: 1, Last: last}, Service{}, Service{Port: Some(23)}},
			"a sum of one port":   {Scan{Protocol: 6, SourcePort: 7, TargetPort: 23, Packets: 9, Last: last}, Service{Port: Some(7)}, Service{Port: Some(23)}},
			"a sum of ports":      {Scan{Protocol: 17, SourcePorts: "1,5-9", TargetPort: 53, Packets: 1 << 40, Last: last}, Service{Portlist: "1,5-9"}, Service{Port: Some(53)}},
			"a sum without end":   {Scan{Protocol: 6, TargetPort: 23, Packets: 2}, Service{}, Service{Port: Some(23)}},
			"a sum of ICMP":       {Scan{Protocol: icmp, ICMPType: 3, Packets: 3, Last: last}, Service{ProtoType: Some(3), ProtoCode: Some(0)}, Service{ProtoType: Some(3), ProtoCode: Some(0)}},
			"ports without a sum": {Scan{Protocol: 6, SourcePort: 4, SourcePorts: "1-2", TargetPort: 3}, Service{Portlist: "1-2"}, Service{Port: Some(3)}},
		} {
			t.Run(category+" "+name, func(t *testing.T) {
				t.Parallel()
				row := tt.row
				row.Time, row.Source, row.Target = at, source, target
				for _, form := range []Form{XML1, XML2, JSON} {
					doc := exported(t, form, Export{}, row)
					if strings.Contains(doc, target.String()) || strings.Contains(doc, "203.0.") || strings.Contains(doc, "2001:db8:2") {
						t.Errorf("%v names the sensor:\n%s", form, doc)
					}
					e := parsed(t, []byte(doc)).Incidents[0].EventData[0]
					from, to := e.Flow[0].System[0], e.Flow[0].System[1]
					want, wantTo := tt.source, tt.target
					want.IPProtocol, wantTo.IPProtocol = Some(int64(row.Protocol)), Some(int64(row.Protocol))
					if got := fmt.Sprint(from.Service, to.Service); got != fmt.Sprint([]Service{want}, []Service{wantTo}) {
						t.Errorf("%v: services %s", form, got)
					}
					if got, want := fmt.Sprint(from.Node.Address, to.Node.Address), fmt.Sprintf("[{%s %s-addr  {0 false} }] [{%s %s-net  {0 false} }]", source, category, all, category); got != want {
						t.Errorf("%v: addresses %s, want %s", form, got, want)
					}
					checkTimes(t, form, row, &e)
				}
			})
		}
	}
}

// checkTimes holds that a packet has one time and a sum has two and a count.
func checkTimes(t *testing.T, form Form, row Scan, e *EventData) {
	t.Helper()
	count := e.Flow[0].System[0].Counter
	if row.Packets == 0 {
		if !e.DetectTime.Equal(row.Time) || !e.StartTime.IsZero() || !e.EndTime.IsZero() || len(count) > 0 {
			t.Errorf("%v: a packet is read as %+v", form, e)
		}
		return
	}
	if !e.DetectTime.IsZero() || !e.StartTime.Equal(row.Time) || !e.EndTime.Equal(row.Last) || len(count) != 1 || count[0].Value != float64(row.Packets) || count[0].Unit != "packet" {
		t.Errorf("%v: a sum is read as %+v", form, e)
	}
}

// exported is a valid document with one row.
func exported(t *testing.T, form Form, x Export, row Scan) string {
	t.Helper()
	var b bytes.Buffer
	w := begun(t, &b, form)
	if err := w.Scan(x, &row); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if bad := invalid(t, form, b.Bytes()); bad != "" {
		t.Errorf("%v: %s\n%s", form, bad, b.Bytes())
	}
	return b.String()
}

// The target is what the export permits, by the family of the row, and nothing finer.
func TestTargetsOfExports(t *testing.T) {
	t.Parallel()
	net4, net6 := netip.MustParsePrefix("203.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")
	four, six := netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("2001:db8:2::9")
	for _, tt := range []struct {
		x                  Export
		source, target     netip.Addr
		category, standing string
	}{
		{Export{}, four, four, "ipv4-net", "0.0.0.0/0"},
		{Export{}, six, six, "ipv6-net", "::/0"},
		{Export{}, four, netip.Addr{}, "ipv4-net", "0.0.0.0/0"},
		{Export{Network4: net4}, four, four, "ipv4-net", "203.0.0.0/8"},
		{Export{Network4: net4}, six, six, "ipv6-net", "::/0"},
		{Export{Network6: net6}, six, six, "ipv6-net", "2001:db8::/32"},
		{Export{Network6: net6}, four, four, "ipv4-net", "0.0.0.0/0"},
		{Export{Targets: true}, four, four, "ipv4-addr", "203.0.113.9"},
		{Export{Targets: true}, six, six, "ipv6-addr", "2001:db8:2::9"},
		{Export{Targets: true}, four, netip.MustParseAddr("::ffff:203.0.113.9"), "ipv4-addr", "203.0.113.9"},
		{Export{Targets: true}, six, netip.MustParseAddr("fe80::1%eth0"), "ipv6-addr", "fe80::1"},
		{Export{Targets: true}, four, netip.Addr{}, "ipv4-net", "0.0.0.0/0"},
		{Export{Targets: true, Network6: net6}, six, netip.Addr{}, "ipv6-net", "2001:db8::/32"},
	} {
		for _, form := range []Form{XML1, XML2, JSON} {
			row := Scan{Time: time.Unix(1e9, 0).UTC(), Source: tt.source, Target: tt.target, Protocol: 6}
			row.Source = row.Source.Next()
			d := parsed(t, []byte(exported(t, form, tt.x, row)))
			if got := d.Incidents[0].EventData[0].Flow[0].System[1].Node.Address; len(got) != 1 || got[0].Value != tt.standing || got[0].Category != tt.category {
				t.Errorf("%v: %+v writes %+v, want %s %s", form, tt.x, got, tt.category, tt.standing)
			}
		}
	}
}
