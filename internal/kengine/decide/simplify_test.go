package decide_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// mixed makes one table of a few facts of both scales; with classes of a
// plain rule, so that some values mean the same and some facts nothing.
func mixed(seed uint64, plain bool) decide.Model {
	r := rand.New(rand.NewPCG(seed, 21))
	m := decide.Model{Key: "mixed", Version: 1, Status: decide.Draft, Name: decide.Text{JA: "表", EN: "table"}}
	out := newFact("O", 2+r.IntN(3))
	t := decide.Table{}
	for i := range 2 + r.IntN(2) {
		f := newFact(fmt.Sprintf("I%d", i), 2+r.IntN(3))
		if r.IntN(2) == 0 {
			f.Scale = decide.Nominal
		}
		m.Facts = append(m.Facts, f)
		t.Inputs = append(t.Inputs, f.ID)
	}
	factor := make([]int, len(m.Facts))
	for i := range factor {
		factor[i] = r.IntN(3)
	}
	var fill func(when []string, sum int)
	fill = func(when []string, sum int) {
		if len(when) == len(m.Facts) {
			o := r.IntN(len(out.Values))
			if plain {
				o = min(sum/2, len(out.Values)-1)
			}
			t.Rows = append(t.Rows, decide.Row{When: append([]string{}, when...), Then: out.Values[o].Key})
			return
		}
		for v, value := range m.Facts[len(when)].Values {
			fill(append(when[:len(when):len(when)], value.Key), sum+v*factor[len(when)])
		}
	}
	fill(nil, 0)
	m.Facts = append(m.Facts, out)
	m.Nodes = []decide.Node{{Outcome: out.ID, Table: &t}}
	m.Decisions = []decide.Decision{{Key: "d", Name: decide.Text{JA: "判断", EN: "decision"}, Outcome: out.ID}}
	return m
}

// least counts the leaves of the smallest tree by trying every cut of every
// box, without joining values and without order.
func least(m decide.Model) int {
	n := m.Nodes[0]
	facts := m.Facts[:len(m.Facts)-1]
	known := map[string]int{}
	var box func(at []uint64) int
	box = func(at []uint64) int {
		key := fmt.Sprint(at)
		if best, ok := known[key]; ok {
			return best
		}
		first, same := "", true
		for _, row := range n.Table.Rows {
			in := true
			for i, v := range row.When {
				in = in && at[i]>>facts[i].Index(v)&1 == 1
			}
			if in && first == "" {
				first = row.Then
			}
			same = same && (!in || row.Then == first)
		}
		best := len(n.Table.Rows)
		if same {
			best = 1
		}
		for i, whole := range at {
			for left := (whole - 1) & whole; left > 0 && !same; left = (left - 1) & whole {
				right := whole &^ left
				if facts[i].Scale == decide.Ordinal && bits.Len64(left) > bits.TrailingZeros64(right) {
					continue // no threshold
				}
				l, r := append([]uint64{}, at...), append([]uint64{}, at...)
				l[i], r[i] = left, right
				best = min(best, box(l)+box(r))
			}
		}
		known[key] = best
		return best
	}
	all := make([]uint64, len(facts))
	for i, f := range facts {
		all[i] = uint64(f.All())
	}
	return box(all)
}

// TestSmallest holds the tree against the table, combination by combination,
// and its leaves against an exhaustive search; joined answers may save more.
func TestSmallest(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		m := mixed(seed, seed%2 == 0)
		s, err := m.Simplify(m.Nodes[0].Outcome, decide.AsTree)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		simple := m.With(s.Node)
		compile(t, simple)
		facts := m.Facts[:len(m.Facts)-1]
		all := make([]decide.Set, len(facts))
		rows := 0
		for i, f := range facts {
			all[i] = f.All()
		}
		completions(facts, all, func(values map[ssvc.ID]int) {
			rows++
			want, _ := brute{m}.outcome(s.Outcome, values)
			if got, ok := (brute{simple}).outcome(s.Outcome, values); !ok || got != want {
				t.Errorf("seed %d %v: %d, the table says %d", seed, values, got, want)
			}
		})
		if s.Compared != rows || s.Before.Rows != rows || s.Before.Inputs != len(facts) {
			t.Errorf("seed %d: compared %d, before %+v; there are %d rows", seed, s.Compared, s.Before, rows)
		}
		nominal := true
		for _, f := range facts {
			nominal = nominal && (f.Scale == decide.Nominal || len(f.Values) == 2)
		}
		if want := least(m); !s.Proven || s.After.Leaves > want || nominal && s.After.Leaves != want {
			t.Errorf("seed %d: %d leaves, proven %t; the least is %d", seed, s.After.Leaves, s.Proven, want)
		}
		if again, err := m.Simplify(s.Outcome, decide.AsTree); err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("seed %d: twice is not the same: %v", seed, err)
		}
	}
}

// TestSimplifyThereAndBack: table -> tree -> table has the rows of the first,
// and a tree that is made smaller decides as before.
func TestSimplifyThereAndBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		m := randomModel(seed, false)
		for _, n := range m.Nodes {
			s, err := m.Simplify(n.Outcome, decide.AsTree)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if n.Tree != nil && s.After.Leaves > s.Before.Leaves {
				t.Errorf("seed %d: %d leaves became %d", seed, s.Before.Leaves, s.After.Leaves)
			}
			sameDecisions(t, m, m.With(s.Node))
			flat, err := m.Flatten(s.Node)
			if err != nil || len(n.Inputs()) == 0 {
				continue
			}
			back, err := m.Widen(flat, n.Inputs())
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if _, differ, err := m.Agree(n, decide.Node{Outcome: n.Outcome, Table: &back}); err != nil || differ > 0 {
				t.Errorf("seed %d: %d differ: %v", seed, differ, err)
			}
			if n.Table != nil && len(back.Rows) != len(n.Table.Rows) {
				t.Errorf("seed %d: %d rows came back of %d", seed, len(back.Rows), len(n.Table.Rows))
			}
		}
	}
}

// TestSimplifyLarge cuts tables greedily that are too large for the search.
func TestSimplifyLarge(t *testing.T) {
	t.Parallel()
	rule := func(at []int) string { return fmt.Sprintf("V%d", min(2, (at[0]+at[1]+at[2]+at[9])/2)) }
	m := tableOf(10, 3, 3, rule)
	for i := range m.Facts[:3] {
		m.Facts[i].Scale = decide.Nominal
	}
	s, err := m.Simplify(m.Nodes[0].Outcome, decide.AsTree)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Proven || s.Compared != 59049 || s.After.Inputs != 4 || s.After.Leaves > 81 {
		t.Errorf("idle facts: %+v", s)
	}
	for name, c := range map[string]struct {
		then   func(at []int) string
		leaves int // at most
	}{
		"greatest": {func(at []int) string { return fmt.Sprintf("V%d", slices.Max(at)) }, 21},
		"two sums": {func(at []int) string { return fmt.Sprintf("V%d", max(min(2, sum(at[:5])/6), min(2, sum(at[5:])/8))) }, 2500},
	} {
		busy := tableOf(10, 3, 3, c.then)
		if s, err = busy.Simplify(busy.Nodes[0].Outcome, decide.AsTree); err != nil {
			t.Fatal(err)
		}
		if s.Proven || s.Compared != 59049 || s.After.Leaves > c.leaves {
			t.Errorf("%s of ten facts: %+v", name, s.After)
		}
		t.Logf("%s of ten facts: %d leaves, depth %d", name, s.After.Leaves, s.After.Depth)
	}
	hard := tableOf(15, 2, 2, odd)
	if _, err := hard.Simplify(hard.Nodes[0].Outcome, decide.AsTree); err == nil {
		t.Error("a tree of 32,768 leaves was made")
	}
}

func TestSimplifyRefuses(t *testing.T) {
	t.Parallel()
	m := mixed(1, false)
	if _, err := m.Simplify(id("NONE"), decide.AsTree); err == nil {
		t.Error("a fact that no node decides was simplified")
	}
	if _, err := m.Simplify(m.Nodes[0].Outcome, "graph"); err == nil {
		t.Error("an unknown form was taken")
	}
	gap := *m.Nodes[0].Table
	gap.Rows = gap.Rows[1:]
	if _, err := m.With(decide.Node{Outcome: m.Nodes[0].Outcome, Table: &gap}).Simplify(m.Nodes[0].Outcome, decide.AsTree); err == nil {
		t.Error("a table with a gap became a tree")
	}
	leaf := m.With(decide.Node{Outcome: m.Nodes[0].Outcome, Tree: &decide.Branch{Outcome: "V0"}})
	if _, err := leaf.Simplify(m.Nodes[0].Outcome, decide.AsTable); err == nil {
		t.Error("a single leaf became a table of no facts")
	}
	if s, err := leaf.Simplify(m.Nodes[0].Outcome, decide.AsTree); err != nil || s.After.Leaves != 1 || !s.Proven {
		t.Errorf("a single leaf: %+v, %v", s, err)
	}
	if _, err := m.Widen(*m.Nodes[0].Table, m.Nodes[0].Inputs()[1:]); err == nil {
		t.Error("a table was widened without one of its inputs")
	}
}

// TestUnreachable holds the combinations that are never reached against
// enumeration of everything behind the node.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range uint64(120) {
		m := randomModel(seed, seed%3 == 0)
		c := compile(t, m)
		for _, n := range m.Nodes {
			seen, given := map[string]bool{}, map[int]bool{}
			completions(c.Inputs(), c.Unknown(), func(values map[ssvc.ID]int) {
				key := ""
				for _, in := range n.Inputs() {
					v, ok := brute{m}.outcome(in, values)
					if !ok {
						return
					}
					key += fmt.Sprint(v)
				}
				seen[key] = true
				if v, ok := (brute{m}).outcome(n.Outcome, values); ok {
					given[v] = true
				}
			})
			u, ok := c.Unreachable(n.Outcome)
			if !ok || u.Of-u.Combinations != len(seen) {
				t.Errorf("seed %d %s: %+v, reached are %d", seed, n.Outcome.Key, u, len(seen))
			}
			if out := m.Facts[m.Fact(n.Outcome)]; len(out.Values)-len(u.Outcomes) != len(given) {
				t.Errorf("seed %d %s: never %v, given are %v", seed, n.Outcome.Key, u.Outcomes, given)
			}
			found += u.Combinations
			list, ok := c.NodeImportance(n.Outcome)
			if !ok || len(list) != len(n.Inputs()) {
				t.Errorf("seed %d %s: importance of %d facts", seed, n.Outcome.Key, len(list))
			}
		}
	}
	if found == 0 {
		t.Error("no model has an unreachable combination: the test shows nothing")
	}
	if _, ok := compile(t, mixed(1, false)).Unreachable(id("I0")); ok {
		t.Error("an input has unreachable combinations")
	}
}

func BenchmarkSmallest(b *testing.B) {
	reg := registry(b)
	for _, table := range reg.Tables {
		m, err := decide.FromTables("m", decide.Text{EN: table.Name}, []ssvc.DecisionTable{table})
		if err != nil {
			b.Fatal(err)
		}
		if len(table.Rows) < 300 {
			continue
		}
		b.Run(table.ID.Key, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := m.Smallest(m.Nodes[0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestTableTreeTable: the published tables come back from their trees, row by
// row; more leaves than here would be a worse search, fewer a wrong one.
func TestTableTreeTable(t *testing.T) {
	t.Parallel()
	leaves := map[string]int{
		"DT_BOD2604": 12, "DT_CO": 18, "DT_CVSS4_EQ1": 7, "DT_CVSS4_EQ2": 3, "DT_CVSS4_EQ3": 5, "DT_CVSS4_EQ4": 6, "DT_CVSS_EQ5": 3,
		"DT_CVSS4_EQ6": 15, "DT_CVSS_QSR": 150, "DT_COORD_PUBLISH": 8, "DT_COORD_TRIAGE": 23, "DT_DP": 27, "DT_HI": 6, "DT_PSI": 2,
		"DT_SP": 17, "DT_U": 4,
	}
	rows := 0
	for _, table := range registry(t).Tables {
		r, err := decide.TableTreeTable(table)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Exact || !r.Proven || r.Leaves != leaves[table.ID.Key] || r.Rows != len(table.Rows) {
			t.Errorf("%s: %+v", table.ID, r)
		}
		t.Logf("%-28s %3d rows %3d leaves, depth %d", table.ID, r.Rows, r.Leaves, r.Depth)
		rows += r.Rows
	}
	if rows != 1574 {
		t.Errorf("%d rows, want 1574", rows)
	}
	broken := registry(t).Tables[0]
	broken.Rows = broken.Rows[1:]
	if r, err := decide.TableTreeTable(broken); err == nil || r.Exact {
		t.Errorf("a table with a gap: %+v", r)
	}
}
