package learn

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/kengine/decide"
)

// lowCase is the row that the small model answers with later.
func lowCase() []decide.Set { return []decide.Set{decide.Of(0), decide.Of(0), decide.Of(0)} }

// TestEvidenceOnTheLimit overrules one leaf a number of times among rulings that keep it, just below and above what
// the sign test demands.
func TestEvidenceOnTheLimit(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	for name, c := range map[string]struct {
		overruled, kept int
		evidence        float64
		want            Way
	}{
		"four against none":       {4, 0, 0, ""},        // 1/16
		"five against none":       {5, 0, 0, Revised},   // 1/32
		"five against one":        {5, 1, 0, ""},        // 7/64
		"seven against one":       {7, 1, 0, Revised},   // 9/256
		"eight against two":       {8, 2, 0, ""},        // 56/1024
		"nine against two":        {9, 2, 0, Revised},   // 67/2048
		"four with less demanded": {4, 0, .07, Revised}, // 0.0625
		"five with more demanded": {5, 0, .02, ""},      // 0.03125
		"six with more demanded":  {6, 0, .02, Revised}, // 0.015625
		"a level of nonsense":     {5, 0, 3, Revised},   // the default
		"a level below nothing":   {4, 0, -1, ""},       // the default
		"a draw":                  {20, 20, 0, ""},      // more than half
		"a clear majority":        {60, 20, 0, Revised}, // far below
	} {
		cases := append(times(c.overruled, 0, 2, lowCase()...), times(c.kept, 100, 0, lowCase()...)...)
		r, err := s.Learn(cases, Options{Evidence: c.evidence})
		if err != nil {
			t.Fatal(err)
		}
		if r.Way != c.want || (r.Way == "") != (r.Reason == TooLittle) || r.Against != c.overruled {
			t.Errorf("%s: way %q (%s), %d against, want %q", name, r.Way, r.Reason, r.Against, c.want)
			continue
		}
		if r.Way == "" {
			if r.Model.Key != "" || r.Compiled != nil || len(r.Flips)+len(r.Leaves) > 0 {
				t.Errorf("%s: a candidate that is none: %+v", name, r)
			}
			continue
		}
		if got := r.Compiled.Decide(lowCase())[0].Set; got != decide.Of(2) {
			t.Errorf("%s: decided %s", name, got)
		}
		if len(r.Flips) != len(cases) || r.Flips[0].From != decide.Of(0) || r.Flips[0].To != decide.Of(2) {
			t.Errorf("%s: %d flips", name, len(r.Flips))
		}
	}
}

// TestOtherLeavesStay: what is ruled at one leaf changes no answer at another.
func TestOtherLeavesStay(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	high := func(kind int) []decide.Set { return []decide.Set{decide.Of(2), decide.Of(kind), decide.Of(1)} }
	cases := append(times(6, 0, 0, high(0)...), times(3, 10, 2, high(1)...)...)
	cases = append(cases, times(3, 20, 0, lowCase()...)...)
	r := learn(t, s, cases)
	if r.Way != Revised || len(r.Leaves) == 0 || r.Against != 6 {
		t.Fatalf("way %q (%s), %d leaves changed, %d against", r.Way, r.Reason, len(r.Leaves), r.Against)
	}
	for _, c := range []struct {
		in   []decide.Set
		want int
	}{{high(0), 0}, {high(1), 2}, {high(2), 2}, {lowCase(), 0}} {
		if got := r.Compiled.Decide(c.in)[0].Set; got != decide.Of(c.want) {
			t.Errorf("%v is %s, want %d", c.in, got, c.want)
		}
	}
	for _, l := range r.Leaves {
		if l.From != decide.Of(1) || l.To != decide.Of(0) || l.Cases != 6 {
			t.Errorf("leaf %+v", l)
		}
	}
	if m := r.Model; m.Status != decide.Draft || !cmp.Equal(m.Nodes[0], s.compiled.Model.Nodes[0]) || !cmp.Equal(m.Facts, s.compiled.Model.Facts) {
		t.Error("more than the node of the decision was changed")
	}
	if !cmp.Equal(s.compiled.Model, smallModel()) {
		t.Error("the model that was learnt from was changed")
	}
}

// TestConflictingRulings rules equal facts in two ways: half against half is no evidence, whoever came last.
func TestConflictingRulings(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	for _, n := range []int{1, 5, 30} {
		var cases []Case
		for i := range n {
			cases = append(cases, times(1, 2*i, 0, lowCase()...)...)
			cases = append(cases, times(1, 2*i+1, 1, lowCase()...)...)
		}
		r := learn(t, s, cases)
		if r.Way != "" || r.Reason != TooLittle || r.Against != n || r.Before.Accuracy != .5 {
			t.Errorf("%d against %d: way %q (%s), %+v", n, n, r.Way, r.Reason, r.Before)
		}
	}
}

// TestNothingKnown: cases without any fact come to no single leaf, so they change none.
func TestNothingKnown(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	for name, outcomes := range map[string][]int{"one outcome": {2}, "three outcomes": {0, 1, 2}} {
		var cases []Case
		for i := range 60 {
			cases = append(cases, times(1, i, outcomes[i%len(outcomes)], 0, 0, 0)...)
		}
		r := learn(t, s, cases)
		if r.Way != "" || r.Reason != TooLittle || r.Against != 60 || r.Before.Undecided != 1 || r.Before.Accuracy != 0 {
			t.Errorf("%s: way %q (%s), %+v", name, r.Way, r.Reason, r.Before)
		}
	}
}

// TestOneOutcomeOnly: however often one outcome alone was ruled, leaves with it stay, and each other is changed only by
// its own cases.
func TestOneOutcomeOnly(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	r := learn(t, s, drawn(s, 120, 6, 0, func([]decide.Set, decide.Set) int { return 2 }))
	if r.Way != Revised || r.After.Accuracy != 1 || r.LeavesAfter != 1 || r.DepthAfter != 0 {
		t.Fatalf("way %q (%s), %d leaves, %+v", r.Way, r.Reason, r.LeavesAfter, r.After)
	}
	if r = learn(t, s, times(40, 0, 0, lowCase()...)); r.Reason != Agrees || r.Before.Accuracy != 1 || r.Before.Cost != 0 {
		t.Errorf("as the model says: %s, %+v", r.Reason, r.Before)
	}
}

// TestAgesAndWeights: ages count from the newest ruling in hours, and only where age counts at all.
func TestAgesAndWeights(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	day := 24 * time.Hour
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	cases := times(3, 0, 1, lowCase()...)
	for i, at := range []time.Time{begin, begin.Add(10 * day), begin.Add(5 * day)} {
		cases[i].At = at
	}
	cases[1].Weight = 2.5
	h := s.history(cases) // by time: 0, 2, 1
	d := s.data(h, 5*day)
	if want := []float64{240, 120, 0}; !cmp.Equal(d.Age, want) {
		t.Errorf("ages %v, want %v", d.Age, want)
	}
	if want := []float64{1, 1, 2.5}; !cmp.Equal(d.Weight, want) {
		t.Errorf("weights %v, want %v", d.Weight, want)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if d = s.data(h, 0); d.Age != nil {
		t.Errorf("age does not count, ages %v", d.Age)
	}
	if o := (Options{HalfLife: 5 * day}).filled().training(true); o.HalfLife != 120 || o.Repeats != 1 || o.Folds != 5 {
		t.Errorf("options of a leaf: %+v", o)
	}
	if o := (Options{}).filled().training(false); o.HalfLife != 0 || o.Repeats != 0 {
		t.Errorf("options of a whole tree: %+v", o)
	}
}

// TestYoungRulingsOutvoteOldOnes: the answer that replaces a leaf is that of the young rulings where age counts.
func TestYoungRulingsOutvoteOldOnes(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	cases := append(times(12, 0, 1, lowCase()...), times(8, 24*365, 2, lowCase()...)...)
	for name, c := range map[string]struct {
		half time.Duration
		want int
	}{"age does not count": {0, 1}, "a month": {30 * 24 * time.Hour, 2}, "a century": {100 * 365 * 24 * time.Hour, 1}} {
		r, err := s.Learn(cases, Options{HalfLife: c.half})
		if err != nil || r.Way == "" {
			t.Errorf("%s: way %q (%s), %v", name, r.Way, r.Reason, err)
			continue
		}
		if got := r.Compiled.Decide(lowCase())[0].Set; got != decide.Of(c.want) {
			t.Errorf("%s: decided %s, want %d", name, got, c.want)
		}
	}
}

// TestLearningIsTheSameEachTime compares whole results, of histories with ages, weights and unknown facts.
func TestLearningIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	ways := map[Way]int{}
	for seed := range uint64(12) {
		cases := drawn(s, 90, seed, .15, func(in []decide.Set, says decide.Set) int {
			if in[inUse].Has(int(seed % 2)) {
				return int(seed) % 3
			}
			return says.Lowest()
		})
		for i := range cases {
			cases[i].Weight = float64(i%3) / 2
		}
		o := Options{HalfLife: time.Duration(seed) * time.Hour}
		var got [2]string
		for i := range got {
			r, err := s.Learn(cases, o)
			if err != nil {
				t.Fatal(err)
			}
			ways[r.Way]++
			got[i] = fmt.Sprintf("%s %s %s %v %v %v %v", r.Hash, r.Way, r.Reason, r.Before, r.After, r.Unseen, r.Leaves)
			if r.Way != "" {
				got[i] += text(t, r.Model)
				checkResult(t, r)
			}
		}
		if got[0] != got[1] {
			t.Errorf("seed %d: %s", seed, cmp.Diff(got[0], got[1]))
		}
	}
	if ways[Revised]+ways[Fresh] == 0 {
		t.Error("nothing was learnt: the test shows nothing")
	}
}

// checkResult holds what every candidate must fulfil.
func checkResult(t *testing.T, r *Result) {
	t.Helper()
	if !decide.Ready(decide.Check(r.Model)) {
		t.Errorf("cannot be put into force: %v", decide.Check(r.Model))
	}
	for _, m := range []Measure{r.Before, r.After, r.Unseen} {
		if m.Accuracy < 0 || m.WithinOne < m.Accuracy || m.Accuracy+m.Undecided > 1+1e-9 || m.WithinOne+m.Undecided > 1+1e-9 || m.Cost < 0 {
			t.Errorf("measured %+v", m)
		}
	}
	for _, f := range r.Flips {
		if f.From == f.To || f.Case == nil {
			t.Errorf("flip %+v", f)
		}
	}
	for _, l := range r.Leaves {
		if l.From == l.To || l.To.Len() != 1 || l.Cases < 0 || l.Cases > r.Cases {
			t.Errorf("leaf %+v", l)
		}
	}
	leaves, depth := r.Tree.Size()
	if leaves != r.LeavesAfter || depth != r.DepthAfter {
		t.Errorf("%d leaves, %d deep; said to be %d and %d", leaves, depth, r.LeavesAfter, r.DepthAfter)
	}
}
