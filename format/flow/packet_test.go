package flow

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"noroshi.dev/format/pcap"
)

var be = binary.BigEndian

// ip4 builds an IPv4 header with a right checksum, then the payload; change edits the header
// before the checksum is made.
func ip4(proto byte, payload []byte, change ...func([]byte)) []byte {
	h := []byte{0x45, 0, 0, 0, 0, 7, 0x40, 0, 64, proto, 0, 0, 192, 0, 2, 1, 198, 51, 100, 9}
	be.PutUint16(h[2:], uint16(len(h)+len(payload)))
	for _, c := range change {
		c(h)
	}
	be.PutUint16(h[10:], checksum(h))
	return append(h, payload...)
}

func checksum(h []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(h); i += 2 {
		if i != 10 {
			sum += uint32(be.Uint16(h[i:]))
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// options4 builds an IPv4 packet with 4 bytes of options.
func options4(proto byte, payload []byte) []byte {
	h := append(ip4(proto, nil), 1, 1, 1, 0)
	h[0] = 0x46
	be.PutUint16(h[2:], uint16(len(h)+len(payload)))
	be.PutUint16(h[10:], checksum(h))
	return append(h, payload...)
}

// ip6 builds an IPv6 header, then the payload, whose first header is next.
func ip6(next byte, payload []byte) []byte {
	h := []byte{0x60, 0, 0, 0, 0, 0, next, 55}
	be.PutUint16(h[4:], uint16(len(payload)))
	for _, a := range []string{"2001:db8::1", "2001:db8::99"} {
		b := netip.MustParseAddr(a).As16()
		h = append(h, b[:]...)
	}
	return append(h, payload...)
}

// header6 builds an extension header of 8*(extra+1) bytes.
func header6(next byte, extra int) []byte {
	b := make([]byte, 8*(extra+1))
	b[0], b[1] = next, byte(extra)
	b[2], b[3] = 1, byte(len(b)-4) // PadN over the whole, where it is hop-by-hop or destination
	return b
}

// fragment6 builds an IPv6 fragment header; offset in units of 8 bytes.
func fragment6(next byte, offset uint16, more bool) []byte {
	b := []byte{next, 0, 0, 0, 0, 0, 0, 9}
	part := offset << 3
	if more {
		part |= 1
	}
	be.PutUint16(b[2:], part)
	return b
}

// tcp builds a TCP header from port 40,000, with options of 4 bytes when they are wanted.
func tcp(port uint16, flags byte, sequence uint32, options ...byte) []byte {
	b := be.AppendUint16(nil, 40000)
	b = be.AppendUint16(b, port)
	b = be.AppendUint32(b, sequence)
	b = append(b, 0, 0, 0, 0, byte((20+len(options))/4)<<4, flags, 4, 0, 0, 0, 0, 0)
	return append(b, options...)
}

// mss is the option that every usual SYN has.
func mss() []byte { return []byte{2, 4, 5, 0xb4} }

func udp(port uint16, data string) []byte {
	b := be.AppendUint16(nil, 50000)
	b = be.AppendUint16(b, port)
	b = be.AppendUint16(b, uint16(8+len(data)))
	return append(append(b, 0, 0), data...)
}

func icmp(kind, code byte) []byte { return []byte{kind, code, 0, 0, 0, 1, 0, 2} }

// ether puts an Ethernet header, with tags, before an IP packet.
func ether(ip []byte, tags ...uint16) []byte {
	b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	for _, tag := range tags {
		b = be.AppendUint16(b, tag)
		b = append(b, 0, 123)
	}
	return append(be.AppendUint16(b, etherType(ip)), ip...)
}

func etherType(ip []byte) uint16 {
	if ip[0]>>4 == 6 {
		return typeIPv6
	}
	return typeIPv4
}

// join puts headers one behind the other.
func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

// captured makes a packet of the time and link type that the tests use.
func captured(link pcap.LinkType, data []byte) *pcap.Packet {
	return &pcap.Packet{Time: 1_700_000_000_123_456_789, Data: data, Length: len(data), Link: link}
}
