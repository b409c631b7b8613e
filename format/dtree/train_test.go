package dtree

import (
	"errors"
	"math"
	"math/bits"
	"strings"
	"testing"
)

// small is a history written by hand: each row is its facts and, last, its class; ? is unknown.
func small(t testing.TB, text string) Data {
	t.Helper()
	table, err := ReadCSV(strings.NewReader(text), CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return table.Data
}

func TestAbstains(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		reason Reason
		answer string
	}{
		"one class":    {"a,class\nx,yes\ny,yes\nx,yes\n", ReasonClass, "yes"},
		"one row":      {"a,class\nx,yes\n", ReasonClass, "yes"},
		"two rows":     {"a,class\nx,yes\ny,no\n", ReasonFacts, "no"},
		"constant":     {"a,class\n" + strings.Repeat("x,yes\nx,no\nx,yes\n", 20), ReasonFacts, "yes"},
		"all unknown":  {"a,b,class\n" + strings.Repeat("?,?,yes\n?,?,no\n?,?,yes\n", 20), ReasonFacts, "yes"},
		"no facts":     {"class\n" + strings.Repeat("yes\nno\nno\n", 20), ReasonFacts, "no"},
		"short":        {"a,class\nx,yes\nx,yes\nx,yes\ny,no\ny,no\n", "", ""},
		"nothing more": {"a,class\n" + strings.Repeat("x,yes\ny,no\n", 30), "", ""},
	} {
		m := train(t, small(t, c.text), Options{})
		if c.reason == "" {
			if m.Report.Reason == ReasonFacts {
				t.Errorf("%s: %s", name, m.Report.Reason)
			}
			continue
		}
		p := m.Tree.Predict(nil)
		if !m.Report.Abstained || !p.Abstained || p.Reason != c.reason || m.Tree.Leaves() != 1 {
			t.Errorf("%s: %+v, %+v", name, m.Report, p)
		}
		if got := m.Tree.Schema.Classes[p.Class]; got != c.answer {
			t.Errorf("%s: %s, the majority says %s", name, got, c.answer)
		}
	}
	empty := Data{Schema: Schema{Classes: []string{"a", "b"}}}
	if m := train(t, empty, Options{}); m.Report.Reason != ReasonEmpty || m.Tree.Predict(nil).Distribution[m.Tree.Nodes[0].Class] != 1 {
		t.Errorf("no history: %+v", m.Report)
	}
	clean := train(t, small(t, "a,class\n"+strings.Repeat("x,yes\ny,no\n", 30)), Options{})
	if clean.Report.Abstained || clean.Report.Accuracy != 1 || clean.Tree.Leaves() != 2 || clean.Report.Gain < 0.4 {
		t.Errorf("a clean rule: %+v", clean.Report)
	}
}

func TestNoiseAbstains(t *testing.T) {
	wrong := 0
	for seed := range uint64(20) {
		d := made{rows: 80, facts: 6, classes: 2, seed: seed}.data()
		by := dice(seed + 99)
		for i := range d.Class {
			d.Class[i] = uint8(by.below(2))
		}
		if !train(t, d, Options{}).Tree.Abstained {
			wrong++
		}
	}
	if wrong > 6 {
		t.Errorf("%d of 20 trees on pure chance answer", wrong)
	}
}

// TestTwoClassSubsetIsTheBest compares the first question with every subset there is.
func TestTwoClassSubsetIsTheBest(t *testing.T) {
	for seed := range uint64(30) {
		by := dice(seed)
		d := Data{Schema: Schema{Attributes: []Attribute{{Name: "a", Values: strings.Split("abcdefg", "")}}, Classes: []string{"x", "y"}}, Columns: make([][]uint64, 1)}
		var counts [7][2]float64
		for range 200 {
			v, c := by.below(7), 0
			if by.below(10) < v*3%8 {
				c = 1
			}
			d.Columns[0], d.Class = append(d.Columns[0], 1<<v), append(d.Class, uint8(c))
			counts[v][c]++
		}
		c := gather(d, Options{})
		first := newGrower(c, Options{MaxDepth: 1}).grow(c.weight)[0]
		best := 0.0
		for mask := range uint64(1 << 7) {
			best = max(best, purity(counts[:], mask))
		}
		if got := purity(counts[:], first.left); math.Abs(got-best) > 1e-9 {
			t.Errorf("seed %d: subset %b has %g, the best %g", seed, first.left, got, best)
		}
	}
}

func purity(counts [][2]float64, mask uint64) float64 {
	score := 0.0
	for _, side := range []uint64{mask, ^mask} {
		var n [2]float64
		for v, c := range counts {
			if side>>v&1 == 1 {
				n[0], n[1] = n[0]+c[0], n[1]+c[1]
			}
		}
		if all := n[0] + n[1]; all > 0 {
			score += (n[0]*n[0] + n[1]*n[1]) / all
		}
	}
	return score
}

func TestCostMovesAnswers(t *testing.T) {
	d := small(t, "a,class\n"+strings.Repeat("x,low\n", 30)+strings.Repeat("x,high\n", 12)+strings.Repeat("y,low\n", 40))
	plain := train(t, d, Options{NeverAbstain: true}).Tree
	dear := train(t, d, Options{NeverAbstain: true, Cost: [][]float64{{0, 10}, {1, 0}}}).Tree // classes: high, low
	row := []uint64{1}
	if got := d.Schema.Classes[plain.Class(row)]; got != "low" {
		t.Errorf("without costs: %s", got)
	}
	if got := d.Schema.Classes[dear.Class(row)]; got != "high" {
		t.Errorf("missing a high one costs ten: %s\n%s", got, dear.Text())
	}
	if got := d.Schema.Classes[dear.Class([]uint64{2})]; got != "low" {
		t.Errorf("no high one there: %s", got)
	}
}

func TestHalfLifeForgets(t *testing.T) {
	d := small(t, "a,class\n"+strings.Repeat("x,old\n", 60)+strings.Repeat("x,young\n", 20)+strings.Repeat("y,old\n", 40))
	d.Age = make([]float64, d.Rows())
	for i := range 60 {
		d.Age[i] = 10
	}
	m := train(t, d, Options{HalfLife: 2, NeverAbstain: true})
	if got := d.Schema.Classes[m.Tree.Class([]uint64{1})]; got != "young" {
		t.Errorf("old rulings outvote new ones: %s", m.Tree.Text())
	}
	if want := 60.0/32 + 60; math.Abs(m.Report.Cases-want) > 1e-9 {
		t.Errorf("%g cases, want %g", m.Report.Cases, want)
	}
}

func TestUnknownFollowsBoth(t *testing.T) {
	d := small(t, "a,class\n"+strings.Repeat("x,no\n", 30)+strings.Repeat("y,yes\n", 10)+strings.Repeat("z,yes\n", 20))
	tree := train(t, d, Options{}).Tree
	p := tree.Predict([]uint64{0})
	if len(p.Leaves) != 2 || p.Leaf != -1 || math.Abs(p.Distribution[0]-0.5) > 1e-9 {
		t.Errorf("unknown: %+v", p)
	}
	if p = tree.Predict([]uint64{0b110}); p.Class != 1 || p.Leaf < 0 || p.Distribution[1] != 1 {
		t.Errorf("y or z: %+v", p)
	}
	if p = tree.Predict([]uint64{0b011}); len(p.Leaves) != 2 || p.Distribution[0] < 0.6 {
		t.Errorf("x or y: %+v", p)
	}
}

func TestUnknownIsLearnt(t *testing.T) {
	d := small(t, "a,class\n"+strings.Repeat("x,no\n", 30)+strings.Repeat("y,no\n", 30)+strings.Repeat("?,yes\n", 30))
	for _, o := range []Options{{}, {Missing: MissingBranch}} {
		tree := train(t, d, o).Tree
		if p := tree.Predict([]uint64{0}); tree.Leaves() != 2 || p.Class != 1 || p.Distribution[1] != 1 {
			t.Errorf("unknown has a branch of its own: %s", tree.Text())
		}
	}
	side := train(t, d, Options{Missing: MissingSide, NeverAbstain: true, Rule: RuleNone}).Tree
	for i := range side.Nodes {
		if n := &side.Nodes[i]; !n.Leaf() && (n.Left == 0 || n.Right == 0) {
			t.Errorf("unknown has a branch: %s", side.Text())
		}
	}
	both := train(t, d, Options{Unknown: UnknownBoth}).Tree
	if p := both.Predict([]uint64{0}); len(p.Leaves) != 2 {
		t.Errorf("unknown follows both: %+v", p)
	}
}

func TestOrdinalSplitsAreThresholds(t *testing.T) {
	for seed := range uint64(6) {
		d := made{rows: 200, facts: 4, classes: 3, ordinal: true, unknown: 6, seed: seed}.data()
		tree := train(t, d, Options{Rule: RuleNone, NeverAbstain: true}).Tree
		for i := range tree.Nodes {
			n := &tree.Nodes[i]
			if n.Leaf() || !tree.Schema.Attributes[n.Attribute].Ordinal || n.Left == 0 || n.Right == 0 {
				continue
			}
			if n.Threshold < 0 || bits.Len64(n.Left) > bits.TrailingZeros64(n.Right) {
				t.Errorf("node %d: %b | %b at %d", i, n.Left, n.Right, n.Threshold)
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	good := made{rows: 20, facts: 2, classes: 2}.data()
	with := func(f func(*Data, *Options)) error {
		d, o := good.Subset([]int{0, 1, 2, 3}), Options{}
		d.Schema.Attributes = append([]Attribute(nil), good.Schema.Attributes...)
		f(&d, &o)
		_, err := Train(d, o)
		return err
	}
	for name, c := range map[string]struct {
		f    func(*Data, *Options)
		want error
	}{
		"no classes":      {func(d *Data, _ *Options) { d.Schema.Classes = nil }, ErrSchema},
		"class twice":     {func(d *Data, _ *Options) { d.Schema.Classes = []string{"a", "a"} }, ErrSchema},
		"many values":     {func(d *Data, _ *Options) { d.Schema.Attributes[0].Values = make([]string, 65) }, ErrSchema},
		"value twice":     {func(d *Data, _ *Options) { d.Schema.Attributes[0].Values = []string{"a", "a"} }, ErrSchema},
		"monotone":        {func(d *Data, _ *Options) { d.Schema.Attributes[0].Monotone = 1 }, ErrSchema},
		"monotone 2":      {func(d *Data, _ *Options) { d.Schema.Attributes[0].Monotone = 2 }, ErrSchema},
		"class of none":   {func(d *Data, _ *Options) { d.Class[1] = 7 }, ErrData},
		"value of none":   {func(d *Data, _ *Options) { d.Columns[0][1] = 1 << 40 }, ErrData},
		"short column":    {func(d *Data, _ *Options) { d.Columns[0] = d.Columns[0][:1] }, ErrData},
		"lost column":     {func(d *Data, _ *Options) { d.Columns = d.Columns[:1] }, ErrData},
		"weights":         {func(d *Data, _ *Options) { d.Weight = []float64{1} }, ErrData},
		"negative weight": {func(d *Data, _ *Options) { d.Weight = []float64{1, 1, 1, -1} }, ErrData},
		"age":             {func(d *Data, _ *Options) { d.Age = []float64{1, 1, 1, math.NaN()} }, ErrData},
		"one fold":        {func(_ *Data, o *Options) { o.Folds = 1 }, ErrOptions},
		"cost shape":      {func(_ *Data, o *Options) { o.Cost = [][]float64{{0}} }, ErrOptions},
		"cost of right":   {func(_ *Data, o *Options) { o.Cost = [][]float64{{1, 1}, {1, 0}} }, ErrOptions},
		"confidence":      {func(_ *Data, o *Options) { o.Confidence = 1 }, ErrOptions},
		"rule":            {func(_ *Data, o *Options) { o.Rule = 9 }, ErrOptions},
	} {
		if err := with(c.f); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReportWithinOne(t *testing.T) {
	d := made{rows: 400, facts: 3, classes: 5, ordinal: true, seed: 2}.data()
	d.Schema.ClassesOrdered = true
	r := train(t, d, Options{}).Report
	if r.WithinOne < r.Accuracy || r.WithinOne > 1 || r.Accuracy < 0.5 || r.Folds != 10 || r.Repeats < 2 || r.GainLow >= r.Gain {
		t.Errorf("%+v", r)
	}
	if math.Abs(r.Cost-(1-r.Accuracy)) > 1e-9 {
		t.Errorf("cost %g and accuracy %g", r.Cost, r.Accuracy)
	}
}
