package pcap

import "fmt"

// LinkType says how the bytes of a packet begin; the numbers are those of the LINKTYPE_ registry
// (draft-ietf-opsawg-pcaplinktype).
type LinkType uint16

// The link types that the decoder of package flow knows.
const (
	LinkNull       LinkType = 0   // BSD loopback, address family in the byte order of the capturing machine
	LinkEthernet   LinkType = 1   // Ethernet, with or without VLAN tags
	LinkRawBSD     LinkType = 12  // IPv4 or IPv6 without link header; DLT_RAW of most systems
	LinkRawOpenBSD LinkType = 14  // the same, DLT_RAW of OpenBSD
	LinkRaw        LinkType = 101 // the same, as registered
	LinkLoop       LinkType = 108 // OpenBSD loopback, address family in network byte order
	LinkLinuxSLL   LinkType = 113 // Linux cooked capture v1
	LinkIPv4       LinkType = 228 // IPv4 without link header
	LinkIPv6       LinkType = 229 // IPv6 without link header
	LinkLinuxSLL2  LinkType = 276 // Linux cooked capture v2
)

// Packet is one captured packet.
type Packet struct {
	Time      int64    // nanoseconds since 1970 UTC, cut to the range of int64; 0 in a simple packet block, which has no time
	Data      []byte   // captured bytes, valid until the next call of Next
	Length    int      // bytes the packet had on the wire, as recorded; more than len(Data) when it was cut
	Link      LinkType // how Data begins
	Interface int      // number of the interface within its section; 0 in pcap
}

// Limits bound what a file may ask of the reader. A zero field takes its default.
type Limits struct {
	Record     int // bytes of one record or packet block, default 1 MiB; other blocks are skipped at any size
	Interfaces int // interfaces of one pcapng section, default 4,096
}

// orDefault fills in the defaults.
func (l Limits) orDefault() Limits {
	if l.Record <= 0 {
		l.Record = 1 << 20
	}
	if l.Interfaces <= 0 {
		l.Interfaces = 4096
	}
	return l
}

// Error says where a file is wrong and why.
type Error struct {
	Offset int64  // byte offset of the record or block, from the beginning of the stream
	Reason string // what was found and what was expected
	Err    error  // cause: io.ErrUnexpectedEOF for a cut record, the reader's own error, or nil
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("pcap: at byte %d: %s: %v", e.Offset, e.Reason, e.Err)
	}
	return fmt.Sprintf("pcap: at byte %d: %s", e.Offset, e.Reason)
}

// Unwrap gives the cause to errors.Is.
func (e *Error) Unwrap() error { return e.Err }
