package flow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/pcap"
	"noroshi.dev/internal/testkit"
)

// each calls f with every packet of a capture file, numbered from 1, and what Decode makes of it.
func each(tb testing.TB, path string, f func(number int, p *pcap.Packet, r Result, e *Event)) {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := pcap.NewReader(bytes.NewReader(data), pcap.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	var p pcap.Packet
	for number := 1; ; number++ {
		if err := r.Next(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			tb.Fatal(err)
		}
		var e Event
		result := Decode(&p, &e)
		f(number, &p, result, &e)
	}
}

// TestCaptures counts what the README of the shared data says that a correct decoder must count.
func TestCaptures(t *testing.T) {
	t.Parallel()
	type counts map[string]int
	for _, c := range []struct {
		file    string
		sources int
		ports   int // distinct destination ports of SYNs
		want    counts
	}{
		{"chrissanders_synscan.pcapng", 2, 1000, counts{"6 S": 1994, "6 SA": 12, "6 RA": 5}},
		{"chrissanders_icmp_echo.pcapng", 2, 0, counts{"1 8/0": 4, "1 0/0": 4}},
		{"zeek_icmp-ping.pcap", 2, 0, counts{"1 8/0": 2, "1 0/0": 2}},
		{"zeek_5-pings.pcap", 2, 0, counts{"1 8/0": 5, "1 0/0": 5}},
		{"zeek_icmp_dot1q.pcap", 2, 0, counts{"not IP": 6, "1 8/0": 5, "1 0/0": 4}},
		{"zeek_http-vlan-0.pcap", 2, 1, counts{"6 S": 1, "6 SA": 1, "6 A": 8, "6 PA": 2, "6 FA": 2}},
		{"zeek_communityid_icmp6.pcap", 8, 0, counts{"58 135/0": 9, "58 136/0": 9, "58 3/0": 9, "58 1/4": 4, "58 128/0": 8, "58 129/0": 8, "58 133/0": 1, "58 134/0": 1}},
		{"zeek_ipv6-hbh-routing0.pcap", 1, 0, counts{"17 53>53": 1}},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			got := counts{}
			sources, ports := map[[16]byte]bool{}, map[uint16]bool{}
			each(t, testkit.Shared(t, "data/pcaps/"+c.file), func(_ int, _ *pcap.Packet, r Result, e *Event) {
				got[label(r, e)]++
				if r.Event() {
					sources[e.Src] = true
				}
				if e.Proto == ProtoTCP && e.Flags == SYN {
					ports[e.DstPort] = true
				}
			})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if len(sources) != c.sources || len(ports) != c.ports {
				t.Errorf("%d sources and %d ports, want %d and %d", len(sources), len(ports), c.sources, c.ports)
			}
		})
	}
}

// label names the kind of a packet in the tables of tests.
func label(r Result, e *Event) string {
	switch {
	case r == NotIP:
		return "not IP"
	case !r.Event():
		return fmt.Sprintf("result %d", r)
	case e.Proto == ProtoTCP:
		flags := ""
		for i, letter := range "FSRPAUEC" {
			if e.Flags>>i&1 != 0 {
				flags += string(letter)
			}
		}
		return "6 " + flags
	case e.ICMP():
		return fmt.Sprintf("%d %d/%d", e.Proto, e.SrcPort, e.DstPort)
	}
	return fmt.Sprintf("%d %d>%d", e.Proto, e.SrcPort, e.DstPort)
}

// TestScanners reads probes of masscan 1.3.2 and ZMap 2.1.1, caught by tcpdump between two
// interfaces of an empty network namespace.
func TestScanners(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	each(t, filepath.Join("testdata", "scanners.pcap"), func(_ int, _ *pcap.Packet, r Result, e *Event) {
		if r != Decoded || e.Class() != Scan {
			t.Errorf("result %d, class %d of %+v", r, e.Class(), e)
		}
		got[fmt.Sprintf("%d zmap=%t masscan=%t", e.Proto, e.Fingerprint&ZMap != 0, e.Fingerprint&Masscan != 0)]++
	})
	want := map[string]int{
		"6 zmap=false masscan=true":   48, // masscan -p23,80,443 on 16 addresses
		"17 zmap=false masscan=false": 16, // masscan -pU:53: not told by the rule
		"1 zmap=false masscan=false":  8,  // masscan --ping: not told by the rule
		"6 zmap=true masscan=false":   16, // zmap -p 80
		"1 zmap=true masscan=false":   8,  // zmap -M icmp_echoscan
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzDecode: no panic, and an event for every packet whose addresses are there, whatever else
// it holds; an event never keeps what was in e before.
func FuzzDecode(f *testing.F) {
	for _, c := range append(headerCases(), faultCases()...) {
		f.Add(uint16(c.link), c.data)
	}
	f.Fuzz(func(t *testing.T, link uint16, data []byte) {
		p := captured(pcap.LinkType(link), data)
		var e Event
		again := Event{Time: 1, Src: [16]byte{1}, Dst: [16]byte{1}, SrcPort: 1, DstPort: 1, Length: 1, Proto: 1, Flags: 1, TTL: 1, Fingerprint: 1}
		r := Decode(p, &e)
		if got := Decode(p, &again); got != r || r.Event() && e != again {
			t.Fatalf("%d %+v, then %d %+v", r, e, got, again)
		}
		if !r.Event() {
			return
		}
		if e.Fingerprint&Fragment != 0 && (e.SrcPort != 0 || e.DstPort != 0) || e.Proto != ProtoTCP && e.Flags != 0 || e.Fingerprint>>7 != 0 {
			t.Fatalf("%+v", e)
		}
		if !e.Source().IsValid() || e.At().UnixMicro() != e.Time {
			t.Fatalf("%+v", e)
		}
		e.Class()
	})
}

// BenchmarkDecode decodes a mix of SYN, UDP, echo and IPv6 from memory, once alone and once with
// the reader of the capture file. Floor: 20 million packets per second of processor time, no
// allocation per packet.
func BenchmarkDecode(b *testing.B) {
	var file bytes.Buffer
	w, err := pcap.NewWriter(&file, pcap.WriterOptions{Link: pcap.LinkEthernet})
	if err != nil {
		b.Fatal(err)
	}
	packets := mix()
	for range 20_000 {
		for i := range packets {
			if err := w.Write(&packets[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		var e Event
		before, n := testkit.CPU(b), 0
		for b.Loop() {
			for i := range packets {
				if Decode(&packets[i], &e) != Decoded {
					b.Fatal("not decoded")
				}
			}
			n += len(packets)
		}
		b.ReportMetric(float64(n)/(testkit.CPU(b)-before).Seconds()/1e6, "Mpackets/cpu-s")
	})
	b.Run("read and decode", func(b *testing.B) {
		b.ReportAllocs()
		before, n := testkit.CPU(b), 0
		for b.Loop() {
			n += walkFile(b, file.Bytes())
		}
		b.ReportMetric(float64(n)/(testkit.CPU(b)-before).Seconds()/1e6, "Mpackets/cpu-s")
	})
}

// mix is one packet of each usual kind, padded to 60 bytes where shorter.
func mix() []pcap.Packet {
	var packets []pcap.Packet
	for _, ip := range [][]byte{
		ip4(ProtoTCP, syn()), ip4(ProtoTCP, tcp(445, SYN, 9)), ip4(ProtoTCP, tcp(80, SYN|ACK, 9, mss()...)),
		ip4(ProtoUDP, udp(53, "0123456789")), ip4(ProtoICMP, icmp(8, 0)), ip6(ProtoTCP, syn()),
	} {
		data := ether(ip)
		packets = append(packets, *captured(en, append(data, make([]byte, max(0, 60-len(data)))...)))
	}
	return packets
}

func walkFile(b *testing.B, file []byte) int {
	r, err := pcap.NewReader(bytes.NewReader(file), pcap.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	var p pcap.Packet
	var e Event
	n := 0
	for r.Next(&p) == nil {
		if Decode(&p, &e) != Decoded {
			b.Fatal("not decoded")
		}
		n++
	}
	return n
}

// TestDecodeAllocates: nothing.
func TestDecodeAllocates(t *testing.T) {
	packets := mix()
	var e Event
	if n := testing.AllocsPerRun(100, func() {
		for i := range packets {
			Decode(&packets[i], &e)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
