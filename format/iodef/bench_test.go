package iodef

import (
	"fmt"
	"io"
	"net/netip"
	"testing"
	"time"

	"noroshi.dev/internal/testkit"
)

// scans returns rows of every kind; the same number gives the same rows.
func scans(n int) []Scan {
	start := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	list := make([]Scan, n)
	for i := range list {
		s := &list[i]
		s.Time = start.Add(time.Duration(i) * 1_234_567 * time.Nanosecond).Truncate(time.Microsecond)
		s.Source = netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
		s.Target = netip.AddrFrom4([4]byte{203, 0, 113, byte(i / 7)})
		s.Protocol, s.SourcePort, s.TargetPort = 6, uint16(1024+i), 23
		switch i % 7 {
		case 1:
			s.Protocol, s.TargetPort = 17, 0
		case 2:
			s.Protocol, s.ICMPType, s.ICMPCode = 1, 8, 0
		case 3:
			s.Source = netip.MustParseAddr(fmt.Sprintf("2001:db8:1::%x", i%65536))
			s.Target = netip.MustParseAddr(fmt.Sprintf("2001:db8:2::%x", i%65536))
		case 4:
			s.Protocol = 47
		case 5:
			s.Packets, s.Last, s.SourcePorts = uint64(i), s.Time.Add(time.Hour), "40123,40200-40260"
		case 6:
			s.Packets, s.SourcePort = uint64(i), 0
		}
	}
	return list
}

// reporter is an incident that each form demands nothing of.
func reporter() *Incident {
	return &Incident{
		Purpose: "reporting", Restriction: "amber", ID: IncidentID{Name: "csirt.example.jp", ID: "scan-2026-01-15"},
		GenerationTime: time.Date(2026, 1, 16, 0, 5, 0, 0, time.UTC),
		Contact:        []Contact{{Role: "creator", Type: "organization", Name: Plain("Example CSIRT")}},
	}
}

func begun(tb testing.TB, out io.Writer, form Form) *Writer {
	tb.Helper()
	w := NewWriter(out, form, &Document{Lang: "en"})
	if err := w.Begin(reporter()); err != nil {
		tb.Fatal(err)
	}
	return w
}

// The floor is 1,000,000 EventData a second of one processor, in each form and by either method,
// and no allocation.
func BenchmarkWrite(b *testing.B) {
	row := scans(1)[0]
	event, err := Export{}.Event(row)
	if err != nil {
		b.Fatal(err)
	}
	for _, form := range []Form{XML1, XML2, JSON} {
		run := func(name string, one func(*Writer) error) {
			b.Run(form.String()+"/"+name, func(b *testing.B) {
				w := begun(b, io.Discard, form)
				b.ReportAllocs()
				before := testkit.CPU(b)
				for b.Loop() {
					if err := one(w); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N)/(testkit.CPU(b)-before).Seconds(), "EventData/cpu-s")
			})
		}
		run("scan", func(w *Writer) error { return w.Scan(Export{}, &row) })
		run("event", func(w *Writer) error { return w.Event(&event) })
	}
}
