package decide

import (
	"math/bits"
	"slices"
)

// Limits of the exact search.
const (
	maxBoxes  = 1 << 21 // parts of a grid that are looked at
	maxCuts   = 1 << 26 // ways to cut them in two
	partCuts  = 128     // the same per cell of a part that was cut off greedily
	maxSubset = 10      // values of a nominal digit whose subsets are all tried
)

// side is a part of the values of a digit: a range of an ordinal one, a subset
// of a nominal one.
type side struct {
	mask uint64
	cuts [][2]int // the two sides that make it, by position
}

// sides lists the parts of a digit, those of fewer values first, so that both
// sides of a cut stand before what they make; false when there are too many.
func (d digit) sides() ([]side, bool) {
	n := len(d.values)
	var list []side
	switch {
	case d.ordinal:
		for size := 1; size <= n; size++ {
			for low := 0; low+size <= n; low++ {
				list = append(list, side{mask: uint64(Full(size)) << low})
			}
		}
	case n <= maxSubset:
		for mask := uint64(1); mask < 1<<n; mask++ {
			list = append(list, side{mask: mask})
		}
		slices.SortStableFunc(list, func(a, b side) int { return bits.OnesCount64(a.mask) - bits.OnesCount64(b.mask) })
	default:
		return nil, false
	}
	at := make(map[uint64]int, len(list))
	for i, s := range list {
		at[s.mask] = i
	}
	for i := range list {
		whole := list[i].mask
		lowest := whole & -whole
		for left := lowest; left != whole; left = next(left, whole, d.ordinal) {
			list[i].cuts = append(list[i].cuts, [2]int{at[left], at[whole&^left]})
		}
	}
	return list, true
}

// next gives the left side after this one among those that hold the lowest
// value: one value more of a range, the next subset otherwise.
func next(left, whole uint64, ordinal bool) uint64 {
	lowest := whole & -whole
	if ordinal {
		return left | left<<1&whole
	}
	return (left-whole)&whole | lowest
}

// boxes holds a tree of least leaves for every box of a grid, from the
// smallest boxes up. A box is one side of each digit.
type boxes struct {
	sides   [][]side
	strides []int
	outcome []uint8  // of all cells of the box, or undecided where they differ
	leaves  []uint32 // of the smallest tree
	steps   []uint64 // questions asked in that tree, summed over the cells
	digit   []uint8  // asked first
	cut     []uint16 // position in side.cuts
}

// newBoxes is nil when the grid is too large: beyond maxBoxes or this many cuts.
func newBoxes(g grid, limit int) *boxes {
	s := &boxes{}
	total, cuts := 1, 0 // cuts: of all boxes together
	sizes := make([]int, len(g.digits))
	for i, d := range g.digits {
		list, ok := d.sides()
		if !ok {
			return nil
		}
		n := 0
		for _, x := range list {
			n += len(x.cuts)
		}
		cuts = cuts*len(list) + n*total
		total *= len(list)
		if total > maxBoxes || cuts > limit {
			return nil
		}
		s.sides, sizes[i] = append(s.sides, list), len(list)
	}
	s.strides = strides(sizes)
	s.outcome, s.leaves, s.steps = make([]uint8, total), make([]uint32, total), make([]uint64, total)
	s.digit, s.cut = make([]uint8, total), make([]uint16, total)
	s.run(g)
	return s
}

func (s *boxes) run(g grid) {
	at := make([]int, len(s.sides)) // the side of each digit
	step := g.strides()
	for box := range s.outcome {
		cells, cell := 1, 0
		for i, x := range at {
			mask := s.sides[i][x].mask
			cells *= bits.OnesCount64(mask)
			cell += bits.TrailingZeros64(mask) * step[i]
		}
		if cells == 1 {
			s.outcome[box], s.leaves[box] = g.cells[cell], 1
		} else {
			s.solve(box, at, uint64(cells))
		}
		for i := len(at) - 1; i >= 0; i-- {
			if at[i]++; at[i] < len(s.sides[i]) {
				break
			}
			at[i] = 0
		}
	}
}

// solve finds the best cut of a box: fewest leaves, then fewest questions on
// the way of its cells, then the first digit and its first cut.
func (s *boxes) solve(box int, at []int, cells uint64) {
	s.outcome[box] = undecided
	leaves, steps := ^uint32(0), ^uint64(0)
	for i, x := range at {
		for c, cut := range s.sides[i][x].cuts {
			l, r := box+(cut[0]-x)*s.strides[i], box+(cut[1]-x)*s.strides[i]
			if o := s.outcome[l]; o != undecided && o == s.outcome[r] {
				s.outcome[box], s.leaves[box], s.steps[box] = o, 1, 0
				return
			}
			n, p := s.leaves[l]+s.leaves[r], s.steps[l]+s.steps[r]+cells
			if n < leaves || n == leaves && p < steps {
				leaves, steps = n, p
				s.digit[box], s.cut[box] = uint8(i), uint16(c)
			}
		}
	}
	s.leaves[box], s.steps[box] = leaves, steps
}
