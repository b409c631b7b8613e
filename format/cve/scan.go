package cve

import (
	"encoding/binary"
	"math/bits"
)

// maxDepth bounds the nesting of a document; records of the format nest to 12.
const maxDepth = 64

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
	plain  []byte // memory for a string without its escapes
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
func (s *scanner) next() (c byte) {
	if s.pos < len(s.data) {
		c = s.data[s.pos]
	}
	if c > ' ' {
		return c
	}
	return s.space()
}

// space is next where white space may come first; apart, so that next is inlined.
func (s *scanner) space() byte {
	const spaces = 0x2020202020202020
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
		for i+8 <= len(data) {
			if other := binary.LittleEndian.Uint64(data[i:]) ^ spaces; other != 0 {
				i += bits.TrailingZeros64(other) >> 3
				break
			}
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
