package dtree

import "slices"

// branch is a node of a tree while it grows and is pruned.
type branch struct {
	split
	kids   [2]int32 // -1 of a leaf
	parent int32
	depth  int32
	class  int32
	lo, hi int32 // the classes that monotone splits above leave possible
	counts []float64
	weight float64
	risk   float64 // cost of answering class for all its cases
	alpha  float64 // price of a leaf from which on the node is one
}

func (b *branch) leaf() bool { return b.kids[0] < 0 }

// grower grows one tree. It is used again for every fold of a cross-validation.
type grower struct {
	*cases
	o       Options
	cost    [][]float64
	factor  []float64 // weight of a class in the search for splits; nil: all alike
	nodes   []branch
	arena   []float64
	allowed []uint64 // values of each attribute that the path to the present node leaves
	finder  finder
	spareU  []int32
	spareW  []float64
}

func newGrower(c *cases, o Options) *grower {
	g := &grower{cases: c, o: o, cost: o.costs(len(c.schema.Classes))}
	if o.Cost != nil {
		g.factor = altered(o.Cost)
	}
	g.finder.init(g)
	return g
}

// altered weighs each class by what mistaking it costs, so that dear classes are separated first.
func altered(cost [][]float64) []float64 {
	f := make([]float64, len(cost))
	sum := 0.0
	for i, row := range cost {
		for _, c := range row {
			f[i] += c
		}
		sum += f[i]
	}
	for i := range f {
		if sum > 0 {
			f[i] *= float64(len(f)) / sum
		}
		if f[i] == 0 {
			f[i] = 1e-6 // a class that costs nothing still counts, least of all
		}
	}
	return f
}

// grow makes the full tree of the units of positive weight. The nodes stay valid until the next call.
func (g *grower) grow(weight []float64) []branch {
	units := make([]int32, 0, len(weight))
	w := make([]float64, 0, len(weight))
	for u, x := range weight {
		if x > 0 {
			units = append(units, int32(u))
			w = append(w, x)
		}
	}
	g.nodes, g.arena = g.nodes[:0], g.arena[:0]
	g.spareU, g.spareW = slices.Grow(g.spareU[:0], len(units)), slices.Grow(g.spareW[:0], len(units))
	g.allowed = g.allowed[:0]
	active := make([]int32, 0, len(g.size))
	for a, n := range g.size {
		g.allowed = append(g.allowed, allOf(n))
		active = append(active, int32(a))
	}
	g.node(units, w, active, -1, 0, 0, int32(len(g.schema.Classes)-1))
	return g.nodes
}

// node adds the node of the given units and everything below it, and returns its index.
func (g *grower) node(units []int32, w []float64, active []int32, parent, depth, lo, hi int32) int32 {
	at := int32(len(g.nodes))
	b := branch{kids: [2]int32{-1, -1}, parent: parent, depth: depth, lo: lo, hi: hi, counts: g.count(units, w)}
	b.attr = -1
	for _, n := range b.counts {
		b.weight += n
	}
	b.class, b.risk = g.answer(b.counts, lo, hi)
	g.nodes = append(g.nodes, b)
	if b.risk <= 0 && pure(b.counts) || len(units) < 2 || b.weight < 2*g.o.MinLeaf || g.o.MaxDepth > 0 && int(depth) >= g.o.MaxDepth {
		return at
	}
	s, still := g.finder.best(units, w, active, &b)
	if s.attr < 0 {
		return at
	}
	lu, lw, ru, rw := g.part(units, w, &s)
	g.settle(&s, sum(lw), sum(rw))
	bound := g.bounds(&s, &b)
	was := g.allowed[s.attr]
	g.nodes[at].split = s
	g.allowed[s.attr] = s.left
	left := g.node(lu, lw, still, at, depth+1, bound[0], bound[1])
	g.allowed[s.attr] = s.right
	right := g.node(ru, rw, still, at, depth+1, bound[2], bound[3])
	g.allowed[s.attr] = was
	g.nodes[at].kids = [2]int32{left, right}
	return at
}

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func pure(counts []float64) bool {
	seen := false
	for _, n := range counts {
		if n > 0 {
			if seen {
				return false
			}
			seen = true
		}
	}
	return true
}

func (g *grower) count(units []int32, w []float64) []float64 {
	n := len(g.schema.Classes)
	if cap(g.arena)-len(g.arena) < n {
		g.arena = make([]float64, 0, max(n, 4096))
	}
	g.arena = g.arena[:len(g.arena)+n]
	counts := g.arena[len(g.arena)-n:]
	clear(counts)
	for i, u := range units {
		counts[g.class[u]] += w[i]
	}
	return counts[:n:n]
}

// answer is the class of least cost for the counts among the classes lo to hi, and that cost. Of equals it
// takes the one that is commonest in the whole history.
func (g *grower) answer(counts []float64, lo, hi int32) (class int32, risk float64) {
	class = -1
	if g.o.Cost == nil {
		total := sum(counts)
		for c := lo; c <= hi; c++ {
			if class < 0 || counts[c] > counts[class] || counts[c] == counts[class] && g.rank[c] < g.rank[class] {
				class = c
			}
		}
		return class, total - counts[class]
	}
	for c := lo; c <= hi; c++ {
		r := 0.0
		for actual, n := range counts {
			r += n * g.cost[actual][c]
		}
		if class < 0 || r < risk || r == risk && g.rank[c] < g.rank[class] {
			class, risk = c, r
		}
	}
	return class, risk
}

// part divides the units by the split. A unit whose set of values lies on both sides goes to both, with the
// share of its values there.
func (g *grower) part(units []int32, w []float64, s *split) (lu []int32, lw []float64, ru []int32, rw []float64) {
	a := int(s.attr)
	if len(g.sets[a]) > 0 {
		return g.partSets(units, w, s)
	}
	col, n := g.codes[a], uint16(g.size[a])
	su, sw := g.spareU[:0], g.spareW[:0]
	k := 0
	for i, u := range units {
		left := s.missing == SideLeft
		if code := col[u]; code < n {
			left = s.left>>code&1 == 1
		}
		if left {
			units[k], w[k] = u, w[i]
			k++
		} else {
			su, sw = append(su, u), append(sw, w[i])
		}
	}
	copy(units[k:], su)
	copy(w[k:], sw)
	return units[:k], w[:k], units[k:], w[k:]
}

func (g *grower) partSets(units []int32, w []float64, s *split) (lu []int32, lw []float64, ru []int32, rw []float64) {
	a := int(s.attr)
	for i, u := range units {
		share := 0.0
		if mask := g.mask(a, u) & g.allowed[a]; mask != 0 {
			share = spread(mask, s.left)
		} else if s.missing == SideLeft {
			share = 1
		}
		if share > 0 {
			lu, lw = append(lu, u), append(lw, w[i]*share)
		}
		if share < 1 {
			ru, rw = append(ru, u), append(rw, w[i]*(1-share))
		}
	}
	return lu, lw, ru, rw
}

// settle gives the values that the node has not seen to the heavier side, so that every value has one. The
// threshold of an ordinal attribute has placed them already.
func (g *grower) settle(s *split, left, right float64) {
	s.right = g.allowed[s.attr] &^ s.left
	if g.schema.Attributes[s.attr].Ordinal {
		return
	}
	unseen := g.allowed[s.attr] &^ s.seen
	if left >= right {
		s.left |= unseen
	} else {
		s.left &^= unseen
	}
	s.right = g.allowed[s.attr] &^ s.left
}

// bounds are the classes that stay possible on the left and on the right of the split.
func (g *grower) bounds(s *split, b *branch) [4]int32 {
	m := g.schema.Attributes[s.attr].Monotone
	if m == 0 || s.left == 0 || s.right == 0 {
		return [4]int32{b.lo, b.hi, b.lo, b.hi}
	}
	middle := (s.classes[0] + s.classes[1]) / 2
	if m > 0 {
		return [4]int32{b.lo, middle, middle, b.hi}
	}
	return [4]int32{middle, b.hi, b.lo, middle}
}
