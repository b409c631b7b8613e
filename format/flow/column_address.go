package flow

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// addresses finds the distinct addresses of a column: IPv4 sorted, then IPv6 sorted.
type addresses struct {
	id   map[[16]byte]uint32 // place in list, then rank
	list [][16]byte
	ids  []uint32 // of each event: place in list as found
}

// address gives the address that e has in column kind.
func (e *Event) address(kind columnKind) *[16]byte {
	if kind == columnSource {
		return &e.Src
	}
	return &e.Dst
}

// collect fills list, sorted, and id with the rank of each address.
func (a *addresses) collect(events []Event, kind columnKind) {
	if a.id == nil {
		a.id = map[[16]byte]uint32{}
	}
	clear(a.id)
	a.list, a.ids = a.list[:0], a.ids[:0]
	var last *[16]byte // scans come in runs, and a sensor has few addresses: often no look-up
	var id uint32
	for i := range events {
		at := events[i].address(kind)
		if last == nil || *at != *last {
			found := false
			if id, found = a.id[*at]; !found {
				id = uint32(len(a.list))
				a.id[*at] = id
				a.list = append(a.list, *at)
			}
			last = at
		}
		a.ids = append(a.ids, id)
	}
}

// compareAddress orders IPv4 before IPv6, then by number.
func compareAddress(x, y [16]byte) int {
	if four := isMapped(&x); four != isMapped(&y) {
		if four {
			return -1
		}
		return 1
	}
	return bytes.Compare(x[:], y[:])
}

// append writes the column: sizes of both dictionaries (uvarint), parameter u8, gaps between the
// IPv4 addresses, IPv6 addresses of 128 bits, ids.
func (a *addresses) append(dst []byte, events []Event, kind columnKind, gaps *[]uint64) []byte {
	a.collect(events, kind)
	rank := a.sort()
	four := 0
	*gaps = (*gaps)[:0]
	next := uint64(0)
	for four < len(a.list) && isMapped(&a.list[four]) {
		v := uint64(binary.BigEndian.Uint32(a.list[four][12:]))
		*gaps = append(*gaps, v-next)
		next = v + 1
		four++
	}
	k, _ := riceParameter(*gaps)
	dst = binary.AppendUvarint(dst, uint64(four))
	dst = binary.AppendUvarint(dst, uint64(len(a.list)-four))
	w := bitWriter{dst: append(dst, byte(k))}
	for _, g := range *gaps {
		w.rice(g, k)
	}
	for _, v := range a.list[four:] {
		w.put64(binary.BigEndian.Uint64(v[:]))
		w.put64(binary.BigEndian.Uint64(v[8:]))
	}
	width := uint(bits.Len(uint(len(a.list) - 1)))
	for _, id := range a.ids {
		w.put(uint64(rank[id]), width)
	}
	return w.bytes()
}

// sort sorts list and gives the rank of each place it had before.
func (a *addresses) sort() []uint32 {
	slices.SortFunc(a.list, compareAddress)
	rank := make([]uint32, len(a.list))
	for i, v := range a.list {
		rank[a.id[v]] = uint32(i)
	}
	return rank
}

// read sets an address column of events from data.
func (a *addresses) read(data []byte, kind columnKind, events []Event) error {
	four, n := binary.Uvarint(data)
	if n <= 0 {
		return errShort
	}
	six, m := binary.Uvarint(data[n:])
	if m <= 0 || n+m == len(data) {
		return errShort
	}
	k := data[n+m]
	count := uint64(len(events))
	if k > maxRice || four > count || six > count || four+six == 0 || four+six > count {
		return errRange
	}
	r := bitReader{src: data[n+m+1:]}
	if err := a.readList(&r, int(four), int(six), uint(k)); err != nil {
		return err
	}
	width := uint(bits.Len(uint(len(a.list) - 1)))
	for i := range events {
		id := r.get(width)
		if id >= uint64(len(a.list)) {
			return errRange
		}
		*events[i].address(kind) = a.list[id]
	}
	return r.end()
}

// readList reads the dictionary. The IPv6 part must be sorted and hold no IPv4 address, so that
// each address has one place.
func (a *addresses) readList(r *bitReader, four, six int, k uint) error {
	a.list = a.list[:0]
	next := uint64(0)
	for range four {
		gap := r.rice(k)
		if gap >= 1<<32-next {
			return errRange
		}
		v := [16]byte{10: 0xff, 11: 0xff}
		binary.BigEndian.PutUint32(v[12:], uint32(next+gap))
		a.list = append(a.list, v)
		next += gap + 1
	}
	for range six {
		var v [16]byte
		binary.BigEndian.PutUint64(v[:], r.get64())
		binary.BigEndian.PutUint64(v[8:], r.get64())
		if isMapped(&v) || len(a.list) > four && bytes.Compare(a.list[len(a.list)-1][:], v[:]) >= 0 {
			return errRange
		}
		a.list = append(a.list, v)
	}
	if r.short {
		return errShort
	}
	return nil
}
