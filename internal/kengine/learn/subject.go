package learn

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"noroshi.dev/format/dtree"
	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// ErrDecision is wrapped by the error about a decision that cannot be learnt.
var ErrDecision = errors.New("decision")

// Subject is one decision of a model in the form in which it is learnt.
type Subject struct {
	// Facts are what a new tree may ask: the inputs of the node that decides, then the other inputs of the
	// model that reach the decision.
	Facts []decide.Fact
	// Outcome is the fact decided.
	Outcome decide.Fact
	// Present is the tree of the node as it is; nil where the node has gaps or is too large for a tree.
	Present *decide.Branch

	compiled *decide.Compiled
	decision int
	node     int              // in Model.Nodes
	column   []int            // of each fact among the inputs of the model; -1: a node decides it
	derived  *decide.Compiled // decides the facts of column -1, in their order; nil where there are none
	values   []int            // number of values of each fact
}

// NewSubject prepares a decision, given by its position in the decisions of the model.
func NewSubject(c *decide.Compiled, decision int) (*Subject, error) {
	if decision < 0 || decision >= len(c.Model.Decisions) {
		return nil, fmt.Errorf("learn: %w %d: the model has %d", ErrDecision, decision, len(c.Model.Decisions))
	}
	s := &Subject{compiled: c, decision: decision, Outcome: c.OutcomeFact(decision)}
	s.node = c.Model.Node(s.Outcome.ID)
	if s.node < 0 {
		return nil, fmt.Errorf("learn: %w %s: no node decides it", ErrDecision, c.Model.Decisions[decision].Key)
	}
	ids := slices.Clone(c.Model.Nodes[s.node].Inputs())
	for _, col := range c.Relevant(decision) {
		if id := c.Inputs()[col].ID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var derived []ssvc.ID
	for _, id := range ids {
		f := c.Model.Facts[c.Model.Fact(id)]
		col := c.Column(id)
		if col < 0 {
			derived = append(derived, id)
		}
		s.Facts, s.column, s.values = append(s.Facts, f), append(s.column, col), append(s.values, len(f.Values))
	}
	if len(derived) > 0 {
		var err error
		if s.derived, err = exposing(c.Model, derived); err != nil {
			return nil, err
		}
	}
	if b, err := c.Model.Grow(c.Model.Nodes[s.node]); err == nil {
		s.Present = &b
	}
	return s, nil
}

// exposing compiles a model whose decisions are the given facts, so that they can be asked for.
func exposing(m decide.Model, ids []ssvc.ID) (*decide.Compiled, error) {
	m.Decisions = make([]decide.Decision, len(ids))
	for i, id := range ids {
		m.Decisions[i] = decide.Decision{Key: strconv.Itoa(i), Outcome: id}
	}
	c, err := decide.Compile(m)
	if err != nil {
		return nil, fmt.Errorf("learn: facts in between: %w", err)
	}
	return c, nil
}

// rows gives what is known of the facts of the subject in each case.
func (s *Subject) rows(cases []Case) [][]decide.Set {
	out := make([][]decide.Set, len(cases))
	for i := range cases {
		out[i] = s.row(cases[i].Inputs)
	}
	return out
}

func (s *Subject) row(in []decide.Set) []decide.Set {
	out := make([]decide.Set, len(s.Facts))
	var between []decide.Outcome
	if s.derived != nil {
		known := make([]decide.Set, len(s.derived.Inputs()))
		for i, f := range s.derived.Inputs() {
			if col := s.compiled.Column(f.ID); col >= 0 && col < len(in) {
				known[i] = in[col]
			}
		}
		between = s.derived.Decide(known)
	}
	at := 0
	for i, col := range s.column {
		if col < 0 {
			out[i] = between[at].Set
			at++
		} else if col < len(in) {
			out[i] = in[col]
		}
		all := decide.Full(s.values[i])
		if out[i] &= all; out[i] == 0 {
			out[i] = all
		}
	}
	return out
}

// schema describes the subject for learning.
func (s *Subject) schema() dtree.Schema {
	out := dtree.Schema{ClassesOrdered: s.Outcome.Scale == decide.Ordinal}
	for i := range s.Facts {
		a := dtree.Attribute{Name: s.Facts[i].ID.String(), Ordinal: s.Facts[i].Scale == decide.Ordinal}
		for _, v := range s.Facts[i].Values {
			a.Values = append(a.Values, v.Key)
		}
		out.Attributes = append(out.Attributes, a)
	}
	for _, v := range s.Outcome.Values {
		out.Classes = append(out.Classes, v.Key)
	}
	return out
}

// history is cases ready to learn from; all slices have one entry a case.
type history struct {
	cases []Case
	rows  [][]decide.Set
}

func (s *Subject) history(cases []Case) *history {
	h := &history{cases: sorted(cases)}
	h.cases = slices.DeleteFunc(h.cases, func(c Case) bool { return c.Outcome < 0 || c.Outcome >= len(s.Outcome.Values) })
	h.rows = s.rows(h.cases)
	return h
}

// part is the cases of the given positions.
func (h *history) part(at []int) *history {
	out := &history{cases: make([]Case, len(at)), rows: make([][]decide.Set, len(at))}
	for i, j := range at {
		out.cases[i], out.rows[i] = h.cases[j], h.rows[j]
	}
	return out
}

// data gives the history in the form of the induction. Ages count from the newest case.
func (s *Subject) data(h *history, halfLife time.Duration) dtree.Data {
	d := dtree.Data{Schema: s.schema(), Class: make([]uint8, len(h.cases)), Weight: make([]float64, len(h.cases))}
	d.Columns = make([][]uint64, len(s.Facts))
	for f := range d.Columns {
		d.Columns[f] = make([]uint64, len(h.cases))
		for i := range h.rows {
			d.Columns[f][i] = uint64(h.rows[i][f])
		}
	}
	var newest time.Time
	for i := range h.cases {
		d.Class[i], d.Weight[i] = uint8(h.cases[i].Outcome), h.cases[i].weight()
		if h.cases[i].At.After(newest) {
			newest = h.cases[i].At
		}
	}
	if halfLife > 0 {
		d.Age = make([]float64, len(h.cases))
		for i := range h.cases {
			d.Age[i] = newest.Sub(h.cases[i].At).Hours()
		}
	}
	return d
}

// with gives the model with another tree for the decision, as a draft of its own work.
func (s *Subject) with(b decide.Branch) decide.Model {
	m := s.compiled.Model
	m.Nodes = slices.Clone(m.Nodes)
	m.Nodes[s.node] = decide.Node{Outcome: s.Outcome.ID, Tree: &b}
	m.Status = decide.Draft
	return m
}
