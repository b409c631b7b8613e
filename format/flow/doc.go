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
//	header   "NRB1", version u8, 0 u8, columns u8, loss records u8, sensor 16 bytes, epoch u64,
//	         sequence u64, events u32, first time i64, clock offset i32, bytes of the body u32,
//	         0 u32: 64 bytes, little-endian
//	body     columns, each: kind u8, length uvarint, bytes
//	trailer  CRC-32C of header and body, u32
//
// Times and sorted dictionaries are gaps in a Rice code, ids and plain numbers take as many bits
// as the largest needs. That leaves little to a general compressor: zstd took 0 to 3 % off
// them, so there is none. The same block always gives the same bytes. (sensor, epoch, sequence)
// is its identity.
package flow
