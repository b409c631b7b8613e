package cve

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string, or nothing for null.
func (s *scanner) text(dst *string) {
	*dst = ""
	if s.null() {
		return
	}
	raw, escaped := s.quoted()
	if escaped && s.err == nil {
		raw = unescape(raw)
	}
	*dst = s.intern.string(raw)
}

// texts reads a list of strings.
func (s *scanner) texts(dst *[]string) {
	list(s, dst, (*scanner).text)
}

// raw returns a copy of the next value as written.
func (s *scanner) raw(dst *[]byte) {
	s.next()
	from := s.pos
	s.skip()
	if s.err == nil {
		*dst = append([]byte(nil), s.data[from:s.pos]...)
	}
}

// skip consumes one value of any kind.
func (s *scanner) skip() {
	switch c := s.next(); c {
	case '"':
		s.quoted()
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

// member reads an object that may be absent into a new T; null leaves dst as it is.
func member[T any](s *scanner, dst **T, field func(*scanner, *T, []byte)) {
	if s.null() {
		return
	}
	*dst = new(T)
	members(s, *dst, field)
}

// list reads a list into dst, whose former content is lost; null is an empty list.
func list[T any](s *scanner, dst *[]T, one func(*scanner, *T)) {
	*dst = nil
	if s.null() {
		return
	}
	if !s.expect('[', "want a list") || !s.enter() {
		return
	}
	if s.accept(']') {
		s.depth--
		return
	}
	for s.err == nil {
		var zero T
		*dst = append(*dst, zero)
		one(s, &(*dst)[len(*dst)-1])
		if s.next() == ',' {
			s.pos++
			continue
		}
		s.expect(']', "want a comma or the end of the list")
		s.depth--
		return
	}
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

func (t *internTable) string(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > 40 {
		return string(b)
	}
	h := uint32(len(b))
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	slot := &t[(h^h>>15)%uint32(len(t))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
