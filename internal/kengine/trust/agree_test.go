package trust

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// reliability is the example of Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): four
// observers, twelve units, 0: no value.
func reliability() []Case {
	var out []Case
	for who, row := range [][]int{
		{1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
		{1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
		{0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
		{1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0},
	} {
		for unit, v := range row {
			if v > 0 {
				out = append(out, Case{At: day(unit), Analyst: string(rune('A' + who)), Facts: string(rune('a' + unit)), Ruled: v - 1, Possible: true})
			}
		}
	}
	return out
}

func TestAlphaAsPublished(t *testing.T) {
	t.Parallel()
	a := Agree(reliability())
	if math.Abs(a.Alpha-.815) > .0005 {
		t.Errorf("alpha %.4f, published .815", a.Alpha)
	}
	// Units of 3, 4, 4, 4, 4, 4, 4, 4, 4, 3 and 2 values; the last unit has one and does not count.
	if a.Units != 11 || a.Values != 40 || a.Pairs != 3+8*6+3+1 || a.Analysts != 4 || !a.Enough() {
		t.Errorf("%+v", a)
	}
	// Different: unit 2 three pairs, unit 6 all six, unit 8 three.
	if a.Same != a.Pairs-12 || !near(a.Rate(), float64(a.Pairs-12)/float64(a.Pairs)) {
		t.Errorf("%d of %d pairs alike", a.Same, a.Pairs)
	}
	var facts []string
	for _, c := range a.Conflicts {
		facts = append(facts, c.Facts)
	}
	if !slices.Equal(facts, []string{"f", "b", "h"}) {
		t.Errorf("conflicts %v", facts)
	}
}

func TestAgree(t *testing.T) {
	t.Parallel()
	of := func(who, facts string, outcome int) Case {
		return Case{Analyst: who, Facts: facts, Ruled: outcome, Possible: true}
	}
	for _, c := range []struct {
		name                  string
		cases                 []Case
		units, pairs, same, n int // n conflicts
		alpha                 float64
	}{
		{"none", nil, 0, 0, 0, 0, math.NaN()},
		{"one analyst of two minds", []Case{of("a", "x", 1), of("a", "x", 2)}, 0, 0, 0, 1, math.NaN()},
		{"alike, but always the same", []Case{of("a", "x", 1), of("b", "x", 1)}, 1, 1, 1, 0, math.NaN()},
		{"alike", []Case{of("a", "x", 1), of("b", "x", 1), of("a", "y", 0), of("b", "y", 0)}, 2, 2, 2, 0, 1},
		{"the last counts", []Case{of("a", "x", 0), of("a", "x", 1), of("b", "x", 1), of("a", "y", 0), of("b", "y", 0)}, 2, 2, 2, 1, 1},
		{"the opposite", []Case{of("a", "x", 1), of("b", "x", 0), of("a", "y", 0), of("b", "y", 1)}, 2, 2, 0, 2, -.5},
	} {
		a := Agree(c.cases)
		if a.Units != c.units || a.Pairs != c.pairs || a.Same != c.same || len(a.Conflicts) != c.n || !near(a.Alpha, c.alpha) {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
}

// TestAgreeIsFair: names and the order of analysts do not matter, and by chance alpha is about zero.
func TestAgreeIsFair(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 10))
	var by []Case
	for i := range 3000 {
		by = append(by, Case{Analyst: string(rune('a' + i%3)), Facts: string(rune(0x4e00 + i/3)), Ruled: random.IntN(4), Possible: true})
	}
	a := Agree(by)
	if math.Abs(a.Alpha) > .05 {
		t.Errorf("alpha by chance: %v", a.Alpha)
	}
	for i := range by {
		by[i].Analyst = map[string]string{"a": "z", "b": "a", "c": "m"}[by[i].Analyst]
		by[i].Facts = "~" + by[i].Facts
	}
	if b := Agree(by); math.Abs(b.Alpha-a.Alpha) > 1e-12 || b.Same != a.Same || len(b.Conflicts) != len(a.Conflicts) {
		t.Errorf("%v and %v", a.Alpha, b.Alpha)
	}
}

func TestDeviations(t *testing.T) {
	t.Parallel()
	dev := func(who, facts string, outcome int, stated Cause, changed bool) Case {
		return Case{Analyst: who, Facts: facts, Recommended: 1, Ruled: outcome, Possible: outcome == 1, Stated: stated, Changed: changed}
	}
	cases := []Case{
		dev("a", "x", 1, "", false),
		dev("b", "x", 2, Logic, false),    // a ruled otherwise
		dev("a", "y", 0, Analyst, false),  // alone: the logic
		dev("a", "z", 0, Exception, true), // an input came later
		dev("b", "x", 3, Data, true),      // both: the data comes first
		dev("a", "w", 2, Logic, false),    // the other says the same
		dev("b", "w", 2, Analyst, false),  // likewise
		dev("a", "v", 2, Logic, false),    // only a itself of two minds
		dev("a", "v", 1, "", true),        // no deviation
	}
	want := []Deviation{{1, Logic, Analyst}, {2, Analyst, Logic}, {3, Exception, Data}, {4, Data, Data}, {5, Logic, Logic}, {6, Analyst, Logic}, {7, Logic, Logic}}
	if got := Deviations(cases); !slices.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	if len(CauseOrder()) != 4 {
		t.Error("four causes")
	}
}
