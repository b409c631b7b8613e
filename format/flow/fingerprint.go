package flow

// Fingerprint is a set of marks that the sensor makes from header fields that are not sent on.
type Fingerprint uint8

const (
	// ZMap marks an IPv4 identification of 54321, which ZMap 1 and 2 write into every probe
	// (probe_modules/packet.c); seen in all of 24 probes of ZMap 2.1.1. Since version 3 the field
	// is random, so its absence says nothing.
	ZMap Fingerprint = 1 << iota

	// Masscan marks a SYN whose IPv4 identification is the low half of destination address xor
	// destination port xor sequence number (masscan, templ-pkt.c: ip_id = ip_them ^ port_them ^
	// seqno); seen in all of 48 probes of masscan 1.3.2. Its UDP and ICMP probes mix in values
	// that are not in the packet. One SYN of 65,536 has the mark by chance.
	Masscan

	// Mirai marks a SYN whose sequence number is the destination address (published source of
	// the bot, scanner.c: tcph->seq = iph->daddr; Antonakakis et al., Understanding the Mirai
	// Botnet, USENIX Security 2017, section 3). Many descendants kept it.
	Mirai

	// Answer marks what answers a packet that we never sent, the backscatter of spoofed sources
	// (Moore et al., Inferring Internet Denial-of-Service Activity, USENIX Security 2001, table
	// 1): SYN+ACK, RST, echo reply, and the ICMP errors of RFC 1122 section 3.2.2 and RFC 4443
	// section 2.1.
	Answer

	// Fragment marks a fragment that is not the first: it has no ports.
	Fragment

	// Bare marks a SYN without any TCP option, which no usual operating system sends.
	Bare

	// Odd marks what no correct sender makes: TCP without flags, SYN with FIN, or all flags; a
	// wrong IPv4 header checksum; lengths that contradict each other; an IPv6 header with an
	// IPv4-mapped address (RFC 4291 section 2.5.5.2 knows it for interfaces of programs only).
	Odd
)

// ICMP types by which echo and errors are told (RFC 792, RFC 4443).
const (
	icmpEchoReply  = 0
	icmpEcho       = 8
	icmp6Echo      = 128
	icmp6EchoReply = 129
)

// icmpErrors has the bit of each ICMP type that is an error: destination unreachable, source
// quench, redirect, time exceeded, parameter problem.
const icmpErrors = 1<<3 | 1<<4 | 1<<5 | 1<<11 | 1<<12

// icmpMark gives the mark of an ICMP or ICMPv6 type.
func icmpMark(proto, kind uint8) Fingerprint {
	if proto == ProtoICMP {
		if kind == icmpEchoReply || kind < 32 && icmpErrors>>kind&1 != 0 {
			return Answer
		}
		return 0
	}
	// ICMPv6 errors are the types with a zero top bit; type 0 is reserved.
	if kind == icmp6EchoReply || kind > 0 && kind < 128 {
		return Answer
	}
	return 0
}

// tcpMark gives the marks that follow from the flags alone.
func tcpMark(flags uint8) Fingerprint {
	var mark Fingerprint
	if flags&RST != 0 || flags&(SYN|ACK) == SYN|ACK {
		mark = Answer
	}
	if flags&(FIN|SYN|RST|PSH|ACK|URG) == 0 || flags&(SYN|FIN) == SYN|FIN {
		mark |= Odd
	}
	return mark
}

// probeMark gives the marks of a SYN without ACK: destination is the IPv4 address, id the IPv4
// identification.
func probeMark(destination uint32, id, port uint16, sequence uint32) Fingerprint {
	var mark Fingerprint
	if id == uint16(destination)^port^uint16(sequence) {
		mark = Masscan
	}
	if sequence == destination {
		mark |= Mirai
	}
	return mark
}
