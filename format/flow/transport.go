package flow

import "encoding/binary"

// transport is what follows the IP headers.
type transport struct {
	data  []byte // captured and within the IP length
	size  int    // bytes by the IP length
	whole bool   // not the first of several fragments
	v4    bool
	id    uint16 // IPv4 identification
}

// cut ends an event whose next need bytes are not there: odd when the IP length has no room for
// them either.
func (t *transport) cut(e *Event, need int) Result {
	if need > t.size {
		e.Fingerprint |= Odd
	}
	return Partial
}

// read fills in what the protocol's own header tells.
func (t *transport) read(e *Event) Result {
	switch e.Proto {
	case ProtoTCP:
		return t.tcp(e)
	case ProtoUDP:
		return t.udp(e)
	case ProtoICMP, ProtoICMPv6:
		if len(t.data) < 2 {
			return t.cut(e, 8)
		}
		e.SrcPort, e.DstPort = uint16(t.data[0]), uint16(t.data[1])
		e.Fingerprint |= icmpMark(e.Proto, t.data[0])
		if t.size < 8 {
			e.Fingerprint |= Odd
		}
	case ProtoDCCP, ProtoSCTP, ProtoUDPLite: // ports where UDP has them
		if len(t.data) < 4 {
			return t.cut(e, 4)
		}
		t.ports(e)
	}
	return Decoded
}

func (t *transport) ports(e *Event) {
	e.SrcPort = binary.BigEndian.Uint16(t.data)
	e.DstPort = binary.BigEndian.Uint16(t.data[2:])
}

// tcp reads a TCP header (RFC 9293 section 3.1). Of a header that was cut, the ports are kept.
func (t *transport) tcp(e *Event) Result {
	if len(t.data) < 14 {
		if len(t.data) >= 4 {
			t.ports(e)
		}
		return t.cut(e, 20)
	}
	t.ports(e)
	header := int(t.data[12]>>4) * 4
	e.Flags = t.data[13]
	e.Fingerprint |= tcpMark(e.Flags)
	if header < 20 || header > t.size && t.whole {
		e.Fingerprint |= Odd
	}
	if e.Flags&(SYN|ACK) != SYN {
		return Decoded
	}
	if header == 20 {
		e.Fingerprint |= Bare
	}
	if t.v4 {
		destination := binary.BigEndian.Uint32(e.Dst[12:])
		e.Fingerprint |= probeMark(destination, t.id, e.DstPort, binary.BigEndian.Uint32(t.data[4:]))
	}
	return Decoded
}

// udp reads a UDP header (RFC 768).
func (t *transport) udp(e *Event) Result {
	if len(t.data) < 4 {
		return t.cut(e, 8)
	}
	t.ports(e)
	if t.size < 8 {
		e.Fingerprint |= Odd
		return Decoded
	}
	if len(t.data) < 6 {
		return Decoded
	}
	length := int(binary.BigEndian.Uint16(t.data[4:]))
	// 0 is the length of a jumbogram (RFC 2675 section 4); a first fragment has less than its datagram.
	if length != 0 && (length < 8 || length > t.size && t.whole) {
		e.Fingerprint |= Odd
	}
	return Decoded
}
