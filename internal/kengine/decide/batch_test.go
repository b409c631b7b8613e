package decide_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

func randomColumns(r *rand.Rand, c *decide.Compiled, n int) [][]decide.Set {
	columns := make([][]decide.Set, len(c.Inputs()))
	for i, f := range c.Inputs() {
		if i%5 == 4 {
			continue // a column nobody knows anything about
		}
		columns[i] = make([]decide.Set, n)
		for k := range columns[i] {
			columns[i][k] = decide.Set(r.Uint64()) & f.All()
		}
	}
	return columns
}

func outcomes(c *decide.Compiled, n int) [][]decide.Set {
	out := make([][]decide.Set, len(c.Model.Decisions))
	for d := range out {
		out[d] = make([]decide.Set, n)
	}
	return out
}

// TestDecideAll: batches give what single decisions give, for narrow, wide and
// very wide models, twice with the same evaluator.
func TestDecideAll(t *testing.T) {
	t.Parallel()
	models := builtins(t)
	for seed := range uint64(20) {
		models = append(models, randomModel(seed, seed%2 == 0))
	}
	models = append(models, wideModel(12), wideModel(40))
	const n = 700
	for _, m := range models {
		c := compile(t, m)
		r := rand.New(rand.NewPCG(4, 4))
		columns := randomColumns(r, c, n)
		e := c.NewEvaluator()
		for range 2 {
			out := outcomes(c, n)
			inexact := e.DecideAll(columns, n, out)
			want := 0
			for k := range n {
				in := make([]decide.Set, len(columns))
				for i := range columns {
					if columns[i] != nil {
						in[i] = columns[i][k]
					}
				}
				for d, o := range c.Decide(in) {
					if !o.Exact {
						want++
					}
					if out[d][k] != o.Set {
						t.Fatalf("%s decision %d report %d: %v, want %v", m.Key, d, k, out[d][k], o.Set)
					}
				}
			}
			if inexact != want {
				t.Errorf("%s: %d inexact, want %d", m.Key, inexact, want)
			}
		}
	}
}

// wideModel sums up n three-valued inputs pair by pair, so that its memo key is
// 3n bits wide; nothing is shared, so everything stays exact.
func wideModel(n int) decide.Model { return wideOf(n, 3) }

// wideOf is wideModel with facts of any number of values; the outcome is the
// greatest of all.
func wideOf(n, values int) decide.Model {
	m := decide.Model{Key: fmt.Sprintf("wide%d", n), Version: 1, Status: decide.Draft}
	sum := newFact("S0", values)
	m.Facts = append(m.Facts, sum)
	prev := sum.ID
	for i := 1; i < n; i++ {
		in, out := newFact(fmt.Sprintf("I%d", i), values), newFact(fmt.Sprintf("S%d", i), values)
		m.Facts = append(m.Facts, in, out)
		t := decide.Table{Inputs: []ssvc.ID{prev, in.ID}}
		for a := range values {
			for b := range values {
				t.Rows = append(t.Rows, decide.Row{When: []string{fmt.Sprintf("V%d", a), fmt.Sprintf("V%d", b)}, Then: fmt.Sprintf("V%d", max(a, b))})
			}
		}
		m.Nodes = append(m.Nodes, decide.Node{Outcome: out.ID, Table: &t})
		prev = out.ID
	}
	m.Decisions = []decide.Decision{{Key: "d", Outcome: prev}}
	return m
}

// TestInexact: when too many shared inputs are unknown, the answer is a
// superset and says so.
func TestInexact(t *testing.T) {
	t.Parallel()
	const n = 17
	m := decide.Model{Key: "shared", Version: 1}
	var chains [2]ssvc.ID
	for i := range n {
		m.Facts = append(m.Facts, newFact(fmt.Sprintf("I%d", i), 2))
	}
	for side := range chains { // both sides read every input; the end compares them
		prev := id("I0")
		for i := 1; i < n; i++ {
			out := newFact(fmt.Sprintf("S%dx%d", side, i), 2)
			m.Facts = append(m.Facts, out)
			m.Nodes = append(m.Nodes, parity(prev, id(fmt.Sprintf("I%d", i)), out.ID))
			prev = out.ID
		}
		chains[side] = prev
	}
	end := newFact("END", 2)
	m.Facts = append(m.Facts, end)
	m.Nodes = append(m.Nodes, parity(chains[0], chains[1], end.ID))
	m.Decisions = []decide.Decision{{Key: "d", Outcome: end.ID}}
	c := compile(t, m)
	if o := c.Decide(nil)[0]; o.Exact || o.Set != decide.Of(0, 1) {
		t.Errorf("2^%d shared combinations: %v, want an inexact superset", n, o)
	}
	in := c.Unknown()
	in[0], in[1] = decide.Of(0), decide.Of(1)
	if o := c.Decide(in)[0]; !o.Exact || o.Set != decide.Of(0) {
		t.Errorf("2^%d shared combinations: %v, want exactly {0}", n-2, o)
	}
}

func parity(a, b, out ssvc.ID) decide.Node {
	return decide.Node{Outcome: out, Table: &decide.Table{Inputs: []ssvc.ID{a, b}, Rows: []decide.Row{
		{When: []string{"V0", "V0"}, Then: "V0"},
		{When: []string{"V0", "V1"}, Then: "V1"},
		{When: []string{"V1", "V0"}, Then: "V1"},
		{When: []string{"V1", "V1"}, Then: "V0"},
	}}}
}

// threeDecisions is the load of the benchmarks: three models of one
// organisation over the same reports.
func threeDecisions(tb testing.TB) []*decide.Compiled {
	tb.Helper()
	return []*decide.Compiled{compiled(tb, "cisa-coordinator"), compiled(tb, "cisa-bod-26-04"), compiled(tb, "deployer")}
}

// BenchmarkOneOrganisation decides 40,000 reports three times with fresh
// evaluators; floor: 50 ms.
func BenchmarkOneOrganisation(b *testing.B) {
	const n = 40_000
	models := threeDecisions(b)
	r := rand.New(rand.NewPCG(1, 2))
	var columns, outs [][][]decide.Set
	for _, c := range models {
		columns = append(columns, randomColumns(r, c, n))
		outs = append(outs, outcomes(c, n))
	}
	b.ResetTimer()
	for b.Loop() {
		for i, c := range models {
			c.NewEvaluator().DecideAll(columns[i], n, outs[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(3*n), "ns/decision")
}

// BenchmarkHundredOrganisations decides 32,000 reports three times for each of
// a hundred organisations on all processors; floor: 2 s on two.
func BenchmarkHundredOrganisations(b *testing.B) {
	const n, organisations = 32_000, 100
	models := threeDecisions(b)
	r := rand.New(rand.NewPCG(1, 2))
	var columns [][][]decide.Set
	for _, c := range models {
		columns = append(columns, randomColumns(r, c, n))
	}
	for b.Loop() {
		work := make(chan int, organisations)
		for o := range organisations {
			work <- o
		}
		close(work)
		var wg sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			wg.Go(func() {
				var outs [][][]decide.Set
				for _, c := range models {
					outs = append(outs, outcomes(c, n))
				}
				for range work {
					for i, c := range models {
						c.NewEvaluator().DecideAll(columns[i], n, outs[i])
					}
				}
			})
		}
		wg.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(3*n*organisations), "ns/decision")
}

// BenchmarkQuestions asks with nothing known of the deployer model, what the
// analysis form does at every answer; floor: 5 ms.
func BenchmarkQuestions(b *testing.B) {
	c := compiled(b, "deployer")
	for b.Loop() {
		if len(c.Questions(nil, nil)) != 5 {
			b.Fatal("five facts matter")
		}
	}
}
