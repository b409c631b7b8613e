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
	outcomes := len(c.Model.Facts[p.fact].Values) + 1
	all := make([]float64, outcomes)
	for _, o := range joint {
		all[min(int(o), outcomes-1)]++
	}
	list := make([]Importance, len(p.inputs))
	for i, col := range p.inputs {
		list[i] = Importance{
			Fact:    c.Model.Facts[c.inputs[col]].ID,
			Changes: float64(swayed(joint, p.strides[i], p.sizes[i])) / float64(cells),
			Gain:    countEntropy(all) - conditional(joint, p.strides[i], p.sizes[i], outcomes),
		}
		list[i].Gain = math.Max(0, list[i].Gain)
	}
	slices.SortStableFunc(list, func(a, b Importance) int {
		switch {
		case a.Changes != b.Changes:
			return sign(b.Changes - a.Changes)
		default:
			return sign(round(b.Gain) - round(a.Gain))
		}
	})
	return list, true
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
