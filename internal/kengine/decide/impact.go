package decide

import (
	"cmp"
	"slices"

	"noroshi.dev/format/ssvc"
)

// Columns hold what is known of many reports, one column per fact. All columns
// have the same length; an empty set is unknown.
type Columns map[ssvc.ID][]Set

// Pick gives the columns in the order of the inputs of a compiled model, ready
// for DecideAll; facts without a column are nil.
func (c *Compiled) Pick(columns Columns) [][]Set {
	out := make([][]Set, len(c.inputs))
	for i, f := range c.inputs {
		out[i] = columns[c.Model.Facts[f].ID]
	}
	return out
}

// Shift counts the reports that go from one set of outcomes to another.
type Shift struct {
	From, To Set
	Count    int
	// Examples are positions of such reports, at most maxExamples.
	Examples []int
}

const maxExamples = 20

// Gone stands in Shift.From for outcome values that the new version does not
// have.
const Gone = Set(1) << (MaxValues - 1)

// Impact is what a new version of a model would change for one decision.
type Impact struct {
	// Decision is the key; both versions have it.
	Decision string
	Total    int
	Changed  int
	// Shifts lists the changes, the most frequent first. Sets are those of the
	// outcome fact of the new version; Gone stands for all values that only the
	// old version has.
	Shifts []Shift
}

// CompareOn decides n reports by two versions of a model and counts, for every
// decision that both have, how many would come out otherwise. Outcomes are
// compared by value key.
func CompareOn(from, to *Compiled, columns Columns, n int) []Impact {
	return CompareColumns(from, to, from.Pick(columns), to.Pick(columns), n)
}

// CompareColumns is CompareOn for knowledge that differs by version: before and
// after hold the columns of the inputs of each, as DecideAll takes them.
func CompareColumns(from, to *Compiled, before, after [][]Set, n int) []Impact {
	old, now := decideAll(from, before, n), decideAll(to, after, n)
	var impacts []Impact
	for d, decision := range to.Model.Decisions {
		same := from.Model.Decision(decision.Key)
		if same < 0 {
			continue
		}
		translate := translation(from.OutcomeFact(same), to.OutcomeFact(d))
		im := Impact{Decision: decision.Key, Total: n}
		shifts := map[[2]Set]*Shift{}
		for r := range n {
			a, b := translate(old[same][r]), now[d][r]
			if a == b {
				continue
			}
			im.Changed++
			s, ok := shifts[[2]Set{a, b}]
			if !ok {
				s = &Shift{From: a, To: b}
				shifts[[2]Set{a, b}] = s
			}
			if s.Count++; len(s.Examples) < maxExamples {
				s.Examples = append(s.Examples, r)
			}
		}
		for _, s := range shifts {
			im.Shifts = append(im.Shifts, *s)
		}
		slices.SortFunc(im.Shifts, func(a, b Shift) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
		})
		impacts = append(impacts, im)
	}
	return impacts
}

func decideAll(c *Compiled, columns [][]Set, n int) [][]Set {
	out := make([][]Set, len(c.decisions))
	for d := range out {
		out[d] = make([]Set, n)
	}
	c.NewEvaluator().DecideAll(columns, n, out)
	return out
}

// translation maps sets of one fact to those of another by value key.
func translation(from, to Fact) func(Set) Set {
	at := make([]Set, len(from.Values))
	same := true
	for i, v := range from.Values {
		at[i] = Gone
		if j := to.Index(v.Key); j >= 0 {
			at[i] = 1 << j
		}
		same = same && at[i] == 1<<i
	}
	return func(s Set) Set {
		if same {
			return s
		}
		var out Set
		for _, i := range s.Positions() {
			out |= at[i]
		}
		return out
	}
}
