package decide

import (
	"fmt"
	"math"
	"slices"

	"noroshi.dev/format/ssvc"
)

// Flatten gives a node as a table: that of a table node as it is, that of a
// tree with one row per combination of the facts it asks, in their order.
// Combinations that the tree does not answer have no row.
func (m Model) Flatten(n Node) (Table, error) {
	if n.Table != nil {
		return *n.Table, nil
	}
	b, err := m.resolveNode(n)
	if err != nil {
		return Table{}, err
	}
	if b.cells == nil {
		return Table{}, fmt.Errorf("decide: flatten %s: %w: more than %d combinations; ask fewer facts", n.Outcome, ErrTooLarge, MaxCells)
	}
	t := Table{Inputs: n.Inputs()}
	for cell, o := range b.cells {
		if o == undecided {
			continue
		}
		row := Row{Then: m.Facts[b.outcome].Values[o].Key, When: make([]string, len(b.inputs))}
		for i, f := range b.inputs {
			row.When[i] = m.Facts[f].Values[cell/b.strides[i]%b.sizes[i]].Key
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// Grow gives a node as a tree: at every place the fact that tells most about
// the outcome of what is left is asked (ties by the order of inputs), values
// that lead to the same subtree share an answer, and a question whose answers
// all lead to the same place is left out. It fails when the node has
// combinations without outcome, or when the tree would have more than
// MaxBranches branches and leaves before equal ones are joined.
func (m Model) Grow(n Node) (Branch, error) {
	if n.Tree != nil {
		return *n.Tree, nil
	}
	b, err := m.resolveNode(n)
	if err != nil {
		return Branch{}, err
	}
	if slices.Contains(b.cells, undecided) {
		return Branch{}, fmt.Errorf("decide: grow %s: some combinations have no outcome; complete the table first", n.Outcome)
	}
	g := grower{node: b, model: m, ids: n.Table.Inputs}
	root := g.grow(0, make([]bool, len(b.inputs)))
	if g.count > MaxBranches {
		return Branch{}, fmt.Errorf("decide: grow %s: the tree has more than %d branches; look at it as a table", n.Outcome, MaxBranches)
	}
	return root, nil
}

func (m Model) resolveNode(n Node) (*node, error) {
	r := &resolver{model: Model{Key: m.Key, Facts: m.Facts, Nodes: []Node{n}}, index: map[ssvc.ID]int{}}
	if r.facts() {
		r.nodes()
	}
	if r.failed() {
		return nil, &Invalid{Findings: slices.DeleteFunc(r.findings, func(f Finding) bool { return f.Severity != Error })}
	}
	return &r.built[0], nil
}

type grower struct {
	model Model
	node  *node
	ids   []ssvc.ID
	count int // branches and leaves so far
}

// grow makes the tree of the cells in which the digits marked fixed have the
// values of base and the others are free.
func (g *grower) grow(base int, fixed []bool) Branch {
	if g.count++; g.count > MaxBranches {
		return Branch{}
	}
	if o, same := g.constant(base, fixed); same {
		return Branch{Outcome: g.model.Facts[g.node.outcome].Values[o].Key}
	}
	input := g.best(base, fixed)
	fact := g.model.Facts[g.node.inputs[input]]
	b := Branch{Ask: g.ids[input]}
	fixed[input] = true
	for v, value := range fact.Values {
		then := g.grow(base+v*g.node.strides[input], fixed)
		i := slices.IndexFunc(b.Answers, func(a Answer) bool { return equalBranch(a.Then, then) })
		if i >= 0 {
			b.Answers[i].Values = append(b.Answers[i].Values, value.Key)
		} else {
			b.Answers = append(b.Answers, Answer{Values: []string{value.Key}, Then: then})
		}
	}
	fixed[input] = false
	if len(b.Answers) == 1 {
		return b.Answers[0].Then
	}
	return b
}

func (g *grower) each(base int, fixed []bool, visit func(cell int) bool) bool {
	var walk func(i, cell int) bool
	walk = func(i, cell int) bool {
		if i == len(fixed) {
			return visit(cell)
		}
		if fixed[i] {
			return walk(i+1, cell)
		}
		for v := range g.node.sizes[i] {
			if !walk(i+1, cell+v*g.node.strides[i]) {
				return false
			}
		}
		return true
	}
	return walk(0, base)
}

func (g *grower) constant(base int, fixed []bool) (uint8, bool) {
	first := g.node.cells[base]
	return first, g.each(base, fixed, func(cell int) bool { return g.node.cells[cell] == first })
}

// best gives the free input with the least entropy of the outcome after it.
func (g *grower) best(base int, fixed []bool) int {
	best, least := -1, math.Inf(1)
	for i := range fixed {
		if fixed[i] {
			continue
		}
		counts := make([][]float64, g.node.sizes[i])
		for v := range counts {
			counts[v] = make([]float64, g.node.size)
		}
		g.each(base, fixed, func(cell int) bool {
			counts[cell/g.node.strides[i]%g.node.sizes[i]][g.node.cells[cell]]++
			return true
		})
		h := 0.0
		for _, c := range counts {
			h += countEntropy(c)
		}
		if h = round(h / float64(g.node.sizes[i])); h < least {
			best, least = i, h
		}
	}
	return best
}

func equalBranch(a, b Branch) bool {
	if a.Ask != b.Ask || a.Outcome != b.Outcome || len(a.Answers) != len(b.Answers) {
		return false
	}
	for i := range a.Answers {
		if !slices.Equal(a.Answers[i].Values, b.Answers[i].Values) || !equalBranch(a.Answers[i].Then, b.Answers[i].Then) {
			return false
		}
	}
	return true
}
