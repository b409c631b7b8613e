package decide

import (
	"slices"

	"noroshi.dev/format/ssvc"
)

// Status is the state of a version of a model.
//
//	draft --activate--> active --retire--> retired
type Status string

// The states of a model version. Only an active one decides.
const (
	Draft   Status = "draft"
	Active  Status = "active"
	Retired Status = "retired"
)

// Mark is the priority that an outcome gives to a task.
type Mark string

// The marks, most urgent first.
const (
	Now  Mark = "now"
	Soon Mark = "soon"
	Plan Mark = "plan"
	None Mark = "none"
)

// Rank orders marks: 3 for Now down to 0 for None; unknown marks are 0.
func (m Mark) Rank() int {
	switch m {
	case Now:
		return 3
	case Soon:
		return 2
	case Plan:
		return 1
	default:
		return 0
	}
}

// DueKind says how the due time of an outcome is found.
type DueKind string

// The kinds of due time: no date, a number of hours after the decision, or the
// next regular upgrade of the system.
const (
	DueNone        DueKind = "none"
	DueWithin      DueKind = "within"
	DueNextUpgrade DueKind = "next upgrade"
)

// Due is the due rule of an outcome.
type Due struct {
	Kind DueKind
	// Hours counts from the decision; only with DueWithin.
	Hours int
}

// Action says what an outcome of a decision means in practice.
type Action struct {
	// Outcome is the key of the value of the decided fact.
	Outcome string
	Do      Text
	Due     Due
	Mark    Mark
}

// Decision exposes one decided fact of a model to people.
type Decision struct {
	// Key is unique in the model, such as "patch".
	Key  string
	Name Text
	// Outcome is the fact; a node of the model decides it.
	Outcome ssvc.ID
	// Role is who is responsible, as the organisation calls it.
	Role Text
	// Actions hold one entry per value of the fact, in the order of the values.
	Actions []Action
}

// Row is one row of a table: value keys of the inputs and of the outcome.
type Row struct {
	When []string
	Then string
}

// Table decides a fact by one row per combination of its inputs.
type Table struct {
	Inputs []ssvc.ID
	Rows   []Row
}

// Branch is a place in a tree: a question with answers, or a leaf.
type Branch struct {
	// Ask is the fact asked here; the zero ID marks a leaf.
	Ask ssvc.ID
	// Answers lead on; every value is in exactly one answer.
	Answers []Answer
	// Outcome is the key of the outcome value of a leaf.
	Outcome string
}

// Leaf reports whether the branch is a leaf.
func (b Branch) Leaf() bool { return b.Ask == ssvc.ID{} }

// Answer is one way on from a question.
type Answer struct {
	// Values are value keys of the fact asked; empty in the last answer means
	// all values not named before.
	Values []string
	Then   Branch
}

// Node decides one fact, by a table or by a tree; exactly one of both is set.
type Node struct {
	// Outcome is the fact that the node decides.
	Outcome ssvc.ID
	Table   *Table
	Tree    *Branch
	// Source names the published object that the node was made from, such as
	// cisa:DT_CO:2.0.3; empty for the organisation's own work.
	Source string
}

// Model is one version of an organisation's decision model.
type Model struct {
	// Key is the same for all versions of a model, such as "cisa-coordinator".
	Key string
	// Version counts from 1.
	Version int
	// Organisation is the owner; the engine does not read it.
	Organisation string
	Name         Text
	Description  Text
	Status       Status
	// Facts describe every fact that nodes and decisions name.
	Facts     []Fact
	Nodes     []Node
	Decisions []Decision
}

// Fact gives the position of the fact with this id, or -1.
func (m Model) Fact(id ssvc.ID) int {
	return slices.IndexFunc(m.Facts, func(f Fact) bool { return f.ID == id })
}

// Node gives the position of the node that decides the fact, or -1.
func (m Model) Node(outcome ssvc.ID) int {
	return slices.IndexFunc(m.Nodes, func(n Node) bool { return n.Outcome == outcome })
}

// Decision gives the position of the decision with this key, or -1.
func (m Model) Decision(key string) int {
	return slices.IndexFunc(m.Decisions, func(d Decision) bool { return d.Key == key })
}

// Action gives the action of an outcome value, false when the decision has none.
func (d Decision) Action(outcome string) (Action, bool) {
	i := slices.IndexFunc(d.Actions, func(a Action) bool { return a.Outcome == outcome })
	if i < 0 {
		return Action{}, false
	}
	return d.Actions[i], true
}

// Inputs gives the ids of the facts that the node reads: the inputs of a
// table, or the questions of a tree in the order in which they first occur.
func (n Node) Inputs() []ssvc.ID {
	if n.Table != nil {
		return n.Table.Inputs
	}
	if n.Tree == nil {
		return nil
	}
	var ids []ssvc.ID
	n.Tree.walk(func(b Branch) {
		if !b.Leaf() && !slices.Contains(ids, b.Ask) {
			ids = append(ids, b.Ask)
		}
	})
	return ids
}

func (b Branch) walk(visit func(Branch)) {
	visit(b)
	for _, a := range b.Answers {
		a.Then.walk(visit)
	}
}
