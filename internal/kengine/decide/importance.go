package decide

import (
	"math"
	"slices"

	"noroshi.dev/format/ssvc"
)

// Importance says how much an input means for a decision.
type Importance struct {
	Fact ssvc.ID
	// Changes is the share of input combinations in which changing this fact
	// alone can change the outcome, 0 to 1.
	Changes float64
	// Gain is the information about the outcome that knowing the fact alone is
	// expected to give when all combinations are equally likely, in bits.
	Gain float64
}

// Importance gives one entry per input of a decision, the most important
// first (by Changes, then Gain, then the order of inputs). It is false when the
// decision has more than MaxCells combinations.
func (c *Compiled) Importance(decision int) ([]Importance, bool) {
	p := &c.decisions[decision]
	cells := 1
	for _, n := range p.sizes {
		cells = min(cells*n, MaxCells+1)
	}
	if cells > MaxCells {
		return nil, false
	}
	joint := p.joint
	if joint == nil {
		joint = c.flatten(*p, cells)
	}
	list := make([]Importance, len(p.inputs))
	for i, col := range p.inputs {
		list[i].Fact = c.Model.Facts[c.inputs[col]].ID
	}
	weigh(list, joint, p.strides, p.sizes, len(c.Model.Facts[p.fact].Values))
	return list, true
}

// NodeImportance gives one entry per input of the node that decides a fact, as
// Importance does for the facts behind a decision. It is false when no node
// decides the fact or the node has more than MaxCells combinations.
func (c *Compiled) NodeImportance(outcome ssvc.ID) ([]Importance, bool) {
	f := c.Model.Fact(outcome)
	if f < 0 || c.producer[f] < 0 {
		return nil, false
	}
	n := &c.nodes[c.producer[f]]
	if n.cells == nil {
		return nil, false
	}
	list := make([]Importance, len(n.inputs))
	for i, in := range n.inputs {
		list[i].Fact = c.Model.Facts[in].ID
	}
	weigh(list, n.cells, n.strides, n.sizes, n.size)
	return list, true
}

// weigh fills in what the digits of a table mean and sorts them, the most
// important first.
func weigh(list []Importance, cells []uint8, strides, sizes []int, outcomes int) {
	all := make([]float64, outcomes+1) // and one for undecided
	for _, o := range cells {
		all[min(int(o), outcomes)]++
	}
	for i := range list {
		list[i].Changes = float64(swayed(cells, strides[i], sizes[i])) / float64(len(cells))
		list[i].Gain = math.Max(0, countEntropy(all)-conditional(cells, strides[i], sizes[i], outcomes+1))
	}
	slices.SortStableFunc(list, func(a, b Importance) int {
		switch {
		case a.Changes != b.Changes:
			return sign(b.Changes - a.Changes)
		default:
			return sign(round(b.Gain) - round(a.Gain))
		}
	})
}

func sign(x float64) int {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// swayed counts the cells whose outcome changes for some other value of the
// digit with this stride and size.
func swayed(joint []uint8, stride, size int) int {
	n := 0
	for base := range joint {
		if base/stride%size != 0 {
			continue
		}
		for v := 1; v < size; v++ {
			if joint[base+v*stride] != joint[base] {
				n += size
				break
			}
		}
	}
	return n
}

// conditional gives the mean entropy of the outcome given the digit.
func conditional(joint []uint8, stride, size, outcomes int) float64 {
	counts := make([][]float64, size)
	for v := range counts {
		counts[v] = make([]float64, outcomes)
	}
	for cell, o := range joint {
		counts[cell/stride%size][min(int(o), outcomes-1)]++
	}
	h := 0.0
	for _, count := range counts {
		h += countEntropy(count) / float64(size)
	}
	return h
}

// countEntropy gives the entropy of counts.
func countEntropy(counts []float64) float64 {
	sum := 0.0
	for _, n := range counts {
		sum += n
	}
	p := make([]float64, len(counts))
	for i, n := range counts {
		p[i] = n / sum
	}
	return entropy(p)
}
