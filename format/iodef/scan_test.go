package iodef

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// exports are the choices of what to tell about sensors.
func exports() []Export {
	return []Export{
		{},
		{Network4: netip.MustParsePrefix("203.0.0.0/8"), Network6: netip.MustParsePrefix("2001:db8::/32")},
		{Targets: true},
	}
}

// Scan is a short way for Event and must not differ from it by a byte.
func TestScanWritesWhatEventWrites(t *testing.T) {
	t.Parallel()
	for _, form := range []Form{XML1, XML2, JSON} {
		for k, x := range exports() {
			var short, long bytes.Buffer
			a, b := begun(t, &short, form), begun(t, &long, form)
			for _, s := range scans(700) {
				if err := a.Scan(x, &s); err != nil {
					t.Fatal(err)
				}
				e, err := x.Event(s)
				if err != nil {
					t.Fatal(err)
				}
				if err := b.Event(&e); err != nil {
					t.Fatal(err)
				}
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(long.String(), "\n"), strings.Split(short.String(), "\n")); diff != "" {
				t.Errorf("%v, export %d:\n%.2000s", form, k, diff)
			}
		}
	}
}

// 100,000 events are valid, read back equal and name no sensor, nor its network.
func TestExportOf100000Events(t *testing.T) {
	t.Parallel()
	rows := scans(100_000)
	for _, form := range []Form{XML1, XML2, JSON} {
		t.Run(form.String(), func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			w := begun(t, &b, form)
			for i := range rows {
				if err := w.Scan(Export{}, &rows[i]); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			for _, sensor := range []string{"203.0.113.", "2001:db8:2:"} {
				if strings.Contains(b.String(), sensor) {
					t.Errorf("the export names %s", sensor)
				}
			}
			if form != JSON {
				if bad := lint(t, form, b.Bytes(), "--stream"); bad != "" {
					t.Error(bad)
				}
			}
			readBack(t, &b, rows)
		})
	}
}

func readBack(t *testing.T, r io.Reader, rows []Scan) {
	t.Helper()
	n := 0
	d, err := Stream(r, Options{}, func(i *Incident, e *EventData) error {
		want, err := Export{}.Event(rows[n])
		if err != nil {
			return err
		}
		if i.ID.ID != "scan-2026-01-15" || len(i.Contact) != 1 {
			return fmt.Errorf("the incident comes as %+v", i)
		}
		if !reflect.DeepEqual(&want, e) {
			return fmt.Errorf("row %d: %s", n, cmp.Diff(&want, e))
		}
		n++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n != len(rows) || len(d.Notes) > 0 || len(d.Incidents[0].EventData) > 0 {
		t.Errorf("read %d events of %d, notes %v", n, len(rows), d.Notes)
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	good := scans(1)[0]
	for want, change := range map[string]func(*Scan){
		"the source is no address":                  func(s *Scan) { s.Source = netip.Addr{} },
		"the time is missing":                       func(s *Scan) { s.Time = time.Time{} },
		"a time is in the year 10000":               func(s *Scan) { s.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"a time is in the year -1":                  func(s *Scan) { s.Last = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC) },
		`source ports "1,<b>" are no list of ports`: func(s *Scan) { s.SourcePorts = "1,<b>" },
	} {
		bad := good
		change(&bad)
		if err := begun(t, io.Discard, XML2).Scan(Export{}, &bad); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("Scan() = %v, want %s", err, want)
		}
		if _, err := (Export{}).Event(bad); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("Event() = %v, want %s", err, want)
		}
	}
	if err := NewWriter(io.Discard, XML2, &Document{}).Scan(Export{}, &good); err == nil {
		t.Error("a scan is written without an incident")
	}
}

// Addresses mapped into IPv6 and those with a zone are written plainly.
func TestScanNormalisesAddresses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"::ffff:192.0.2.1": `category="ipv4-addr">192.0.2.1<`,
		"fe80::1%eth0":     `category="ipv6-addr">fe80::1<`,
	} {
		var b bytes.Buffer
		w := begun(t, &b, XML2)
		s := scans(1)[0]
		s.Source = netip.MustParseAddr(in)
		if err := w.Scan(Export{}, &s); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is written as %s", in, b.String())
		}
	}
}

func TestWritingAllocatesNothing(t *testing.T) {
	row := scans(1)[0]
	event, err := Export{}.Event(row)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []Form{XML1, XML2, JSON} {
		w := begun(t, io.Discard, form)
		got := testing.AllocsPerRun(1000, func() {
			if err := w.Scan(Export{}, &row); err != nil {
				t.Fatal(err)
			}
			if err := w.Event(&event); err != nil {
				t.Fatal(err)
			}
		})
		if got > 0 {
			t.Errorf("%v: %v allocations for two events, want none", form, got)
		}
	}
}
