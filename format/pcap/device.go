package pcap

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// device is one interface of a section.
type device struct {
	link LinkType
	snap uint32 // 0 is no limit
	unit unit
}

// Options of an interface description block that change what a packet means (4.2).
const (
	optionEnd    = 0
	optionUnit   = 9  // if_tsresol
	optionOffset = 14 // if_tsoffset
)

// addInterface reads an interface description block.
func (r *Reader) addInterface() error {
	start := r.Offset()
	b, err := r.block("interface block", 8)
	if err != nil {
		return err
	}
	if len(r.interfaces) == r.limits.Interfaces {
		return wrong(start, "more than %d interfaces", r.limits.Interfaces)
	}
	d := device{link: LinkType(r.u16(b)), snap: r.u32(b[4:])}
	resolution, offset := byte(6), int64(0) // the defaults of the draft: microseconds since 1970
	for rest := b[8:]; len(rest) >= 4; {
		code, n := r.u16(rest), int(r.u16(rest[2:]))
		if code == optionEnd {
			break
		}
		padded := 4 + (n+3)&^3
		if padded > len(rest) {
			return wrong(start, "interface option %d of %d bytes passes the end of its block", code, n)
		}
		value := rest[4 : 4+n]
		switch {
		case code == optionUnit && n == 1:
			resolution = value[0]
		case code == optionOffset && n == 8:
			offset = int64(r.u64(value))
		case code == optionUnit || code == optionOffset:
			return wrong(start, "interface option %d has %d bytes", code, n)
		}
		rest = rest[padded:]
	}
	d.unit = newUnit(resolution, offset)
	r.interfaces = append(r.interfaces, d)
	return nil
}

func (r *Reader) u64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if r.big {
		return bits.ReverseBytes64(v)
	}
	return v
}

// unit turns the timestamps of an interface into nanoseconds.
type unit struct {
	times  uint64 // nanoseconds = timestamp * times / over; both 0 for a power of two
	over   uint64
	binary uint // the power of two
	offset int64
}

// newUnit makes the unit of if_tsresol, whose top bit chooses 2^-n over 10^-n, and of
// if_tsoffset in seconds.
func newUnit(resolution byte, offset int64) unit {
	n := uint(resolution & 0x7f)
	switch {
	case resolution&0x80 != 0:
		return unit{binary: n, offset: offset}
	case n <= 9:
		return unit{times: power10(9 - n), over: 1, offset: offset}
	case n <= 9+19:
		return unit{times: 1, over: power10(n - 9), offset: offset}
	}
	return unit{times: 0, over: 1, offset: offset} // finer than 2^64 units a nanosecond: always 0
}

func power10(n uint) uint64 {
	v := uint64(1)
	for range n {
		v *= 10
	}
	return v
}

// nanoseconds gives the time of a timestamp since 1970, cut to the range of int64.
func (u *unit) nanoseconds(stamp uint64) int64 {
	var high, low uint64
	switch {
	case u.over == 1:
		high, low = bits.Mul64(stamp, u.times)
	case u.over > 1:
		low = stamp / u.over
	case u.binary < 64:
		high, low = bits.Mul64(stamp, 1e9)
		low, high = low>>u.binary|high<<(64-u.binary), high>>u.binary
	default:
		high, _ = bits.Mul64(stamp, 1e9)
		low, high = high>>(u.binary-64), 0
	}
	if u.offset != 0 {
		return shift(high, low, u.offset)
	}
	if high != 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}

// shift adds seconds to the nanoseconds high:low and cuts the sum to the range of int64.
func shift(high, low uint64, seconds int64) int64 {
	if seconds >= 0 {
		h, l := bits.Mul64(uint64(seconds), 1e9)
		l, carry := bits.Add64(low, l, 0)
		h, over := bits.Add64(high, h, carry)
		if over != 0 || h != 0 || l > math.MaxInt64 {
			return math.MaxInt64
		}
		return int64(l)
	}
	h, l := bits.Mul64(uint64(-seconds), 1e9)
	l, borrow := bits.Sub64(low, l, 0)
	h, under := bits.Sub64(high, h, borrow)
	switch {
	case under == 0 && h == 0 && l <= math.MaxInt64:
		return int64(l)
	case under == 0:
		return math.MaxInt64
	case h == math.MaxUint64 && l >= 1<<63:
		return int64(l)
	}
	return math.MinInt64
}
