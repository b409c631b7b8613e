package flow

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/pcap"
)

// seen is what a case expects of an event beside the addresses, which are always the builders'.
type seen struct {
	proto            uint8
	src, dst, length uint16
	flags            uint8
	mark             Fingerprint
}

type packetCase struct {
	name   string
	link   pcap.LinkType
	data   []byte
	result Result
	want   seen
}

const en = pcap.LinkEthernet

func syn() []byte { return tcp(23, SYN, 1, mss()...) }

var synSeen = seen{ProtoTCP, 40000, 23, 44, SYN, 0}

// headerCases has a packet for each header that is read.
func headerCases() []packetCase {
	syn4, syn6 := ip4(ProtoTCP, syn()), ip6(ProtoTCP, syn())
	six := synSeen
	six.length = 64
	grown := func(n uint16) seen { s := six; s.length += n; return s }
	sll := func(ip []byte) []byte {
		return join([]byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, be.AppendUint16(nil, etherType(ip)), ip)
	}
	sll2 := func(ip []byte) []byte {
		return join(be.AppendUint16(nil, etherType(ip)), []byte{0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, ip)
	}
	auth := []byte{ProtoTCP, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	return []packetCase{
		{"ethernet", en, ether(syn4), Decoded, synSeen},
		{"vlan", en, ether(syn4, typeVLAN), Decoded, synSeen},
		{"qinq", en, ether(syn6, typeQinQ, typeVLAN), Decoded, six},
		{"old qinq", en, ether(syn4, typeOld1, typeVLAN), Decoded, synSeen},
		{"cooked", pcap.LinkLinuxSLL, sll(syn4), Decoded, synSeen},
		{"cooked, IPv6", pcap.LinkLinuxSLL, sll(syn6), Decoded, six},
		{"cooked v2", pcap.LinkLinuxSLL2, sll2(syn4), Decoded, synSeen},
		{"cooked v2, IPv6", pcap.LinkLinuxSLL2, sll2(syn6), Decoded, six},
		{"raw", pcap.LinkRaw, syn4, Decoded, synSeen},
		{"raw, IPv6", pcap.LinkRaw, syn6, Decoded, six},
		{"raw IPv4", pcap.LinkIPv4, syn4, Decoded, synSeen},
		{"raw IPv6", pcap.LinkIPv6, syn6, Decoded, six},
		{"null, little-endian", pcap.LinkNull, join([]byte{2, 0, 0, 0}, syn4), Decoded, synSeen},
		{"null, big-endian", pcap.LinkNull, join([]byte{0, 0, 0, 30}, syn6), Decoded, six},
		{"loop", pcap.LinkLoop, join([]byte{0, 0, 0, 2}, syn4), Decoded, synSeen},
		{"loop, IPv6", pcap.LinkLoop, join([]byte{0, 0, 0, 24}, syn6), Decoded, six},

		{"padded by Ethernet", en, join(ether(syn4), make([]byte, 6)), Decoded, synSeen},
		{"IPv4 options", en, ether(options4(ProtoTCP, syn())), Decoded, seen{ProtoTCP, 40000, 23, 48, SYN, 0}},
		{"first fragment", en, ether(ip4(ProtoUDP, udp(53, "x"), func(h []byte) { h[6] = 0x20 })), Decoded, seen{ProtoUDP, 50000, 53, 29, 0, 0}},
		{"later fragment", en, ether(ip4(ProtoUDP, udp(53, "x"), func(h []byte) { h[6], h[7] = 0, 9 })), Decoded, seen{ProtoUDP, 0, 0, 29, 0, Fragment}},
		{"hop-by-hop", en, ether(ip6(0, join(header6(ProtoTCP, 0), syn()))), Decoded, grown(8)},
		{"destination, long", en, ether(ip6(60, join(header6(ProtoTCP, 2), syn()))), Decoded, grown(24)},
		{"authentication", en, ether(ip6(51, join(auth, syn()))), Decoded, grown(24)},
		{"routing and fragment", en, ether(ip6(0, join(header6(43, 0), []byte{44, 0, 4, 0, 0, 0, 0, 0}, fragment6(ProtoTCP, 0, true), syn()))), Decoded, grown(24)},
		{"later IPv6 fragment", en, ether(ip6(44, join(fragment6(ProtoTCP, 3, false), syn()))), Decoded, seen{ProtoTCP, 0, 0, 72, 0, Fragment}},

		{"udp", en, ether(ip4(ProtoUDP, udp(53, "abc"))), Decoded, seen{ProtoUDP, 50000, 53, 31, 0, 0}},
		{"icmp echo", en, ether(ip4(ProtoICMP, icmp(8, 0))), Decoded, seen{ProtoICMP, 8, 0, 28, 0, 0}},
		{"icmpv6 echo", en, ether(ip6(ProtoICMPv6, icmp(128, 0))), Decoded, seen{ProtoICMPv6, 128, 0, 48, 0, 0}},
		{"sctp", en, ether(ip4(ProtoSCTP, join(udp(9, "")[:4], make([]byte, 20)))), Decoded, seen{ProtoSCTP, 50000, 9, 44, 0, 0}},
		{"gre", en, ether(ip4(47, make([]byte, 8))), Decoded, seen{47, 0, 0, 28, 0, 0}},
		{"no next header", en, ether(ip6(59, nil)), Decoded, seen{59, 0, 0, 40, 0, 0}},
	}
}

// faultCases has what is not IP, cut, or wrong.
func faultCases() []packetCase {
	syn4, syn6 := ip4(ProtoTCP, syn()), ip6(ProtoTCP, syn())
	first := func(b []byte, value byte) []byte { b = bytes.Clone(b); b[0] = value; return b }
	badSum := bytes.Clone(syn4)
	badSum[10]++
	return []packetCase{
		{"arp", en, join(make([]byte, 12), []byte{8, 6}, make([]byte, 28)), NotIP, seen{}},
		{"802.3", en, join(make([]byte, 12), []byte{0, 38}, make([]byte, 46)), NotIP, seen{}},
		{"netlink", pcap.LinkLinuxSLL, join([]byte{0, 0, 3, 56}, make([]byte, 10), []byte{8, 0}, syn4), NotIP, seen{}},
		{"null, other family", pcap.LinkNull, join([]byte{7, 0, 0, 0}, syn4), NotIP, seen{}},
		{"link type", pcap.LinkType(147), ether(syn4), UnknownLink, seen{}},
		{"empty", en, nil, Short, seen{}},
		{"empty, raw", pcap.LinkRaw, nil, Short, seen{}},
		{"empty, loop", pcap.LinkLoop, nil, Short, seen{}},
		{"empty, cooked", pcap.LinkLinuxSLL, nil, Short, seen{}},
		{"empty, cooked v2", pcap.LinkLinuxSLL2, nil, Short, seen{}},
		{"cut in tag", en, ether(syn4, typeVLAN)[:16], Short, seen{}},
		{"cut in IPv4", en, ether(syn4)[:33], Short, seen{}},
		{"cut in IPv6", en, ether(syn6)[:53], Short, seen{}},
		{"tags without end", en, ether(syn4, typeVLAN, typeVLAN, typeVLAN, typeVLAN, typeVLAN, typeVLAN, typeVLAN, typeVLAN, typeVLAN), Malformed, seen{}},
		{"not version 4", en, join(ether(syn4)[:14], first(syn4, 0x65)), Malformed, seen{}},
		{"not version 6", en, join(ether(syn6)[:14], first(syn6, 0x45)), Malformed, seen{}},
		{"IPv4 header too small", en, ether(first(syn4, 0x44)), Malformed, seen{}},
		{"IPv6 in raw IPv4", pcap.LinkIPv4, syn6, Malformed, seen{}},
		{"version 5", pcap.LinkRaw, first(syn4, 0x55), Malformed, seen{}},

		{"cut after addresses", en, ether(syn4)[:34], Partial, seen{ProtoTCP, 0, 0, 44, 0, 0}},
		{"cut in options", en, ether(options4(ProtoTCP, syn()))[:36], Partial, seen{ProtoTCP, 0, 0, 48, 0, 0}},
		{"cut after ports", en, ether(syn4)[:38], Partial, seen{ProtoTCP, 40000, 23, 44, 0, 0}},
		{"cut after flags", en, ether(syn4)[:48], Decoded, synSeen},
		{"cut in udp", en, ether(ip4(ProtoUDP, udp(53, "")))[:37], Partial, seen{ProtoUDP, 0, 0, 28, 0, 0}},
		{"cut after udp ports", en, ether(ip4(ProtoUDP, udp(53, "")))[:38], Decoded, seen{ProtoUDP, 50000, 53, 28, 0, 0}},
		{"cut in icmp", en, ether(ip4(ProtoICMP, icmp(8, 0)))[:35], Partial, seen{ProtoICMP, 0, 0, 28, 0, 0}},
		{"cut in sctp", en, ether(ip4(ProtoSCTP, make([]byte, 12)))[:36], Partial, seen{ProtoSCTP, 0, 0, 32, 0, 0}},
		{"cut in extension", en, ether(ip6(0, join(header6(ProtoTCP, 2), syn())))[:60], Partial, seen{0, 0, 0, 88, 0, 0}},
		{"cut before extension", en, ether(ip6(51, join(header6(ProtoTCP, 2), syn())))[:55], Partial, seen{51, 0, 0, 88, 0, 0}},

		{"header checksum", en, ether(badSum), Decoded, seen{ProtoTCP, 40000, 23, 44, SYN, Odd}},
		{"total length below header", en, ether(ip4(ProtoTCP, syn(), func(h []byte) { h[3] = 19 })), Partial, seen{ProtoTCP, 0, 0, 19, 0, Odd}},
		{"total length 0", en, ether(ip4(ProtoTCP, syn(), func(h []byte) { h[3] = 0 })), Decoded, synSeen},
		{"no room for tcp", en, ether(ip4(ProtoTCP, make([]byte, 3))), Partial, seen{ProtoTCP, 0, 0, 23, 0, Odd}},
		{"no room for udp", en, ether(ip4(ProtoUDP, udp(53, "")[:6])), Decoded, seen{ProtoUDP, 50000, 53, 26, 0, Odd}},
		{"no room for icmp", en, ether(ip4(ProtoICMP, icmp(8, 0)[:4])), Decoded, seen{ProtoICMP, 8, 0, 24, 0, Odd}},
		{"udp longer than packet", en, ether(ip4(ProtoUDP, join(udp(53, "")[:4], []byte{0, 9, 0, 0}))), Decoded, seen{ProtoUDP, 50000, 53, 28, 0, Odd}},
		{"udp shorter than header", en, ether(ip4(ProtoUDP, join(udp(53, "")[:4], []byte{0, 7, 0, 0}))), Decoded, seen{ProtoUDP, 50000, 53, 28, 0, Odd}},
		{"tcp header too small", en, ether(ip4(ProtoTCP, join(syn()[:12], []byte{0x40}, syn()[13:]))), Decoded, seen{ProtoTCP, 40000, 23, 44, SYN, Odd}},
		{"tcp header too large", en, ether(ip4(ProtoTCP, join(syn()[:12], []byte{0xf0}, syn()[13:]))), Decoded, seen{ProtoTCP, 40000, 23, 44, SYN, Odd}},
		{"extension longer than packet", en, ether(ip6(0, header6(ProtoTCP, 0)[:4])), Partial, seen{0, 0, 0, 44, 0, Odd}},
		{"extensions without end", en, ether(ip6(60, bytes.Repeat(header6(60, 0), 20))), Partial, seen{60, 0, 0, 200, 0, Odd}},
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range append(headerCases(), faultCases()...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := Event{Src: [16]byte{9}, SrcPort: 9, Flags: 9, Fingerprint: 0xff} // of the packet before
			got := Decode(captured(c.link, c.data), &e)
			if got != c.result || got.Event() != (got <= Partial) {
				t.Fatalf("result %d, want %d", got, c.result)
			}
			if !got.Event() {
				return
			}
			if diff := cmp.Diff(c.want.event(e.Source().Is4()), e); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// event completes s by the time, addresses and TTL of the builders.
func (s seen) event(v4 bool) Event {
	e := Event{
		Time: 1_700_000_000_123_456, Length: s.length, Proto: s.proto, SrcPort: s.src, DstPort: s.dst, Flags: s.flags, Fingerprint: s.mark,
	}
	if v4 {
		e.Src = [16]byte{10: 0xff, 0xff, 192, 0, 2, 1}
		e.Dst = [16]byte{10: 0xff, 0xff, 198, 51, 100, 9}
		e.TTL = 64
		return e
	}
	e.Src = [16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 1}
	e.Dst = [16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 0x99}
	e.TTL = 55
	return e
}

// TestMappedAddress: an IPv6 header with an IPv4-mapped address is odd.
func TestMappedAddress(t *testing.T) {
	t.Parallel()
	data := ip6(ProtoTCP, syn())
	copy(data[8:], make([]byte, 10))
	data[18], data[19] = 0xff, 0xff
	var e Event
	if got := Decode(captured(pcap.LinkRaw, data), &e); got != Decoded || e.Fingerprint != Odd {
		t.Errorf("result %d, fingerprint %07b", got, e.Fingerprint)
	}
}

// TestJumbo: the length of a packet above 65,535 bytes is cut, and of one without a length in its
// header what was captured counts.
func TestJumbo(t *testing.T) {
	t.Parallel()
	data := ip6(ProtoUDP, udp(53, "abc"))
	data[4], data[5] = 0xff, 0xff
	var e Event
	if got := Decode(captured(pcap.LinkRaw, data), &e); got != Decoded || e.Length != 65535 {
		t.Errorf("result %d, length %d", got, e.Length)
	}
	data[4], data[5] = 0, 0
	if got := Decode(captured(pcap.LinkRaw, data), &e); got != Decoded || e.DstPort != 53 || e.Length != 40 {
		t.Errorf("result %d, %+v", got, e)
	}
}
