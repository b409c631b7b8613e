package flow

import (
	"encoding/binary"
	"math"

	"noroshi.dev/format/pcap"
)

const (
	ipv4Header = 20
	ipv6Header = 40
	zmapID     = 54321
	maxHeaders = 16 // extension headers of one packet that are walked
)

// ipv4 reads an IPv4 packet (RFC 791 section 3.1).
func ipv4(data []byte, p *pcap.Packet, e *Event) Result {
	if len(data) < ipv4Header {
		return Short
	}
	header := int(data[0]&15) * 4
	if data[0]>>4 != 4 || header < ipv4Header {
		return Malformed
	}
	id := binary.BigEndian.Uint16(data[4:])
	part := binary.BigEndian.Uint16(data[6:])
	length := int(binary.BigEndian.Uint16(data[2:]))
	if length == 0 { // handed to the network card for segmentation: all that was captured
		length = min(len(data), math.MaxUint16)
	}
	*e = Event{Time: p.Time / 1000, Length: uint16(length), Proto: data[9], TTL: data[8]}
	mapped(&e.Src, data[12:16])
	mapped(&e.Dst, data[16:20])
	if id == zmapID {
		e.Fingerprint = ZMap
	}
	if length < header {
		e.Fingerprint |= Odd
		return Partial
	}
	if header > len(data) {
		return Partial
	}
	if !summed(data[:header]) {
		e.Fingerprint |= Odd
	}
	if part&0x1fff != 0 {
		e.Fingerprint |= Fragment
		return Decoded
	}
	t := transport{data: data[header:min(length, len(data))], size: length - header, whole: part&0x2000 == 0, id: id, v4: true}
	return t.read(e)
}

// mapped writes IPv4 address from as ::ffff:a.b.c.d.
func mapped(to *[16]byte, from []byte) {
	to[10], to[11] = 0xff, 0xff
	copy(to[12:], from)
}

// summed says whether the checksum of an IPv4 header is right.
func summed(header []byte) bool {
	var sum uint64
	for ; len(header) >= 4; header = header[4:] {
		sum += uint64(binary.BigEndian.Uint32(header))
	}
	// 2^16 is 1 modulo 2^16-1, so the sum of the halves stays the same.
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	return sum == 0xffff
}

// ipv6 reads an IPv6 packet (RFC 8200 section 3).
func ipv6(data []byte, p *pcap.Packet, e *Event) Result {
	if len(data) < ipv6Header {
		return Short
	}
	if data[0]>>4 != 6 {
		return Malformed
	}
	payload := int(binary.BigEndian.Uint16(data[4:]))
	*e = Event{Time: p.Time / 1000, Length: uint16(min(payload+ipv6Header, math.MaxUint16)), Proto: data[6], TTL: data[7]}
	copy(e.Src[:], data[8:24])
	copy(e.Dst[:], data[24:40])
	if isMapped(&e.Src) || isMapped(&e.Dst) {
		e.Fingerprint = Odd
	}
	t := transport{data: data[ipv6Header:], size: payload, whole: true}
	if payload == 0 { // a jumbogram, or handed to the network card for segmentation
		t.size = len(t.data)
	}
	t.data = t.data[:min(t.size, len(t.data))]
	return t.walk(e)
}

// isMapped says whether a is in ::ffff:0:0/96.
func isMapped(a *[16]byte) bool {
	return binary.BigEndian.Uint64(a[:]) == 0 && binary.BigEndian.Uint32(a[8:]) == 0xffff
}

// Extension headers that are walked (RFC 8200 section 4, RFC 4302 section 2).
const (
	nextHop         = 0
	nextRouting     = 43
	nextFragment    = 44
	nextAuth        = 51
	nextDestination = 60
)

// walk passes over the extension headers, of which e.Proto is the first, and reads the header
// behind them.
func (t *transport) walk(e *Event) Result {
	for range maxHeaders {
		if e.Proto == nextHop || e.Proto >= nextRouting && e.Proto <= nextDestination {
			size := t.extension(e.Proto)
			if size == 0 {
				return t.read(e)
			}
			if size > len(t.data) || len(t.data) < 8 {
				return t.cut(e, size)
			}
			fragment := e.Proto == nextFragment
			part := binary.BigEndian.Uint16(t.data[2:])
			e.Proto = t.data[0]
			t.data, t.size = t.data[size:], t.size-size
			if fragment && part>>3 != 0 {
				e.Fingerprint |= Fragment
				return Decoded
			}
			if fragment && part&1 != 0 {
				t.whole = false
			}
			continue
		}
		return t.read(e)
	}
	e.Fingerprint |= Odd
	return Partial
}

// extension gives the bytes of extension header kind, 0 when it is none, and 8, the least one,
// when the second byte, its length, was not captured.
func (t *transport) extension(kind uint8) int {
	switch kind {
	case nextFragment:
		return 8
	case nextHop, nextRouting, nextDestination:
		if len(t.data) < 2 {
			return 8
		}
		return int(t.data[1])*8 + 8
	case nextAuth:
		if len(t.data) < 2 {
			return 8
		}
		return int(t.data[1])*4 + 8
	}
	return 0
}
