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
	begin(e, p, data[9], data[8], length)
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
	return transport(e, data[header:min(length, len(data))], length-header, part&0x2000 == 0, int(id))
}

// begin sets every field of e but the addresses.
func begin(e *Event, p *pcap.Packet, proto, ttl uint8, length int) {
	e.Time = p.Time / 1000
	e.SrcPort, e.DstPort, e.Length = 0, 0, uint16(length)
	e.Proto, e.Flags, e.TTL, e.Fingerprint = proto, 0, ttl, 0
}

// mapped writes IPv4 address from as ::ffff:a.b.c.d.
func mapped(to *[16]byte, from []byte) {
	binary.BigEndian.PutUint64(to[:], 0)
	binary.BigEndian.PutUint64(to[8:], 0xffff<<32|uint64(binary.BigEndian.Uint32(from)))
}

// summed says whether the checksum of an IPv4 header is right.
func summed(header []byte) bool {
	sum := uint64(binary.BigEndian.Uint32(header)) + uint64(binary.BigEndian.Uint32(header[4:])) +
		uint64(binary.BigEndian.Uint32(header[8:])) + uint64(binary.BigEndian.Uint32(header[12:])) +
		uint64(binary.BigEndian.Uint32(header[16:ipv4Header]))
	for header = header[ipv4Header:]; len(header) >= 4; header = header[4:] {
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
	begin(e, p, data[6], data[7], min(payload+ipv6Header, math.MaxUint16))
	e.Src, e.Dst = [16]byte(data[8:24]), [16]byte(data[24:40])
	if isMapped(&e.Src) || isMapped(&e.Dst) {
		e.Fingerprint = Odd
	}
	data = data[ipv6Header:]
	if payload == 0 { // a jumbogram, or handed to the network card for segmentation
		payload = len(data)
	}
	return walk(e, data[:min(payload, len(data))], payload)
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
func walk(e *Event, data []byte, size int) Result {
	whole := true
	for range maxHeaders {
		n := extension(e.Proto, data)
		if n == 0 {
			return transport(e, data, size, whole, noID)
		}
		if n > len(data) {
			return cut(e, n, size)
		}
		fragment, part := e.Proto == nextFragment, binary.BigEndian.Uint16(data[2:])
		e.Proto = data[0]
		data, size = data[n:], size-n
		if fragment && part>>3 != 0 {
			e.Fingerprint |= Fragment
			return Decoded
		}
		if fragment && part&1 != 0 {
			whole = false
		}
	}
	e.Fingerprint |= Odd
	return Partial
}

// extension gives the bytes of the extension header of kind proto at the beginning of data: 0 when
// proto is none, and 8, the least, when its length was not captured.
func extension(proto uint8, data []byte) int {
	switch proto {
	case nextFragment:
		return 8
	case nextHop, nextRouting, nextDestination:
		if len(data) < 2 {
			return 8
		}
		return int(data[1])*8 + 8
	case nextAuth:
		if len(data) < 2 {
			return 8
		}
		return int(data[1])*4 + 8
	}
	return 0
}
