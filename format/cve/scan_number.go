package cve

import (
	"strconv"
)

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
