package decide

import (
	"noroshi.dev/format/ssvc"
)

// RoundTrip says what became of a published table as a tree and back.
type RoundTrip struct {
	ID   ssvc.ID
	Rows int
	// Leaves and Depth are those of the tree, Proven says that none has fewer
	// leaves.
	Leaves, Depth int
	Proven        bool
	// Exact says that tree and table agree on every combination, and that the
	// table made of the tree alone has the published rows again, all of them and
	// no others.
	Exact bool
	// Idle are the keys of facts that never matter, Never those of outcomes that
	// no combination gives.
	Idle, Never []string
}

// TableTreeTable makes the smallest tree of a published table and a table of
// that tree, and compares it with the published one by ids.
func TableTreeTable(t ssvc.DecisionTable) (RoundTrip, error) {
	r := RoundTrip{ID: t.ID, Rows: len(t.Rows)}
	m, err := FromTables("table", Text{EN: t.Name}, []ssvc.DecisionTable{t})
	if err != nil {
		return r, err
	}
	outcome := t.OutcomePoint().ID
	s, err := m.Simplify(outcome, AsTree)
	if err != nil {
		return r, err
	}
	r.Leaves, r.Depth, r.Proven = s.After.Leaves, s.After.Depth, s.Proven
	flat, err := m.Flatten(s.Node)
	if err != nil {
		return r, err
	}
	if flat, err = m.Widen(flat, m.Nodes[0].Inputs()); err != nil {
		return r, err
	}
	back, err := m.With(Node{Outcome: outcome, Table: &flat}).Table(outcome, t.ID)
	if err != nil {
		return r, err
	}
	back.Name, back.Definition = t.Name, t.Definition // a node has none of its own
	r.Exact = s.Compared == len(t.Rows) && ssvc.SemanticallyEqual(t, back)
	c, err := Compile(m)
	if err != nil {
		return r, err
	}
	if list, ok := c.NodeImportance(outcome); ok {
		for _, i := range list {
			if i.Changes == 0 {
				r.Idle = append(r.Idle, i.Fact.Key)
			}
		}
	}
	if u, ok := c.Unreachable(outcome); ok {
		r.Never = u.Outcomes
	}
	return r, nil
}
