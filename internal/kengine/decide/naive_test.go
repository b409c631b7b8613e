package decide_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// TestExplainAgainstEnumeration: every step shows exactly the values that some
// completion gives its fact, each fact once, inputs and decided facts marked,
// and open are the inputs that still matter.
func TestExplainAgainstEnumeration(t *testing.T) {
	t.Parallel()
	for seed := range uint64(80) {
		m := randomModel(seed, seed%2 == 0)
		c := compile(t, m)
		facts := c.Inputs()
		in := randomSets(rand.New(rand.NewPCG(seed, 71)), facts)
		for d, decision := range m.Decisions {
			e := c.Explain(d, in)
			if want := (brute{m}).set(facts, in, decision.Outcome); e.Outcome.Set != want || !e.Outcome.Exact {
				t.Fatalf("seed %d: outcome %v, want %v", seed, e.Outcome, want)
			}
			seen := map[ssvc.ID]bool{}
			for i, s := range e.Steps {
				if seen[s.Fact] || s.Decided != (m.Node(s.Fact) >= 0) {
					t.Fatalf("seed %d: step %d %+v is repeated or wrongly marked", seed, i, s)
				}
				seen[s.Fact] = true
				if want := (brute{m}).set(facts, in, s.Fact); s.Values != want {
					t.Fatalf("seed %d: %s is %s, want %s", seed, s.Fact, s.Values, want)
				}
				if (s.Depth == 0) != (s.Fact == decision.Outcome) || !s.Decided && s.Depth < 1 {
					t.Fatalf("seed %d: depth of %+v", seed, s)
				}
			}
			if last := e.Steps[len(e.Steps)-1]; last.Fact != decision.Outcome {
				t.Fatalf("seed %d: the last step is %s", seed, last.Fact)
			}
			var open []int
			for i := range facts {
				if e.Outcome.Set.Len() > 1 && in[i].Len() > 1 && sways(brute{m}, facts, in, i, decision.Outcome) {
					open = append(open, i)
				}
			}
			if !slices.Equal(e.Open, open) {
				t.Fatalf("seed %d: open %v, want %v", seed, e.Open, open)
			}
		}
	}
}

// TestCheckAgainstEnumeration: gaps, order and unreachable values of a single
// table are those that a walk over its combinations finds.
func TestCheckAgainstEnumeration(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(73, 74))
	for range 200 {
		inputs, values, outcomes := 1+r.IntN(3), 2+r.IntN(2), 2+r.IntN(3)
		given := map[string]int{}
		m := tableOf(inputs, values, outcomes, func(at []int) string {
			if r.IntN(6) == 0 {
				return ""
			}
			o := r.IntN(outcomes)
			given[joined(at)] = o
			return "V" + strconv.Itoa(o)
		})
		cells := int(math.Pow(float64(values), float64(inputs)))
		order := 0
		reached := map[int]bool{}
		for when, low := range given {
			reached[low] = true
			at := parted(when)
			for i := range at {
				at[i]++
				if high, ok := given[joined(at)]; ok && high < low {
					order++
				}
				at[i]--
			}
		}
		found := map[string][]string{}
		for _, f := range decide.Check(m) {
			if f.Key == decide.KeyMissing || f.Key == decide.KeyOrder || f.Key == decide.KeyUnreachable {
				found[f.Key] = append(found[f.Key], f.Args[0])
			}
		}
		want := map[string][]string{}
		if missing := cells - len(given); missing > 0 {
			want[decide.KeyMissing] = []string{strconv.Itoa(missing)}
		}
		if order > 0 {
			want[decide.KeyOrder] = []string{strconv.Itoa(order)}
		}
		for o := range outcomes {
			if !reached[o] {
				want[decide.KeyUnreachable] = append(want[decide.KeyUnreachable], "V"+strconv.Itoa(o))
			}
		}
		if d := cmp.Diff(want, found); d != "" {
			t.Fatalf("findings (-want +got):\n%s\n%v", d, given)
		}
		if ready := decide.Ready(decide.Check(m)); ready {
			t.Fatal("a model without actions is ready")
		}
	}
}

func joined(at []int) string {
	parts := make([]string, len(at))
	for i, v := range at {
		parts[i] = strconv.Itoa(v)
	}
	return strings.Join(parts, " ")
}

func parted(s string) (at []int) {
	for f := range strings.FieldsSeq(s) {
		v, _ := strconv.Atoi(f)
		at = append(at, v)
	}
	return at
}

// TestReady: only an error or a gap keeps a model from being activated.
func TestReady(t *testing.T) {
	t.Parallel()
	for s, want := range map[decide.Severity]bool{decide.Error: false, decide.Gap: false, decide.Warning: true} {
		if got := decide.Ready([]decide.Finding{{Severity: decide.Warning}, {Severity: s}}); got != want {
			t.Errorf("Ready() with %s = %v, want %v", s, got, want)
		}
	}
	if !decide.Ready(nil) {
		t.Error("nothing found is not ready")
	}
}

// TestChangesLimits: at most as many as asked for, the same ones first, nothing
// for a negative number, and single edits alone where pairs would be too many.
func TestChangesLimits(t *testing.T) {
	t.Parallel()
	c := compiled(t, "cisa-coordinator")
	in := c.Sets(known(map[string]int{"E": 0, "A": 0, "TI": 0, "MWI": 0}))
	all := c.Changes(0, in, 1000)
	for _, most := range []int{-5, -1, 0, 1, 2, len(all), len(all) + 1} {
		got := c.Changes(0, in, most)
		if want := all[:min(max(most, 0), len(all))]; !cmp.Equal(want, got) && len(want)+len(got) > 0 {
			t.Errorf("most %d: %d changes, want the first %d", most, len(got), len(want))
		}
	}
	for i, ch := range all {
		if i > 0 && len(ch.Edits) < len(all[i-1].Edits) {
			t.Errorf("change %d has fewer edits than the one before", i)
		}
		trial := slices.Clone(in)
		for _, e := range ch.Edits {
			trial[e.Column] = decide.Of(e.To)
		}
		if got := c.Decide(trial)[0]; got != ch.Outcome || got.Set == c.Decide(in)[0].Set {
			t.Errorf("change %d says %v, deciding says %v", i, ch.Outcome, got)
		}
	}
	wide := compile(t, wideOf(100, 5)) // 400 edits of known facts: 79,800 pairs
	at := slices.Repeat([]decide.Set{decide.Of(0)}, 100)
	at[7], at[70] = decide.Of(4), decide.Of(4)
	if got := wide.Changes(0, at, 10); len(got) != 0 {
		t.Errorf("%d changes of a maximum that two facts hold up, want none: only a pair lowers it", len(got))
	}
	at[7] = decide.Of(0)
	if got := wide.Changes(0, at, 1000); len(got) != 4 {
		t.Errorf("%d single changes of a maximum that one fact holds up, want its 4 lower values", len(got))
	}
}

// TestOddWeights: weights that are no probabilities, or no numbers, give finite
// gains in order and the same questions as none.
func TestOddWeights(t *testing.T) {
	t.Parallel()
	c := compiled(t, "deployer")
	plain := c.Questions(nil, nil)
	for name, w := range map[string]float64{"negative": -1, "zero": 0, "nan": math.NaN(), "infinite": math.Inf(1), "huge": math.MaxFloat64} {
		weights := make(decide.Weights, len(c.Inputs()))
		for i, f := range c.Inputs() {
			weights[i] = slices.Repeat([]float64{w}, len(f.Values))
		}
		if d := cmp.Diff(plain, c.Questions(nil, weights)); d != "" {
			t.Errorf("%s everywhere (-without +with):\n%s", name, d)
		}
		weights[0][0] = 1
		for i, q := range c.Questions(nil, weights) {
			if math.IsNaN(q.Gain) || math.IsInf(q.Gain, 0) || q.Gain < 0 {
				t.Errorf("%s: question %d gains %v", name, i, q.Gain)
			}
		}
	}
	scaled := make(decide.Weights, len(c.Inputs()))
	for i, f := range c.Inputs() {
		scaled[i] = slices.Repeat([]float64{17}, len(f.Values))
	}
	if d := cmp.Diff(plain, c.Questions(nil, scaled)); d != "" {
		t.Errorf("weights of another scale (-without +with):\n%s", d)
	}
}

// TestImpactAgainstDeciding: CompareOn counts what deciding every report with
// both versions finds, with the first reports as examples.
func TestImpactAgainstDeciding(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 75))
		from := randomModel(seed, false)
		to := from
		to.Nodes = slices.Clone(from.Nodes)
		for i, n := range to.Nodes {
			if n.Table == nil {
				continue
			}
			table := decide.Table{Inputs: n.Table.Inputs, Rows: slices.Clone(n.Table.Rows)}
			table.Rows[r.IntN(len(table.Rows))].Then = "V0"
			to.Nodes[i].Table = &table
		}
		a, b := compile(t, from), compile(t, to)
		const n = 60
		columns := decide.Columns{}
		for i, col := range randomColumns(r, a, n) {
			columns[a.Inputs()[i].ID] = col
		}
		want := make([]map[[2]decide.Set][]int, len(to.Decisions))
		for d := range want {
			want[d] = map[[2]decide.Set][]int{}
		}
		for k := range n {
			sets := map[ssvc.ID]decide.Set{}
			for fact, col := range columns {
				if col != nil {
					sets[fact] = col[k]
				}
			}
			before, after := a.Decide(a.Sets(sets)), b.Decide(b.Sets(sets))
			for d := range want {
				if before[d].Set != after[d].Set {
					key := [2]decide.Set{before[d].Set, after[d].Set}
					want[d][key] = append(want[d][key], k)
				}
			}
		}
		for d, im := range decide.CompareOn(a, b, columns, n) {
			changed := 0
			for _, s := range im.Shifts {
				at := want[d][[2]decide.Set{s.From, s.To}]
				if s.Count != len(at) || !slices.Equal(s.Examples, at[:min(20, len(at))]) {
					t.Fatalf("seed %d: shift %+v, want reports %v", seed, s, at)
				}
				changed += s.Count
			}
			if im.Changed != changed || len(im.Shifts) != len(want[d]) || im.Total != n || im.Decision != to.Decisions[d].Key {
				t.Fatalf("seed %d: %+v, want %d shifts", seed, im, len(want[d]))
			}
		}
	}
}
