package flow

import "encoding/binary"

// What follows the IP headers is passed about as four values and not as a struct, which would not
// stay in registers (measured: a sixth of the time of a packet):
//
//	data   bytes captured and within the IP length
//	size   bytes by the IP length
//	whole  it is not the first of several fragments
//	id     IPv4 identification, or noID

// noID is the identification in IPv6, which has none.
const noID = -1

// cut ends an event whose next need bytes are not there: odd when the IP length has no room for
// them either.
func cut(e *Event, need, size int) Result {
	if need > size {
		e.Fingerprint |= Odd
	}
	return Partial
}

// transport fills in what the protocol's own header tells.
func transport(e *Event, data []byte, size int, whole bool, id int) Result {
	switch e.Proto {
	case ProtoTCP:
		return tcpHeader(e, data, size, whole, id)
	case ProtoUDP:
		return udpHeader(e, data, size, whole)
	case ProtoICMP, ProtoICMPv6:
		if len(data) < 2 {
			return cut(e, 8, size)
		}
		e.SrcPort, e.DstPort = uint16(data[0]), uint16(data[1])
		e.Fingerprint |= icmpMark(e.Proto, data[0])
		if size < 8 {
			e.Fingerprint |= Odd
		}
	case ProtoDCCP, ProtoSCTP, ProtoUDPLite: // ports where UDP has them
		if len(data) < 4 {
			return cut(e, 4, size)
		}
		ports(e, data)
	}
	return Decoded
}

func ports(e *Event, data []byte) {
	e.SrcPort = binary.BigEndian.Uint16(data)
	e.DstPort = binary.BigEndian.Uint16(data[2:])
}

// tcpHeader reads a TCP header (RFC 9293 section 3.1). Of a header that was cut, the ports are kept.
func tcpHeader(e *Event, data []byte, size int, whole bool, id int) Result {
	if len(data) < 14 {
		if len(data) >= 4 {
			ports(e, data)
		}
		return cut(e, 20, size)
	}
	ports(e, data)
	header := int(data[12]>>4) * 4
	e.Flags = data[13]
	e.Fingerprint |= tcpMark(e.Flags)
	if header < 20 || header > size && whole {
		e.Fingerprint |= Odd
	}
	if e.Flags&(SYN|ACK) != SYN {
		return Decoded
	}
	if header == 20 {
		e.Fingerprint |= Bare
	}
	if id != noID {
		destination := binary.BigEndian.Uint32(e.Dst[12:])
		e.Fingerprint |= probeMark(destination, uint16(id), e.DstPort, binary.BigEndian.Uint32(data[4:]))
	}
	return Decoded
}

// udpHeader reads a UDP header (RFC 768).
func udpHeader(e *Event, data []byte, size int, whole bool) Result {
	if len(data) < 4 {
		return cut(e, 8, size)
	}
	ports(e, data)
	if size < 8 {
		e.Fingerprint |= Odd
		return Decoded
	}
	if len(data) < 6 {
		return Decoded
	}
	length := int(binary.BigEndian.Uint16(data[4:]))
	// 0 is the length of a jumbogram (RFC 2675 section 4); a first fragment has less than its datagram.
	if length != 0 && (length < 8 || length > size && whole) {
		e.Fingerprint |= Odd
	}
	return Decoded
}
