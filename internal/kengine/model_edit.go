package kengine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/kengine/decide"
)

// EditKind is one act of the outline editor.
type EditKind string

// The acts of the editor. A place in a tree is the list of answer positions that lead to it.
const (
	EditName      EditKind = "name"      // Text, Description: what the model is called
	EditRow       EditKind = "row"       // Row, Outcome: the outcome of one row of a table
	EditOutcome   EditKind = "outcome"   // Place, Outcome: a leaf, whatever stood there is pruned
	EditAsk       EditKind = "ask"       // Place, Fact: ask a fact here, every value keeps what stood here
	EditSplit     EditKind = "split"     // Place, Answer, Value: a value gets an answer of its own
	EditMerge     EditKind = "merge"     // Place, Answer: joins the answer above
	EditUp        EditKind = "up"        // Place, Answer: changes place with the answer above
	EditDown      EditKind = "down"      // Place, Answer: changes place with the answer below
	EditGrow      EditKind = "grow"      // a table becomes the smallest equal tree
	EditFlatten   EditKind = "flatten"   // a tree becomes the equal table
	EditAddInput  EditKind = "add"       // Fact: a table gets one more column, rows are repeated
	EditDropInput EditKind = "drop"      // Fact, Value: a table loses a column, rows of this value stay
	EditAction    EditKind = "action"    // Decision, Outcome, Text, Due, Mark: what an outcome means
	EditDecision  EditKind = "decision"  // Decision, Text, Role: what a decision is called and whose it is
	EditDefault   EditKind = "default"   // Fact, Values, Text: what holds where nobody says anything
	EditFactText  EditKind = "fact-text" // Fact, Text, Description: name and question of a fact
)

// ModelEdit is one act of the outline editor on a draft.
type ModelEdit struct {
	Kind        EditKind
	Node        string // id of the outcome fact of the node
	Place       []int
	Answer      int
	Row         int
	Fact        string // id
	Value       string // key
	Values      []string
	Outcome     string // key
	Decision    string // key
	Text        decide.Text
	Description decide.Text
	Role        decide.Text
	Due         string // "none", "next upgrade" or hours such as "72h"
	Mark        decide.Mark
}

// apply returns m after the edit; m itself is not changed.
func (e ModelEdit) apply(m decide.Model) (decide.Model, error) {
	m.Nodes, m.Facts, m.Decisions = slices.Clone(m.Nodes), slices.Clone(m.Facts), slices.Clone(m.Decisions)
	switch e.Kind {
	case EditName:
		m.Name, m.Description = e.Text, e.Description
		return m, nil
	case EditAction, EditDecision:
		return e.editDecision(m)
	case EditDefault, EditFactText:
		return e.editFact(m)
	default:
		return e.editNodes(m)
	}
}

// editNodes changes the node that the edit names.
func (e ModelEdit) editNodes(m decide.Model) (decide.Model, error) {
	at := m.Node(factID(e.Node))
	if at < 0 {
		return m, e.refuse("node", "kengine.edit.no_node")
	}
	n, err := e.editNode(&m, m.Nodes[at])
	if err != nil {
		return m, err
	}
	n.Source = "" // it is the organisation's own now
	m.Nodes[at] = n
	return m, nil
}

func (e ModelEdit) refuse(field, key string) error {
	return fault.New(fault.Invalid, "kengine.edit", string(e.Kind)).Field(field, key)
}

func (e ModelEdit) editNode(m *decide.Model, n decide.Node) (decide.Node, error) {
	switch e.Kind {
	case EditGrow:
		if n.Table == nil {
			return n, e.refuse("node", "kengine.edit.no_table")
		}
		tree, err := m.Grow(n)
		if err != nil {
			return n, e.refuse("node", "kengine.edit.incomplete")
		}
		n.Table, n.Tree = nil, &tree
		return n, nil
	case EditFlatten:
		if n.Tree == nil {
			return n, e.refuse("node", "kengine.edit.no_tree")
		}
		table, err := m.Flatten(n)
		if err != nil {
			return n, e.refuse("node", "kengine.edit.too_large")
		}
		n.Tree, n.Table = nil, &table
		return n, nil
	case EditRow, EditAddInput, EditDropInput:
		if n.Table == nil {
			return n, e.refuse("node", "kengine.edit.no_table")
		}
		table, err := e.editTable(m, n)
		n.Table = &table
		return n, err
	default:
		if n.Tree == nil {
			return n, e.refuse("node", "kengine.edit.no_tree")
		}
		tree, err := e.editTree(m, *n.Tree, e.Place)
		n.Tree = &tree
		return n, err
	}
}

// editTable changes one row, or a column, of a table.
func (e ModelEdit) editTable(m *decide.Model, n decide.Node) (decide.Table, error) {
	t := decide.Table{Inputs: slices.Clone(n.Table.Inputs), Rows: slices.Clone(n.Table.Rows)}
	switch e.Kind {
	case EditRow:
		if e.Row < 0 || e.Row >= len(t.Rows) {
			return t, e.refuse("row", "kengine.edit.no_row")
		}
		if !hasValue(m, n.Outcome, e.Outcome) {
			return t, e.refuse("outcome", "kengine.edit.no_value")
		}
		t.Rows[e.Row].Then = e.Outcome
		return t, nil
	case EditAddInput:
		return e.addInput(m, t)
	default:
		return e.dropInput(m, t)
	}
}

func (e ModelEdit) dropInput(m *decide.Model, t decide.Table) (decide.Table, error) {
	at := slices.Index(t.Inputs, factID(e.Fact))
	if at < 0 {
		return t, e.refuse("fact", "kengine.edit.no_fact")
	}
	if !hasValue(m, t.Inputs[at], e.Value) {
		return t, e.refuse("value", "kengine.edit.no_value")
	}
	t.Inputs = slices.Delete(t.Inputs, at, at+1)
	t.Rows = slices.DeleteFunc(t.Rows, func(r decide.Row) bool { return r.When[at] != e.Value })
	for i, r := range t.Rows {
		t.Rows[i].When = slices.Delete(slices.Clone(r.When), at, at+1)
	}
	return t, nil
}

// maxEditedRows bounds a table that grows by a column.
const maxEditedRows = 20_000

func (e ModelEdit) addInput(m *decide.Model, t decide.Table) (decide.Table, error) {
	id := factID(e.Fact)
	at := m.Fact(id)
	switch {
	case at < 0:
		return t, e.refuse("fact", "kengine.edit.no_fact")
	case slices.Contains(t.Inputs, id):
		return t, e.refuse("fact", "kengine.edit.fact_twice")
	case len(t.Rows)*len(m.Facts[at].Values) > maxEditedRows:
		return t, e.refuse("fact", "kengine.edit.too_large")
	}
	t.Inputs = append(t.Inputs, id)
	rows := make([]decide.Row, 0, len(t.Rows)*len(m.Facts[at].Values))
	for _, r := range t.Rows {
		for _, v := range m.Facts[at].Values {
			rows = append(rows, decide.Row{When: append(slices.Clone(r.When), v.Key), Then: r.Then})
		}
	}
	t.Rows = rows
	return t, nil
}

// editTree changes the branch at a place; the branches on the way are copied.
func (e ModelEdit) editTree(m *decide.Model, b decide.Branch, place []int) (decide.Branch, error) {
	if len(place) == 0 {
		return e.editBranch(m, b)
	}
	if place[0] < 0 || place[0] >= len(b.Answers) {
		return b, e.refuse("place", "kengine.edit.no_place")
	}
	b.Answers = slices.Clone(b.Answers)
	then, err := e.editTree(m, b.Answers[place[0]].Then, place[1:])
	b.Answers[place[0]].Then = then
	return b, err
}

func (e ModelEdit) editBranch(m *decide.Model, b decide.Branch) (decide.Branch, error) {
	switch e.Kind {
	case EditOutcome:
		if !hasValue(m, factID(e.Node), e.Outcome) {
			return b, e.refuse("outcome", "kengine.edit.no_value")
		}
		return decide.Branch{Outcome: e.Outcome}, nil
	case EditAsk:
		at := m.Fact(factID(e.Fact))
		if at < 0 || e.Fact == e.Node {
			return b, e.refuse("fact", "kengine.edit.no_fact")
		}
		asked := decide.Branch{Ask: m.Facts[at].ID}
		for _, v := range m.Facts[at].Values {
			asked.Answers = append(asked.Answers, decide.Answer{Values: []string{v.Key}, Then: b})
		}
		return asked, nil
	default:
		if e.Answer < 0 || e.Answer >= len(b.Answers) {
			return b, e.refuse("answer", "kengine.edit.no_answer")
		}
		return e.editAnswers(named(m, b))
	}
}

// named returns b with the values of a last answer "all others" written out, so that answers can
// change places.
func named(m *decide.Model, b decide.Branch) decide.Branch {
	b.Answers = slices.Clone(b.Answers)
	last := &b.Answers[len(b.Answers)-1]
	if len(last.Values) > 0 {
		return b
	}
	if at := m.Fact(b.Ask); at >= 0 {
		for _, v := range m.Facts[at].Values {
			if !slices.ContainsFunc(b.Answers, func(a decide.Answer) bool { return slices.Contains(a.Values, v.Key) }) {
				last.Values = append(last.Values, v.Key)
			}
		}
	}
	return b
}

func (e ModelEdit) editAnswers(b decide.Branch) (decide.Branch, error) {
	i := e.Answer
	switch e.Kind {
	case EditSplit:
		a := &b.Answers[i]
		at := slices.Index(a.Values, e.Value)
		if at < 0 || len(a.Values) < 2 {
			return b, e.refuse("value", "kengine.edit.no_value")
		}
		a.Values = slices.Delete(slices.Clone(a.Values), at, at+1)
		b.Answers = slices.Insert(b.Answers, i+1, decide.Answer{Values: []string{e.Value}, Then: a.Then})
	case EditMerge:
		if i == 0 {
			return b, e.refuse("answer", "kengine.edit.no_answer")
		}
		up := &b.Answers[i-1]
		up.Values = append(slices.Clone(up.Values), b.Answers[i].Values...)
		b.Answers = slices.Delete(b.Answers, i, i+1)
		if len(b.Answers) == 1 {
			return b.Answers[0].Then, nil
		}
	case EditUp, EditDown:
		j := i - 1
		if e.Kind == EditDown {
			j = i + 1
		}
		if j < 0 || j >= len(b.Answers) {
			return b, e.refuse("answer", "kengine.edit.no_answer")
		}
		b.Answers[i], b.Answers[j] = b.Answers[j], b.Answers[i]
	default:
		return b, e.refuse("kind", "kengine.edit.kind")
	}
	return b, nil
}

// editDecision changes what a decision, or one of its outcomes, is called and means.
func (e ModelEdit) editDecision(m decide.Model) (decide.Model, error) {
	at := m.Decision(e.Decision)
	if at < 0 {
		return m, e.refuse("decision", "kengine.edit.no_decision")
	}
	d := &m.Decisions[at]
	if e.Kind == EditDecision {
		d.Name, d.Role = e.Text, e.Role
		return m, nil
	}
	due, err := decide.ParseDue(strings.TrimSpace(e.Due))
	if err != nil {
		return m, e.refuse("due", "kengine.edit.due")
	}
	if !slices.Contains([]decide.Mark{decide.Now, decide.Soon, decide.Plan, decide.None}, e.Mark) {
		return m, e.refuse("mark", "kengine.edit.mark")
	}
	if !hasValue(&m, d.Outcome, e.Outcome) {
		return m, e.refuse("outcome", "kengine.edit.no_value")
	}
	action := decide.Action{Outcome: e.Outcome, Do: e.Text, Due: due, Mark: e.Mark}
	d.Actions = slices.Clone(d.Actions)
	i := slices.IndexFunc(d.Actions, func(a decide.Action) bool { return a.Outcome == e.Outcome })
	if i >= 0 {
		d.Actions[i] = action
		return m, nil
	}
	d.Actions = append(d.Actions, action)
	order := m.Facts[m.Fact(d.Outcome)]
	slices.SortFunc(d.Actions, func(a, b decide.Action) int { return order.Index(a.Outcome) - order.Index(b.Outcome) })
	return m, nil
}

// editFact changes the default or the words of a fact.
func (e ModelEdit) editFact(m decide.Model) (decide.Model, error) {
	at := m.Fact(factID(e.Fact))
	if at < 0 {
		return m, e.refuse("fact", "kengine.edit.no_fact")
	}
	f := &m.Facts[at]
	if e.Kind == EditFactText {
		f.Name, f.Question = e.Text, e.Description
		return m, nil
	}
	if len(e.Values) == 0 {
		f.Default = nil
		return m, nil
	}
	if _, ok := f.Set(e.Values...); !ok {
		return m, e.refuse("values", "kengine.edit.no_value")
	}
	f.Default = &decide.Default{Values: e.Values, Why: e.Text}
	return m, nil
}

func hasValue(m *decide.Model, fact ssvc.ID, key string) bool {
	at := m.Fact(fact)
	return at >= 0 && m.Facts[at].Index(key) >= 0
}

// PlaceText writes a place in a tree for a form: "0.2.1"; the root is "".
func PlaceText(place []int) string {
	parts := make([]string, len(place))
	for i, p := range place {
		parts[i] = strconv.Itoa(p)
	}
	return strings.Join(parts, ".")
}

// ParsePlace reads a place in a tree.
func ParsePlace(s string) ([]int, error) {
	if s == "" {
		return nil, nil
	}
	var place []int
	for part := range strings.SplitSeq(s, ".") {
		n := 0
		if _, err := fmt.Sscanf(part, "%d", &n); err != nil || n < 0 || len(place) > 64 {
			return nil, fault.New(fault.Invalid, "kengine.edit").Field("place", "kengine.edit.no_place")
		}
		place = append(place, n)
	}
	return place, nil
}
