package dtree

import (
	"math"
	"sort"
)

// trial is the cross-validation of the pruned trees of one history: step j is the tree at the j-th price.
type trial struct {
	prices []float64 // of the full tree
	probes []float64 // the price that each step is tried at: between its own and the next
	cost   []float64 // mean cost of each step
	hit    []float64 // accuracy
	near   []float64 // accuracy within one class
	se     []float64 // standard error of cost
	diff   []float64 // mean cost above the step `best`
	diffSE []float64
	gain   []float64 // mean cost of the majority above the step
	gainSE []float64
	best   int
	folds  int
	rounds int
}

// stretch is what a held-out case gets from the steps from..to-1 of one fold's trees.
type stretch struct {
	from, to int32
	weight   float64
	cost     float64
	last     float64 // what the majority of the fold's history costs it
	actual   uint8
	class    int32
}

// cross tries every step on held-out cases. A step of price a[j] to a[j+1] is tried at their geometric mean
// (Breiman and others, 1984, section 11.5). It is nil when there are not two cases to hold out.
func cross(c *cases, o Options, full []branch) *trial {
	folds, rounds := c.foldsOf(o)
	if folds < 2 {
		return nil
	}
	t := &trial{prices: prices(full), folds: folds, rounds: rounds}
	n := len(t.prices)
	t.probes = make([]float64, n)
	for j := range t.probes {
		t.probes[j] = math.Inf(1)
		if j+1 < n {
			t.probes[j] = math.Sqrt(t.prices[j] * t.prices[j+1])
		}
	}
	g := newGrower(c, o)
	var all []stretch
	train := make([]float64, len(c.weight))
	for round := range rounds {
		held := c.deal(folds, o.Seed+uint64(round)*0x51ed2701)
		for f := range folds {
			for u, w := range c.weight {
				train[u] = max(0, w-held[u*folds+f])
			}
			nodes := g.grow(train)
			weakest(nodes)
			all = t.hold(g, nodes, held, f, all)
		}
	}
	t.means(all, len(t.prices))
	return t
}

// hold asks the trees of one fold about the cases held out.
func (t *trial) hold(g *grower, nodes []branch, held []float64, fold int, all []stretch) []stretch {
	n := int32(len(t.probes))
	from := make([]int32, len(nodes)) // first step at which the node is a leaf
	for i := range nodes {
		if !nodes[i].leaf() {
			b := &nodes[i]
			from[i] = int32(sort.Search(len(t.probes), func(j int) bool { return b.at(t.probes[j]) }))
		}
	}
	last := nodes[0].class
	for u := range g.class {
		w := held[u*t.folds+fold]
		if w == 0 {
			continue
		}
		actual := g.class[u]
		cost := g.cost[actual]
		to := n
		for at := int32(0); ; at = g.next(nodes, at, int32(u)) {
			b := &nodes[at]
			if from[at] < to {
				// A child with the parent's answer makes the stretch longer, not another one.
				if k := len(all) - 1; to < n && all[k].class == b.class {
					all[k].from = from[at]
				} else {
					all = append(all, stretch{from: from[at], to: to, weight: w, actual: actual, class: b.class, cost: cost[b.class], last: cost[last]})
				}
				to = from[at]
			}
			if to == 0 || b.leaf() {
				break
			}
		}
	}
	return all
}

// next is the child that a unit goes to. What training has not seen goes to the heavier child; a set of values
// to the child that has more of them.
func (g *grower) next(nodes []branch, at, u int32) int32 {
	b := &nodes[at]
	a := int(b.attr)
	heavier := b.kids[0]
	if nodes[b.kids[1]].weight > nodes[b.kids[0]].weight {
		heavier = b.kids[1]
	}
	mask := g.mask(a, u)
	if mask == 0 {
		switch b.missing {
		case SideLeft:
			return b.kids[0]
		case SideRight:
			return b.kids[1]
		default:
			return heavier
		}
	}
	mask &= b.left | b.right
	switch {
	case mask&b.right == 0:
		return b.kids[0]
	case mask&b.left == 0:
		return b.kids[1]
	case spread(mask, b.left) > 0.5:
		return b.kids[0]
	case spread(mask, b.left) < 0.5:
		return b.kids[1]
	}
	return heavier
}

// means sums the stretches into means and standard errors for every step.
func (t *trial) means(all []stretch, n int) {
	var cost, square, hit, near, gain, gain2 steps
	for _, s := range []*steps{&cost, &square, &hit, &near, &gain, &gain2} {
		*s = make(steps, n+1)
	}
	total := 0.0
	for i := range all {
		s := &all[i]
		if int(s.to) == n {
			total += s.weight
		}
		cost.add(s, s.cost)
		square.add(s, s.cost*s.cost)
		gain.add(s, s.last-s.cost)
		gain2.add(s, (s.last-s.cost)*(s.last-s.cost))
		if s.class == int32(s.actual) {
			hit.add(s, 1)
		}
		if d := s.class - int32(s.actual); d >= -1 && d <= 1 {
			near.add(s, 1)
		}
	}
	cases := total / float64(t.rounds)
	t.cost, t.hit, t.near = cost.mean(total), hit.mean(total), near.mean(total)
	t.gain = gain.mean(total)
	t.se = errorsOf(t.cost, square.mean(total), cases)
	t.gainSE = errorsOf(t.gain, gain2.mean(total), cases)
	for j := range t.cost {
		if t.cost[j] <= t.cost[t.best]+slack {
			t.best = j
		}
	}
	t.compare(all, total, cases, n)
}

// compare measures every step against the best one, case by case: what both get equally wrong does not count.
func (t *trial) compare(all []stretch, total, cases float64, n int) {
	diff, diff2 := make(steps, n+1), make(steps, n+1)
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end-1].from > 0 {
			end++
		}
		best := 0.0
		for _, s := range all[i:end] {
			if int(s.from) <= t.best && t.best < int(s.to) {
				best = s.cost
			}
		}
		for k := i; k < end; k++ {
			d := all[k].cost - best
			diff.add(&all[k], d)
			diff2.add(&all[k], d*d)
		}
		i = end
	}
	t.diff = diff.mean(total)
	t.diffSE = errorsOf(t.diff, diff2.mean(total), cases)
}

// steps are sums for each step, kept as differences until they are read.
type steps []float64

func (s steps) add(at *stretch, x float64) {
	s[at.from] += at.weight * x
	s[at.to] -= at.weight * x
}

func (s steps) mean(total float64) []float64 {
	into := make([]float64, len(s)-1)
	sum := 0.0
	for j := range into {
		sum += s[j]
		into[j] = sum / total
	}
	return into
}

func errorsOf(mean, square []float64, n float64) []float64 {
	se := make([]float64, len(mean))
	for j := range se {
		se[j] = math.Sqrt(max(0, square[j]-mean[j]*mean[j]) / n)
	}
	return se
}

// choose is the step that the rule takes. It does not shorten a tree that is shown to beat the majority, with z
// standard errors, to one that is not: on a small history every tree is within an error of the best.
func (t *trial) choose(r Rule, z float64) int {
	switch r {
	case RuleNone:
		return 0
	case RuleMin:
		return t.best
	default:
	}
	shown := func(j int) bool { return t.gain[j]-z*t.gainSE[j] > 0 }
	at := t.best
	for j := t.best; j < len(t.cost); j++ {
		if t.close(r, j) && (shown(j) || !shown(t.best)) {
			at = j
		}
	}
	return at
}

// close tells whether step j is as good as the best one by the rule.
func (t *trial) close(r Rule, j int) bool {
	switch r {
	case RuleShort:
		return t.cost[j] <= t.cost[t.best]+math.Sqrt2*t.se[t.best]
	case RuleOneSE:
		return t.cost[j] <= t.cost[t.best]+t.se[t.best]
	default:
		return t.diff[j] <= t.diffSE[j]+slack
	}
}
