package learn

import (
	"slices"

	"noroshi.dev/format/dtree"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// foldSeed deals cases to folds; any number does, as long as it stays.
const foldSeed = 20080110

// decideAll answers every case by a model that has the decision of the subject.
func (s *Subject) decideAll(c *decide.Compiled, h *history) []decide.Set {
	from := make([]int, len(c.Inputs()))
	for i, f := range c.Inputs() {
		from[i] = s.compiled.Column(f.ID)
	}
	columns := make([][]decide.Set, len(from))
	for i := range columns {
		columns[i] = make([]decide.Set, len(h.cases))
		for j := range h.cases {
			if col := from[i]; col >= 0 && col < len(h.cases[j].Inputs) {
				columns[i][j] = h.cases[j].Inputs[col]
			}
		}
	}
	out := make([][]decide.Set, len(c.Model.Decisions))
	for d := range out {
		out[d] = make([]decide.Set, len(h.cases))
	}
	c.NewEvaluator().DecideAll(columns, len(h.cases), out)
	return out[s.decision]
}

// measure compares answers with rulings.
func (s *Subject) measure(h *history, answers []decide.Set, costs trust.Costs) Measure {
	var m Measure
	total := 0.0
	ordered := s.Outcome.Scale == decide.Ordinal
	for i, set := range answers {
		w, ruled := h.cases[i].weight(), h.cases[i].Outcome
		total += w
		one, single := set.Single()
		near := ordered && (one == ruled-1 || one == ruled+1)
		switch {
		case !single:
			m.Undecided += w
		case one == ruled:
			m.Accuracy += w
			m.WithinOne += w
		case near:
			m.WithinOne += w
		}
		m.Cost += w * s.cost(set, ruled, costs)
	}
	if total > 0 {
		m.Accuracy, m.WithinOne, m.Undecided, m.Cost = m.Accuracy/total, m.WithinOne/total, m.Undecided/total, m.Cost/total
	}
	return m
}

// cost is that of the dearest outcome of a set.
func (s *Subject) cost(set decide.Set, ruled int, costs trust.Costs) float64 {
	most := 0.0
	for _, o := range set.Positions() {
		if s.Outcome.Scale != decide.Ordinal && o != ruled {
			o = ruled + 1
		}
		most = max(most, costs.Of(o, ruled))
	}
	return most
}

// cross answers every case by trees that were made without it, by both ways. Where a way makes no tree of
// the rest, the present model answers, which now gives.
func (s *Subject) cross(h *history, now []decide.Set, o Options) (revised, fresh []decide.Set, err error) {
	revised, fresh = slices.Clone(now), slices.Clone(now)
	class := make([]uint8, len(h.cases))
	for i := range class {
		class[i] = uint8(h.cases[i].Outcome)
	}
	fold := dtree.Stratified(class, foldSeed)
	for f := range o.Folds {
		var in, out []int
		for i := range fold {
			if int(fold[i])%o.Folds == f {
				out = append(out, i)
			} else {
				in = append(in, i)
			}
		}
		if len(in) == 0 || len(out) == 0 {
			continue
		}
		t, err := s.make(h.part(in), o)
		if err != nil {
			return nil, nil, err
		}
		for _, i := range out {
			if t.revised != nil {
				revised[i] = s.answer(t.revised, h.rows[i])
			}
			if t.fresh != nil {
				fresh[i] = s.answer(t.fresh, h.rows[i])
			}
		}
	}
	return revised, fresh, nil
}

// changes lists the ways through a new tree at whose end the present model says something else. Facts that
// lie in between are taken as if they were free.
func (s *Subject) changes(h *history, tree *decide.Branch) []LeafChange {
	var out []LeafChange
	row := make([]decide.Set, len(s.Facts))
	for i := range row {
		row[i] = decide.Full(s.values[i])
	}
	s.visit(tree, row, func(l *decide.Branch) {
		to := decide.Of(max(0, s.Outcome.Index(l.Outcome)))
		var from decide.Set
		if s.Present != nil {
			from = s.answer(s.Present, row)
		}
		if from == to {
			return
		}
		c := LeafChange{From: from, To: to}
		for i, set := range row {
			if set != decide.Full(s.values[i]) {
				c.When = append(c.When, Condition{Fact: i, Values: set})
			}
		}
		for _, r := range h.rows {
			if meets(r, row) {
				c.Cases++
			}
		}
		out = append(out, c)
	})
	return out
}

// meets reports whether a case can be one of those that the conditions describe.
func meets(row, when []decide.Set) bool {
	for i := range row {
		if row[i]&when[i] == 0 {
			return false
		}
	}
	return true
}
