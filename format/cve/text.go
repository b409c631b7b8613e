package cve

import (
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
