// Package flow holds scan events: what a sensor on a quiet address keeps of a packet, how it is
// read from the packet, and how many of them travel to the collector.
//
// # Events
//
// An Event has fixed size and no pointer. Decode makes it from a captured packet: Ethernet with
// any VLAN tags (802.1Q, 802.1ad), Linux cooked v1 and v2, raw IP, and the BSD loopbacks; IPv4
// with options and fragments (RFC 791); IPv6 with extension headers (RFC 8200); TCP, UDP, ICMP,
// ICMPv6, and the ports of SCTP, DCCP and UDP-Lite; other protocols by number. A packet cut by
// the snap length still makes an event when its addresses are there. The Fingerprint is made in
// the same pass, because the fields it needs are not kept.
//
// # Blocks
//
// A Block is up to 65,536 events and loss records of one sensor. Its wire form is columns with
// dictionaries and bit-packed numbers between a fixed header and a CRC-32C:
//
//	header   64 bytes: "NRB1", version, flags, columns, loss records, sensor, epoch, sequence,
//	         count, first time, clock offset, length of the body, its length uncompressed
//	body     columns, each: kind u8, length uvarint, bytes; the whole may be compressed
//	trailer  CRC-32C of header and body
//
// The same block always gives the same bytes. (sensor, epoch, sequence) is its identity. The
// package compresses nothing by itself; a Compressor may be handed in, and a body that it does
// not make smaller is sent as it is.
package flow
