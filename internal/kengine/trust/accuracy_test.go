package trust

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// day is the n-th day of the tests; the first is a Monday.
func day(n int) time.Time { return time.Date(2026, 6, 1+n, 12, 0, 0, 0, time.UTC) }

// ruled is a case of a model that recommended one outcome, or several for Several.
func ruled(n, recommended, outcome int) Case {
	return Case{At: day(n), Analyst: "a", Recommended: recommended, Ruled: outcome, Possible: recommended == Several || recommended == outcome}
}

func near(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 5e-5 }

func TestMeasure(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, c := range []struct {
		name                         string
		cases                        []Case
		exact, within, cost, covered float64
		low, high, single, total     int
	}{
		{"none", nil, nan, nan, nan, nan, 0, 0, 0, 0},
		{"only undecided", []Case{ruled(0, Several, 2)}, nan, nan, nan, 0, 0, 0, 0, 1},
		{"all right", []Case{ruled(0, 1, 1), ruled(0, 3, 3)}, 1, 1, 0, 1, 0, 0, 2, 2},
		// one right, one a step too low (2), one two steps too low (4), one three steps too high (3): 9/4
		{"each kind", []Case{ruled(0, 1, 1), ruled(0, 1, 2), ruled(0, 0, 2), ruled(0, 3, 0), ruled(0, Several, 3)}, .25, .5, 2.25, .8, 2, 1, 4, 5},
	} {
		a := Measure(c.cases, DefaultCosts())
		if !near(a.Rate(), c.exact) || !near(a.WithinRate(), c.within) || !near(a.MeanCost(), c.cost) || !near(a.Coverage(), c.covered) ||
			a.Low != c.low || a.High != c.high || a.Single != c.single || a.Rulings != c.total {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
}

// TestMeasureAgrees: the counts hold together whatever is ruled.
func TestMeasureAgrees(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		costs := Costs{Little: float64(random.IntN(5)), Much: float64(random.IntN(5))}
		cases := made(random, 1+random.IntN(60), 4)
		a, sum := Measure(cases, costs), Accuracy{}
		want := 0.0
		for i := range cases {
			sum.Add(&cases[i], costs)
			if step := float64(cases[i].Ruled - cases[i].Recommended); cases[i].Single() {
				want += math.Max(step, 0)*costs.Little + math.Max(-step, 0)*costs.Much
			}
		}
		if a != sum || !near(a.Cost, want) || a.Exact+a.Low+a.High != a.Single || a.Exact > a.Within || a.Single > a.Rulings {
			t.Fatalf("%+v of %+v, cost %v", a, cases, want)
		}
		parts := 0
		for _, p := range Course(cases, Week, time.UTC, costs) {
			parts += p.Rulings
		}
		if parts != a.Rulings {
			t.Fatalf("%d rulings in the course of %d", parts, a.Rulings)
		}
		if low, high := a.Interval(); a.Single > 0 && (low > a.Rate() || high < a.Rate()) {
			t.Fatalf("%v to %v around %v", low, high, a.Rate())
		}
	}
}

// made is n cases in the order of time.
func made(random *rand.Rand, n, outcomes int) []Case {
	out := make([]Case, n)
	for i := range out {
		out[i] = ruled(i/3, random.IntN(outcomes+1)-1, random.IntN(outcomes))
		out[i].Analyst = string(rune('a' + random.IntN(3)))
		out[i].Facts = string(rune('A' + random.IntN(6)))
		out[i].Changed = random.IntN(5) == 0
	}
	return out
}

// TestWilson: the published examples of Newcombe (1998).
func TestWilson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}, {0, 0, 0, 1}} {
		low, high := wilson(c.k, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f", c.k, c.n, low, high)
		}
	}
}

func TestCourse(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("JST", 9*3600)
	late := ruled(0, 1, 1)
	late.At = time.Date(2026, 6, 7, 16, 0, 0, 0, time.UTC) // Monday already in Tokyo
	weeks := Course([]Case{ruled(0, 1, 1), ruled(3, 1, 2), late, ruled(30, 2, 2)}, Week, tokyo, DefaultCosts())
	if len(weeks) != 5 || weeks[0].Rulings != 2 || weeks[1].Rulings != 1 || weeks[2].Rulings != 0 || weeks[4].Rulings != 1 {
		t.Fatalf("%+v", weeks)
	}
	for i, w := range weeks {
		if w.From.Weekday() != time.Monday || w.To.Sub(w.From) != 7*24*time.Hour || i > 0 && !w.From.Equal(weeks[i-1].To) {
			t.Errorf("week %d: %v to %v", i, w.From, w.To)
		}
	}
	if !near(weeks[0].Rate(), .5) || !math.IsNaN(weeks[2].Rate()) {
		t.Errorf("rates %v, %v", weeks[0].Rate(), weeks[2].Rate())
	}
	months := Course([]Case{ruled(0, 1, 1), ruled(30, 1, 1)}, Month, time.UTC, DefaultCosts())
	if len(months) != 2 || months[0].From.Day() != 1 || months[1].Rulings != 1 {
		t.Errorf("%+v", months)
	}
	if long := Course([]Case{ruled(0, 1, 1), ruled(100000, 1, 1)}, Week, time.UTC, DefaultCosts()); len(long) != maxPoints || long[maxPoints-1].Rulings != 1 {
		t.Errorf("%d points", len(long))
	}
}
