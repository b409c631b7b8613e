package decide

import (
	"cmp"
	"slices"

	"noroshi.dev/format/ssvc"
)

// Edit is one fact taking another value.
type Edit struct {
	Fact   ssvc.ID
	Column int
	From   Set
	To     int
}

// Change is a smallest set of edits after which a decision comes out
// otherwise.
type Change struct {
	Edits   []Edit
	Outcome Outcome
}

// Changes gives the smallest changes of what is known that alter a decision:
// all single edits that do, or, where there is none or most allows more, pairs
// of which neither edit alone does. A known fact takes a value that was ruled
// out; a fact that is not known at all takes any single value. Order: fewer
// edits, then the shorter way in the order of values, then the order of inputs
// and values. No more than most changes are returned. Where more than maxPairs pairs
// would have to be tried, single edits are all that is looked for.
func (c *Compiled) Changes(decision int, in []Set, most int) []Change {
	known := c.normal(in)
	s := search{c: c, decision: decision, work: newScratch(c)}
	s.before = c.decide(decision, known, s.work)
	edits := s.edits(known)
	alone := make([]bool, len(edits))
	for i, e := range edits {
		alone[i] = s.try(known, e)
	}
	s.sort()
	if len(s.found) < most && len(edits)*(len(edits)-1)/2 <= maxPairs {
		single := s.found
		s.found = nil
		s.pairs(known, edits, alone)
		s.sort()
		s.found = append(single, s.found...)
	}
	return s.found[:min(max(most, 0), len(s.found))]
}

// maxPairs bounds the pairs of edits that are tried.
const maxPairs = 1 << 16

type search struct {
	c        *Compiled
	decision int
	before   Outcome
	work     *scratch
	found    []Change
}

func (s *search) edits(known []Set) []Edit {
	var edits []Edit
	for _, col := range s.c.decisions[s.decision].inputs {
		f := s.c.Model.Facts[s.c.inputs[col]]
		to := f.All() &^ known[col]
		if known[col] == f.All() && len(f.Values) > 1 {
			to = f.All()
		}
		for _, v := range to.Positions() {
			edits = append(edits, Edit{Fact: f.ID, Column: col, From: known[col], To: v})
		}
	}
	return edits
}

// try records the edits when they alter the outcome.
func (s *search) try(known []Set, edits ...Edit) bool {
	trial := slices.Clone(known)
	for _, e := range edits {
		trial[e.Column] = 1 << e.To
	}
	o := s.c.decide(s.decision, trial, s.work)
	if o.Set == s.before.Set {
		return false
	}
	s.found = append(s.found, Change{Edits: edits, Outcome: o})
	return true
}

func (s *search) pairs(known []Set, edits []Edit, alone []bool) {
	for i, a := range edits {
		for j := i + 1; j < len(edits); j++ {
			if edits[j].Column != a.Column && !alone[i] && !alone[j] {
				s.try(known, a, edits[j])
			}
		}
	}
}

func (s *search) sort() {
	slices.SortStableFunc(s.found, func(a, b Change) int {
		return cmp.Or(cmp.Compare(distance(a), distance(b)), slices.CompareFunc(a.Edits, b.Edits, func(x, y Edit) int {
			return cmp.Or(cmp.Compare(x.Column, y.Column), cmp.Compare(x.To, y.To))
		}))
	})
}

// distance counts the steps in the order of values; from an unknown fact it is
// no step, because nothing known is given up.
func distance(c Change) int {
	d := 0
	for _, e := range c.Edits {
		switch {
		case e.From.Has(e.To):
		case e.To > e.From.Highest():
			d += e.To - e.From.Highest()
		case e.To < e.From.Lowest():
			d += e.From.Lowest() - e.To
		default:
			d++
		}
	}
	return d
}

// Words puts a change into words: the facts with their new values and the
// outcome that follows.
func (c *Compiled) Words(decision int, ch Change, lang string) string {
	colon, comma, arrow := ": ", ", ", " → "
	if lang == "ja" {
		colon, comma, arrow = "：", "、", "→"
	}
	text := ""
	for i, e := range ch.Edits {
		f := c.Model.Facts[c.inputs[e.Column]]
		if i > 0 {
			text += comma
		}
		text += f.Name.In(lang) + colon + f.Values[e.To].Name.In(lang)
	}
	return text + arrow + c.OutcomeFact(decision).Words(ch.Outcome.Set, lang)
}
