package dtree

import (
	"math"
	"math/bits"
)

// split is a question with two answers.
type split struct {
	attr        int32 // -1: none
	left, right uint64
	seen        uint64 // values that occur in the node
	missing     Side   // of unknown facts; SideBoth: none occurred
	threshold   int32  // of an ordinal attribute: the last value to the left; -1: none
	classes     [2]int32
	score       float64
}

// finder looks for the best split of a node. Its tables are used again from node to node.
type finder struct {
	g       *grower
	k       int       // classes
	hist    []float64 // class weights of each code of one attribute
	size    []float64 // weight of each code
	tot     []float64
	l, r    []float64 // of the sides
	order   []int
	share   []float64 // of codes, to sort them by
	floor   float64   // least weight of a side
	top     split     // the best so far
	other   []int
	classes []int // classes that occur
}

// slack is the relative difference below which two scores are equal: it hides the rounding of sums, so that the
// first attribute wins whatever the order of addition.
const slack = 1e-10

func (f *finder) init(g *grower) {
	widest := 0
	for _, n := range g.size {
		widest = max(widest, n)
	}
	f.g, f.k = g, len(g.schema.Classes)
	f.hist = make([]float64, (widest+1)*f.k)
	f.size = make([]float64, widest+1)
	f.tot, f.l, f.r = make([]float64, f.k), make([]float64, f.k), make([]float64, f.k)
	f.order = make([]int, 0, widest+1)
	f.share = make([]float64, widest+1)
	f.floor = math.SmallestNonzeroFloat64
	if g.o.MinLeaf > 0 {
		f.floor = g.o.MinLeaf
	}
}

// best returns the split of the greatest score and the attributes that still vary in the node.
func (f *finder) best(units []int32, w []float64, active []int32, b *branch) (split, []int32) {
	still := make([]int32, 0, len(active))
	f.top = split{attr: -1, score: math.Inf(-1)}
	for _, a := range active {
		f.fill(int(a), units, w)
		if len(f.order) < 2 {
			continue
		}
		still = append(still, a)
		f.attribute(int(a), b)
	}
	return f.top, still
}

// fill counts one attribute; order then holds its codes that occur, in ascending order, unknown last.
func (f *finder) fill(a int, units []int32, w []float64) {
	g, k := f.g, f.k
	n := g.size[a]
	hist, size := f.hist[:(n+1)*k], f.size[:n+1]
	clear(hist)
	col, class := g.codes[a], g.class
	if len(g.sets[a]) == 0 {
		for i, u := range units {
			hist[int(col[u])*k+int(class[u])] += w[i]
		}
	} else {
		f.fillSets(a, units, w)
	}
	f.order = f.order[:0]
	clear(f.tot)
	for v := range size {
		row := hist[v*k : v*k+k]
		s := 0.0
		for c, x := range row {
			s += x
			if g.factor != nil {
				row[c] = x * g.factor[c]
			}
			f.tot[c] += row[c]
		}
		size[v] = s
		if s > 0 {
			f.order = append(f.order, v)
		}
	}
}

func (f *finder) fillSets(a int, units []int32, w []float64) {
	g, k := f.g, f.k
	for i, u := range units {
		class := int(g.class[u])
		mask := g.mask(a, u) & g.allowed[a]
		if mask == 0 {
			f.hist[g.size[a]*k+class] += w[i]
			continue
		}
		part := w[i] / float64(bits.OnesCount64(mask))
		for m := mask; m != 0; m &= m - 1 {
			f.hist[bits.TrailingZeros64(m)*k+class] += part
		}
	}
}

// attribute tries the splits of the attribute that fill counted.
func (f *finder) attribute(a int, b *branch) {
	n := f.g.size[a]
	last := len(f.order) - 1
	hasUnknown := f.order[last] == n
	f.classes = f.classes[:0]
	for c, x := range f.tot {
		if x > 0 {
			f.classes = append(f.classes, c)
		}
	}
	switch {
	case hasUnknown && f.g.o.Missing == MissingBranch:
		f.scan(a, f.order, last-1, b)
	case f.g.schema.Attributes[a].Ordinal:
		f.scan(a, f.order, 0, b)
		if hasUnknown {
			f.other = append(append(f.other[:0], n), f.order[:last]...)
			f.scan(a, f.other, 1, b)
		}
	default:
		f.nominal(a, b)
	}
}

// scan tries the cuts of the codes in the given order, the first one after order[from].
func (f *finder) scan(a int, order []int, from int, b *branch) {
	clear(f.l)
	left, miss, size := uint64(0), false, 0.0
	for i, v := range order[:len(order)-1] {
		left, miss, size = f.add(a, v, 1, left, miss, size)
		if i >= from {
			f.consider(a, left, miss, size, b)
		}
	}
}

// add moves code v to the left (sign 1) or back (sign -1).
func (f *finder) add(a, v int, sign float64, left uint64, miss bool, size float64) (uint64, bool, float64) {
	row := f.hist[v*f.k : v*f.k+f.k]
	for _, c := range f.classes {
		f.l[c] += sign * row[c]
	}
	if v == f.g.size[a] {
		return left, sign > 0, size + sign*f.size[v]
	}
	return left ^ 1<<v, miss, size + sign*f.size[v]
}

// consider takes the split whose left side is counted in f.l if it is better than the best so far.
func (f *finder) consider(a int, left uint64, miss bool, size float64, b *branch) {
	if size < f.floor || b.weight-size < f.floor {
		return
	}
	score := f.score()
	if !better(score, &f.top) {
		return
	}
	s := split{attr: int32(a), left: left, missing: SideBoth, threshold: -1, score: score}
	for _, v := range f.order {
		if v < f.g.size[a] {
			s.seen |= 1 << v
		}
	}
	if f.order[len(f.order)-1] == f.g.size[a] {
		s.missing = SideRight
		if miss {
			s.missing = SideLeft
		}
		alone := left == 0 || left == s.seen && !miss
		if alone && f.g.o.Missing == MissingSide {
			return
		}
	}
	if !f.shape(a, &s, b) {
		return
	}
	f.top = s
}

// better tells whether a score beats a split by more than rounding.
func better(score float64, than *split) bool {
	return than.attr < 0 || score > than.score+slack*math.Abs(than.score)
}

// shape gives the split its one form: the lowest value that occurs is on the left, a threshold lies in the middle
// of the values that do not occur. It is false for a split that a monotone demand forbids.
func (f *finder) shape(a int, s *split, b *branch) bool {
	attr := &f.g.schema.Attributes[a]
	flipped := s.left&(s.seen&-s.seen) == 0
	if flipped {
		s.left = s.seen &^ s.left
		if s.missing != SideBoth {
			s.missing = SideLeft + SideRight - s.missing
		}
	}
	if !attr.Ordinal {
		return true
	}
	if s.left == s.seen { // unknown against known
		s.left = f.g.allowed[a]
		return true
	}
	low, high := bits.Len64(s.left)-1, bits.TrailingZeros64(s.seen&^s.left)
	s.threshold = int32((low + high) / 2)
	s.left = f.g.allowed[a] & allOf(int(s.threshold)+1)
	if attr.Monotone == 0 {
		return true
	}
	return f.monotone(attr.Monotone, s, b)
}

func (f *finder) monotone(sign int, s *split, b *branch) bool {
	for c := range f.l {
		f.r[c] = f.tot[c] - f.l[c]
	}
	if f.g.factor != nil {
		for c, x := range f.g.factor {
			f.l[c], f.r[c] = f.l[c]/x, f.r[c]/x
		}
		defer func() {
			for c, x := range f.g.factor {
				f.l[c] *= x
			}
		}()
	}
	s.classes[0], _ = f.g.answer(f.l, b.lo, b.hi)
	s.classes[1], _ = f.g.answer(f.r, b.lo, b.hi)
	return int(s.classes[1]-s.classes[0])*sign >= 0
}

// score is greater the purer both sides are: weight times (1 - impurity), up to a constant of the node.
func (f *finder) score() float64 {
	var nl, nr, ql, qr float64
	if f.g.o.Criterion == Entropy {
		for _, c := range f.classes {
			x, y := f.l[c], f.tot[c]-f.l[c]
			nl, nr = nl+x, nr+y
			ql, qr = ql+xlogx(x), qr+xlogx(y)
		}
		return ql - xlogx(nl) + qr - xlogx(nr)
	}
	for _, c := range f.classes {
		x, y := f.l[c], f.tot[c]-f.l[c]
		nl, nr = nl+x, nr+y
		ql, qr = ql+x*x, qr+y*y
	}
	return ql/nl + qr/nr
}

func xlogx(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}
