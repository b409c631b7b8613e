package dtree

import (
	"container/heap"
	"math"
	"slices"
)

// weakest gives every branch the price alpha of a leaf from which on it is a leaf itself: cost-complexity pruning
// by weakest links. Prices are costs per case of the history. A branch that vanishes with one above it has the
// price of that one, so that prices never rise downwards.
func weakest(nodes []branch) {
	if len(nodes) == 0 || nodes[0].weight == 0 {
		return
	}
	n := len(nodes)
	q := &links{nodes: nodes, cost: make([]float64, n), leaves: make([]int32, n), place: make([]int32, n), total: nodes[0].weight}
	for i := n - 1; i >= 0; i-- { // children stand behind their parents
		b := &nodes[i]
		b.alpha = 0
		q.place[i] = -1
		if b.leaf() {
			q.cost[i], q.leaves[i] = b.risk, 1
			continue
		}
		b.alpha = math.NaN()
		q.cost[i] = q.cost[b.kids[0]] + q.cost[b.kids[1]]
		q.leaves[i] = q.leaves[b.kids[0]] + q.leaves[b.kids[1]]
		q.place[i] = int32(len(q.order))
		q.order = append(q.order, int32(i))
	}
	heap.Init(q)
	price := 0.0
	for len(q.order) > 0 {
		at := heap.Pop(q).(int32)
		price = max(price, q.gain(at))
		q.collapse(at, price)
	}
}

// links is a heap of the branches that are not leaves, the cheapest to cut first.
type links struct {
	nodes  []branch
	cost   []float64 // of the leaves below
	leaves []int32
	order  []int32
	place  []int32
	total  float64
}

func (q *links) gain(i int32) float64 {
	g := (q.nodes[i].risk - q.cost[i]) / float64(q.leaves[i]-1) / q.total
	if g < 1e-12 {
		return 0 // rounding of fractional weights
	}
	return g
}

func (q *links) Len() int { return len(q.order) }
func (q *links) Less(i, j int) bool {
	x, y := q.gain(q.order[i]), q.gain(q.order[j])
	return x < y || x == y && q.order[i] > q.order[j]
}

func (q *links) Swap(i, j int) {
	q.order[i], q.order[j] = q.order[j], q.order[i]
	q.place[q.order[i]], q.place[q.order[j]] = int32(i), int32(j)
}

// Push is never called: no branch comes back.
func (q *links) Push(x any) { q.order = append(q.order, x.(int32)) }

// Pop takes the last one.
func (q *links) Pop() any {
	last := q.order[len(q.order)-1]
	q.order = q.order[:len(q.order)-1]
	q.place[last] = -1
	return last
}

func (q *links) collapse(at int32, price float64) {
	b := &q.nodes[at]
	b.alpha = price
	for _, kid := range b.kids {
		q.vanish(kid, price)
	}
	lost, gained := q.leaves[at]-1, b.risk-q.cost[at]
	for up := at; up >= 0; up = q.nodes[up].parent {
		q.leaves[up] -= lost
		q.cost[up] += gained
		if q.place[up] >= 0 {
			heap.Fix(q, int(q.place[up]))
		}
	}
}

// vanish takes out what still stood below a branch that became a leaf.
func (q *links) vanish(at int32, price float64) {
	b := &q.nodes[at]
	if b.leaf() || !math.IsNaN(b.alpha) {
		return
	}
	b.alpha = price
	if q.place[at] >= 0 {
		heap.Remove(q, int(q.place[at]))
	}
	q.vanish(b.kids[0], price)
	q.vanish(b.kids[1], price)
}

// prices are the distinct prices at which the tree changes, ascending from 0; equal ones up to rounding are one.
func prices(nodes []branch) []float64 {
	all := []float64{0}
	for i := range nodes {
		if !nodes[i].leaf() {
			all = append(all, nodes[i].alpha)
		}
	}
	slices.Sort(all)
	return slices.CompactFunc(all, func(x, y float64) bool { return math.Abs(y-x) <= 1e-9*max(x, y) })
}

// at tells whether the branch is a leaf at the price.
func (b *branch) at(price float64) bool { return b.leaf() || b.alpha <= price*(1+1e-9) }

// leavesAt counts the leaves of the tree at the price.
func leavesAt(nodes []branch, price float64) int {
	n := 0
	walk(nodes, price, func(_ int32, leaf bool) {
		if leaf {
			n++
		}
	})
	return n
}

// walk visits the nodes of the tree at the price, parents before children, left before right.
func walk(nodes []branch, price float64, visit func(i int32, leaf bool)) {
	stack := []int32{0}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		leaf := nodes[i].at(price)
		visit(i, leaf)
		if !leaf {
			stack = append(stack, nodes[i].kids[1], nodes[i].kids[0])
		}
	}
}
