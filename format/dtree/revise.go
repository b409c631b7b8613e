package dtree

import (
	"fmt"
	"math"
	"reflect"
	"slices"
)

// Revision is one leaf of a prior tree that the history changes, or one part of such a leaf.
type Revision struct {
	// Node is the leaf of the revised tree, Prior the leaf of the prior tree that it lay in.
	Node, Prior int
	From, To    int // classes
	// For and Against are the cases that were ruled To and From; Other those that were ruled neither.
	For, Against, Other float64
	// Chance is the probability of evidence at least as one-sided if both answers were equally likely.
	Chance float64
	Path   Path
}

// priorWeight is how many cases the answer of a prior model counts for in a distribution.
const priorWeight = 2

// Revise changes a prior tree where a history gives enough evidence against a leaf, and nowhere else: the leaf gets
// another answer, or new questions that part off the cases which do. Evidence is a sign test at Options.Evidence
// between the prior's answer and the new one; five rulings against none are enough at the default. The schema of the
// prior must be that of the history. The tree keeps the prior's questions, and its counts are those of the history.
//
// A change that would break a monotone demand of the schema, against the rest of the prior or against a change with
// better evidence, is not made. What the prior itself breaks stays as it is where nothing is said against it.
func Revise(prior *Tree, d Data, o Options) (*Tree, []Revision, error) {
	if err := prior.check(); err != nil {
		return nil, nil, err
	}
	if err := d.Check(); err != nil {
		return nil, nil, err
	}
	if err := o.Check(d.Schema); err != nil {
		return nil, nil, err
	}
	if !reflect.DeepEqual(prior.Schema, d.Schema) {
		return nil, nil, fmt.Errorf("dtree: %w: the prior has another schema than the history", ErrSchema)
	}
	c := gather(d, o)
	refused := map[answer]bool{}
	for {
		r := newReviser(prior, c, o, refused)
		r.revise()
		worst := r.offender()
		if worst < 0 {
			return r.tree, r.changes, nil
		}
		refused[answer{r.changes[worst].Prior, r.changes[worst].To}] = true
	}
}

// answer is a class in a leaf of the prior.
type answer struct{ prior, class int }

func newReviser(prior *Tree, c *cases, o Options, refused map[answer]bool) *reviser {
	r := &reviser{g: newGrower(c, o), prior: prior, refused: refused, tree: &Tree{Schema: prior.Schema, Cost: o.Cost, Unknown: prior.Unknown}}
	for _, n := range c.size {
		r.g.allowed = append(r.g.allowed, allOf(n))
	}
	return r
}

// revise makes the tree and the list of its changes.
func (r *reviser) revise() {
	c := r.g.cases
	units := make([]int32, len(c.class))
	for u := range units {
		units[u] = int32(u)
	}
	r.g.spareU, r.g.spareW = make([]int32, 0, len(units)), make([]float64, 0, len(units))
	r.node(0, -1, 0, units, slices.Clone(c.weight))
	for i := range r.changes {
		r.changes[i].Path = r.tree.Path(r.changes[i].Node)
	}
}

type reviser struct {
	g       *grower
	prior   *Tree
	tree    *Tree
	changes []Revision
	refused map[answer]bool // that break a monotone demand
}

// add appends a node with the counts of its cases and returns its index.
func (r *reviser) add(n Node, parent, depth int, counts []float64) int {
	n.Parent, n.Depth, n.LeftChild, n.RightChild = parent, depth, -1, -1
	n.Counts, n.Weight = slices.Clone(counts), sum(counts)
	r.tree.Nodes = append(r.tree.Nodes, n)
	return len(r.tree.Nodes) - 1
}

// node copies node i of the prior with everything below it.
func (r *reviser) node(i, parent, depth int, units []int32, w []float64) int {
	p := r.prior.Nodes[i]
	counts := r.g.count(units, w)
	if p.Leaf() {
		return r.leaf(i, parent, depth, units, w)
	}
	s := split{attr: int32(p.Attribute), left: p.Left, right: p.Right, missing: p.Missing, threshold: int32(p.Threshold)}
	if s.missing == SideBoth {
		s.missing = SideLeft
		if r.prior.Nodes[p.RightChild].Weight > r.prior.Nodes[p.LeftChild].Weight {
			s.missing = SideRight
		}
	}
	lu, lw, ru, rw := r.g.part(units, w, &s)
	at := r.add(p, parent, depth, counts)
	was := r.g.allowed[s.attr]
	r.g.allowed[s.attr] = was & s.left
	left := r.node(p.LeftChild, at, depth+1, lu, lw)
	r.g.allowed[s.attr] = was & s.right
	right := r.node(p.RightChild, at, depth+1, ru, rw)
	r.g.allowed[s.attr] = was
	r.tree.Nodes[at].LeftChild, r.tree.Nodes[at].RightChild = left, right
	return at
}

// leaf grows a tree on the cases of a leaf of the prior and keeps of it what the evidence carries.
func (r *reviser) leaf(i, parent, depth int, units []int32, w []float64) int {
	active := make([]int32, len(r.g.size))
	for a := range active {
		active[a] = int32(a)
	}
	from := len(r.g.nodes)
	top := r.g.node(units, w, active, -1, 0, 0, int32(len(r.tree.Schema.Classes)-1))
	grown := slices.Clone(r.g.nodes[from:])
	for k := range grown {
		for side := range grown[k].kids {
			if grown[k].kids[side] >= 0 {
				grown[k].kids[side] -= top
			}
		}
	}
	r.g.nodes = r.g.nodes[:from]
	v := make([]verdict, len(grown))
	r.weigh(grown, v, 0, i)
	return r.graft(grown, v, 0, i, parent, depth)
}

// verdict is what becomes of a node that was grown in a leaf of the prior.
type verdict struct {
	gain float64 // cost that the history saves, less the price of the leaves
	to   int     // the answer of the node as a leaf
	deep bool    // whether its questions are kept
	test Revision
}

// leafPrice is what a new leaf costs, in the mean cost of one mistake: without it single cases would part off.
const leafPrice = 1

func (r *reviser) weigh(grown []branch, v []verdict, at int32, prior int) {
	b := &grown[at]
	v[at] = r.test(b.counts, prior)
	if b.leaf() {
		return
	}
	r.weigh(grown, v, b.kids[0], prior)
	r.weigh(grown, v, b.kids[1], prior)
	below := v[b.kids[0]].gain + v[b.kids[1]].gain - leafPrice
	if below > v[at].gain+slack {
		v[at].gain, v[at].deep = below, true
	}
}

// test is the best answer for the counts that the evidence allows in place of that of a leaf of the prior.
func (r *reviser) test(counts []float64, prior int) verdict {
	from := r.prior.Nodes[prior].Class
	v := verdict{to: from}
	for c := range counts {
		if c == from || r.refused[answer{prior, c}] {
			continue
		}
		saved := 0.0
		for actual, n := range counts {
			saved += n * (r.g.cost[actual][from] - r.g.cost[actual][c])
		}
		chance := SignTest(counts[c], counts[from])
		if saved > v.gain+slack && chance <= r.g.o.evidence() {
			other := max(0, sum(counts)-counts[c]-counts[from])
			v = verdict{gain: saved, to: c, test: Revision{From: from, To: c, For: counts[c], Against: counts[from], Other: other, Chance: chance}}
		}
	}
	return v
}

// SignTest is the one-sided sign test: the probability, 0 to 1, of at least yes cases of yes+no where both are
// equally likely. Parts of cases are dropped from yes and kept in no, so that they never make evidence.
func SignTest(yes, no float64) float64 {
	y := math.Floor(yes + slack)
	n := y + math.Ceil(no-slack)
	if y <= 0 {
		return 1
	}
	if n > 10_000 { // the normal curve with the correction for whole numbers
		return 0.5 * math.Erfc((y-0.5-n/2)/math.Sqrt(n/2))
	}
	ln, _ := math.Lgamma(n + 1)
	p := 0.0
	for k := y; k <= n; k++ {
		lk, _ := math.Lgamma(k + 1)
		lr, _ := math.Lgamma(n - k + 1)
		p += math.Exp(ln - lk - lr - n*math.Ln2)
	}
	return min(1, p)
}

// graft appends what the verdicts keep of the grown nodes.
func (r *reviser) graft(grown []branch, v []verdict, at int32, prior, parent, depth int) int {
	b := &grown[at]
	if !v[at].deep {
		p := r.prior.Nodes[prior]
		n := Node{Attribute: -1, Threshold: -1, Class: v[at].to}
		if n.Class == p.Class {
			n.Prior = priorWeight
		}
		i := r.add(n, parent, depth, b.counts)
		if n.Class != p.Class {
			change := v[at].test
			change.Node, change.Prior = i, prior
			r.changes = append(r.changes, change)
		}
		return i
	}
	n := Node{Attribute: int(b.attr), Left: b.left, Right: b.right, Threshold: int(b.threshold), Missing: b.missing, Class: v[at].to}
	i := r.add(n, parent, depth, b.counts)
	left := r.graft(grown, v, b.kids[0], prior, i, depth+1)
	right := r.graft(grown, v, b.kids[1], prior, i, depth+1)
	r.tree.Nodes[i].LeftChild, r.tree.Nodes[i].RightChild = left, right
	return i
}
