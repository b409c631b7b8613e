package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/testkit"
)

// TestCaptures reads the captures of the shared data; counts and times of their README.
func TestCaptures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		count int
		first int64 // microseconds since 1970
	}{
		{"chrissanders_synscan.pcapng", 2011, 1278275056_274870},
		{"chrissanders_icmp_echo.pcapng", 8, 1246563718_226354},
		{"zeek_icmp-ping.pcap", 4, 1334173763_977955},
		{"zeek_5-pings.pcap", 10, 1607454603_986596},
		{"zeek_icmp_dot1q.pcap", 15, 1213957237_965649},
		{"zeek_http-vlan-0.pcap", 14, 1362692526_869344},
		{"zeek_communityid_icmp6.pcap", 49, 921159907_494265},
		{"zeek_ipv6-hbh-routing0.pcap", 1, 1331674079_099657},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(testkit.Shared(t, "data/pcaps/"+c.name))
			if err != nil {
				t.Fatal(err)
			}
			packets := mustRead(t, data)
			if len(packets) != c.count {
				t.Fatalf("%d packets, want %d", len(packets), c.count)
			}
			if packets[0].Time != c.first*1000 {
				t.Errorf("first packet at %d ns, want %d us", packets[0].Time, c.first)
			}
			for i, p := range packets {
				if p.Link != LinkEthernet || p.Length != len(p.Data) {
					t.Errorf("packet %d: link type %d, %d of %d bytes", i, p.Link, len(p.Data), p.Length)
				}
			}
			checkCopy(t, packets)
		})
	}
}

// checkCopy writes the packets and reads them back.
func checkCopy(t *testing.T, packets []got) {
	t.Helper()
	for _, micro := range []bool{false, true} {
		var file bytes.Buffer
		w, err := NewWriter(&file, WriterOptions{Link: LinkEthernet, Micro: micro})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packets {
			if err := w.Write(&Packet{Time: p.Time, Data: []byte(p.Data), Length: p.Length, Link: p.Link}); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(packets, mustRead(t, file.Bytes())); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWriter(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	w, err := NewWriter(&file, WriterOptions{Link: LinkRaw, Snap: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Packet{{Time: -1, Link: LinkRaw}, {Time: 1 << 62, Link: LinkRaw}, {Link: LinkEthernet}} {
		if err := w.Write(&p); err == nil {
			t.Errorf("%+v was written", p)
		}
	}
	if err := w.Write(&Packet{Time: 1, Data: []byte("abcdef"), Link: LinkRaw}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]got{{1, "abcd", 6, LinkRaw, 0}}, mustRead(t, file.Bytes())); diff != "" {
		t.Error(diff)
	}
	if _, err := NewWriter(full{}, WriterOptions{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("full disk: %v", err)
	}
	w.dst = full{}
	if err := w.Write(&Packet{Link: LinkRaw}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("full disk: %v", err)
	}
}

// full takes no byte.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// FuzzReader: no panic, every Data within its limits, and no more packet bytes than the file has.
func FuzzReader(f *testing.F) {
	for _, o := range orders {
		f.Add(classic(o, magicMicro, record(o, 1, 2, 5, "abcde"), record(o, 1, 2, 5, "abcde")))
		f.Add(classic(o, magicModified, record(o, 1, 2, 5, "abcde", make([]byte, 8)...)))
		f.Add(bytes.Join([][]byte{
			section(o), iface(o, 1, 4, option(o, optionUnit, 0x8a), option(o, optionOffset, make([]byte, 8)...)),
			enhanced(o, 0, 1, 4, "abcd"), simple(o, 4, "abcd"), block(o, 99), section(binary.LittleEndian),
		}, nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Record: 1 << 12, Interfaces: 8}
		packets, err := all(bytes.NewReader(data), limits)
		sum := 0
		for _, p := range packets {
			sum += len(p.Data)
			if len(p.Data) > limits.Record {
				t.Fatalf("packet of %d bytes", len(p.Data))
			}
		}
		if sum > len(data) {
			t.Fatalf("%d bytes of packets in a file of %d", sum, len(data))
		}
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Offset < 0 || e.Offset > int64(len(data))) {
			t.Fatalf("error without a place in %d bytes: %v", len(data), err)
		}
	})
}

// BenchmarkReader walks packets of 60 bytes. Floor: 40 million packets per second of processor time, no
// allocation per packet.
func BenchmarkReader(b *testing.B) {
	o := binary.LittleEndian
	one := string(make([]byte, 60))
	const packets = 100_000
	files := map[string][]byte{
		"pcap":   classic(o, magicMicro, bytes.Repeat(record(o, 1, 2, 60, one), packets)),
		"pcapng": append(append(section(o), iface(o, 1, 0)...), bytes.Repeat(enhanced(o, 0, 1, 60, one), packets)...),
	}
	for name, file := range files {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			read := 0
			var p Packet
			before := testkit.CPU(b)
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(file), Limits{})
				if err != nil {
					b.Fatal(err)
				}
				for r.Next(&p) == nil {
					read++
				}
			}
			b.ReportMetric(float64(read)/(testkit.CPU(b)-before).Seconds()/1e6, "Mpackets/cpu-s")
		})
	}
}
