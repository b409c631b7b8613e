package learn

import (
	"fmt"

	"noroshi.dev/format/dtree"
	"noroshi.dev/internal/kengine/decide"
)

// revise gives the present tree with those leaves changed against which the history gives evidence, and
// how many those are. Cases that do not lead to a single leaf say nothing about any.
func (s *Subject) revise(present decide.Branch, h *history, o Options) (decide.Branch, int, error) {
	out := clone(present)
	at := map[*decide.Branch][]int{}
	for i, row := range h.rows {
		var only *decide.Branch
		n := 0
		s.visit(&out, row, func(l *decide.Branch) { only, n = l, n+1 })
		if n == 1 {
			at[only] = append(at[only], i)
		}
	}
	changed := 0
	var walk func(b *decide.Branch) error
	walk = func(b *decide.Branch) error {
		for i := range b.Answers {
			if err := walk(&b.Answers[i].Then); err != nil {
				return err
			}
		}
		if len(at[b]) == 0 {
			return nil
		}
		now, ok, err := s.leaf(*b, h.part(at[b]), o)
		if err == nil && ok {
			*b = now
			changed++
		}
		return err
	}
	if err := walk(&out); err != nil {
		return out, 0, err
	}
	if changed == 0 {
		return out, 0, nil
	}
	return s.tidy(out), changed, nil
}

// leaf gives what should stand in place of a leaf by the cases that came to it, false if it should stay.
func (s *Subject) leaf(b decide.Branch, h *history, o Options) (decide.Branch, bool, error) {
	was := s.Outcome.Index(b.Outcome)
	differ := 0.0
	for i := range h.cases {
		if h.cases[i].Outcome != was {
			differ++
		}
	}
	if differ == 0 || dtree.SignTest(differ, 0) > o.Evidence {
		return b, false, nil
	}
	m, err := dtree.Train(s.data(h, o.HalfLife), o.training(true))
	if err != nil {
		return b, false, fmt.Errorf("learn: revise: %w", err)
	}
	for _, t := range []*dtree.Tree{m.Tree, majority(m)} {
		now := s.branch(t)
		if better, worse := s.compare(&b, &now, h); dtree.SignTest(better, worse) <= o.Evidence {
			return now, true, nil
		}
	}
	return b, false, nil
}

// majority is the single leaf of the commonest answer.
func majority(m *dtree.Model) *dtree.Tree {
	root := m.Candidate.Nodes[0]
	root.Attribute, root.LeftChild, root.RightChild = -1, -1, -1
	return &dtree.Tree{Schema: m.Candidate.Schema, Nodes: []dtree.Node{root}}
}

// compare counts the cases that a new tree answers rightly and the old one does not, and the other way.
func (s *Subject) compare(was, now *decide.Branch, h *history) (better, worse float64) {
	for i, row := range h.rows {
		right := decide.Of(h.cases[i].Outcome)
		a, b := s.answer(was, row) == right, s.answer(now, row) == right
		switch {
		case b && !a:
			better++
		case a && !b:
			worse++
		}
	}
	return better, worse
}

// tidy joins answers that lead to the same place after a change.
func (s *Subject) tidy(b decide.Branch) decide.Branch {
	if b.Leaf() {
		return b
	}
	for i, f := range s.Facts {
		if f.ID != b.Ask {
			continue
		}
		var ways []way
		var given decide.Set
		for _, a := range b.Answers {
			set, _ := f.Set(a.Values...)
			if len(a.Values) == 0 {
				set = f.All() &^ given
			}
			given |= set
			ways = append(ways, way{set, s.tidy(a.Then)})
		}
		return s.ask(i, ways)
	}
	return b
}
