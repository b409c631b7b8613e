package dtree

import (
	"encoding/json"
	"fmt"
)

// Side is the way on from a node.
type Side uint8

// The sides.
const (
	// SideBoth follows both branches, weighted by the history behind them.
	SideBoth Side = iota
	SideLeft
	SideRight
)

// Node is a question, or a leaf with an answer. Nodes stand parents before children, left before right, so
// the left child of node i is always i+1.
type Node struct {
	// Attribute is the index of the fact asked for; -1 makes the node a leaf.
	Attribute int `json:"attribute"`
	// Left and Right are the values that lead there. Together they are all values that can reach the node. One
	// of them is empty where known is separated from unknown.
	Left  uint64 `json:"left,omitempty"`
	Right uint64 `json:"right,omitempty"`
	// Threshold of an ordinal fact is the last value on the left; -1 where there is none.
	Threshold int `json:"threshold"`
	// Missing is the way of an unknown fact.
	Missing Side `json:"missing,omitempty"`
	// LeftChild, RightChild and Parent are indices of nodes; -1 is none.
	LeftChild  int `json:"left_child"`
	RightChild int `json:"right_child"`
	Parent     int `json:"parent"`
	// Class is the answer of a leaf, and what the node would answer if it were one.
	Class int `json:"class"`
	// Counts are the cases of each class behind the node, Weight is their sum.
	Counts []float64 `json:"counts"`
	Weight float64   `json:"weight"`
	// Prior is the number of cases that the answer counts for on top of Counts, because a prior model gave it.
	Prior float64 `json:"prior,omitempty"`
	Depth int     `json:"depth"`
}

// Leaf tells whether the node asks nothing.
func (n *Node) Leaf() bool { return n.Attribute < 0 }

// Tree is a decision tree. It is not changed by any method, so it may be used by several goroutines at once.
type Tree struct {
	Schema Schema `json:"schema"`
	Nodes  []Node `json:"nodes"`
	// Cost is the matrix that answers were weighed with; nil is one each.
	Cost [][]float64 `json:"cost,omitempty"`
	// Unknown is how unknown facts are answered.
	Unknown Unknown `json:"unknown,omitempty"`
	// Abstained is set where the single leaf of the tree stands for "not enough history"; Reason says why.
	Abstained bool   `json:"abstained,omitempty"`
	Reason    Reason `json:"reason,omitempty"`
}

// Leaves is the number of leaves.
func (t *Tree) Leaves() int { return (len(t.Nodes) + 1) / 2 }

// Depth is the number of questions of the longest path.
func (t *Tree) Depth() int {
	d := 0
	for i := range t.Nodes {
		d = max(d, t.Nodes[i].Depth)
	}
	return d
}

// Reason is why a tree abstains.
type Reason string

// The reasons.
const (
	// ReasonHistory: the facts may decide, but the history is too small to show it.
	ReasonHistory Reason = "not enough history"
	// ReasonFacts: no tree on these facts does better than the majority.
	ReasonFacts Reason = "the facts do not decide this"
	// ReasonClass: the history knows one answer only.
	ReasonClass Reason = "only one answer in the history"
	// ReasonEmpty: there is no history.
	ReasonEmpty Reason = "no history"
)

// tree makes the tree at the price.
func (g *grower) tree(nodes []branch, price float64) *Tree {
	t := &Tree{Schema: g.schema, Cost: g.o.Cost, Unknown: g.o.Unknown}
	place := make(map[int32]int, len(nodes))
	walk(nodes, price, func(i int32, leaf bool) {
		b := &nodes[i]
		n := Node{Attribute: -1, Threshold: -1, LeftChild: -1, RightChild: -1, Parent: -1, Class: int(b.class), Counts: append([]float64(nil), b.counts...), Weight: b.weight, Depth: int(b.depth)}
		if !leaf {
			n.Attribute, n.Left, n.Right, n.Threshold, n.Missing = int(b.attr), b.left, b.right, int(b.threshold), b.missing
		}
		at := len(t.Nodes)
		place[i] = at
		if b.parent >= 0 {
			n.Parent = place[b.parent]
			up := &t.Nodes[n.Parent]
			if nodes[b.parent].kids[0] == i {
				up.LeftChild = at
			} else {
				up.RightChild = at
			}
		}
		t.Nodes = append(t.Nodes, n)
	})
	return t
}

// format names the encoding and its version.
const format = "noroshi-dtree-1"

type encoded struct {
	Format string `json:"format"`
	*Tree
}

// Encode writes the tree as JSON. Equal trees give equal bytes.
func (t *Tree) Encode() ([]byte, error) {
	b, err := json.Marshal(encoded{Format: format, Tree: t})
	if err != nil {
		return nil, fmt.Errorf("dtree: encode: %w", err)
	}
	return b, nil
}
