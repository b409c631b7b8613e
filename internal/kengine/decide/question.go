package decide

import (
	"cmp"
	"slices"

	"noroshi.dev/format/ssvc"
)

// Question is a fact that can still change an open decision.
type Question struct {
	Fact ssvc.ID
	// Column is the input column of the fact.
	Column int
	// Possible are the values that are still possible.
	Possible Set
	// Gain is the information about all open decisions together that the answer
	// is expected to give, in bits.
	Gain float64
	// Decisions are the keys of the open decisions that the answer can change.
	Decisions []string
}

// maxCompletions bounds the exact test of whether a fact still matters.
const maxCompletions = 1 << 18

// Questions gives the facts to ask, the most informative first (then by the
// order of the inputs). A decision is open while it has more than one outcome.
// Facts that are derived and facts that can no longer change an open decision
// are not asked, so the list is empty when every completion gives the same
// outcomes. Weights may be nil: all values are then equally likely.
func (c *Compiled) Questions(in []Set, weights Weights) []Question {
	known := c.normal(in)
	outcomes := c.Decide(known)
	questions := make(map[int]*Question)
	for d := range c.decisions {
		if outcomes[d].Set.Len() < 2 {
			continue
		}
		c.ask(d, known, weights, questions)
	}
	list := make([]Question, 0, len(questions))
	for _, q := range questions {
		list = append(list, *q)
	}
	slices.SortFunc(list, func(a, b Question) int {
		return cmp.Or(cmp.Compare(round(b.Gain), round(a.Gain)), cmp.Compare(a.Column, b.Column))
	})
	return list
}

// round removes the last digits, so that equal gains computed in another order
// stay equal.
func round(x float64) float64 { return float64(int64(x*1e9 + 0.5)) }

func (c *Compiled) ask(d int, known []Set, weights Weights, questions map[int]*Question) {
	p := &c.decisions[d]
	probs := make([][]float64, len(c.inputs))
	for col, f := range c.inputs {
		probs[col] = weights.of(col, known[col], len(c.Model.Facts[f].Values))
	}
	before := entropy(c.distribution(p, probs))
	for _, col := range p.inputs {
		f := c.Model.Facts[c.inputs[col]]
		if f.Derived || known[col].Len() < 2 || !c.matters(d, col, known) {
			continue
		}
		q, ok := questions[col]
		if !ok {
			q = &Question{Fact: f.ID, Column: col, Possible: known[col]}
			questions[col] = q
		}
		q.Gain += max(0, before-c.after(p, col, probs))
		q.Decisions = append(q.Decisions, c.Model.Decisions[d].Key)
	}
}

// after gives the expected entropy when the value of a column is known.
func (c *Compiled) after(p *plan, col int, probs [][]float64) float64 {
	saved := probs[col]
	expected := 0.0
	for v, x := range saved {
		if x == 0 {
			continue
		}
		one := make([]float64, len(saved))
		one[v] = 1
		probs[col] = one
		expected += x * entropy(c.distribution(p, probs))
	}
	probs[col] = saved
	return expected
}

// Matters gives the columns of the unknown inputs whose value can still change
// a decision: some completion of the others gives different outcomes for
// different values. Beyond maxCompletions completions an input counts as
// mattering when the decision is open.
func (c *Compiled) Matters(decision int, in []Set) []int {
	known := c.normal(in)
	var cols []int
	for _, col := range c.decisions[decision].inputs {
		if known[col].Len() > 1 && c.matters(decision, col, known) {
			cols = append(cols, col)
		}
	}
	return cols
}

func (c *Compiled) matters(d, col int, known []Set) bool {
	p := &c.decisions[d]
	if c.splits(d, col, known) {
		return true
	}
	combos := 1
	for _, other := range p.inputs {
		combos = min(combos*known[other].Len(), maxCompletions+1)
	}
	if combos > maxCompletions {
		w := newScratch(c)
		return c.decide(d, known, w).Set.Len() > 1
	}
	var rest []int
	for _, other := range p.inputs {
		if other != col && known[other].Len() > 1 {
			rest = append(rest, other)
		}
	}
	values := make([]uint8, len(c.Model.Facts))
	for _, other := range p.inputs {
		values[c.inputs[other]] = uint8(known[other].Lowest())
	}
	return c.differs(p, col, known, rest, values)
}

// splits is the quick test: the sets of outcomes differ between two values.
func (c *Compiled) splits(d, col int, known []Set) bool {
	w := newScratch(c)
	one := slices.Clone(known)
	var first Set
	for i, v := range known[col].Positions() {
		one[col] = 1 << v
		o := c.decide(d, one, w)
		if !o.Exact {
			return false
		}
		if i == 0 {
			first = o.Set
		} else if o.Set != first {
			return true
		}
	}
	return false
}

// differs walks the completions of the other inputs.
func (c *Compiled) differs(p *plan, col int, known []Set, rest []int, values []uint8) bool {
	if len(rest) == 0 {
		first, seen := uint8(0), false
		for _, v := range known[col].Positions() {
			values[c.inputs[col]] = uint8(v)
			o := c.point(p, values)
			if seen && o != first {
				return true
			}
			first, seen = o, true
		}
		return false
	}
	for _, v := range known[rest[0]].Positions() {
		values[c.inputs[rest[0]]] = uint8(v)
		if c.differs(p, col, known, rest[1:], values) {
			return true
		}
	}
	return false
}
