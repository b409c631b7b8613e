package flow

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// Encoder writes blocks. It keeps its tables between blocks and is not safe for concurrent use.
// The zero value is ready.
type Encoder struct {
	body    []byte
	column  []byte
	values  []uint16
	gaps    []uint64
	dict    dictionary
	address addresses
}

// Append appends the wire form of b to dst. It refuses a block past the limits or with a loss
// record that has no meaning. The same block gives the same bytes, whatever came before.
func (x *Encoder) Append(dst []byte, b *Block) ([]byte, error) {
	if len(b.Events) > MaxEvents || len(b.Losses) > MaxLosses {
		return dst, fmt.Errorf("flow: encode block %d: %d events and %d loss records; at most %d and %d",
			b.Sequence, len(b.Events), len(b.Losses), MaxEvents, MaxLosses)
	}
	for _, l := range b.Losses {
		if err := l.check(); err != nil {
			return dst, fmt.Errorf("flow: encode block %d: %w", b.Sequence, err)
		}
	}
	columns := x.fill(b)
	start := len(dst)
	dst = append(dst, make([]byte, headerSize)...)
	h := dst[start:]
	copy(h, blockMagic)
	h[4], h[6], h[7] = blockVersion, columns, byte(len(b.Losses))
	copy(h[8:], b.Sensor[:])
	le := binary.LittleEndian
	le.PutUint64(h[24:], b.Epoch)
	le.PutUint64(h[32:], b.Sequence)
	le.PutUint32(h[40:], uint32(len(b.Events)))
	if len(b.Events) > 0 {
		le.PutUint64(h[44:], uint64(b.Events[0].Time))
	}
	le.PutUint32(h[52:], uint32(b.ClockOffset))
	le.PutUint32(h[56:], uint32(len(x.body)))
	dst = append(dst, x.body...)
	return le.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli())), nil
}

// fill makes the body and returns the number of its columns.
func (x *Encoder) fill(b *Block) byte {
	x.body = x.body[:0]
	columns := byte(0)
	if len(b.Events) > 0 {
		for kind := columnTime; kind <= columnFingerprint; kind++ {
			x.add(kind, b)
			columns++
		}
	}
	if len(b.Losses) > 0 {
		x.add(columnLoss, b)
		columns++
	}
	return columns
}

// add appends one column with its kind and length.
func (x *Encoder) add(kind columnKind, b *Block) {
	x.column = x.column[:0]
	switch kind {
	case columnTime:
		x.times(b.Events)
	case columnSource, columnDestination:
		x.column = x.address.append(x.column, b.Events, kind, &x.gaps)
	case columnLoss:
		for _, l := range b.Losses {
			x.column = l.append(x.column)
		}
	default:
		x.values = x.values[:0]
		for i := range b.Events {
			x.values = append(x.values, b.Events[i].column(kind))
		}
		x.column = x.dict.append(x.column, x.values, &x.gaps)
	}
	x.body = append(x.body, byte(kind))
	x.body = binary.AppendUvarint(x.body, uint64(len(x.column)))
	x.body = append(x.body, x.column...)
}

// times writes the gaps between the times, whose first stands in the header: a byte that says
// whether gaps may be negative, the parameter of the Rice code, the gaps.
func (x *Encoder) times(events []Event) {
	signed := byte(0)
	for i := 1; i < len(events); i++ {
		if events[i].Time < events[i-1].Time {
			signed = 1
			break
		}
	}
	x.gaps = x.gaps[:0]
	for i := 1; i < len(events); i++ {
		gap := uint64(events[i].Time) - uint64(events[i-1].Time)
		if signed == 1 {
			gap = gap<<1 ^ uint64(int64(gap)>>63)
		}
		x.gaps = append(x.gaps, gap)
	}
	k, _ := riceParameter(x.gaps)
	w := bitWriter{dst: append(x.column, signed, byte(k))}
	for _, gap := range x.gaps {
		w.rice(gap, k)
	}
	x.column = w.bytes()
}

// append writes a loss record: reason, count and 1 (0 is unknown), from, length of time.
func (l Loss) append(dst []byte) []byte {
	dst = append(dst, byte(l.Reason))
	count := uint64(0)
	if !l.Unknown {
		count = l.Count + 1
	}
	dst = binary.AppendUvarint(dst, count)
	dst = binary.AppendVarint(dst, l.From)
	return binary.AppendVarint(dst, l.To-l.From)
}

// check says what is wrong with a loss record.
func (l Loss) check() error {
	switch {
	case l.Reason == 0 || l.Reason >= lostReasonAfter:
		return fmt.Errorf("loss record of reason %d", l.Reason)
	case l.Count >= 1<<63 || l.Unknown && l.Count != 0:
		return fmt.Errorf("loss record of %d packets, unknown %t", l.Count, l.Unknown)
	case l.To < l.From || l.To-l.From < 0:
		return fmt.Errorf("loss record from %d to %d", l.From, l.To)
	}
	return nil
}
