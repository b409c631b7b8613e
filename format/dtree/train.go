package dtree

import (
	"math"
)

// Model is what training gives: the tree to answer with, and what is known about it.
type Model struct {
	// Tree answers. It is a single leaf with the majority when it abstains.
	Tree *Tree
	// Candidate is the pruned tree, also where Tree abstains from it.
	Candidate *Tree
	Report    Report
}

// Report is what training measured. Shares are between 0 and 1; all but the sizes come from cross-validation,
// on cases that the tree which answered them had not seen.
type Report struct {
	Rows     int     `json:"rows"`     // rows given
	Cases    float64 `json:"cases"`    // their weight after ageing
	Patterns int     `json:"patterns"` // different rows
	Majority float64 `json:"majority"` // accuracy of always giving the commonest answer
	// Accuracy of the candidate, its standard error, and the accuracy within one class if the classes are ordered.
	Accuracy   float64 `json:"accuracy"`
	AccuracySE float64 `json:"accuracy_se"`
	WithinOne  float64 `json:"within_one,omitempty"`
	// Cost of an answer of the candidate on average, and of the majority's answer.
	Cost         float64 `json:"cost"`
	MajorityCost float64 `json:"majority_cost"`
	// Gain is how much cost an answer saves against the majority; GainLow is its lower bound at the confidence asked for.
	Gain    float64 `json:"gain"`
	GainLow float64 `json:"gain_low"`
	// GrownLeaves and Leaves count the leaves before and after pruning, Depth is that of the pruned tree.
	GrownLeaves int     `json:"grown_leaves"`
	Leaves      int     `json:"leaves"`
	Depth       int     `json:"depth"`
	Price       float64 `json:"price"` // of a leaf, at which the tree was cut
	Folds       int     `json:"folds"`
	Repeats     int     `json:"repeats"`
	Abstained   bool    `json:"abstained"`
	Reason      Reason  `json:"reason,omitempty"`
	// Steps are the pruned trees that were compared, from the largest to the single leaf, at most MaxSteps.
	Steps []Step `json:"steps,omitempty"`
}

// MaxSteps is the greatest number of steps that a report lists.
const MaxSteps = 200

// Step is one pruned tree of the sequence.
type Step struct {
	Price  float64 `json:"price"`
	Leaves int     `json:"leaves"`
	Cost   float64 `json:"cost"`
	CostSE float64 `json:"cost_se"`
	Chosen bool    `json:"chosen,omitempty"`
}

// Train learns a tree from a history: it grows fully, is pruned by cost-complexity to the size that
// cross-validation chooses, and abstains where it is not shown to beat the majority.
func Train(d Data, o Options) (*Model, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if err := o.Check(d.Schema); err != nil {
		return nil, err
	}
	c := gather(d, o)
	g := newGrower(c, o)
	full := g.grow(c.weight)
	weakest(full)
	m := &Model{Report: Report{Rows: d.Rows(), Cases: c.total, Patterns: c.patterns()}}
	r := &m.Report
	r.GrownLeaves = (len(full) + 1) / 2
	price := 0.0
	if c.total > 0 {
		r.Majority = full[0].counts[full[0].class] / c.total
		r.MajorityCost = full[0].risk / c.total
	}
	if t := cross(c, o, full); t != nil {
		at := t.choose(o.Rule, normal(o.confidence()))
		price = t.prices[at]
		r.measure(t, at, full, o, d.Schema.ClassesOrdered)
	}
	m.Candidate = g.tree(full, price)
	r.Price, r.Leaves, r.Depth = price, m.Candidate.Leaves(), m.Candidate.Depth()
	m.abstain(c, g, full, o)
	return m, nil
}

// Grow makes the full tree of a history without pruning or abstaining, beyond what changes no answer: the tree
// form of a table.
func Grow(d Data, o Options) (*Tree, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if err := o.Check(d.Schema); err != nil {
		return nil, err
	}
	g := newGrower(gather(d, o), o)
	full := g.grow(g.weight)
	weakest(full)
	return g.tree(full, 0), nil
}

func (r *Report) measure(t *trial, at int, full []branch, o Options, ordered bool) {
	r.Folds, r.Repeats = t.folds, t.rounds
	r.Accuracy, r.Cost = t.hit[at], t.cost[at]
	if ordered {
		r.WithinOne = t.near[at]
	}
	cases := r.Cases
	r.AccuracySE = math.Sqrt(max(0, r.Accuracy*(1-r.Accuracy)) / max(1, cases))
	r.Gain = t.gain[at]
	r.GainLow = r.Gain - normal(o.confidence())*t.gainSE[at]
	skip := (len(t.prices) + MaxSteps - 2) / (MaxSteps - 1)
	for j, p := range t.prices {
		if j == at || j == len(t.prices)-1 || j%max(1, skip) == 0 {
			r.Steps = append(r.Steps, Step{Price: p, Leaves: leavesAt(full, p), Cost: t.cost[j], CostSE: t.se[j], Chosen: j == at})
		}
	}
}

// normal is the quantile of the normal distribution at p.
func normal(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// abstain decides whether the candidate may answer.
func (m *Model) abstain(c *cases, g *grower, full []branch, o Options) {
	r := &m.Report
	switch {
	case c.total == 0:
		r.Reason = ReasonEmpty
	case pure(full[0].counts):
		r.Reason = ReasonClass
	case r.Folds == 0, r.Gain > 0 && r.GainLow <= 0:
		r.Reason = ReasonHistory
	case r.Gain <= 0:
		r.Reason = ReasonFacts
	}
	m.Tree = m.Candidate
	if r.Reason == "" || o.NeverAbstain {
		return
	}
	r.Abstained = true
	m.Tree = g.tree(full, math.Inf(1))
	m.Tree.Abstained, m.Tree.Reason = true, r.Reason
}

// patterns counts the different rows of facts.
func (c *cases) patterns() int {
	n := 0
	for u := range c.class {
		for a := range c.codes {
			if u == 0 || c.codes[a][u] != c.codes[a][u-1] {
				n++
				break
			}
		}
	}
	if n == 0 && len(c.class) > 0 {
		n = 1
	}
	return n
}
