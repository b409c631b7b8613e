package decide

import (
	"fmt"
	"slices"

	"noroshi.dev/format/ssvc"
)

// Form is how a node is written.
type Form string

// The forms of a node.
const (
	AsTree  Form = "tree"
	AsTable Form = "table"
)

// Shape is how large a node is.
type Shape struct {
	Form Form
	// Inputs is the number of facts read, Rows that of the rows of a table.
	Inputs, Rows int
	// Leaves and Depth are those of a tree: ends, and questions on the longest
	// way; 0 of a table.
	Leaves, Depth int
}

// Shape gives the size of a node.
func (n Node) Shape() Shape {
	s := Shape{Form: AsTable, Inputs: len(n.Inputs())}
	if n.Tree != nil {
		s.Form = AsTree
		s.Leaves, s.Depth = n.Tree.Size()
	} else if n.Table != nil {
		s.Rows = len(n.Table.Rows)
	}
	return s
}

// Simplification is a node in another form that decides the same.
type Simplification struct {
	Outcome       ssvc.ID
	Before, After Shape
	// Node is the new form. It keeps Source, because it decides what the
	// published object decides.
	Node Node
	// Proven says that no tree of such questions has fewer leaves (Smallest).
	Proven bool
	// Compared is the number of combinations of all inputs that both forms were
	// asked for; every one of them gave the same outcome.
	Compared int
}

// Simplify writes the node that decides a fact as its smallest tree, or as a
// table of the facts that it reads, and compares both forms over all
// combinations of their inputs. It fails where Smallest and Flatten do; m is
// not changed.
func (m Model) Simplify(outcome ssvc.ID, to Form) (Simplification, error) {
	i := m.Node(outcome)
	if i < 0 {
		return Simplification{}, fmt.Errorf("decide: simplify %s: no node decides it", outcome)
	}
	n := m.Nodes[i]
	s := Simplification{Outcome: outcome, Before: n.Shape(), Node: Node{Outcome: outcome, Source: n.Source}}
	switch to {
	case AsTree:
		tree, proven, err := m.Smallest(n)
		if err != nil {
			return s, err
		}
		s.Node.Tree, s.Proven = &tree, proven
	case AsTable:
		table, err := m.Flatten(n)
		if err != nil {
			return s, err
		}
		if len(table.Inputs) == 0 {
			return s, fmt.Errorf("decide: simplify %s: it asks nothing: %w", outcome, ErrIncomplete)
		}
		s.Node.Table = &table
	default:
		return s, fmt.Errorf("decide: simplify %s: %q is neither %s nor %s", outcome, to, AsTree, AsTable)
	}
	s.After = s.Node.Shape()
	compared, differ, err := m.Agree(n, s.Node)
	if err == nil && differ > 0 {
		err = fmt.Errorf("decide: simplify %s: %d of %d combinations would be decided otherwise", outcome, differ, compared)
	}
	s.Compared = compared
	return s, err
}

// With gives the model with a node in the place of the one that decides the
// same fact; m is not changed.
func (m Model) With(n Node) Model {
	m.Nodes = slices.Clone(m.Nodes)
	if i := m.Node(n.Outcome); i >= 0 {
		m.Nodes[i] = n
	}
	return m
}

// Agree asks two nodes of the model for every combination of the facts that
// either reads, each in its own form, and counts the combinations and those
// that they decide otherwise. A combination without outcome is like any other
// outcome. It fails beyond MaxCells combinations.
func (m Model) Agree(a, b Node) (combinations, differ int, err error) {
	x, err := m.resolveNode(a)
	if err != nil {
		return 0, 0, err
	}
	y, err := m.resolveNode(b)
	if err != nil {
		return 0, 0, err
	}
	facts := slices.Clone(x.inputs)
	for _, f := range y.inputs {
		if !slices.Contains(facts, f) {
			facts = append(facts, f)
		}
	}
	cells := 1
	for _, f := range facts {
		if cells *= len(m.Facts[f].Values); cells > MaxCells {
			return 0, 0, fmt.Errorf("decide: compare %s: %w: more than %d combinations", a.Outcome, ErrTooLarge, MaxCells)
		}
	}
	values := make([]uint8, len(m.Facts))
	for range cells {
		if x.at(values) != y.at(values) {
			differ++
		}
		for _, f := range slices.Backward(facts) {
			if values[f]++; int(values[f]) < len(m.Facts[f].Values) {
				break
			}
			values[f] = 0
		}
	}
	return cells, differ, nil
}

// Widen gives a table with all of these inputs, in this order, one row per
// combination; the table must read no other fact. It fails beyond MaxCells rows
// and where the facts are not described.
func (m Model) Widen(t Table, inputs []ssvc.ID) (Table, error) {
	cells := 1
	sizes, at := make([]int, len(inputs)), make([]int, len(t.Inputs))
	for i, id := range inputs {
		f := m.Fact(id)
		if f < 0 {
			return Table{}, fmt.Errorf("decide: widen: fact %s is not described", id)
		}
		sizes[i] = len(m.Facts[f].Values)
		if cells *= sizes[i]; cells > MaxCells {
			return Table{}, fmt.Errorf("decide: widen: %w: more than %d combinations", ErrTooLarge, MaxCells)
		}
	}
	for i, id := range t.Inputs {
		if at[i] = slices.Index(inputs, id); at[i] < 0 {
			return Table{}, fmt.Errorf("decide: widen: the table reads %s, which is not among the inputs", id)
		}
	}
	then := make(map[string]string, len(t.Rows))
	for _, r := range t.Rows {
		then[rowKey(r.When)] = r.Then
	}
	out := Table{Inputs: inputs}
	step := strides(sizes)
	for cell := range cells {
		row := Row{When: make([]string, len(inputs))}
		for i, id := range inputs {
			row.When[i] = m.Facts[m.Fact(id)].Values[cell/step[i]%sizes[i]].Key
		}
		narrow := make([]string, len(at))
		for i, c := range at {
			narrow[i] = row.When[c]
		}
		var ok bool
		if row.Then, ok = then[rowKey(narrow)]; ok {
			out.Rows = append(out.Rows, row)
		}
	}
	return out, nil
}

// rowKey joins value keys, which hold no spaces.
func rowKey(when []string) string { return fmt.Sprint(when) }
