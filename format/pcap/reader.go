package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

const (
	firstBuffer = 64 << 10
	emptyReads  = 100 // reads in a row that may give nothing, as in bufio
)

// Reader gives the packets of one pcap or pcapng stream. It is not safe for concurrent use.
type Reader struct {
	src    io.Reader
	buf    []byte // buf[pos:end] was read and not yet used
	pos    int
	end    int
	base   int64 // offset of buf[0] in the stream
	limits Limits
	err    error // what ended the reading

	big    bool // byte order of the file or section
	ng     bool
	header int      // pcap: bytes of a record header
	scale  int64    // pcap: nanoseconds per unit of the second field
	link   LinkType // pcap: link type of the file

	interfaces []device // pcapng: interfaces of the section
}

// NewReader reads the file header, or the first section header, from src.
func NewReader(src io.Reader, limits Limits) (*Reader, error) {
	r := &Reader{src: src, buf: make([]byte, firstBuffer), limits: limits.orDefault()}
	if err := r.need(4); err != nil {
		return nil, r.cut(0, "file header", err)
	}
	magic := binary.LittleEndian.Uint32(r.buf)
	r.ng = magic == blockSection
	read := r.section
	if !r.ng {
		read = func() error { return r.fileHeader(magic) }
	}
	if err := read(); err != nil {
		return nil, err
	}
	return r, nil
}

// Next fills p with the next packet. It returns io.EOF at the clean end, else an *Error; after
// either it returns the same again.
func (r *Reader) Next(p *Packet) error {
	if r.err != nil {
		return r.err
	}
	if r.ng {
		r.err = r.nextBlock(p)
	} else {
		r.err = r.nextRecord(p)
	}
	return r.err
}

// Offset is the number of bytes used so far: where the next record begins.
func (r *Reader) Offset() int64 { return r.base + int64(r.pos) }

// need makes n unused bytes available. It returns io.EOF when there is not one, and
// io.ErrUnexpectedEOF when there are fewer.
func (r *Reader) need(n int) error {
	if r.end-r.pos >= n {
		return nil
	}
	return r.fill(n)
}

// fill reads until n unused bytes are there. The buffer grows only as bytes arrive, so that a
// length made up in a small file costs nothing.
func (r *Reader) fill(n int) error {
	if r.pos > 0 {
		copy(r.buf, r.buf[r.pos:r.end])
		r.base += int64(r.pos)
		r.end -= r.pos
		r.pos = 0
	}
	for empty := 0; r.end < n; {
		if r.end == len(r.buf) {
			r.buf = append(r.buf, make([]byte, len(r.buf))...)
		}
		got, err := r.src.Read(r.buf[r.end:])
		r.end += got
		if got > 0 {
			empty = 0
			continue
		}
		if err == nil {
			if empty++; empty < emptyReads {
				continue
			}
			err = io.ErrNoProgress
		}
		if errors.Is(err, io.EOF) && r.end > 0 {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	return nil
}

// skip passes over n bytes without keeping them.
func (r *Reader) skip(n int64) error {
	for n > int64(r.end-r.pos) {
		n -= int64(r.end - r.pos)
		r.pos = r.end
		if err := r.fill(1); err != nil {
			return err
		}
	}
	r.pos += int(n)
	return nil
}

// cut makes the error of a record at offset whose bytes do not come.
func (r *Reader) cut(offset int64, what string, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &Error{Offset: offset, Reason: fmt.Sprintf("%s cut after %d bytes", what, r.base+int64(r.end)-offset), Err: err}
}

// wrong makes the error of a record at offset that contradicts its format.
func wrong(offset int64, format string, args ...any) error {
	return &Error{Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

func (r *Reader) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if r.big {
		return bits.ReverseBytes16(v)
	}
	return v
}

func (r *Reader) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if r.big {
		return bits.ReverseBytes32(v)
	}
	return v
}
