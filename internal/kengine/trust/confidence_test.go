package trust

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestConfidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    Support
		want float64
	}{{Support{}, .5}, {Support{1, 1}, 2. / 3}, {Support{0, 1}, 1. / 3}, {Support{9, 10}, 10. / 12}, {Support{0, 98}, .01}} {
		if got := c.s.Confidence(); !near(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.s, got, c.want)
		}
	}
	m := NewMemory(EqualFacts)
	for _, outcome := range []int{1, 1, 2} {
		c := Case{Facts: "x", Ruled: outcome}
		m.Learn(&c)
	}
	for _, c := range []struct {
		of   Case
		want Support
	}{{Case{Facts: "x", Recommended: 1}, Support{2, 3}}, {Case{Facts: "x", Recommended: 3}, Support{0, 3}}, {Case{Facts: "y", Recommended: 1}, Support{}}} {
		if got := m.Support(&c.of); got != c.want {
			t.Errorf("%+v: %+v", c.of, got)
		}
	}
}

// TestCalibrateByHand: four cases on equal facts, all of one outcome but the last.
func TestCalibrateByHand(t *testing.T) {
	t.Parallel()
	var cases []Case
	for i, outcome := range []int{1, 1, 1, 0} {
		c := ruled(i, 1, outcome)
		c.Facts = "x"
		cases = append(cases, c)
	}
	got := Calibrate(cases, EqualFacts)
	// Confidences 1/2, 2/3, 3/4, 4/5; squares of what was missing: 1/4, 1/9, 1/16, 16/25.
	want := (1./4 + 1./9 + 1./16 + 16./25) / 4
	if !near(got.Brier, want) || !near(got.Chance, .75*.25) || got.Cases != 4 {
		t.Errorf("Brier %v, want %v; %+v", got.Brier, want, got)
	}
	if b := got.Bins[3]; b.Cases != 2 || b.Agree != 2 || !near(b.Mean(), (2./3+3./4)/2) { // 0.6 to 0.8
		t.Errorf("bin %+v", b)
	}
	if b := got.Bins[4]; b.Cases != 1 || b.Agree != 0 || !near(b.Rate(), 0) {
		t.Errorf("bin %+v", b)
	}
	if e := (.5*1 + 2*(1-17./24) + .8) / 4; !near(got.Error, e) {
		t.Errorf("error %v, want %v", got.Error, e)
	}
	if none := Calibrate([]Case{ruled(0, Several, 1)}, EqualFacts); none.Cases != 0 || !math.IsNaN(none.Brier) || none.Enough() || !math.IsNaN(none.Bins[0].Mean()) {
		t.Errorf("%+v", none)
	}
}

// TestCalibratedWhenItIs: where rulings on equal facts come by a fixed chance, the confidence is about
// right, and better than saying the same of all; a coarser place gives the same to all.
func TestCalibratedWhenItIs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(11, 12))
	var cases []Case
	for i := range 6000 {
		kind := random.IntN(5)
		outcome := 1
		if random.Float64() > []float64{.95, .9, .7, .3, .1}[kind] {
			outcome = 2
		}
		c := ruled(i, 1, outcome)
		c.Facts = string(rune('a' + kind))
		cases = append(cases, c)
	}
	fine := Calibrate(cases, EqualFacts)
	if fine.Error > .03 || fine.Brier >= fine.Chance {
		t.Errorf("error %v, Brier %v of %v", fine.Error, fine.Brier, fine.Chance)
	}
	total := 0
	for _, b := range fine.Bins {
		total += b.Cases
		if b.Cases > 100 && math.Abs(b.Mean()-b.Rate()) > .08 {
			t.Errorf("bin %+v: %v and %v", b, b.Mean(), b.Rate())
		}
	}
	if total != fine.Cases {
		t.Errorf("%d of %d in bins", total, fine.Cases)
	}
	coarse := Calibrate(cases, func(*Case) string { return "leaf" })
	if coarse.Brier < fine.Brier || math.Abs(coarse.Brier-coarse.Chance) > .01 {
		t.Errorf("one leaf: Brier %v, equal facts %v, chance %v", coarse.Brier, fine.Brier, coarse.Chance)
	}
}
