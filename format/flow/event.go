package flow

import (
	"net/netip"
	"time"
)

// IP protocol numbers that the decoder looks into.
const (
	ProtoICMP    = 1
	ProtoTCP     = 6
	ProtoUDP     = 17
	ProtoDCCP    = 33
	ProtoICMPv6  = 58
	ProtoSCTP    = 132
	ProtoUDPLite = 136
)

// Flags of TCP as in its header (RFC 9293 section 3.1).
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// Event is one packet that arrived, without the sensor at which it did. It holds no pointer and
// can be compared.
type Event struct {
	Time        int64       // microseconds since 1970 UTC
	Src         [16]byte    // IPv6 address, or IPv4 as ::ffff:a.b.c.d
	Dst         [16]byte    // the same; the sensor's address, which must not leave the house
	SrcPort     uint16      // ICMP and ICMPv6: type; 0 where the protocol has no ports or they were not seen
	DstPort     uint16      // ICMP and ICMPv6: code
	Length      uint16      // IP total length; IPv6: payload and 40, at most 65,535
	Proto       uint8       // IP protocol number; in IPv6 of the header after the extension headers
	Flags       uint8       // of TCP, else 0
	TTL         uint8       // or hop limit
	Fingerprint Fingerprint // what the packet says about its maker
}

// At gives the time of the event in UTC.
func (e *Event) At() time.Time { return time.UnixMicro(e.Time).UTC() }

// Source gives the address the packet claims to come from.
func (e *Event) Source() netip.Addr { return netip.AddrFrom16(e.Src).Unmap() }

// Destination gives the address the packet went to: the sensor's.
func (e *Event) Destination() netip.Addr { return netip.AddrFrom16(e.Dst).Unmap() }

// ICMP says whether the port fields hold an ICMP type and code. Every statistic of ports leaves
// such events out.
func (e *Event) ICMP() bool { return e.Proto == ProtoICMP || e.Proto == ProtoICMPv6 }

// Class says what kind of traffic an event is.
type Class uint8

// The classes of traffic on an unused address.
const (
	Other       Class = iota
	Scan              // somebody asks: SYN without ACK, UDP, echo request
	Backscatter       // somebody answers a third party that used our address
)

// Class derives the class from protocol, flags, type and fingerprint, so that its rule can be
// refined over archived events.
func (e *Event) Class() Class {
	switch {
	case e.Fingerprint&Answer != 0:
		return Backscatter
	case e.Fingerprint&Fragment != 0:
		return Other
	case e.Proto == ProtoTCP && e.Flags&(SYN|ACK) == SYN,
		e.Proto == ProtoUDP,
		e.Proto == ProtoICMP && e.SrcPort == icmpEcho,
		e.Proto == ProtoICMPv6 && e.SrcPort == icmp6Echo:
		return Scan
	}
	return Other
}
