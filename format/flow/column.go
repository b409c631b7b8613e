package flow

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// columnKind numbers the columns, in the order in which they stand.
type columnKind byte

const (
	columnTime columnKind = 1 + iota
	columnSource
	columnDestination
	columnSourcePort
	columnDestinationPort
	columnLength
	columnProto
	columnFlags
	columnTTL
	columnFingerprint
	columnLoss
)

// column gives the number that e has in an integer column.
func (e *Event) column(kind columnKind) uint16 {
	switch kind {
	case columnSourcePort:
		return e.SrcPort
	case columnDestinationPort:
		return e.DstPort
	case columnLength:
		return e.Length
	case columnProto:
		return uint16(e.Proto)
	case columnFlags:
		return uint16(e.Flags)
	case columnTTL:
		return uint16(e.TTL)
	default:
		return uint16(e.Fingerprint)
	}
}

// setColumn is the reverse of column. Values of the byte columns are below 256.
func (e *Event) setColumn(kind columnKind, v uint16) {
	switch kind {
	case columnSourcePort:
		e.SrcPort = v
	case columnDestinationPort:
		e.DstPort = v
	case columnLength:
		e.Length = v
	case columnProto:
		e.Proto = uint8(v)
	case columnFlags:
		e.Flags = uint8(v)
	case columnTTL:
		e.TTL = uint8(v)
	default:
		e.Fingerprint = Fingerprint(v)
	}
}

// narrow says whether a column holds bytes.
func (k columnKind) narrow() bool { return k >= columnProto }

// Forms of an integer column.
const (
	formPlain      = 0 // width u8, then each value in as many bits
	formDictionary = 1 // size uvarint, parameter u8, gaps between the sorted values, then ids
)

// dictionary finds the distinct values of an integer column, sorted.
type dictionary struct {
	seen  [1024]uint64 // bit set of the values
	rank  [65536]uint16
	words []uint16
}

// append writes values in the shorter of the two forms.
func (d *dictionary) append(dst []byte, values []uint16, gaps *[]uint64) []byte {
	d.collect(values)
	last := -1
	*gaps = (*gaps)[:0]
	for i, v := range d.words {
		d.rank[v] = uint16(i)
		*gaps = append(*gaps, uint64(int(v)-last-1))
		last = int(v)
	}
	k, size := riceParameter(*gaps)
	plain := bits.Len16(d.words[len(d.words)-1])
	width := bits.Len(uint(len(d.words) - 1))
	if plain*len(values) <= size+width*len(values) {
		w := bitWriter{dst: append(dst, formPlain, byte(plain))}
		for _, v := range values {
			w.put(uint64(v), uint(plain))
		}
		return w.bytes()
	}
	dst = append(dst, formDictionary)
	dst = binary.AppendUvarint(dst, uint64(len(d.words)))
	w := bitWriter{dst: append(dst, byte(k))}
	for _, g := range *gaps {
		w.rice(g, k)
	}
	for _, v := range values {
		w.put(uint64(d.rank[v]), uint(width))
	}
	return w.bytes()
}

// collect sets words to the sorted distinct values.
func (d *dictionary) collect(values []uint16) {
	for _, v := range values {
		d.seen[v>>6] |= 1 << (v & 63)
	}
	d.words = d.words[:0]
	for i, set := range d.seen {
		for ; set != 0; set &= set - 1 {
			d.words = append(d.words, uint16(i<<6|bits.TrailingZeros64(set)))
		}
	}
	clear(d.seen[:])
}

var (
	errShort = errors.New("it ends too early")
	errLong  = errors.New("bytes are left behind its end")
	errForm  = errors.New("its form is not known")
	errRange = errors.New("a number is out of its range")
)

// read sets one integer column of events from data.
func (d *dictionary) read(data []byte, kind columnKind, events []Event) error {
	if len(data) < 2 {
		return errShort
	}
	limit := 1 << 16
	if kind.narrow() {
		limit = 1 << 8
	}
	switch data[0] {
	case formPlain:
		if 1<<data[1] > limit || data[1] > 16 {
			return errRange
		}
		r := bitReader{src: data[2:]}
		for i := range events {
			events[i].setColumn(kind, uint16(r.get(uint(data[1]))))
		}
		return r.end()
	case formDictionary:
		return d.readDictionary(data[1:], kind, events, limit)
	}
	return errForm
}

func (d *dictionary) readDictionary(data []byte, kind columnKind, events []Event, limit int) error {
	size, n := binary.Uvarint(data)
	if n <= 0 || n == len(data) || data[n] > maxRice {
		return errShort
	}
	if size == 0 || size > uint64(limit) || size > uint64(len(events)) {
		return errRange
	}
	r := bitReader{src: data[n+1:]}
	d.words = d.words[:0]
	last := uint64(0)
	for range size {
		gap := r.rice(uint(data[n]))
		if gap >= uint64(limit)-last {
			return errRange
		}
		last += gap
		d.words = append(d.words, uint16(last))
		last++
	}
	width := uint(bits.Len(uint(size - 1)))
	for i := range events {
		id := r.get(width)
		if id >= size {
			return errRange
		}
		events[i].setColumn(kind, d.words[id])
	}
	return r.end()
}

// end says whether a column ended where it must.
func (r *bitReader) end() error {
	switch {
	case r.short:
		return errShort
	case !r.done():
		return errLong
	}
	return nil
}
