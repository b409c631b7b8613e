package flow

import (
	"encoding/binary"

	"noroshi.dev/format/pcap"
)

// Result says what Decode made of a packet.
type Result uint8

const (
	// Decoded says that the event is complete.
	Decoded Result = iota
	// Partial is an event whose ports, type or flags are 0 because they were cut off by the snap
	// length, contradict the lengths, or lie behind too many extension headers.
	Partial
	// NotIP is ARP, spanning tree, an unknown protocol; no event and no fault.
	NotIP
	// Short says that the captured bytes end before the addresses; no event.
	Short
	// Malformed says that the link header announces IP and none is there; no event.
	Malformed
	// UnknownLink says that the link type is none that is read; no event.
	UnknownLink
)

// Event says whether the packet made an event.
func (r Result) Event() bool { return r <= Partial }

// EtherTypes (IEEE registry).
const (
	typeIPv4 = 0x0800
	typeIPv6 = 0x86dd
	typeVLAN = 0x8100 // 802.1Q
	typeQinQ = 0x88a8 // 802.1ad
	typeOld1 = 0x9100 // outer tags of before 802.1ad
	typeOld2 = 0x9200
	maxTags  = 8
)

// Decode reads the packet in p into e and says how far it came. It sets every field of e when it
// makes an event, keeps nothing of p, and never allocates.
func Decode(p *pcap.Packet, e *Event) Result {
	data := p.Data
	switch p.Link {
	case pcap.LinkEthernet:
		if len(data) < 14 {
			return Short
		}
		return tagged(binary.BigEndian.Uint16(data[12:]), data[14:], p, e)
	case pcap.LinkRaw, pcap.LinkRawBSD, pcap.LinkRawOpenBSD, pcap.LinkIPv4, pcap.LinkIPv6:
		return raw(data, p, e)
	case pcap.LinkNull, pcap.LinkLoop:
		return loopback(data, p, e)
	case pcap.LinkLinuxSLL:
		if len(data) < 16 {
			return Short
		}
		return cooked(binary.BigEndian.Uint16(data[2:]), binary.BigEndian.Uint16(data[14:]), data[16:], p, e)
	case pcap.LinkLinuxSLL2:
		if len(data) < 20 {
			return Short
		}
		return cooked(binary.BigEndian.Uint16(data[8:]), binary.BigEndian.Uint16(data), data[20:], p, e)
	}
	return UnknownLink
}

// tagged reads what follows an EtherType, through any VLAN tags.
func tagged(kind uint16, data []byte, p *pcap.Packet, e *Event) Result {
	for range maxTags + 1 {
		switch kind {
		case typeIPv4:
			return ipv4(data, p, e)
		case typeIPv6:
			return ipv6(data, p, e)
		case typeVLAN, typeQinQ, typeOld1, typeOld2:
			if len(data) < 4 {
				return Short
			}
			kind, data = binary.BigEndian.Uint16(data[2:]), data[4:]
		default:
			return NotIP
		}
	}
	return Malformed
}

// raw reads an IP packet that has no link header.
func raw(data []byte, p *pcap.Packet, e *Event) Result {
	if len(data) == 0 {
		return Short
	}
	switch version := data[0] >> 4; {
	case version == 4 && p.Link != pcap.LinkIPv6:
		return ipv4(data, p, e)
	case version == 6 && p.Link != pcap.LinkIPv4:
		return ipv6(data, p, e)
	}
	return Malformed
}

// loopback reads the address family before an IP packet. Its byte order is the capturing
// machine's in LinkNull, so both are tried; the families are those of the BSDs, macOS, Linux and
// Windows (draft-ietf-opsawg-pcaplinktype, LINKTYPE_NULL).
func loopback(data []byte, p *pcap.Packet, e *Event) Result {
	if len(data) < 4 {
		return Short
	}
	family := binary.BigEndian.Uint32(data)
	if p.Link == pcap.LinkNull && family > 0xffff {
		family = binary.LittleEndian.Uint32(data)
	}
	switch family {
	case 2:
		return ipv4(data[4:], p, e)
	case 10, 23, 24, 28, 30:
		return ipv6(data[4:], p, e)
	}
	return NotIP
}

// Device types of Linux for which the protocol field of a cooked capture is no EtherType.
const (
	deviceFRAD    = 770
	deviceRadio   = 803
	deviceNetlink = 824
)

// cooked reads what follows the header of a Linux cooked capture.
func cooked(device, kind uint16, data []byte, p *pcap.Packet, e *Event) Result {
	if device == deviceFRAD || device == deviceRadio || device == deviceNetlink {
		return NotIP
	}
	return tagged(kind, data, p, e)
}
