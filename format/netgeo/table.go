package netgeo

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"sort"
)

// Country is an ISO 3166-1 alpha-2 code in capital letters, or Unknown. The zero value says nothing at all.
type Country [2]byte

const unknownText = "--"

// Unknown returns the country of an address that no file names.
func Unknown() Country { return Country([]byte(unknownText)) }

// String returns the two letters.
func (c Country) String() string {
	if c == (Country{}) {
		return unknownText
	}
	return string(c[:])
}

// Place is what is known of a network.
type Place struct {
	Country Country
	ASN     uint32 // 0: unknown; of several origins the first
}

// Lookup finds the place of an address.
type Lookup interface {
	Find(addr netip.Addr) Place
}

// span is a range of addresses with one value; last is part of it. IPv4 is kept mapped into IPv6.
type span[V comparable] struct {
	first, last [16]byte
	value       V
}

// ranges are disjoint spans in the order of addresses, each family apart: a default route of IPv6 says nothing of IPv4.
type ranges[V comparable] struct {
	six    []span[V]
	four   []span[V]
	starts []uint32 // the first addresses of four, so that each step of a search looks at one small number
}

// mapped is what stands before an IPv4 address in its mapped form.
const mapped = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff"

func isMapped(a *[16]byte) bool { return string(a[:len(mapped)]) == mapped }

func low(a *[16]byte) uint32 { return binary.BigEndian.Uint32(a[len(mapped):]) }

func indexed[V comparable](all []span[V]) ranges[V] {
	var r ranges[V]
	for i := range all {
		if x := &all[i]; isMapped(&x.first) && isMapped(&x.last) {
			r.four = append(r.four, *x)
		} else {
			r.six = append(r.six, *x)
		}
	}
	r.four, r.six = disjoint(r.four), disjoint(r.six)
	r.starts = make([]uint32, len(r.four))
	for i := range r.four {
		r.starts[i] = low(&r.four[i].first)
	}
	return r
}

// find returns the value of an address.
func (r *ranges[V]) find(a *[16]byte) (v V, ok bool) {
	spans, i := r.six, 0
	if isMapped(a) {
		spans = r.four
		at, exact := slices.BinarySearch(r.starts, low(a))
		if i = at; !exact {
			i--
		}
	} else {
		i = sort.Search(len(spans), func(i int) bool { return bytes.Compare(spans[i].first[:], a[:]) > 0 }) - 1
	}
	if i < 0 || bytes.Compare(spans[i].last[:], a[:]) < 0 {
		return v, false
	}
	return spans[i].value, true
}

// size is how many spans there are.
func (r *ranges[V]) size() int { return len(r.four) + len(r.six) }

// disjoint returns the same addresses without an overlap; see the package for which span counts.
func disjoint[V comparable](in []span[V]) []span[V] {
	in = slices.Clone(in)
	slices.Reverse(in) // the later of equal ones is now before the earlier, and is dropped by the sweep last
	slices.SortStableFunc(in, func(a, b span[V]) int {
		return cmp.Or(bytes.Compare(a.first[:], b.first[:]), bytes.Compare(b.last[:], a.last[:]))
	})
	s := sweep[V]{out: make([]span[V], 0, len(in))}
	for i := range in {
		if i > 0 && in[i].first == in[i-1].first && in[i].last == in[i-1].last {
			continue
		}
		s.open(in[i])
	}
	s.closeBefore(nil)
	return s.out
}

// sweep walks spans from low to high; stack holds those that cover the present place, the widest first.
type sweep[V comparable] struct {
	out   []span[V]
	stack []span[V]
}

func (s *sweep[V]) open(x span[V]) {
	s.closeBefore(&x.first)
	if n := len(s.stack); n > 0 {
		if top := &s.stack[n-1]; bytes.Compare(top.first[:], x.first[:]) < 0 {
			s.emit(span[V]{top.first, before(x.first), top.value})
			top.first = x.first
		}
	}
	s.stack = append(s.stack, x)
	for i := len(s.stack) - 1; i > 0 && bytes.Compare(s.stack[i-1].last[:], s.stack[i].last[:]) < 0; i-- {
		s.stack[i-1], s.stack[i] = s.stack[i], s.stack[i-1] // crossing spans: the one that ends first is on top
	}
}

// closeBefore ends the spans whose last address is below at, all of them where at is nil.
func (s *sweep[V]) closeBefore(at *[16]byte) {
	for len(s.stack) > 0 {
		top := s.stack[len(s.stack)-1]
		if at != nil && bytes.Compare(top.last[:], at[:]) >= 0 {
			return
		}
		s.stack = s.stack[:len(s.stack)-1]
		if bytes.Compare(top.first[:], top.last[:]) > 0 {
			continue // covered to its end by a narrower one
		}
		s.emit(top)
		next := after(top.last)
		if next == ([16]byte{}) {
			return // nothing lies above the last address
		}
		for i := range s.stack {
			if bytes.Compare(s.stack[i].first[:], next[:]) < 0 {
				s.stack[i].first = next
			}
		}
	}
}

// emit adds a span, joined to the one before where they touch and say the same.
func (s *sweep[V]) emit(x span[V]) {
	if n := len(s.out); n > 0 && s.out[n-1].value == x.value && after(s.out[n-1].last) == x.first {
		s.out[n-1].last = x.last
		return
	}
	s.out = append(s.out, x)
}

// after returns the next address, zero after the last one.
func after(a [16]byte) [16]byte {
	for i := len(a) - 1; i >= 0; i-- {
		if a[i]++; a[i] != 0 {
			break
		}
	}
	return a
}

// before returns the address below, the last one below zero.
func before(a [16]byte) [16]byte {
	for i := len(a) - 1; i >= 0; i-- {
		if a[i]--; a[i] != 0xff {
			break
		}
	}
	return a
}

// Table holds ranges of addresses. It is never changed, so that any number of goroutines may ask it. It implements Lookup.
type Table struct {
	countries ranges[Country]
	systems   ranges[uint32]
}

// Find returns the place of an address, IPv4 also in its mapped form.
func (t *Table) Find(addr netip.Addr) Place {
	p := Place{Country: Unknown()}
	if t == nil || !addr.IsValid() {
		return p
	}
	a := addr.As16()
	if c, ok := t.countries.find(&a); ok {
		p.Country = c
	}
	p.ASN, _ = t.systems.find(&a)
	return p
}

// Len returns how many ranges name a country and how many an AS, after what touches and says the same was joined.
func (t *Table) Len() (countries, systems int) { return t.countries.size(), t.systems.size() }

// Builder gathers ranges of any number of files. Its zero value is ready.
type Builder struct {
	countries []span[Country]
	systems   []span[uint32]
}

// Country adds that first to last, both of one family and last included, are registered in c.
func (b *Builder) Country(first, last netip.Addr, c Country) error {
	if err := checkRange(first, last); err != nil {
		return err
	}
	b.countries = append(b.countries, span[Country]{first.As16(), last.As16(), c})
	return nil
}

// System adds that an autonomous system announces first to last.
func (b *Builder) System(first, last netip.Addr, asn uint32) error {
	if err := checkRange(first, last); err != nil {
		return err
	}
	b.systems = append(b.systems, span[uint32]{first.As16(), last.As16(), asn})
	return nil
}

// Table makes the table of all that was added.
func (b *Builder) Table() *Table {
	return &Table{countries: indexed(b.countries), systems: indexed(b.systems)}
}

func checkRange(first, last netip.Addr) error {
	switch {
	case !first.IsValid() || !last.IsValid():
		return ErrAddress
	case first.Is4() != last.Is4():
		return ErrFamilies
	case last.Less(first):
		return ErrOrder
	}
	return nil
}
