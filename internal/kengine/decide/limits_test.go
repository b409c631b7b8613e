package decide_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// tableOf makes a model of one table with the rows that then gives; an empty
// outcome leaves the combination out.
func tableOf(inputs, values, outcomes int, then func([]int) string) decide.Model {
	m := decide.Model{Key: "one", Version: 1, Status: decide.Draft, Name: decide.Text{JA: "一", EN: "one"}}
	table := &decide.Table{}
	for i := range inputs {
		m.Facts = append(m.Facts, newFact(fmt.Sprintf("I%d", i), values))
		table.Inputs = append(table.Inputs, m.Facts[i].ID)
	}
	at := make([]int, inputs)
	var walk func(int)
	walk = func(i int) {
		if i == inputs {
			if o := then(at); o != "" {
				row := decide.Row{Then: o}
				for _, v := range at {
					row.When = append(row.When, fmt.Sprintf("V%d", v))
				}
				table.Rows = append(table.Rows, row)
			}
			return
		}
		for at[i] = range values {
			walk(i + 1)
		}
	}
	walk(0)
	out := newFact("OUT", outcomes)
	m.Facts = append(m.Facts, out)
	m.Nodes = []decide.Node{{Outcome: out.ID, Table: table}}
	m.Decisions = []decide.Decision{{Key: "d", Name: decide.Text{JA: "判断", EN: "decision"}, Outcome: out.ID}}
	return m
}

func sum(at []int) (n int) {
	for _, v := range at {
		n += v
	}
	return n
}

func odd(at []int) string { return fmt.Sprintf("V%d", sum(at)%2) }

// deepTree asks the facts in turn, n questions deep, one leaf at each.
func deepTree(facts []ssvc.ID, n int) decide.Branch {
	b := decide.Branch{Outcome: "V0"}
	for i := range n {
		b = decide.Branch{Ask: facts[i%len(facts)], Answers: []decide.Answer{{Values: []string{"V0"}, Then: decide.Branch{Outcome: "V1"}}, {Then: b}}}
	}
	return b
}

// TestModelLimits: what is exactly at a limit compiles, one more is refused by
// its key.
func TestModelLimits(t *testing.T) {
	t.Parallel()
	small := func() decide.Model { return tableOf(2, 2, 2, odd) }
	for _, tc := range []struct {
		name, key string
		most      int
		model     func(int) decide.Model
	}{
		{"facts", decide.KeyFactInvalid, decide.MaxFacts, func(n int) decide.Model {
			m := small()
			for i := len(m.Facts); i < n; i++ {
				m.Facts = append(m.Facts, newFact("X"+strconv.Itoa(i), 1))
			}
			return m
		}},
		{"nodes", decide.KeyFactInvalid, decide.MaxNodes, func(n int) decide.Model {
			m := small()
			for i := len(m.Nodes); i < n; i++ {
				f := newFact("X"+strconv.Itoa(i), 2)
				m.Facts = append(m.Facts, f)
				m.Nodes = append(m.Nodes, parity(id("I0"), id("I1"), f.ID))
			}
			return m
		}},
		{"decisions", decide.KeyFactInvalid, decide.MaxDecisions, func(n int) decide.Model {
			m := small()
			for i := len(m.Decisions); i < n; i++ {
				m.Decisions = append(m.Decisions, decide.Decision{Key: "d" + strconv.Itoa(i), Outcome: id("OUT")})
			}
			return m
		}},
		{"values", decide.KeyFactInvalid, decide.MaxValues, func(n int) decide.Model {
			m := small()
			m.Facts = append(m.Facts, newFact("X", n))
			return m
		}},
		{"depth", decide.KeyNodeLarge, decide.MaxDepth, func(n int) decide.Model {
			m := small()
			tree := deepTree([]ssvc.ID{id("I0"), id("I1")}, n)
			m.Nodes[0].Table, m.Nodes[0].Tree = nil, &tree
			return m
		}},
		{"cells", decide.KeyNodeLarge, 22, func(n int) decide.Model { // 2^22 = MaxCells combinations, without rows
			return tableOfInputs(n)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := decide.Compile(tc.model(tc.most)); err != nil {
				t.Errorf("%d: %v", tc.most, err)
			}
			_, err := decide.Compile(tc.model(tc.most + 1))
			var invalid *decide.Invalid
			if !errors.As(err, &invalid) || len(invalid.Findings) > 1 || !slices.ContainsFunc(invalid.Findings, func(f decide.Finding) bool { return f.Key == tc.key }) {
				t.Errorf("%d: %v, want %s", tc.most+1, err, tc.key)
			}
		})
	}
}

// tableOfInputs is a table of n inputs of two values without any row.
func tableOfInputs(n int) decide.Model {
	m := tableOf(1, 2, 2, odd)
	m.Nodes[0].Table.Rows = nil
	for i := 1; i < n; i++ {
		f := newFact(fmt.Sprintf("I%d", i), 2)
		m.Facts = append(m.Facts, f)
		m.Nodes[0].Table.Inputs = append(m.Nodes[0].Table.Inputs, f.ID)
	}
	return m
}

// TestBranchLimit: a tree of MaxBranches places compiles, one with more does not.
func TestBranchLimit(t *testing.T) {
	t.Parallel()
	tree := func(places int) decide.Model {
		m := tableOf(2, 2, 2, odd)
		var grow func(n int) decide.Branch
		grow = func(n int) decide.Branch { // n places, odd
			if n < 3 {
				return decide.Branch{Outcome: "V0"}
			}
			left := (n - 1) / 2
			if left%2 == 0 {
				left--
			}
			return decide.Branch{Ask: id("I0"), Answers: []decide.Answer{{Values: []string{"V0"}, Then: grow(left)}, {Then: grow(n - 1 - left)}}}
		}
		b := grow(places)
		m.Nodes[0].Table, m.Nodes[0].Tree = nil, &b
		return m
	}
	if _, err := decide.Compile(tree(decide.MaxBranches - 1)); err != nil {
		t.Errorf("%d places: %.200v", decide.MaxBranches-1, err)
	}
	if _, err := decide.Compile(tree(decide.MaxBranches + 1)); err == nil {
		t.Errorf("%d places were accepted", decide.MaxBranches+1)
	}
}

// TestGrowIsBounded: a table whose tree would be too large to read back is not
// grown: parity needs every question everywhere.
func TestGrowIsBounded(t *testing.T) {
	t.Parallel()
	for inputs, good := range map[int]bool{10: true, 13: true, 14: false} {
		m := tableOf(inputs, 2, 2, odd)
		tree, err := m.Grow(m.Nodes[0])
		if (err == nil) != good {
			t.Errorf("parity of %d: %v, want grown %v", inputs, err, good)
		}
		if !good {
			if _, err := compile(t, m).View(m.Fact(id("OUT"))); err == nil || !strings.Contains(err.Error(), "look at it as a table") {
				t.Errorf("View() of %d: %v, want the remedy", inputs, err)
			}
			continue
		}
		m.Nodes[0].Table, m.Nodes[0].Tree = nil, &tree
		if o := compile(t, m).Decide(make([]decide.Set, inputs)); o[0].Set != decide.Of(0, 1) {
			t.Errorf("parity of %d as a tree: %v", inputs, o)
		}
	}
}

// TestGrownTrees: grown trees of random tables decide as the table, ask no fact
// twice on a way, part the values of a fact, and have no question whose answers
// lead to the same place.
func TestGrownTrees(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		m := randomModel(seed, false)
		for _, n := range m.Nodes {
			if n.Table == nil {
				continue
			}
			tree, err := m.Grow(n)
			if err != nil {
				t.Fatal(err)
			}
			checkGrown(t, m, tree, nil)
			flat, err := m.Flatten(decide.Node{Outcome: n.Outcome, Tree: &tree})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range n.Table.Rows {
				if got := matching(flat, n.Table.Inputs, row.When); got != row.Then {
					t.Fatalf("seed %d: %v gives %q in the tree, want %q", seed, row.When, got, row.Then)
				}
			}
		}
	}
}

// matching gives the outcome of a flattened tree, which may read fewer facts.
func matching(flat decide.Table, inputs []ssvc.ID, when []string) string {
	for _, row := range flat.Rows {
		same := true
		for c, in := range flat.Inputs {
			same = same && row.When[c] == when[slices.Index(inputs, in)]
		}
		if same {
			return row.Then
		}
	}
	return ""
}

func checkGrown(t *testing.T, m decide.Model, b decide.Branch, asked []ssvc.ID) {
	t.Helper()
	if b.Leaf() {
		return
	}
	if slices.Contains(asked, b.Ask) || len(b.Answers) < 2 {
		t.Fatalf("%s is asked again or has %d answers", b.Ask, len(b.Answers))
	}
	f := m.Facts[m.Fact(b.Ask)]
	var given []string
	for i, a := range b.Answers {
		given = append(given, a.Values...)
		for _, other := range b.Answers[:i] {
			if cmp.Equal(other.Then, a.Then) {
				t.Fatalf("two answers of %s lead to the same place", b.Ask)
			}
		}
		checkGrown(t, m, a.Then, append(asked[:len(asked):len(asked)], b.Ask))
	}
	slices.Sort(given)
	if d := cmp.Diff(f.Keys(f.All()), given); d != "" {
		t.Fatalf("answers of %s (-values +answers):\n%s", b.Ask, d)
	}
}

// TestCompiledIsItsOwn: changing the model afterwards changes nothing compiled,
// neither words nor answers.
func TestCompiledIsItsOwn(t *testing.T) {
	t.Parallel()
	m := tableOf(2, 2, 2, odd)
	m.Facts[0].Default = &decide.Default{Values: []string{"V1"}}
	m.Decisions[0].Actions = []decide.Action{{Outcome: "V0", Mark: decide.None, Due: decide.Due{Kind: decide.DueNone}}}
	c := compile(t, m)
	in := []decide.Set{decide.Of(0), decide.Of(1)}
	outcome, lines := c.Decide(in), c.Lines(c.Explain(0, in), "en")
	m.Facts[0].Values[0].Name.EN, m.Facts[0].Name.EN, m.Facts[0].Default.Values[0] = "changed", "changed", "V0"
	m.Facts[1] = newFact("OTHER", 5)
	m.Nodes[0] = decide.Node{}
	m.Decisions[0].Key, m.Decisions[0].Actions[0].Outcome = "changed", "V1"
	if d := cmp.Diff(lines, c.Lines(c.Explain(0, in), "en")); d != "" || !cmp.Equal(outcome, c.Decide(in)) {
		t.Errorf("lines (-before +after):\n%s", d)
	}
	if c.Model.Decisions[0].Key != "d" || c.Model.Decisions[0].Actions[0].Outcome != "V0" || c.Inputs()[0].Assumed() != decide.Of(1) {
		t.Errorf("decision %+v, default %v", c.Model.Decisions[0], c.Inputs()[0].Default)
	}
}

// TestCompiledIsShared: one compiled model serves many goroutines at once.
func TestCompiledIsShared(t *testing.T) {
	t.Parallel()
	c := compiled(t, "deployer")
	in := c.Unknown()
	outcome, questions, changes := c.Decide(in), c.Questions(in, nil), c.Changes(0, in, 5)
	lines := c.Lines(c.Explain(0, in), "ja")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			e := c.NewEvaluator()
			out := [][]decide.Set{make([]decide.Set, 3)}
			for range 5 {
				e.DecideAll(nil, 3, out)
				if !cmp.Equal(outcome, c.Decide(in)) || !cmp.Equal(questions, c.Questions(in, nil)) || !cmp.Equal(changes, c.Changes(0, in, 5)) ||
					!cmp.Equal(lines, c.Lines(c.Explain(0, in), "ja")) || out[0][2] != outcome[0].Set {
					t.Error("another answer in a goroutine")
					return
				}
			}
		})
	}
	all.Wait()
}
