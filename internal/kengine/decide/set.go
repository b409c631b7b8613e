package decide

import (
	"math/bits"
	"strings"
)

// MaxValues is the largest number of values of a fact.
const MaxValues = 64

// Set is the set of values of a fact that are still possible: bit i stands for
// the value at position i. As knowledge about an input the empty set means that
// nothing is known, which is the same as the full set.
type Set uint64

// Full gives the set of all of n values.
func Full(n int) Set {
	if n >= MaxValues {
		return ^Set(0)
	}
	return Set(1)<<n - 1
}

// Of gives the set of these positions.
func Of(positions ...int) Set {
	var s Set
	for _, p := range positions {
		s |= 1 << p
	}
	return s
}

// Has reports whether the value at this position is possible.
func (s Set) Has(position int) bool { return s>>position&1 == 1 }

// Len gives the number of possible values.
func (s Set) Len() int { return bits.OnesCount64(uint64(s)) }

// Single gives the position of the only possible value; false when there is
// not exactly one.
func (s Set) Single() (int, bool) {
	return bits.TrailingZeros64(uint64(s)), s != 0 && s&(s-1) == 0
}

// Lowest gives the smallest position, or -1 of the empty set.
func (s Set) Lowest() int {
	if s == 0 {
		return -1
	}
	return bits.TrailingZeros64(uint64(s))
}

// Highest gives the greatest position, or -1 of the empty set.
func (s Set) Highest() int { return bits.Len64(uint64(s)) - 1 }

// Positions lists the possible values in ascending order.
func (s Set) Positions() []int {
	at := make([]int, 0, s.Len())
	for rest := s; rest != 0; rest &= rest - 1 {
		at = append(at, bits.TrailingZeros64(uint64(rest)))
	}
	return at
}

// known gives the set as knowledge about a fact of n values: within the n
// values, and everything when nothing is known.
func (s Set) known(n int) Set {
	full := Full(n)
	if s&full == 0 {
		return full
	}
	return s & full
}

// String lists the positions, like {0 2}.
func (s Set) String() string {
	var b strings.Builder
	b.WriteByte('{')
	for i, p := range s.Positions() {
		if i > 0 {
			b.WriteByte(' ')
		}
		if p >= 10 {
			b.WriteByte(byte('0' + p/10))
		}
		b.WriteByte(byte('0' + p%10))
	}
	b.WriteByte('}')
	return b.String()
}
