package decide

import "math"

// Weights gives how likely the values of inputs are, by column; a missing or
// empty entry means that all values still possible are equally likely. Weights
// need not sum to one.
type Weights [][]float64

// of gives the probabilities of the values of a column within a set.
func (w Weights) of(col int, s Set, n int) []float64 {
	p := make([]float64, n)
	sum := 0.0
	for _, v := range s.Positions() {
		p[v] = 1
		if col < len(w) && v < len(w[col]) {
			p[v] = usable(w[col][v])
		}
		sum += p[v]
	}
	if sum == 0 { // all weights of the possible values are zero: they say nothing
		for _, v := range s.Positions() {
			p[v] = 1
		}
		sum = float64(s.Len())
	}
	for v := range p {
		p[v] /= sum
	}
	return p
}

// usable gives a weight that can be added up: what is negative, infinite or no
// number says nothing and counts as zero.
func usable(w float64) float64 {
	if w > 0 && w <= math.MaxFloat64/MaxValues {
		return w
	}
	return 0
}

// distribution gives the probability of every outcome of a plan when the
// inputs are independent. The last entry is that of no outcome. It is exact
// under the same condition as Decide; else node-wise.
func (c *Compiled) distribution(p *plan, probs [][]float64) []float64 {
	facts := make([][]float64, len(c.Model.Facts))
	fixed := make([][]float64, len(probs))
	copy(fixed, probs)
	total := make([]float64, len(c.Model.Facts[p.fact].Values)+1)
	combos := 1
	for _, col := range p.shared {
		combos = min(combos*support(probs[col]), maxFixed+1)
	}
	if combos > maxFixed || combos*p.work > maxWork {
		c.spread(p, fixed, facts, 1, total)
		return total
	}
	c.fixSpread(p, 0, 1, probs, fixed, facts, total)
	return total
}

func support(p []float64) int {
	n := 0
	for _, x := range p {
		if x > 0 {
			n++
		}
	}
	return n
}

func (c *Compiled) fixSpread(p *plan, i int, weight float64, probs, fixed, facts [][]float64, total []float64) {
	if i == len(p.shared) {
		c.spread(p, fixed, facts, weight, total)
		return
	}
	col := p.shared[i]
	for v, x := range probs[col] {
		if x == 0 {
			continue
		}
		one := make([]float64, len(probs[col]))
		one[v] = 1
		fixed[col] = one
		c.fixSpread(p, i+1, weight*x, probs, fixed, facts, total)
	}
	fixed[col] = probs[col]
}

// spread carries distributions through the nodes and adds the result.
func (c *Compiled) spread(p *plan, in, facts [][]float64, weight float64, total []float64) {
	for _, col := range p.inputs {
		facts[c.inputs[col]] = in[col]
	}
	for _, i := range p.nodes {
		n := &c.nodes[i]
		local := make([][]float64, len(n.inputs))
		for j, f := range n.inputs {
			local[j] = facts[f]
		}
		out := make([]float64, n.size)
		if n.tree == nil {
			spreadCells(n.cells, n.strides, local, 1, out)
		} else {
			n.tree.spread(local, 1, out)
		}
		facts[n.outcome] = out
	}
	sum := 0.0
	for v, x := range facts[p.fact] {
		total[v] += weight * x
		sum += x
	}
	total[len(total)-1] += weight * math.Max(0, 1-sum)
}

func spreadCells(cells []uint8, strides []int, local [][]float64, weight float64, out []float64) {
	if len(local) == 0 {
		if cells[0] != undecided {
			out[cells[0]] += weight
		}
		return
	}
	for v, x := range local[0] {
		if x > 0 {
			spreadCells(cells[v*strides[0]:], strides[1:], local[1:], weight*x, out)
		}
	}
}

func (b *branch) spread(local [][]float64, weight float64, out []float64) {
	if b == nil {
		return
	}
	if b.sets == nil {
		out[b.outcome] += weight
		return
	}
	saved := local[b.input]
	for i, s := range b.sets {
		share := 0.0
		part := make([]float64, len(saved))
		for v, x := range saved {
			if s.Has(v) {
				part[v] = x
				share += x
			}
		}
		if share == 0 {
			continue
		}
		for v := range part {
			part[v] /= share
		}
		local[b.input] = part
		b.next[i].spread(local, weight*share, out)
	}
	local[b.input] = saved
}

// entropy is in bits.
func entropy(p []float64) float64 {
	h := 0.0
	for _, x := range p {
		if x > 0 {
			h -= x * math.Log2(x)
		}
	}
	return h
}
