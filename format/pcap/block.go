package pcap

import (
	"encoding/binary"
	"errors"
	"io"
)

// Block types of pcapng that are read; all others are skipped (section 4 of the draft).
const (
	blockSection   = 0x0a0d0d0a // the same in both byte orders
	blockInterface = 1
	blockObsolete  = 2
	blockSimple    = 3
	blockEnhanced  = 6
)

const (
	blockEdge    = 12 // type, total length, and the total length once more at the end
	orderMagic   = 0x1a2b3c4d
	orderSwapped = 0x4d3c2b1a
)

// section reads a section header block (4.1): it sets the byte order and forgets the interfaces.
func (r *Reader) section() error {
	start := r.Offset()
	if err := r.need(12); err != nil {
		return r.cut(start, "section header", err)
	}
	switch magic := binary.LittleEndian.Uint32(r.buf[r.pos+8:]); magic {
	case orderMagic:
		r.big = false
	case orderSwapped:
		r.big = true
	default:
		return wrong(start, "byte-order magic %08x in the section header", magic)
	}
	body, err := r.block("section header", 16)
	if err != nil {
		return err
	}
	// 1.2 is written by some programs and is read as 1.0 (4.1).
	if major, minor := r.u16(body[4:]), r.u16(body[6:]); major != 1 || minor != 0 && minor != 2 {
		return wrong(start, "pcapng version %d.%d; only 1.0 is read", major, minor)
	}
	r.interfaces = r.interfaces[:0]
	return nil
}

// block takes the whole block at the current place into the buffer, checks both lengths and
// returns the body, which has least bytes or more.
func (r *Reader) block(what string, least int) ([]byte, error) {
	start := r.Offset()
	total, err := r.total(start)
	if err != nil {
		return nil, err
	}
	if total > int64(r.limits.Record) {
		return nil, wrong(start, "%s of %d bytes; the limit is %d", what, total, r.limits.Record)
	}
	if total < int64(blockEdge+least) {
		return nil, wrong(start, "%s of %d bytes; it has at least %d", what, total, blockEdge+least)
	}
	n := int(total)
	if err := r.need(n); err != nil {
		return nil, r.cut(start, what, err)
	}
	b := r.buf[r.pos : r.pos+n]
	if again := r.u32(b[n-4:]); int64(again) != total {
		return nil, wrong(start, "%s begins with length %d and ends with %d", what, total, again)
	}
	r.pos += n
	return b[8 : n-4 : n-4], nil
}

// total is the length of the block at start, of which 8 bytes are in the buffer.
func (r *Reader) total(start int64) (int64, error) {
	total := int64(r.u32(r.buf[r.pos+4:]))
	if total < blockEdge || total%4 != 0 {
		return 0, wrong(start, "block length %d; it is a multiple of 4 and at least %d", total, blockEdge)
	}
	return total, nil
}

// nextBlock gives the packet of the next packet block, and obeys the blocks before it.
func (r *Reader) nextBlock(p *Packet) error {
	for {
		if err := r.need(8); err != nil {
			if errors.Is(err, io.EOF) {
				return io.EOF
			}
			return r.cut(r.Offset(), "block header", err)
		}
		var err error
		switch r.u32(r.buf[r.pos:]) {
		case blockEnhanced:
			return r.enhanced(p)
		case blockSimple:
			return r.simple(p)
		case blockObsolete:
			return r.obsolete(p)
		case blockSection:
			err = r.section()
		case blockInterface:
			err = r.addInterface()
		default:
			err = r.skipBlock()
		}
		if err != nil {
			return err
		}
	}
}

// skipBlock passes over a block of a type that is not read. Its size has no limit, for nothing
// of it is kept.
func (r *Reader) skipBlock() error {
	start := r.Offset()
	total, err := r.total(start)
	if err != nil {
		return err
	}
	if err := r.skip(total - 4); err != nil {
		return r.cut(start, "block", err)
	}
	if err := r.need(4); err != nil {
		return r.cut(start, "block", err)
	}
	if again := r.u32(r.buf[r.pos:]); int64(again) != total {
		return wrong(start, "block begins with length %d and ends with %d", total, again)
	}
	r.pos += 4
	return nil
}

// enhanced reads an enhanced packet block (4.3).
func (r *Reader) enhanced(p *Packet) error {
	start := r.Offset()
	b, err := r.block("packet block", 20)
	if err != nil {
		return err
	}
	return r.timed(p, start, r.u32(b), b)
}

// obsolete reads a packet block of before 2009 (appendix A), which differs in its first four
// bytes only: 16 bits of interface and 16 of drops.
func (r *Reader) obsolete(p *Packet) error {
	start := r.Offset()
	b, err := r.block("packet block", 20)
	if err != nil {
		return err
	}
	return r.timed(p, start, uint32(r.u16(b)), b)
}

// timed fills p from body b of an enhanced or obsolete packet block.
func (r *Reader) timed(p *Packet, start int64, number uint32, b []byte) error {
	if int64(number) >= int64(len(r.interfaces)) {
		return wrong(start, "packet of interface %d; the section has %d", number, len(r.interfaces))
	}
	captured := r.u32(b[12:])
	if int64(captured) > int64(len(b)-20) {
		return wrong(start, "packet of %d bytes in a block with room for %d", captured, len(b)-20)
	}
	d := &r.interfaces[number]
	p.Time = d.unit.nanoseconds(uint64(r.u32(b[4:]))<<32 | uint64(r.u32(b[8:])))
	p.Length = int(r.u32(b[16:]))
	p.Link = d.link
	p.Interface = int(number)
	p.Data = b[20 : 20+captured : 20+captured]
	return nil
}

// simple reads a simple packet block (4.4): interface 0, no time, and as many bytes as the
// packet had or the interface's snap length allows.
func (r *Reader) simple(p *Packet) error {
	start := r.Offset()
	b, err := r.block("packet block", 4)
	if err != nil {
		return err
	}
	if len(r.interfaces) == 0 {
		return wrong(start, "packet of interface 0; the section has none")
	}
	d := &r.interfaces[0]
	length := r.u32(b)
	captured := length
	if d.snap > 0 {
		captured = min(captured, d.snap)
	}
	if int64(captured) > int64(len(b)-4) {
		return wrong(start, "packet of %d bytes in a block with room for %d", captured, len(b)-4)
	}
	*p = Packet{Data: b[4 : 4+captured : 4+captured], Length: int(length), Link: d.link}
	return nil
}
