package pcap

import (
	"errors"
	"io"
	"math/bits"
)

// Magic numbers of pcap, as the writing machine has them in memory.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // 8 bytes more in each record header: interface, protocol, packet type
	magicGzip     = 0x00088b1f // id and method of RFC 1952, read little-endian; the flags byte is masked out
)

const (
	fileHeaderBytes     = 24
	recordHeaderBytes   = 16
	modifiedHeaderBytes = 24
)

// fileHeader reads the 24 bytes before the first record; magic is their first four, read
// little-endian.
func (r *Reader) fileHeader(magic uint32) error {
	r.header, r.scale = recordHeaderBytes, 1000
	if m := bits.ReverseBytes32(magic); m == magicMicro || m == magicNano || m == magicModified {
		magic, r.big = m, true
	}
	switch magic {
	case magicMicro:
	case magicNano:
		r.scale = 1
	case magicModified:
		r.header = modifiedHeaderBytes
	default:
		if magic&0x00ffffff == magicGzip {
			return wrong(0, "compressed by gzip; decompress it first")
		}
		return wrong(0, "magic %08x is neither pcap nor pcapng", magic)
	}
	if err := r.need(fileHeaderBytes); err != nil {
		return r.cut(0, "file header", err)
	}
	h := r.buf[r.pos:]
	if major, minor := r.u16(h[4:]), r.u16(h[6:]); major != 2 || minor != 4 {
		return wrong(0, "pcap version %d.%d; only 2.4 is read", major, minor)
	}
	// The upper half tells the length of the frame check sequence, not the link type.
	r.link = LinkType(r.u32(h[20:]) & 0xffff)
	r.pos += fileHeaderBytes
	return nil
}

// nextRecord gives the next packet of a pcap file.
func (r *Reader) nextRecord(p *Packet) error {
	if err := r.need(r.header); err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return r.cut(r.Offset(), "record header", err)
	}
	h := r.buf[r.pos : r.pos+recordHeaderBytes]
	captured := r.u32(h[8:])
	if int64(captured) > int64(r.limits.Record) {
		return wrong(r.Offset(), "record of %d bytes; the limit is %d", captured, r.limits.Record)
	}
	p.Time = int64(r.u32(h))*1e9 + int64(r.u32(h[4:]))*r.scale
	p.Length = int(r.u32(h[12:]))
	p.Link = r.link
	p.Interface = 0
	total := r.header + int(captured)
	if err := r.need(total); err != nil {
		return r.cut(r.Offset(), "record", err)
	}
	p.Data = r.buf[r.pos+r.header : r.pos+total : r.pos+total]
	r.pos += total
	return nil
}
