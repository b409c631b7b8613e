package dtree

import "math/bits"

// Prediction is an answer.
type Prediction struct {
	Class int
	// Distribution is the share of each class in the history behind the answer; it sums to 1.
	Distribution []float64
	// Leaf is the node that answered; -1 when several did, because facts are unknown.
	Leaf int
	// Leaves are the nodes that answered with their parts of the answer; the parts sum to 1.
	Leaves []Part
	// Support is the weight of the history behind the answer.
	Support float64
	// Abstained is set where the tree gives the majority because it knows no better; Reason says why.
	Abstained bool
	Reason    Reason
}

// Part is the part of an answer that a leaf gave.
type Part struct {
	Leaf int
	Part float64
}

// Predict answers for the facts of a row, one mask an attribute: the values that are still possible. No bit, all
// bits or a missing column is unknown. A fact that is known in part follows the branches that its values reach.
func (t *Tree) Predict(row []uint64) Prediction {
	p := Prediction{Leaf: -1, Distribution: make([]float64, len(t.Schema.Classes)), Abstained: t.Abstained, Reason: t.Reason}
	t.reach(0, row, 1, &p)
	same := true
	for _, l := range p.Leaves {
		n := &t.Nodes[l.Leaf]
		p.Support += l.Part * n.Weight
		same = same && n.Class == t.Nodes[p.Leaves[0].Leaf].Class
		t.mix(n, l.Part, p.Distribution)
	}
	if len(p.Leaves) == 1 {
		p.Leaf = p.Leaves[0].Leaf
	}
	p.Class = t.Nodes[p.Leaves[0].Leaf].Class
	if !same {
		p.Class = t.cheapest(p.Distribution)
	}
	return p
}

// Class answers with the class alone, for many rows.
func (t *Tree) Class(row []uint64) int {
	i := 0
	for {
		n := &t.Nodes[i]
		if n.Leaf() {
			return n.Class
		}
		left, right := t.ways(n, row)
		switch {
		case right == 0:
			i = n.LeftChild
		case left == 0:
			i = n.RightChild
		default:
			return t.Predict(row).Class
		}
	}
}

func (t *Tree) reach(i int, row []uint64, part float64, p *Prediction) {
	n := &t.Nodes[i]
	if n.Leaf() {
		p.Leaves = append(p.Leaves, Part{Leaf: i, Part: part})
		return
	}
	left, right := t.ways(n, row)
	if left > 0 {
		t.reach(n.LeftChild, row, part*left, p)
	}
	if right > 0 {
		t.reach(n.RightChild, row, part*right, p)
	}
}

// ways are the parts of the answer that the two branches give; they sum to 1.
func (t *Tree) ways(n *Node, row []uint64) (left, right float64) {
	mask := uint64(0)
	size := len(t.Schema.Attributes[n.Attribute].Values)
	if n.Attribute < len(row) {
		mask = row[n.Attribute] & allOf(size)
	}
	l, r := t.Nodes[n.LeftChild].Weight, t.Nodes[n.RightChild].Weight
	if unknown(mask, size) || mask&(n.Left|n.Right) == 0 {
		if t.Unknown == UnknownLearnt && n.Missing != SideBoth {
			if n.Missing == SideLeft {
				return 1, 0
			}
			return 0, 1
		}
	} else {
		l *= reached(mask, n.Left)
		r *= reached(mask, n.Right)
		switch {
		case mask&n.Right == 0:
			return 1, 0
		case mask&n.Left == 0:
			return 0, 1
		}
	}
	if l+r == 0 {
		return 0.5, 0.5
	}
	return l / (l + r), r / (l + r)
}

// reached is the share of the branch's values that are still possible.
func reached(mask, branch uint64) float64 {
	if branch == 0 {
		return 0
	}
	return float64(bits.OnesCount64(mask&branch)) / float64(bits.OnesCount64(branch))
}

// mix adds the leaf's shares.
func (t *Tree) mix(n *Node, part float64, into []float64) {
	all := n.Weight + n.Prior
	if all == 0 {
		into[n.Class] += part
		return
	}
	for c, x := range n.Counts {
		into[c] += part * x / all
	}
	into[n.Class] += part * n.Prior / all
}

func (t *Tree) cheapest(share []float64) int {
	best, least := 0, 0.0
	for c := range share {
		cost := 0.0
		for actual, p := range share {
			switch {
			case t.Cost != nil:
				cost += p * t.Cost[actual][c]
			case actual != c:
				cost += p
			}
		}
		if c == 0 || cost < least-slack {
			best, least = c, cost
		}
	}
	return best
}
