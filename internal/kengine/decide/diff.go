package decide

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"noroshi.dev/format/ssvc"
)

// RowChange is one combination of a node's inputs with another outcome.
type RowChange struct {
	// When holds FACT=value pairs by id, in the order of the inputs.
	When []string
	// From and To are outcome keys; empty where there is no row.
	From, To string
}

// NodeChange says how a node differs between two versions.
type NodeChange struct {
	Outcome ssvc.ID
	// Kind is added, removed, inputs (it reads other facts), rows (other
	// outcomes) or form (another shape with the same outcomes).
	Kind string
	// Rows lists changed combinations, at most maxRowChanges; Count is exact.
	Rows  []RowChange
	Count int
}

// ActionChange says how what an outcome means differs.
type ActionChange struct {
	Decision, Outcome string
	From, To          Action
}

// Diff is the difference of two versions of a model.
type Diff struct {
	FactsAdded, FactsRemoved, FactsChanged []ssvc.ID
	Nodes                                  []NodeChange
	DecisionsAdded, DecisionsRemoved       []string
	// DecisionsChanged lists decisions that expose another fact or have another
	// name or role.
	DecisionsChanged []string
	Actions          []ActionChange
}

// Empty reports whether nothing differs that has a meaning.
func (d Diff) Empty() bool {
	return len(d.FactsAdded)+len(d.FactsRemoved)+len(d.FactsChanged)+len(d.Nodes)+
		len(d.DecisionsAdded)+len(d.DecisionsRemoved)+len(d.DecisionsChanged)+len(d.Actions) == 0
}

const maxRowChanges = 200

// Compare tells what differs between two versions: facts, rows of every
// node (trees are compared by what they decide, not by their shape), decisions
// and actions. Both models must have no structural errors.
func Compare(from, to Model) (Diff, error) {
	var d Diff
	d.facts(from, to)
	for _, n := range from.Nodes {
		if to.Node(n.Outcome) < 0 {
			d.Nodes = append(d.Nodes, NodeChange{Outcome: n.Outcome, Kind: "removed"})
		}
	}
	for _, n := range to.Nodes {
		i := from.Node(n.Outcome)
		if i < 0 {
			d.Nodes = append(d.Nodes, NodeChange{Outcome: n.Outcome, Kind: "added"})
			continue
		}
		change, err := compareNodes(from, to, from.Nodes[i], n)
		if err != nil {
			return Diff{}, err
		}
		if change.Kind != "" {
			d.Nodes = append(d.Nodes, change)
		}
	}
	d.decisions(from, to)
	return d, nil
}

func (d *Diff) facts(from, to Model) {
	for _, f := range from.Facts {
		if to.Fact(f.ID) < 0 {
			d.FactsRemoved = append(d.FactsRemoved, f.ID)
		}
	}
	for _, f := range to.Facts {
		i := from.Fact(f.ID)
		switch {
		case i < 0:
			d.FactsAdded = append(d.FactsAdded, f.ID)
		case !reflect.DeepEqual(from.Facts[i], f):
			d.FactsChanged = append(d.FactsChanged, f.ID)
		}
	}
}

func compareNodes(from, to Model, a, b Node) (NodeChange, error) {
	c := NodeChange{Outcome: a.Outcome}
	if reflect.DeepEqual(a, b) {
		return c, nil
	}
	ta, err := from.Flatten(a)
	if err != nil {
		return c, err
	}
	tb, err := to.Flatten(b)
	if err != nil {
		return c, err
	}
	old, now := ta.byPairs(), tb.byPairs()
	for _, when := range slices.Sorted(maps.Keys(old)) {
		c.note(when, old[when], now[when])
	}
	for _, when := range slices.Sorted(maps.Keys(now)) {
		if _, both := old[when]; !both {
			c.note(when, "", now[when])
		}
	}
	switch {
	case !sameIDs(ta.Inputs, tb.Inputs):
		c.Kind = "inputs"
	case c.Count > 0:
		c.Kind = "rows"
	default:
		c.Kind = "form"
	}
	return c, nil
}

func (c *NodeChange) note(when, from, to string) {
	if from == to {
		return
	}
	if c.Count++; len(c.Rows) < maxRowChanges {
		c.Rows = append(c.Rows, RowChange{When: strings.Split(when, " "), From: from, To: to})
	}
}

func sameIDs(a, b []ssvc.ID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id ssvc.ID) bool { return !slices.Contains(b, id) })
}

// byPairs gives the outcome of each row by its id=value pairs, whatever the
// order of the columns.
func (t Table) byPairs() map[string]string {
	order := make([]int, len(t.Inputs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return t.Inputs[a].Compare(t.Inputs[b]) })
	rows := make(map[string]string, len(t.Rows))
	for _, r := range t.Rows {
		parts := make([]string, len(order))
		for i, c := range order {
			parts[i] = t.Inputs[c].String() + "=" + r.When[c]
		}
		rows[strings.Join(parts, " ")] = r.Then
	}
	return rows
}

func (d *Diff) decisions(from, to Model) {
	for _, x := range from.Decisions {
		if to.Decision(x.Key) < 0 {
			d.DecisionsRemoved = append(d.DecisionsRemoved, x.Key)
		}
	}
	for _, x := range to.Decisions {
		i := from.Decision(x.Key)
		if i < 0 {
			d.DecisionsAdded = append(d.DecisionsAdded, x.Key)
			continue
		}
		if was := from.Decisions[i]; was.Outcome != x.Outcome || was.Name != x.Name || was.Role != x.Role {
			d.DecisionsChanged = append(d.DecisionsChanged, x.Key)
		}
		for _, a := range x.Actions {
			old, ok := from.Decisions[i].Action(a.Outcome)
			if !ok || old != a {
				d.Actions = append(d.Actions, ActionChange{Decision: x.Key, Outcome: a.Outcome, From: old, To: a})
			}
		}
		for _, old := range from.Decisions[i].Actions {
			if _, ok := x.Action(old.Outcome); !ok {
				d.Actions = append(d.Actions, ActionChange{Decision: x.Key, Outcome: old.Outcome, From: old})
			}
		}
	}
}
