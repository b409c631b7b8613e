package cve

import (
	"bytes"
	"slices"
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
		s.plain = unescape(s.plain[:0], raw)
		raw = s.plain
	}
	*dst = s.intern.string(raw)
}

// texts reads a list of strings, which is the record's own.
func (s *scanner) texts(dst *[]string) {
	list(s, &s.slabs.words, dst, (*scanner).text)
	*dst = slices.Clone(*dst)
}

// unescape appends raw, whose escapes the scanner has checked, without them. A lone half of a
// surrogate pair becomes U+FFFD.
func unescape(out, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(out, raw...)
		}
		out = append(out, raw[:i]...)
		c := raw[i+1]
		raw = raw[i+2:]
		switch c {
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
			r, n := unicodeEscape(raw)
			out = utf8.AppendRune(out, r)
			raw = raw[n:]
		default:
			out = append(out, c)
		}
	}
}

// unicodeEscape reads the digits that raw begins with, and the second half of a surrogate pair
// behind them, and returns the rune with the number of bytes read.
func unicodeEscape(raw []byte) (rune, int) {
	r, _ := hex4(raw, 0)
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(raw) >= 6 && raw[4] == '\\' && raw[5] == 'u' {
		second, _ := hex4(raw, 6)
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return utf8.RuneError, 4
}
