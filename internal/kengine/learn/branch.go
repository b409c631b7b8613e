package learn

import (
	"math/bits"
	"reflect"
	"slices"

	"noroshi.dev/format/dtree"
	"noroshi.dev/internal/kengine/decide"
)

// branch turns a learnt tree into the form of the engine. What the tree does with unknown facts is left
// out: the engine follows every answer that is still possible.
func (s *Subject) branch(t *dtree.Tree) decide.Branch {
	reach := make([]decide.Set, len(s.Facts))
	for i := range reach {
		reach[i] = decide.Full(s.values[i])
	}
	return s.convert(t, 0, reach)
}

func (s *Subject) convert(t *dtree.Tree, at int, reach []decide.Set) decide.Branch {
	n := &t.Nodes[at]
	if n.Leaf() {
		return decide.Branch{Outcome: s.Outcome.Values[n.Class].Key}
	}
	left, right := decide.Set(n.Left)&reach[n.Attribute], decide.Set(n.Right)&reach[n.Attribute]
	switch {
	case left == 0: // known or unknown is no question of the engine
		return s.convert(t, n.RightChild, reach)
	case right == 0:
		return s.convert(t, n.LeftChild, reach)
	}
	saved := reach[n.Attribute]
	reach[n.Attribute] = left
	a := s.convert(t, n.LeftChild, reach)
	reach[n.Attribute] = right
	b := s.convert(t, n.RightChild, reach)
	reach[n.Attribute] = saved
	return s.ask(n.Attribute, []way{{left, a}, {right, b}})
}

// way is an answer with what it leads to.
type way struct {
	values decide.Set
	then   decide.Branch
}

// ask makes a question of its ways. A way that asks the same fact again is opened up, ways that lead to
// the same place are joined, and values that cannot come here go where their neighbours go.
func (s *Subject) ask(fact int, ways []way) decide.Branch {
	f := s.Facts[fact]
	var flat []way
	for _, w := range ways {
		if w.then.Ask != f.ID {
			flat = append(flat, w)
			continue
		}
		for _, a := range w.then.Answers {
			set, _ := f.Set(a.Values...)
			if set &= w.values; set != 0 {
				flat = append(flat, way{set, a.Then})
			}
		}
	}
	var joined []way
	for _, w := range flat {
		i := slices.IndexFunc(joined, func(j way) bool { return reflect.DeepEqual(j.then, w.then) })
		if i < 0 {
			joined = append(joined, w)
		} else {
			joined[i].values |= w.values
		}
	}
	if len(joined) == 1 {
		return joined[0].then
	}
	slices.SortFunc(joined, func(a, b way) int { return a.values.Lowest() - b.values.Lowest() })
	place(joined, f)
	b := decide.Branch{Ask: f.ID}
	for _, w := range joined {
		b.Answers = append(b.Answers, decide.Answer{Values: f.Keys(w.values), Then: w.then})
	}
	return b
}

// place gives values that no way has to one: of an ordinal fact to that of the nearest value, the lower
// of two, of a nominal one to the last.
func place(ways []way, f decide.Fact) {
	var given decide.Set
	for _, w := range ways {
		given |= w.values
	}
	for _, v := range (f.All() &^ given).Positions() {
		to := len(ways) - 1
		if f.Scale == decide.Ordinal {
			near := nearest(given, v)
			to = slices.IndexFunc(ways, func(w way) bool { return w.values.Has(near) })
		}
		ways[to].values |= 1 << v
	}
}

func nearest(s decide.Set, v int) int {
	below, above := s&decide.Full(v), s&^decide.Full(v+1)
	switch {
	case above == 0:
		return below.Highest()
	case below == 0 || bits.TrailingZeros64(uint64(above))-v < v-below.Highest():
		return above.Lowest()
	}
	return below.Highest()
}

// visit walks to the leaves of a tree that a row can come to; a question narrows what is known, so that row
// holds what the way demands while leaf runs.
func (s *Subject) visit(b *decide.Branch, row []decide.Set, leaf func(*decide.Branch)) {
	if b.Leaf() {
		leaf(b)
		return
	}
	f := slices.IndexFunc(s.Facts, func(f decide.Fact) bool { return f.ID == b.Ask })
	if f < 0 {
		for i := range b.Answers {
			s.visit(&b.Answers[i].Then, row, leaf)
		}
		return
	}
	saved := row[f]
	var given decide.Set
	for i := range b.Answers {
		set, _ := s.Facts[f].Set(b.Answers[i].Values...)
		if len(b.Answers[i].Values) == 0 {
			set = s.Facts[f].All() &^ given
		}
		given |= set
		if row[f] = saved & set; row[f] != 0 {
			s.visit(&b.Answers[i].Then, row, leaf)
		}
	}
	row[f] = saved
}

// answer is the outcomes that a tree leaves possible for a row.
func (s *Subject) answer(b *decide.Branch, row []decide.Set) decide.Set {
	var out decide.Set
	s.visit(b, row, func(l *decide.Branch) { out |= 1 << max(0, s.Outcome.Index(l.Outcome)) })
	return out
}

// size gives the leaves of a tree and the questions of its longest way.
func size(b *decide.Branch) (leaves, depth int) {
	if b == nil {
		return 0, 0
	}
	return b.Size()
}

// clone copies a tree.
func clone(b decide.Branch) decide.Branch {
	b.Answers = slices.Clone(b.Answers)
	for i := range b.Answers {
		b.Answers[i].Then = clone(b.Answers[i].Then)
	}
	return b
}
