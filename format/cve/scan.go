package cve

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a document; records of the format nest to 12.
const maxDepth = 64

// SyntaxError says at which byte of a document the reading stopped and why.
type SyntaxError struct {
	Offset int64
	Reason string

	trailing bool
}

// Unwrap returns ErrTrailing where a document is followed by something else.
func (e *SyntaxError) Unwrap() error {
	if e.trailing {
		return ErrTrailing
	}
	return nil
}

// Error returns reason and offset.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Reason, e.Offset) }

// Place returns the byte of the fault; the line is not known (0).
func (e *SyntaxError) Place() (offset int64, line int) { return e.Offset, 0 }

// scanner walks over one JSON document (RFC 8259) without building anything that nobody asked
// for. The first error stops it: from then on every method returns at once and the position is
// the end. It is strict about grammar, escapes, control characters and UTF-8, also in what it
// skips; of members with the same name the last one counts.
type scanner struct {
	data   []byte
	pos    int
	depth  int
	err    *SyntaxError
	intern *internTable // nil: every string is its own
	slabs  slabs
}

func (s *scanner) reset(data []byte) {
	s.data, s.pos, s.depth, s.err = data, 0, 0, nil
}

func (s *scanner) fail(at int, reason string) {
	if s.err == nil {
		s.err = &SyntaxError{Offset: int64(at), Reason: reason}
		s.pos = len(s.data)
	}
}

// next skips white space and returns the byte that follows, 0 at the end.
func (s *scanner) next() byte {
	data, i := s.data, s.pos
	for i < len(data) {
		c := data[i]
		if c > ' ' {
			s.pos = i
			return c
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			break
		}
		i++
		// A line's indentation is a run of spaces: eight at a time.
		for i+8 <= len(data) && binary.LittleEndian.Uint64(data[i:]) == 0x2020202020202020 {
			i += 8
		}
	}
	s.pos = i
	return 0
}

// end checks that nothing but white space follows.
func (s *scanner) end() {
	if s.err == nil && (s.next() != 0 || s.pos < len(s.data)) {
		s.fail(s.pos, ErrTrailing.Error())
		s.err.trailing = true
	}
}

// accept consumes c if it comes next.
func (s *scanner) accept(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	if s.next() != c {
		return false
	}
	s.pos++
	return true
}

// expect consumes c or fails.
func (s *scanner) expect(c byte, reason string) bool {
	if s.accept(c) {
		return true
	}
	s.fail(s.pos, reason)
	return false
}

// null consumes a null if it comes next: an absent value.
func (s *scanner) null() bool {
	if s.next() != 'n' {
		return false
	}
	s.literal("null")
	return true
}

func (s *scanner) literal(word string) {
	if len(s.data)-s.pos < len(word) || string(s.data[s.pos:s.pos+len(word)]) != word {
		s.fail(s.pos, "unknown word")
		return
	}
	s.pos += len(word)
}

// enter and leave count the depth of objects and lists.
func (s *scanner) enter() bool {
	s.depth++
	if s.depth > maxDepth {
		s.fail(s.pos, "nested too deeply")
		return false
	}
	return true
}

// quoted consumes a string and returns what stands between the quotes, and whether it holds an
// escape.
func (s *scanner) quoted() (raw []byte, escaped bool) {
	if !s.expect('"', "want a string") {
		return nil, false
	}
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

// number consumes a number and returns its text.
func (s *scanner) number() []byte {
	s.next()
	from, i, data := s.pos, s.pos, s.data
	digits := func() bool {
		start := i
		for i < len(data) && data[i] >= '0' && data[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(data) && data[i] == '-' {
		i++
	}
	first := i
	ok := digits() && (data[first] != '0' || i == first+1)
	if ok && i < len(data) && data[i] == '.' {
		i++
		ok = digits()
	}
	if ok && i < len(data) && data[i]|0x20 == 'e' {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		ok = digits()
	}
	if !ok {
		s.fail(from, "want a number")
		return nil
	}
	s.pos = i
	return data[from:i]
}

func (s *scanner) float(dst *float64) {
	*dst = 0
	if s.null() {
		return
	}
	at := s.pos
	f, err := strconv.ParseFloat(string(s.number()), 64)
	if err != nil {
		s.fail(at, "number out of range")
	}
	*dst = f
}

func (s *scanner) integer(dst *int) {
	*dst = 0
	if s.null() {
		return
	}
	at := s.pos
	n, err := strconv.Atoi(string(s.number()))
	if err != nil {
		s.fail(at, "want a whole number")
	}
	*dst = n
}
