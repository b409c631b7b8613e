package decide

import (
	"errors"
	"fmt"
	"slices"
)

// Reasons why a node cannot be written in another form.
var (
	ErrIncomplete = errors.New("some combinations have no outcome; complete the table first")
	ErrTooLarge   = errors.New("it is too large for this form")
)

// Smallest gives a node as a tree with as few leaves as possible. Ordinal facts
// are asked for thresholds, nominal ones for any subsets of their values;
// questions about one fact that follow each other are one question with more
// answers, and answers that lead to equal trees are one answer.
//
// Where the table has up to 2 million parts (sides of its facts multiplied:
// thirteen facts of two values, eight of three), all ways to cut it are compared:
// no tree of such questions has fewer leaves, and of those with as few, no
// other asks less over all combinations; proven is then true. A larger table is
// cut greedily, where the outcomes on both sides are least mixed (Gini), until
// its parts are small enough for that.
//
// It fails with ErrIncomplete where there are gaps, and with ErrTooLarge beyond
// MaxCells combinations or half of MaxBranches leaves.
func (m Model) Smallest(n Node) (tree Branch, proven bool, err error) {
	b, err := m.resolveNode(n)
	if err != nil {
		return Branch{}, false, err
	}
	if b.cells == nil {
		return Branch{}, false, fmt.Errorf("decide: simplify %s: %w: more than %d combinations", n.Outcome, ErrTooLarge, MaxCells)
	}
	if slices.Contains(b.cells, undecided) {
		return Branch{}, false, fmt.Errorf("decide: simplify %s: %w", n.Outcome, ErrIncomplete)
	}
	f := cutter{model: m, node: b, proven: true}
	root := f.grow(newGrid(m, b), maxCuts)
	if f.leaves > maxLeaves {
		return Branch{}, false, fmt.Errorf("decide: simplify %s: %w: a tree of more than %d leaves", n.Outcome, ErrTooLarge, maxLeaves)
	}
	return f.branch(root), f.proven, nil
}

// cutter makes the tree of a node.
type cutter struct {
	model  Model
	node   *node
	leaves int
	proven bool
}

// cutting is a place of the tree: a question about an input, or a leaf (ways is nil).
type cutting struct {
	outcome uint8
	input   int
	ways    []cutWay
}

type cutWay struct {
	values Set
	then   *cutting
}

// maxLeaves keeps the branches and leaves of a tree within MaxBranches: there
// are fewer questions than leaves.
const maxLeaves = MaxBranches / 2

// grow makes the tree of a grid, greedily down to parts that can be searched
// with a limited number of cuts.
func (f *cutter) grow(g grid, limit int) *cutting {
	if f.leaves > maxLeaves {
		return &cutting{} // Smallest says so
	}
	if len(g.digits) == 0 {
		f.leaves++
		return &cutting{outcome: g.cells[0]}
	}
	if s := newBoxes(g, limit); s != nil {
		if f.leaves += int(s.leaves[len(s.leaves)-1]); f.leaves > maxLeaves {
			return &cutting{}
		}
		return s.tree(g, len(s.leaves)-1)
	}
	f.proven = false
	i, mask := g.greedy()
	d := g.digits[i]
	part := func(mask uint64) cutWay {
		below := g.part(i, mask).merged()
		return cutWay{d.set(mask), f.grow(below, min(maxCuts, partCuts*len(below.cells)))}
	}
	return ask(d.input, part(mask), part(uint64(Full(len(d.values)))&^mask))
}

// tree reads the tree of a box from the search.
func (s *boxes) tree(g grid, box int) *cutting {
	if s.outcome[box] != undecided {
		return &cutting{outcome: s.outcome[box]}
	}
	i := int(s.digit[box])
	x := box / s.strides[i] % len(s.sides[i])
	cut := s.sides[i][x].cuts[s.cut[box]]
	way := func(side int) cutWay {
		return cutWay{g.digits[i].set(s.sides[i][side].mask), s.tree(g, box+(side-x)*s.strides[i])}
	}
	return ask(g.digits[i].input, way(cut[0]), way(cut[1]))
}

// ask makes one question of two sides: a side that asks the same input lends
// its answers, and answers that lead to equal trees are one.
func ask(input int, sides ...cutWay) *cutting {
	q := &cutting{input: input}
	for _, side := range sides {
		ways := []cutWay{side}
		if side.then.ways != nil && side.then.input == input {
			ways = side.then.ways
		}
		for _, w := range ways {
			if i := slices.IndexFunc(q.ways, func(x cutWay) bool { return x.then.equal(w.then) }); i >= 0 {
				q.ways[i].values |= w.values
			} else {
				q.ways = append(q.ways, w)
			}
		}
	}
	if len(q.ways) == 1 {
		return q.ways[0].then
	}
	return q
}

func (c *cutting) equal(d *cutting) bool {
	if (c.ways == nil) != (d.ways == nil) {
		return false
	}
	if c.ways == nil {
		return c.outcome == d.outcome
	}
	return c.input == d.input && slices.EqualFunc(c.ways, d.ways, func(a, b cutWay) bool { return a.values == b.values && a.then.equal(b.then) })
}

// branch names inputs and values.
func (f *cutter) branch(c *cutting) Branch {
	if c.ways == nil {
		return Branch{Outcome: f.model.Facts[f.node.outcome].Values[c.outcome].Key}
	}
	fact := f.model.Facts[f.node.inputs[c.input]]
	b := Branch{Ask: fact.ID}
	for _, w := range c.ways {
		b.Answers = append(b.Answers, Answer{Values: fact.Keys(w.values), Then: f.branch(w.then)})
	}
	return b
}

// greedy gives the digit and the positions of it to part off, by which the
// outcomes on both sides are least mixed: thresholds of ordinal digits, single
// values of nominal ones. Ties go to the first.
func (g grid) greedy() (at int, mask uint64) {
	best := -1.0
	for i, stride := range g.strides() {
		n := len(g.digits[i].values)
		counts := make([][256]float64, n)
		for cell, o := range g.cells {
			counts[cell/stride%n][o]++
		}
		var left, all [256]float64
		for _, c := range counts {
			add(&all, &c)
		}
		for v := range n {
			if !g.digits[i].ordinal {
				left = [256]float64{}
			} else if v == n-1 {
				break
			}
			add(&left, &counts[v])
			if p := purity(&left, &all); p > best+1e-9 {
				best, at, mask = p, i, 1<<v
				if g.digits[i].ordinal {
					mask = uint64(Full(v + 1))
				}
			}
		}
	}
	return at, mask
}

func add(sum, c *[256]float64) {
	for i := range sum {
		sum[i] += c[i]
	}
}

// purity is greater the less mixed both sides are.
func purity(left, all *[256]float64) float64 {
	var l, r, ll, rr float64
	for i, n := range all {
		x, y := left[i], n-left[i]
		l, r, ll, rr = l+x, r+y, ll+x*x, rr+y*y
	}
	if l == 0 || r == 0 {
		return 0
	}
	return (ll/l + rr/r) / (l + r)
}

// Size counts the leaves of a tree and the questions on its longest way.
func (b Branch) Size() (leaves, depth int) {
	if b.Leaf() {
		return 1, 0
	}
	for _, a := range b.Answers {
		l, d := a.Then.Size()
		leaves, depth = leaves+l, max(depth, d+1)
	}
	return leaves, depth
}
