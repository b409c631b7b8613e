package flow

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Decoder reads blocks. It keeps its tables between blocks and is not safe for concurrent use.
// The zero value is ready.
type Decoder struct {
	dict    dictionary
	address addresses
}

// Decode reads one block, of exactly the bytes of data, into b, whose slices it uses again. After
// an error b holds nothing of use. It takes what an Encoder writes and little more: sizes within
// the limits, every column once and in order, every number in its range, nothing left over.
func (d *Decoder) Decode(data []byte, b *Block) error {
	f, err := open(data)
	if err != nil {
		return err
	}
	b.Header = f.Header
	b.Events = slices.Grow(b.Events[:0], f.Events)[:f.Events]
	b.Losses = b.Losses[:0]
	if err := d.columns(f, b); err != nil {
		return fmt.Errorf("flow: decode block %d: %w", f.Sequence, err)
	}
	return nil
}

// columns reads the columns, which must be those that the header promises.
func (d *Decoder) columns(f frame, b *Block) error {
	body := f.body
	var want []columnKind
	if f.Events > 0 {
		want = allColumns()
	} else if f.First != 0 {
		return errors.New("a first time without events")
	}
	if f.Losses > 0 {
		want = append(want, columnLoss)
	}
	if f.columns != len(want) {
		return fmt.Errorf("%d columns; there must be %d", f.columns, len(want))
	}
	for _, kind := range want {
		if len(body) < 2 || columnKind(body[0]) != kind {
			return fmt.Errorf("column %d is not where it must be", kind)
		}
		size, n := binary.Uvarint(body[1:])
		if n <= 0 || size > uint64(len(body)-1-n) {
			return fmt.Errorf("column %d: %w", kind, errShort)
		}
		end := 1 + n + int(size)
		if err := d.column(f, kind, body[1+n:end], b); err != nil {
			return fmt.Errorf("column %d: %w", kind, err)
		}
		body = body[end:]
	}
	if len(body) > 0 {
		return fmt.Errorf("%d bytes behind the last column", len(body))
	}
	return nil
}

// allColumns are the columns of a block with events.
func allColumns() []columnKind {
	return []columnKind{
		columnTime, columnSource, columnDestination, columnSourcePort, columnDestinationPort, columnLength,
		columnProto, columnFlags, columnTTL, columnFingerprint,
	}
}

// column reads one column.
func (d *Decoder) column(f frame, kind columnKind, data []byte, b *Block) error {
	switch kind {
	case columnTime:
		return readTimes(data, f.First, b.Events)
	case columnSource, columnDestination:
		return d.address.read(data, kind, b.Events)
	case columnLoss:
		return readLosses(data, f.Losses, b)
	default:
		return d.dict.read(data, kind, b.Events)
	}
}

// readTimes is the reverse of Encoder.times.
func readTimes(data []byte, first int64, events []Event) error {
	if len(data) < 2 {
		return errShort
	}
	signed, k := data[0], uint(data[1])
	if signed > 1 || k > maxRice {
		return errRange
	}
	r := bitReader{src: data[2:]}
	at := uint64(first)
	events[0].Time = first
	for i := 1; i < len(events); i++ {
		gap := r.rice(k)
		if signed == 1 {
			gap = gap>>1 ^ -(gap & 1)
		}
		at += gap
		events[i].Time = int64(at)
	}
	return r.end()
}

// readLosses reads count loss records, which must fill data.
func readLosses(data []byte, count int, b *Block) error {
	for range count {
		if len(data) == 0 {
			return errShort
		}
		l := Loss{Reason: Reason(data[0])}
		more, n := binary.Uvarint(data[1:])
		if n <= 0 {
			return errShort
		}
		from, m := binary.Varint(data[1+n:])
		if m <= 0 {
			return errShort
		}
		span, o := binary.Varint(data[1+n+m:])
		if o <= 0 {
			return errShort
		}
		l.Unknown, l.From, l.To = more == 0, from, from+span
		if !l.Unknown {
			l.Count = more - 1
		}
		if err := l.check(); err != nil {
			return err
		}
		b.Losses = append(b.Losses, l)
		data = data[1+n+m+o:]
	}
	if len(data) > 0 {
		return errLong
	}
	return nil
}
