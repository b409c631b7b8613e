package decide

// Outcome is the result of one decision for one report.
type Outcome struct {
	// Set holds the outcome values still possible; empty when the model says
	// nothing about any completion of what is known.
	Set Set
	// Exact is false when Set may hold values that no completion gives.
	Exact bool
}

// Decide gives the outcomes still possible of every decision of the model, in
// the order of Model.Decisions, for what is known of the inputs (in the order
// of Inputs; an empty set means unknown).
func (c *Compiled) Decide(in []Set) []Outcome {
	known := c.normal(in)
	out := make([]Outcome, len(c.decisions))
	work := newScratch(c)
	for d := range c.decisions {
		out[d] = c.decide(d, known, work)
	}
	return out
}

// scratch is the working memory of an evaluation.
type scratch struct {
	facts []Set // per fact of the model
	local []Set // inputs of one node
	fixed []Set // inputs with shared ones fixed
}

func newScratch(c *Compiled) *scratch {
	return &scratch{
		facts: make([]Set, len(c.Model.Facts)),
		local: make([]Set, len(c.Model.Facts)),
		fixed: make([]Set, len(c.inputs)),
	}
}

// decide gives one decision for normalised inputs.
func (c *Compiled) decide(d int, in []Set, w *scratch) Outcome {
	p := &c.decisions[d]
	if p.joint != nil {
		local := w.local[:len(p.inputs)]
		for i, col := range p.inputs {
			local[i] = in[col]
		}
		return Outcome{Set: scan(p.joint, p.strides, local, ^Set(0)), Exact: true}
	}
	return c.propagate(p, in, w)
}

// propagate fixes shared inputs one combination at a time and combines the
// rest node by node.
func (c *Compiled) propagate(p *plan, in []Set, w *scratch) Outcome {
	combos := 1
	for _, col := range p.shared {
		combos = min(combos*in[col].Len(), maxFixed+1)
	}
	copy(w.fixed, in)
	if combos > maxFixed || combos*p.work > maxWork {
		return Outcome{Set: c.forward(p, w.fixed, w)}
	}
	full := c.nodes[c.producer[p.fact]].reach
	return Outcome{Set: c.fix(p, 0, in, w, full), Exact: true}
}

func (c *Compiled) fix(p *plan, i int, in []Set, w *scratch, full Set) Set {
	if i == len(p.shared) {
		return c.forward(p, w.fixed, w)
	}
	col := p.shared[i]
	var out Set
	for rest := in[col]; rest != 0 && out != full; rest &= rest - 1 {
		w.fixed[col] = rest & -rest
		out |= c.fix(p, i+1, in, w, full)
	}
	return out
}

// forward combines sets node by node; exact when no input with more than one
// value reaches the decision by two ways.
func (c *Compiled) forward(p *plan, in []Set, w *scratch) Set {
	for _, col := range p.inputs {
		w.facts[c.inputs[col]] = in[col]
	}
	for _, i := range p.nodes {
		n := &c.nodes[i]
		w.facts[n.outcome] = n.eval(w)
	}
	return w.facts[p.fact]
}

// eval gives the outcomes of one node for independent sets of its inputs.
func (n *node) eval(w *scratch) Set {
	local := w.local[:len(n.inputs)]
	decided := true
	for i, f := range n.inputs {
		local[i] = w.facts[f]
		decided = decided && local[i] != 0
	}
	if n.cells != nil && decided {
		return scan(n.cells, n.strides, local, n.reach)
	}
	if n.tree == nil {
		return 0 // an undecided input leaves a table undecided
	}
	return n.tree.scan(local)
}

// scan unites the outcomes of all combinations of the sets; it stops when it
// has found all that there can be.
func scan(cells []uint8, strides []int, sets []Set, full Set) Set {
	if len(sets) == 0 {
		if cells[0] == undecided {
			return 0
		}
		return 1 << cells[0]
	}
	var out Set
	stride := strides[0]
	for rest := sets[0]; rest != 0; rest &= rest - 1 {
		v := rest.Lowest()
		out |= scan(cells[v*stride:], strides[1:], sets[1:], full)
		if out == full {
			break
		}
	}
	return out
}

func (b *branch) scan(sets []Set) Set {
	if b == nil {
		return 0
	}
	if b.sets == nil {
		return 1 << b.outcome
	}
	var out Set
	saved := sets[b.input]
	for i, s := range b.sets {
		if sets[b.input] = saved & s; sets[b.input] != 0 {
			out |= b.next[i].scan(sets)
		}
	}
	sets[b.input] = saved
	return out
}
