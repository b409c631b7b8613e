package decide

import (
	"slices"

	"noroshi.dev/format/ssvc"
)

// Limits of a model.
const (
	// MaxCells is the largest number of combinations of one table.
	MaxCells = 4 << 20
	// MaxFacts is the largest number of facts of a model.
	MaxFacts = 256
	// MaxNodes is the largest number of nodes of a model.
	MaxNodes = 128
	// MaxDecisions is the largest number of decisions of a model.
	MaxDecisions = 32
	// MaxBranches is the largest number of branches and leaves of one tree.
	MaxBranches = 20_000
	// MaxDepth is the greatest depth of a tree.
	MaxDepth = 64

	maxTotal = 4 * MaxCells // combinations of all nodes of a model together
	maxJoint = 1 << 16      // cells of a decision flattened over its whole graph
	maxFlat  = 1 << 22      // cells x nodes computed while flattening
	maxFixed = 1 << 16      // combinations of shared inputs fixed one at a time
	maxWork  = 1 << 26      // cells looked at for one decision of one report
)

// undecided marks a combination without a row.
const undecided = 0xff

// Compiled is a model made ready to decide. It is immutable and safe for
// concurrent use.
type Compiled struct {
	// Model is the model as compiled: facts, decisions and the list of nodes are
	// its own; the tables and trees of the nodes must not be changed.
	Model Model

	inputs    []int // facts that no node decides, in the order of Model.Facts
	column    []int // fact -> column of inputs, or -1
	nodes     []node
	producer  []int // fact -> node that decides it, or -1
	decisions []plan
}

// node is a Node with facts as positions.
type node struct {
	outcome int
	size    int   // values of the outcome
	inputs  []int // facts
	sizes   []int // values per input
	strides []int
	cells   []uint8 // nil when the tree has more than MaxCells combinations
	tree    *branch
	reach   Set // outcomes that some combination gives
}

// branch is a Branch with values as sets; a leaf has no sets.
type branch struct {
	input   int // position in node.inputs
	sets    []Set
	next    []*branch
	outcome uint8
}

// plan is how one decision is computed.
type plan struct {
	fact   int
	nodes  []int // nodes that lead to the fact, in order of computation
	inputs []int // columns that reach the fact
	shared []int // columns that reach it by more than one way
	work   int   // cells of all its nodes, the cost of one pass

	joint   []uint8 // flattened decision over inputs; nil when large
	strides []int
	sizes   []int
	shifts  []uint // place of each input's mask in the memo key
	bits    uint   // width of the memo key
}

// Compile checks the structure of a model and makes it ready to decide. The
// error is *Invalid and names every structural fault: facts or values that do
// not exist, two nodes for one fact, a cycle with its path, too large a table.
// Missing combinations are no error here; Check reports them.
func Compile(m Model) (*Compiled, error) {
	c, findings := build(m)
	findings = slices.DeleteFunc(findings, func(f Finding) bool { return f.Severity != Error })
	if len(findings) > 0 {
		return nil, &Invalid{Findings: findings}
	}
	return c, nil
}

// build compiles as far as possible and tells everything it noticed.
func build(m Model) (*Compiled, []Finding) {
	m = m.own()
	r := &resolver{model: m, index: make(map[ssvc.ID]int, len(m.Facts))}
	if !r.facts() {
		return nil, r.findings
	}
	r.nodes()
	if r.failed() {
		return nil, r.findings
	}
	c := &Compiled{Model: m, nodes: r.built, column: make([]int, len(m.Facts)), producer: r.producer}
	if !r.order(c) {
		return nil, r.findings
	}
	used := make([]bool, len(m.Facts))
	for _, n := range c.nodes {
		for _, f := range n.inputs {
			used[f] = true
		}
	}
	for f := range m.Facts {
		c.column[f] = -1
		switch {
		case r.producer[f] >= 0:
		case used[f]:
			c.column[f] = len(c.inputs)
			c.inputs = append(c.inputs, f)
		default:
			r.add(Warning, KeyFactUnused, m.Facts[f].ID.String())
		}
	}
	r.decisions(c)
	if r.failed() {
		return nil, r.findings
	}
	return c, r.findings
}

// own gives a copy of a model that shares nothing but tables and trees.
func (m Model) own() Model {
	m.Facts, m.Nodes, m.Decisions = slices.Clone(m.Facts), slices.Clone(m.Nodes), slices.Clone(m.Decisions)
	for i := range m.Facts {
		m.Facts[i] = m.Facts[i].clone()
	}
	for i := range m.Decisions {
		m.Decisions[i].Actions = slices.Clone(m.Decisions[i].Actions)
	}
	return m
}

// Inputs gives the facts that no node decides, in the order of the columns of
// Decide and DecideAll.
func (c *Compiled) Inputs() []Fact {
	facts := make([]Fact, len(c.inputs))
	for i, f := range c.inputs {
		facts[i] = c.Model.Facts[f]
	}
	return facts
}

// Column gives the column of an input fact, or -1.
func (c *Compiled) Column(id ssvc.ID) int {
	f := c.Model.Fact(id)
	if f < 0 {
		return -1
	}
	return c.column[f]
}

// Relevant gives the columns of the inputs that can reach a decision (by its
// position in Model.Decisions).
func (c *Compiled) Relevant(decision int) []int { return slices.Clone(c.decisions[decision].inputs) }

// OutcomeFact gives the fact that a decision exposes.
func (c *Compiled) OutcomeFact(decision int) Fact { return c.Model.Facts[c.decisions[decision].fact] }

// Unknown gives one full set per input: what is known before anything is said.
func (c *Compiled) Unknown() []Set {
	in := make([]Set, len(c.inputs))
	for i, f := range c.inputs {
		in[i] = c.Model.Facts[f].All()
	}
	return in
}

// Sets gives the inputs for knowledge by fact id; facts that are absent are
// unknown, ids that are no inputs are ignored.
func (c *Compiled) Sets(known map[ssvc.ID]Set) []Set {
	in := c.Unknown()
	for i, f := range c.inputs {
		if s, ok := known[c.Model.Facts[f].ID]; ok {
			in[i] = s.known(len(c.Model.Facts[f].Values))
		}
	}
	return in
}

// normal gives a copy of the inputs in which the empty set is the full one and
// missing columns are unknown.
func (c *Compiled) normal(in []Set) []Set {
	out := make([]Set, len(c.inputs))
	for i, f := range c.inputs {
		n := len(c.Model.Facts[f].Values)
		if i < len(in) {
			out[i] = in[i].known(n)
		} else {
			out[i] = Full(n)
		}
	}
	return out
}

// newPlan works out how the decided fact follows from the inputs and flattens
// it where small.
func (c *Compiled) newPlan(fact int) plan {
	p := c.route(fact)
	cells := 1
	for _, size := range p.sizes {
		cells = min(cells*size, MaxCells+1)
	}
	if cells <= maxJoint && cells*len(p.nodes) <= maxFlat {
		p.joint = c.flatten(p, cells)
	}
	return p
}

// route finds nodes, inputs and shared inputs of a decided fact.
func (c *Compiled) route(fact int) plan {
	p := plan{fact: fact}
	ways := make([]int, len(c.Model.Facts))
	ways[fact] = 1
	for i, n := range slices.Backward(c.nodes) {

		if ways[n.outcome] == 0 {
			continue
		}
		p.nodes = append(p.nodes, i)
		p.work += max(len(n.cells), 1)
		for _, f := range n.inputs {
			ways[f] = min(ways[f]+ways[n.outcome], 2)
		}
	}
	slices.Reverse(p.nodes)
	for col, f := range c.inputs {
		if ways[f] == 0 {
			continue
		}
		size := len(c.Model.Facts[f].Values)
		p.inputs = append(p.inputs, col)
		p.sizes = append(p.sizes, size)
		p.shifts = append(p.shifts, p.bits)
		p.bits += uint(size)
		if ways[f] > 1 {
			p.shared = append(p.shared, col)
		}
	}
	p.strides = strides(p.sizes)
	return p
}

// flatten computes the outcome of every combination of the plan's inputs.
func (c *Compiled) flatten(p plan, cells int) []uint8 {
	joint := make([]uint8, cells)
	values := make([]uint8, len(c.Model.Facts))
	for cell := range joint {
		for i, col := range p.inputs {
			values[c.inputs[col]] = uint8(cell / p.strides[i] % p.sizes[i])
		}
		joint[cell] = c.point(&p, values)
	}
	return joint
}

// point gives the outcome for one value per fact; values of decided facts are
// filled in. A node without a row for its combination leaves its fact
// undecided, and so are tables that read it; a tree may still not ask for it.
func (c *Compiled) point(p *plan, values []uint8) uint8 {
	for _, i := range p.nodes {
		n := &c.nodes[i]
		values[n.outcome] = n.at(values)
	}
	return values[p.fact]
}

func (n *node) at(values []uint8) uint8 {
	if n.tree == nil {
		cell := 0
		for i, f := range n.inputs {
			if values[f] == undecided {
				return undecided
			}
			cell += int(values[f]) * n.strides[i]
		}
		return n.cells[cell]
	}
	b := n.tree
	for b != nil && b.sets != nil {
		v := int(values[n.inputs[b.input]])
		i := slices.IndexFunc(b.sets, func(s Set) bool { return s.Has(v) })
		if i < 0 {
			return undecided
		}
		b = b.next[i]
	}
	if b == nil {
		return undecided
	}
	return b.outcome
}

// strides gives the step of each digit of a mixed-radix number, the last digit
// fastest.
func strides(sizes []int) []int {
	s := make([]int, len(sizes))
	step := 1
	for i := len(sizes) - 1; i >= 0; i-- {
		s[i] = step
		step *= sizes[i]
	}
	return s
}
