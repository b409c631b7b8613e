package trust

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Agreement says how alike analysts rule on equal facts. For the figures each analyst has one ruling
// on the same facts: the last.
type Agreement struct {
	Units    int     // combinations of facts on which at least two analysts ruled
	Values   int     // rulings there, one an analyst
	Analysts int     // who made them
	Pairs    int     // pairs of analysts on equal facts
	Same     int     // of Pairs: the same outcome
	Alpha    float64 // Krippendorff's, for ordinal outcomes: 1 alike, 0 as by chance; NaN: all rulings are one outcome, or none
	// Conflicts are the facts on which rulings differ, also those of one analyst.
	Conflicts []Conflict
}

// Rate is the share of pairs with the same outcome; NaN without pairs.
func (a *Agreement) Rate() float64 { return share(a.Same, a.Pairs) }

// Enough reports whether there are enough rulings to go by the figures.
func (a *Agreement) Enough() bool { return a.Values >= Enough }

// Conflict is equal facts with different rulings.
type Conflict struct {
	Facts    string
	Cases    []int // positions in the cases, in their order
	Analysts int
	Spread   int // steps between the lowest and the highest outcome
}

// Agree compares the rulings of cases, which are ordered by time.
func Agree(cases []Case) Agreement {
	groups := map[string][]int{}
	for i := range cases {
		groups[cases[i].Facts] = append(groups[cases[i].Facts], i)
	}
	keys := make([]string, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var a Agreement
	var units [][]int
	analysts := map[string]bool{}
	for _, key := range keys {
		if c, ok := conflictOf(cases, key, groups[key]); ok {
			a.Conflicts = append(a.Conflicts, c)
		}
		last := lastOfEach(cases, groups[key])
		if len(last) < 2 {
			continue
		}
		unit := make([]int, 0, len(last))
		for _, at := range last {
			unit = append(unit, cases[at].Ruled)
			analysts[cases[at].Analyst] = true
		}
		units = append(units, unit)
		a.count(unit)
	}
	a.Analysts, a.Alpha = len(analysts), alpha(units)
	slices.SortFunc(a.Conflicts, func(x, y Conflict) int {
		return cmp.Or(cmp.Compare(y.Analysts, x.Analysts), cmp.Compare(y.Spread, x.Spread), cmp.Compare(len(y.Cases), len(x.Cases)), strings.Compare(x.Facts, y.Facts))
	})
	return a
}

func conflictOf(cases []Case, facts string, at []int) (Conflict, bool) {
	c := Conflict{Facts: facts, Cases: at}
	low, high := cases[at[0]].Ruled, cases[at[0]].Ruled
	who := map[string]bool{}
	for _, i := range at {
		low, high = min(low, cases[i].Ruled), max(high, cases[i].Ruled)
		who[cases[i].Analyst] = true
	}
	c.Analysts, c.Spread = len(who), high-low
	return c, c.Spread > 0
}

// lastOfEach gives the last case of each analyst, in the order of the cases.
func lastOfEach(cases []Case, at []int) []int {
	seen := map[string]bool{}
	var out []int
	for _, i := range slices.Backward(at) {
		if !seen[cases[i].Analyst] {
			seen[cases[i].Analyst] = true
			out = append(out, i)
		}
	}
	slices.Reverse(out)
	return out
}

// count counts a unit and its pairs.
func (a *Agreement) count(unit []int) {
	a.Units++
	a.Values += len(unit)
	for i := range unit {
		for _, other := range unit[i+1:] {
			a.Pairs++
			if other == unit[i] {
				a.Same++
			}
		}
	}
}

// alpha is Krippendorff's alpha with the ordinal difference, from the matrix of coincidences. Each unit
// holds at least two values.
func alpha(units [][]int) float64 {
	most := -1
	for _, u := range units {
		most = max(most, slices.Max(u))
	}
	together := make([][]float64, most+1)
	for i := range together {
		together[i] = make([]float64, most+1)
	}
	n := make([]float64, most+1)
	total := 0.0
	for _, u := range units {
		for i, a := range u {
			for j, b := range u {
				if i != j {
					together[a][b] += 1 / float64(len(u)-1)
				}
			}
			n[a]++
			total++
		}
	}
	observed, expected := 0.0, 0.0
	for a := range together {
		between := n[a] / 2
		for b := a + 1; b <= most; b++ {
			d := between + n[b]/2
			observed += together[a][b] * d * d
			expected += n[a] * n[b] * d * d
			between += n[b]
		}
	}
	if expected == 0 {
		return math.NaN()
	}
	return 1 - (total-1)*observed/expected
}
