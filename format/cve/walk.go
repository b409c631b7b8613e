package cve

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string, or nothing for null.
func (s *scanner) text(dst *string) {
	if s.next() != '"' {
		*dst = ""
		if !s.null() {
			s.fail(s.pos, "want a string")
		}
		return
	}
	s.pos++
	raw, escaped := s.rest()
	if escaped && s.err == nil {
		raw = unescape(raw)
	}
	*dst = s.intern.string(raw)
}

// texts reads a list of strings.
func (s *scanner) texts(dst *[]string) {
	list(s, new([]string), dst, (*scanner).text)
}

// raw returns the next value as written, a part of the document.
func (s *scanner) raw(dst *[]byte) {
	s.next()
	from := s.pos
	s.skip()
	if s.err == nil {
		*dst = s.data[from:s.pos:s.pos]
	}
}

// skip consumes one value of any kind.
func (s *scanner) skip() {
	switch c := s.next(); c {
	case '"':
		s.pos++
		s.rest()
	case '{':
		members(s, s, skipField)
	case '[':
		elements(s, (*scanner).skip)
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

func skipField(s *scanner, _ *scanner, _ []byte) { s.skip() }

// members reads an object; field is called with every name and must consume the value.
func members[T any](s *scanner, dst *T, field func(*scanner, *T, []byte)) {
	if !s.expect('{', "want an object") || !s.enter() {
		return
	}
	if s.accept('}') {
		s.depth--
		return
	}
	for s.err == nil {
		name, escaped := s.quoted()
		if escaped && s.err == nil {
			name = unescape(name)
		}
		if !s.expect(':', "want a colon") {
			return
		}
		field(s, dst, name)
		if s.next() == ',' {
			s.pos++
			continue
		}
		s.expect('}', "want a comma or the end of the object")
		s.depth--
		return
	}
}

// object reads an object into dst, whose former content is lost: of members with the same name the
// last one counts, whole.
func object[T any](s *scanner, dst *T, field func(*scanner, *T, []byte)) {
	var zero T
	*dst = zero
	members(s, dst, field)
}

// elements reads a list; one is called at every element and must consume it.
func elements(s *scanner, one func(*scanner)) {
	if !s.expect('[', "want a list") || !s.enter() {
		return
	}
	if s.accept(']') {
		s.depth--
		return
	}
	for s.err == nil {
		one(s)
		if s.next() == ',' {
			s.pos++
			continue
		}
		s.expect(']', "want a comma or the end of the list")
		s.depth--
		return
	}
}

// member reads an object that may be absent into a new T; null is none.
func member[T any](s *scanner, dst **T, field func(*scanner, *T, []byte)) {
	*dst = nil
	if s.null() {
		return
	}
	*dst = new(T)
	members(s, *dst, field)
}

// slabs hold the elements of the lists of one record, one slab for each type, so that the next
// record needs no new memory. No list of a type stands inside another one of the same type.
type slabs struct {
	containers []Container
	texts      []Text
	affected   []Affected
	versions   []Version
	problems   []ProblemType
	weaknesses []Weakness
	references []Reference
	metrics    []Metric
}

func (l *slabs) reset() {
	*l = slabs{
		emptied(l.containers), emptied(l.texts), emptied(l.affected), emptied(l.versions),
		emptied(l.problems), emptied(l.weaknesses), emptied(l.references), emptied(l.metrics),
	}
}

// emptied returns the slab without its elements, whose strings must not be kept alive.
func emptied[T any](slab []T) []T {
	clear(slab)
	return slab[:0]
}

// list reads a list into dst, whose former content is lost; null is an empty list. The elements
// live in slab.
func list[T any](s *scanner, slab, dst *[]T, one func(*scanner, *T)) {
	*dst = nil
	if s.null() {
		return
	}
	if !s.expect('[', "want a list") || !s.enter() {
		return
	}
	from := len(*slab)
	if s.accept(']') {
		s.depth--
		return
	}
	for s.err == nil {
		var zero T
		*slab = append(*slab, zero)
		one(s, &(*slab)[len(*slab)-1])
		if s.next() == ',' {
			s.pos++
			continue
		}
		s.expect(']', "want a comma or the end of the list")
		s.depth--
		break
	}
	*dst = (*slab)[from:len(*slab):len(*slab)]
}

// unescape returns raw, whose escapes the scanner has checked, without them. A lone half of a
// surrogate pair becomes U+FFFD.
func unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, n := unicodeEscape(raw, i+1)
			out = utf8.AppendRune(out, r)
			i += n
		default:
			out = append(out, c)
		}
	}
	return out
}

// unicodeEscape reads the digits at i, and the second half of a surrogate pair behind them, and
// returns the rune with the number of bytes read.
func unicodeEscape(raw []byte, i int) (rune, int) {
	r, _ := hex4(raw, i)
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if i+6 <= len(raw) && raw[i+4] == '\\' && raw[i+5] == 'u' {
		second, _ := hex4(raw, i+6)
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return utf8.RuneError, 4
}

// internTable keeps short strings that came before, because a feed repeats a few thousand words
// (statuses, languages, vendors, CWE ids) without end. It has a fixed size; a new string takes
// the place of the old one.
type internTable [1 << 11]string

// internMax is the length up to which strings are kept: a CVSS 3.1 vector has 44 bytes.
const internMax = 48

func (t *internTable) string(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if t == nil || len(b) > internMax {
		return string(b)
	}
	slot := &t[mix(b)%uint64(len(t))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// mix hashes the length, the beginning, the middle and the end of b, which is what words of a
// feed differ in; a collision costs an allocation and nothing else.
func mix(b []byte) uint64 {
	const k = 0x9e3779b97f4a7c15
	n := len(b)
	h := uint64(n) * k
	if n < 8 {
		for _, c := range b {
			h = (h ^ uint64(c)) * k
		}
		return h >> 32
	}
	h = (h ^ binary.LittleEndian.Uint64(b)) * k
	h = (h>>29 ^ h ^ binary.LittleEndian.Uint64(b[(n-8)/2:])) * k
	h = (h>>29 ^ h ^ binary.LittleEndian.Uint64(b[n-8:])) * k
	return h >> 32
}
