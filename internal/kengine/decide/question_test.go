package decide_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// sways says by enumeration whether the value of a fact can change a decision
// for some completion of the others.
func sways(b brute, facts []decide.Fact, in []decide.Set, at int, outcome ssvc.ID) bool {
	found := false
	others := slices.Clone(in)
	others[at] = decide.Of(in[at].Lowest())
	completions(facts, others, func(values map[ssvc.ID]int) {
		first, firstOK := b.outcome(outcome, values)
		for _, v := range in[at].Positions() {
			values[facts[at].ID] = v
			if got, ok := b.outcome(outcome, values); got != first || ok != firstOK {
				found = true
			}
		}
		values[facts[at].ID] = in[at].Lowest()
	})
	return found
}

// TestQuestionsExact: a fact is asked if and only if it is unknown and some
// completion makes it change an open decision.
func TestQuestionsExact(t *testing.T) {
	t.Parallel()
	for seed := range uint64(120) {
		m := randomModel(seed, false)
		c := compile(t, m)
		facts := c.Inputs()
		in := randomSets(rand.New(rand.NewPCG(seed, 3)), facts)
		outcomes := c.Decide(in)
		asked := map[string][]string{}
		for _, q := range c.Questions(in, nil) {
			asked[q.Fact.Key] = q.Decisions
		}
		want := map[string][]string{}
		for i, f := range facts {
			if in[i].Len() < 2 {
				continue
			}
			for d, decision := range m.Decisions {
				if outcomes[d].Set.Len() > 1 && sways(brute{m}, facts, in, i, decision.Outcome) {
					want[f.ID.Key] = append(want[f.ID.Key], decision.Key)
				}
			}
		}
		if d := cmp.Diff(want, asked); d != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, d)
		}
	}
}

// TestQuestionsEnd answers the first question until none is left: every
// decision then has one outcome, however the answers fall.
func TestQuestionsEnd(t *testing.T) {
	t.Parallel()
	for _, m := range builtins(t) {
		c := compile(t, m)
		for seed := range uint64(40) {
			r := rand.New(rand.NewPCG(seed, 11))
			in := c.Unknown()
			for i, f := range c.Inputs() {
				if f.Derived {
					in[i] = decide.Of(r.IntN(len(f.Values)))
				}
			}
			for range len(in) + 1 {
				qs := c.Questions(in, nil)
				if len(qs) == 0 {
					break
				}
				if !slices.IsSortedFunc(qs, func(a, b decide.Question) int {
					if math.Abs(a.Gain-b.Gain) < 1e-6 {
						return 0
					}
					return int(math.Copysign(1, b.Gain-a.Gain))
				}) {
					t.Fatalf("%s: not ordered by gain: %v", m.Key, qs)
				}
				at := qs[0].Possible.Positions()
				in[qs[0].Column] = decide.Of(at[r.IntN(len(at))])
			}
			for d, o := range c.Decide(in) {
				if o.Set.Len() != 1 {
					t.Fatalf("%s: decision %d still open: %v", m.Key, d, o)
				}
			}
		}
	}
}

// TestQuestionsOfDeployer pins order and silence in a case that a person can
// follow.
func TestQuestionsOfDeployer(t *testing.T) {
	t.Parallel()
	c := compiled(t, "deployer")
	first := c.Questions(nil, nil)
	var order []string
	for _, q := range first {
		order = append(order, q.Fact.Key)
	}
	if d := cmp.Diff([]string{"E", "EXP", "SI", "MI", "A"}, order); d != "" {
		t.Errorf("questions (-want +got):\n%s", d)
	}
	in := c.Sets(map[ssvc.ID]decide.Set{
		{Namespace: "ssvc", Key: "E", Version: "1.1.0"}:   decide.Of(2),
		{Namespace: "ssvc", Key: "EXP", Version: "1.0.1"}: decide.Of(1),
		{Namespace: "ssvc", Key: "A", Version: "2.0.0"}:   decide.Of(1),
	})
	if qs := c.Questions(in, nil); len(qs) != 0 {
		t.Errorf("active, controlled, automatable is out-of-cycle whatever the human impact, but it asks %v", qs)
	}
}

// TestWeights: a fact whose value is as good as certain tells little.
func TestWeights(t *testing.T) {
	t.Parallel()
	c := compiled(t, "cisa-coordinator")
	weights := make(decide.Weights, len(c.Inputs()))
	e := c.Column(ssvc.ID{Namespace: "ssvc", Key: "E", Version: "1.1.0"})
	weights[e] = []float64{1, 1e-9, 1e-9}
	gain := func(w decide.Weights) float64 {
		for _, q := range c.Questions(nil, w) {
			if q.Column == e {
				return q.Gain
			}
		}
		t.Fatal("Exploitation is not asked")
		return 0
	}
	if even, sure := gain(nil), gain(weights); sure > even/1000 {
		t.Errorf("gain %g when nearly certain, %g when not", sure, even)
	}
}

// TestGain holds the expected information against counting over all rows.
func TestGain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		m := randomModel(seed, seed%2 == 0)
		m.Decisions = m.Decisions[len(m.Decisions)-1:]
		c := compile(t, m)
		facts := c.Inputs()
		in := c.Unknown()
		for _, q := range c.Questions(in, nil) {
			want := counted(brute{m}, facts, in, m.Decisions[0].Outcome, -1) -
				counted(brute{m}, facts, in, m.Decisions[0].Outcome, q.Column)
			if math.Abs(q.Gain-max(0, want)) > 1e-9 {
				t.Fatalf("seed %d %s: gain %g, want %g", seed, q.Fact.Key, q.Gain, want)
			}
		}
	}
}

// counted gives the entropy of the outcome, or its mean given a column.
func counted(b brute, facts []decide.Fact, in []decide.Set, outcome ssvc.ID, column int) float64 {
	groups := map[int]map[int]float64{}
	total := 0.0
	completions(facts, in, func(values map[ssvc.ID]int) {
		g := 0
		if column >= 0 {
			g = values[facts[column].ID]
		}
		o, ok := b.outcome(outcome, values)
		if !ok {
			o = -1
		}
		if groups[g] == nil {
			groups[g] = map[int]float64{}
		}
		groups[g][o]++
		total++
	})
	h := 0.0
	for _, counts := range groups {
		n := 0.0
		for _, x := range counts {
			n += x
		}
		for _, x := range counts {
			h -= x / total * math.Log2(x/n)
		}
	}
	return h
}

func TestImportance(t *testing.T) {
	t.Parallel()
	c := compiled(t, "cisa-coordinator")
	list, ok := c.Importance(0)
	if !ok || len(list) != 4 {
		t.Fatalf("Importance() = %v, %v", list, ok)
	}
	if !slices.IsSortedFunc(list, func(a, b decide.Importance) int { return int(math.Copysign(1, b.Changes-a.Changes)) }) {
		t.Errorf("not ordered: %v", list)
	}
	table := c.Model.Nodes[0].Table
	for _, im := range list {
		if want := changesByHand(c.Model, *table, im.Fact); math.Abs(im.Changes-want) > 1e-12 {
			t.Errorf("%s: changes in %g of the combinations, want %g", im.Fact, im.Changes, want)
		}
		if im.Gain <= 0 {
			t.Errorf("%s: no information", im.Fact)
		}
	}
}

// changesByHand counts rows for which another row differs only in one column
// and in the outcome.
func changesByHand(m decide.Model, table decide.Table, fact ssvc.ID) float64 {
	col := slices.Index(table.Inputs, fact)
	n := 0
	for _, a := range table.Rows {
		if slices.ContainsFunc(table.Rows, func(b decide.Row) bool {
			same := slices.Clone(b.When)
			same[col] = a.When[col]
			return slices.Equal(same, a.When) && b.Then != a.Then
		}) {
			n++
		}
	}
	return float64(n) / float64(len(table.Rows))
}
