package dtree

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"testing"
)

// TestRulesOrderTheirTrees: no rule takes a longer tree than one that demands less, and the one of least cost is the
// best of all steps.
func TestRulesOrderTheirTrees(t *testing.T) {
	shorter := 0
	for i, m := range manyMade() {
		d := m.data()
		leaves, report := map[Rule]int{}, map[Rule]Report{}
		for _, r := range []Rule{RuleShort, RuleOneSE, RuleMin, RulePaired, RuleNone} {
			got := train(t, d, Options{Rule: r, NeverAbstain: true, Repeats: 2})
			leaves[r], report[r] = got.Tree.Leaves(), got.Report
		}
		if !(leaves[RuleShort] <= leaves[RuleOneSE] && leaves[RuleOneSE] <= leaves[RuleMin] && leaves[RulePaired] <= leaves[RuleMin] && leaves[RuleMin] <= leaves[RuleNone]) {
			t.Errorf("history %d: leaves by rule %v", i, leaves)
		}
		if leaves[RuleOneSE] < leaves[RuleMin] {
			shorter++
		}
		checkSteps(t, report[RuleMin], report[RuleOneSE])
	}
	if shorter == 0 {
		t.Error("one standard error never made a tree shorter: the test shows nothing")
	}
}

// checkSteps compares what two rules chose among the same steps.
func checkSteps(t *testing.T, least, oneSE Report) {
	t.Helper()
	var best Step
	for _, r := range []Report{least, oneSE} {
		chosen := slices.DeleteFunc(slices.Clone(r.Steps), func(s Step) bool { return !s.Chosen })
		if len(r.Steps) == 0 {
			continue
		}
		if len(chosen) != 1 || chosen[0].Leaves != r.Leaves || math.Abs(chosen[0].Cost-r.Cost) > 1e-9 {
			t.Fatalf("chosen %+v of %d leaves and cost %g", chosen, r.Leaves, r.Cost)
		}
		if best.Leaves == 0 {
			best = chosen[0]
		}
	}
	for _, s := range least.Steps {
		if s.Cost < best.Cost-1e-9 {
			t.Errorf("a step of %d leaves costs %g, the one of least cost %g", s.Leaves, s.Cost, best.Cost)
		}
	}
	if oneSE.Cost > best.Cost+best.CostSE+1e-9 {
		t.Errorf("one standard error: %g is beyond %g + %g", oneSE.Cost, best.Cost, best.CostSE)
	}
}

// TestManyNominalValues learns from facts of as many values as there may be: the work does not grow with the number of
// subsets, of which there are 2^63, and the right one is found.
func TestManyNominalValues(t *testing.T) {
	for _, classes := range []int{2, 3, 5} {
		s := Schema{Classes: named(classes), Attributes: []Attribute{{Name: "noise", Values: named(MaxValues)}, {Name: "code", Values: named(MaxValues)}}}
		d := Data{Schema: s, Columns: make([][]uint64, 2)}
		by := dice(uint64(classes))
		for i := range 64 * 30 {
			v := i % MaxValues
			d.Columns[0], d.Columns[1] = append(d.Columns[0], 1<<by.below(MaxValues)), append(d.Columns[1], 1<<v)
			d.Class = append(d.Class, uint8(v*7%classes))
		}
		m := train(t, d, Options{Repeats: 1, Folds: 5})
		if m.Report.Abstained || m.Report.Accuracy != 1 || m.Tree.Leaves() != classes {
			t.Errorf("%d classes: %d leaves, %+v", classes, m.Tree.Leaves(), m.Report.Accuracy)
		}
		for v := range MaxValues {
			if got := m.Tree.Class([]uint64{0, 1 << v}); got != v*7%classes {
				t.Errorf("%d classes: value %d is %d", classes, v, got)
			}
		}
		for i := range m.Tree.Nodes {
			if n := &m.Tree.Nodes[i]; !n.Leaf() && (n.Attribute != 1 || n.Left == 0 || n.Right == 0) {
				t.Errorf("%d classes: node %d asks %d with %b", classes, i, n.Attribute, n.Left)
			}
		}
		checkPrediction(t, m.Tree, nil)
		checkPrediction(t, m.Tree, []uint64{math.MaxUint64, 1<<63 | 1})
	}
}

// TestCostsMoveALeafWhereTheyBalance: with shares p and 1-p the dearer answer is given once its share times its cost is
// the greater.
func TestCostsMoveALeafWhereTheyBalance(t *testing.T) {
	for _, c := range []struct {
		low, high int
		cost      float64 // of missing a high one; the other way is 1
		want      int
	}{
		{10, 4, 1, 0},
		{10, 4, 2, 0},
		{10, 4, 2.4, 0},
		{10, 4, 2.6, 1},
		{10, 4, 100, 1},
		{4, 10, 1, 1},
		{4, 10, .5, 1},
		{4, 10, .3, 0},
		{4, 10, 0, 0},
	} {
		s := Schema{Classes: []string{"low", "high"}, Attributes: []Attribute{{Name: "a", Values: named(2)}}}
		d := ruled(s, c.low, func(int, []int) int { return 0 }, []int{0})
		high := ruled(s, c.high, func(int, []int) int { return 1 }, []int{0})
		d.Columns[0], d.Class = append(d.Columns[0], high.Columns[0]...), append(d.Class, high.Class...)
		o := Options{Cost: [][]float64{{0, 1}, {c.cost, 0}}, NeverAbstain: true, Repeats: 1}
		tree := train(t, d, o).Tree
		if got := tree.Class([]uint64{1}); got != c.want || tree.Leaves() != 1 {
			t.Errorf("%d low, %d high at %g: class %d of %d leaves, want %d", c.low, c.high, c.cost, got, tree.Leaves(), c.want)
		}
		if p := tree.Predict(nil); math.Abs(p.Distribution[1]-float64(c.high)/float64(c.low+c.high)) > 1e-9 {
			t.Errorf("costs change the shares: %v", p.Distribution)
		}
	}
}

// TestCostsOfAMixtureOfLeaves: where an unknown fact leads to several leaves, the answer is the cheapest of the mixture,
// which may be the answer of none of them.
func TestCostsOfAMixtureOfLeaves(t *testing.T) {
	s := Schema{Classes: []string{"low", "mid", "high"}, ClassesOrdered: true, Attributes: []Attribute{{Name: "a", Values: named(2)}}}
	d := ruled(s, 30, func(_ int, v []int) int { return 2 * v[0] }, []int{0}, []int{1})
	for name, c := range map[string]struct {
		cost [][]float64
		want int
	}{
		"one each":     {nil, 0}, // the first of equals
		"by the steps": {[][]float64{{0, 1, 4}, {1, 0, 1}, {4, 1, 0}}, 1},
		"missing":      {[][]float64{{0, 1, 1}, {1, 0, 1}, {9, 9, 0}}, 2},
	} {
		tree := train(t, d, Options{Cost: c.cost, Unknown: UnknownBoth}).Tree
		if p := tree.Predict(nil); p.Class != c.want || len(p.Leaves) != 2 || p.Distribution[0] != .5 || p.Distribution[2] != .5 {
			t.Errorf("%s: %+v, want class %d", name, p, c.want)
		}
		for v := range 2 {
			if got := tree.Class([]uint64{1 << v}); got != 2*v {
				t.Errorf("%s: value %d is %d", name, v, got)
			}
		}
	}
}

// TestUnknownIsTheMeanOfTheBranches: where both branches are followed, the shares for an unknown fact are those of its
// values, weighted by the history; a set of values is the same with those values only.
func TestUnknownIsTheMeanOfTheBranches(t *testing.T) {
	for seed := range uint64(10) {
		d := made{rows: 150, facts: 1, classes: 3, seed: seed}.data()
		tree := train(t, d, Options{Rule: RuleNone, Unknown: UnknownBoth, NeverAbstain: true, Repeats: 1}).Tree
		mean := make([]float64, 3)
		for _, c := range d.Class {
			mean[c] += 1 / float64(d.Rows())
		}
		for c, x := range tree.Predict(nil).Distribution {
			if math.Abs(x-mean[c]) > 1e-9 {
				t.Errorf("seed %d: class %d has the share %g, the history %g", seed, c, x, mean[c])
			}
		}
		all := d.Schema.Attributes[0].All()
		for mask := uint64(1); mask < all; mask++ {
			p := tree.Predict([]uint64{mask})
			for _, l := range p.Leaves {
				if tree.Path(l.Leaf).Values[0]&mask == 0 {
					t.Errorf("seed %d: %b comes to leaf %d, which has none of it", seed, mask, l.Leaf)
				}
			}
			if len(p.Leaves) > bits.OnesCount64(mask) {
				t.Errorf("seed %d: %b comes to %d leaves", seed, mask, len(p.Leaves))
			}
			checkPrediction(t, tree, []uint64{mask})
		}
	}
}

// TestMonotoneInSomeFactsOnly demands a rise in one fact, a fall in another and nothing of a nominal one: Train keeps it,
// and so does Revise of what Train made, against a history by chance.
func TestMonotoneInSomeFactsOnly(t *testing.T) {
	signs := []int{1, -1, 0}
	changed := 0
	for seed := range uint64(25) {
		by := dice(seed)
		s := Schema{Classes: named(4), ClassesOrdered: true}
		for a, sign := range signs {
			s.Attributes = append(s.Attributes, Attribute{Name: fmt.Sprint("f", a), Values: named(3), Ordinal: sign != 0, Monotone: sign})
		}
		noisy := func(_ int, v []int) int {
			if by.below(3) == 0 {
				return by.below(4)
			}
			return max(0, min(3, v[0]-v[1]+1+v[2]/2))
		}
		prior := train(t, ruled(s, 6, noisy, everyRow(s)...), Options{Rule: RuleNone, NeverAbstain: true, Repeats: 1}).Tree
		checkSigns(t, prior, signs)
		over := map[string]int{}
		for _, v := range everyRow(s) {
			if by.below(3) == 0 {
				over[fmt.Sprint(v)] = by.below(4)
			}
		}
		d := ruled(s, 7, func(_ int, v []int) int {
			if c, ok := over[fmt.Sprint(v)]; ok {
				return c
			}
			return prior.Class([]uint64{1 << v[0], 1 << v[1], 1 << v[2]})
		}, everyRow(s)...)
		tree, changes, err := Revise(prior, d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		changed += len(changes)
		checkSigns(t, tree, signs)
		if back, err := Decode(encode(t, tree)); err != nil || !bytes.Equal(encode(t, back), encode(t, tree)) {
			t.Errorf("seed %d: the revised tree does not come back: %v", seed, err)
		}
	}
	if changed == 0 {
		t.Error("nothing was revised: the test shows nothing")
	}
}

// checkSigns compares all pairs of rows that the demands order.
func checkSigns(t *testing.T, tree *Tree, signs []int) {
	t.Helper()
	rows := everyRow(tree.Schema)
	above := func(v, w []int) bool {
		for a, sign := range signs {
			if sign == 0 && v[a] != w[a] || (w[a]-v[a])*sign < 0 {
				return false
			}
		}
		return true
	}
	for _, v := range rows {
		for _, w := range rows {
			x, y := tree.Class([]uint64{1 << v[0], 1 << v[1], 1 << v[2]}), tree.Class([]uint64{1 << w[0], 1 << w[1], 1 << w[2]})
			if above(v, w) && x > y {
				t.Fatalf("%v gives %d, %v above it %d", v, x, w, y)
			}
		}
	}
}

// TestRevisingByWeightsIsRevisingByRepetition: in Revise too a row of weight n is like n rows, and their order is
// nothing.
func TestRevisingByWeightsIsRevisingByRepetition(t *testing.T) {
	prior := priorTree(t)
	changed := 0
	for seed := range uint64(20) {
		by := dice(seed)
		bias := by.below(4)
		d := ruled(prior.Schema, 3, func(_ int, v []int) int {
			if v[0] == int(seed%3) && by.below(5) > 0 {
				return bias
			}
			return rule(v)
		}, everyRow(prior.Schema)...)
		d.Weight = make([]float64, d.Rows())
		var rows []int
		for i := range d.Weight {
			n := by.below(4)
			d.Weight[i] = float64(n)
			for range n {
				rows = append(rows, i)
			}
		}
		repeated := d.Subset(rows)
		repeated.Weight = nil
		x, changes, err := Revise(prior, d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		changed += len(changes)
		for what, other := range map[string]Data{"repeated": repeated, "in another order": shuffled(d, seed)} {
			y, again, err := Revise(prior, other, Options{})
			if err != nil || !bytes.Equal(encode(t, x), encode(t, y)) || fmt.Sprint(changes) != fmt.Sprint(again) {
				t.Errorf("seed %d: %s, the revised tree is another: %v", seed, what, err)
			}
		}
	}
	if changed == 0 {
		t.Error("nothing was revised: the test shows nothing")
	}
}
