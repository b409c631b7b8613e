package cve

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// quoted consumes a string and returns what stands between the quotes, and whether it holds an
// escape.
func (s *scanner) quoted() (raw []byte, escaped bool) {
	if s.next() != '"' {
		s.fail(s.pos, "want a string")
		return nil, false
	}
	s.pos++
	return s.rest()
}

// rest consumes a string after its first quote. It stops only at the kinds of byte that need a
// look, eight bytes at a time.
func (s *scanner) rest() (raw []byte, escaped bool) {
	const low, high = 0x0101010101010101, 0x8080808080808080
	data, from, i, ascii := s.data, s.pos, s.pos, true
	for i < len(data) {
		if i+8 <= len(data) {
			w := binary.LittleEndian.Uint64(data[i:])
			quote, slash := w^(low*'"'), w^(low*'\\')
			hit := (w | (w - low*' ') | (quote - low) | (slash - low)) & high
			if hit == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(hit) >> 3
		}
		switch c := data[i]; {
		case c == '"':
			s.pos = i + 1
			if !ascii && !utf8.Valid(data[from:i]) {
				s.fail(from, "invalid UTF-8")
			}
			return data[from:i], escaped
		case c == '\\':
			i = s.escape(i)
			escaped = true
		case c < ' ':
			s.fail(i, "control character in a string")
			return nil, false
		default:
			ascii = ascii && c < utf8.RuneSelf
			i++
		}
	}
	s.fail(len(data), "unfinished string")
	return nil, false
}

// escape checks the escape at i and returns the position behind it.
func (s *scanner) escape(i int) int {
	if i+1 >= len(s.data) {
		return len(s.data)
	}
	switch s.data[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if _, ok := hex4(s.data, i+2); ok {
			return i + 6
		}
	}
	s.fail(i, "invalid escape")
	return len(s.data)
}

func hex4(data []byte, i int) (rune, bool) {
	if i+4 > len(data) {
		return 0, false
	}
	var r rune
	for _, c := range data[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
