package decide_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// ssvcTable is a small valid table: IN of so many values, OUT of two.
func ssvcTable(values int) ssvc.DecisionTable {
	in, out := newFact("IN", values).Point(), newFact("OUT", 2).Point()
	t := ssvc.DecisionTable{ID: ssvc.ID{Namespace: "x_example.test#facts", Key: "DT", Version: "1.0.0"}, Name: "t", Definition: "d", Outcome: 1}
	t.Columns = []ssvc.Column{{Ref: in.ID.String(), Point: in}, {Ref: out.ID.String(), Point: out}}
	for v := range values {
		t.Rows = append(t.Rows, []int{v, v % 2})
	}
	return t
}

// TestAddTableLeavesNothing: after an error the model is as it was, whichever
// column is at fault.
func TestAddTableLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*decide.Model, *ssvc.DecisionTable){
		"other values of the outcome": func(m *decide.Model, _ *ssvc.DecisionTable) { m.Facts = []decide.Fact{newFact("OUT", 3)} },
		"other values of the input":   func(m *decide.Model, _ *ssvc.DecisionTable) { m.Facts = []decide.Fact{newFact("IN", 3)} },
		"other keys": func(m *decide.Model, _ *ssvc.DecisionTable) {
			m.Facts = []decide.Fact{newFact("OUT", 2)}
			m.Facts[0].Values[1].Key = "X"
		},
		"node is there":    func(m *decide.Model, _ *ssvc.DecisionTable) { m.Nodes = []decide.Node{{Outcome: id("OUT")}} },
		"table is invalid": func(_ *decide.Model, x *ssvc.DecisionTable) { x.Rows[0][0] = 7 },
	} {
		m, table := decide.Model{Key: "k", Version: 1}, ssvcTable(2)
		spoil(&m, &table)
		before := m
		before.Facts, before.Nodes = slices.Clone(m.Facts), slices.Clone(m.Nodes)
		if err := m.AddTable(table); err == nil {
			t.Errorf("%s: no error", name)
		}
		if d := cmp.Diff(before, m); d != "" {
			t.Errorf("%s: the model changed (-before +after):\n%s", name, d)
		}
	}
	m := decide.Model{Key: "k", Version: 1, Facts: []decide.Fact{newFact("IN", 2)}}
	m.Facts[0].Name.JA = "自分の言葉"
	if err := m.AddTable(ssvcTable(2)); err != nil || len(m.Facts) != 2 || m.Facts[0].Name.JA != "自分の言葉" || m.Nodes[0].Source != "x_example.test#facts:DT:1.0.0" {
		t.Errorf("a fact that is there keeps its words: %+v, %v", m, err)
	}
}

// TestFromTablesDecisions: named outcomes are exposed, without names that of the
// last table; a fact that no table decides is refused, also an input.
func TestFromTablesDecisions(t *testing.T) {
	t.Parallel()
	first, second := ssvcTable(2), ssvcTable(2)
	last := newFact("LAST", 2).Point()
	second.Columns = []ssvc.Column{{Ref: "out", Point: second.Columns[1].Point}, {Ref: "last", Point: last}}
	tables := []ssvc.DecisionTable{first, second}
	for _, tc := range []struct {
		name string
		ids  []ssvc.ID
		want []string
	}{
		{"none named", nil, []string{"last"}},
		{"one named", []ssvc.ID{id("OUT")}, []string{"out"}},
		{"both named", []ssvc.ID{id("LAST"), id("OUT")}, []string{"last", "out"}},
		{"an input", []ssvc.ID{id("IN")}, nil},
		{"nothing of it", []ssvc.ID{id("NO")}, nil},
	} {
		m, err := decide.FromTables("k", decide.Text{EN: "n"}, tables, tc.ids...)
		if tc.want == nil {
			if err == nil || !strings.Contains(err.Error(), "no table decides") {
				t.Errorf("%s: %v, want an error", tc.name, err)
			}
			continue
		}
		var keys []string
		for _, d := range m.Decisions {
			keys = append(keys, d.Key)
		}
		if _, compileErr := decide.Compile(m); err != nil || compileErr != nil || !slices.Equal(keys, tc.want) {
			t.Errorf("%s: decisions %v, %v, %v; want %v", tc.name, keys, err, compileErr, tc.want)
		}
	}
}

// TestPointsAndFacts: a decision point survives as a fact; a fact without words
// becomes a valid point, its keys standing in.
func TestPointsAndFacts(t *testing.T) {
	t.Parallel()
	for _, p := range registry(t).Points {
		if d := cmp.Diff(p, decide.FromPoint(p).Point()); d != "" {
			t.Errorf("%s (-point +fact):\n%s", p.ID, d)
		}
	}
	bare := decide.Fact{ID: id("BARE"), Values: []decide.FactValue{{Key: "A"}, {Key: "B", Name: decide.Text{JA: "乙"}}}}
	p := bare.Point()
	if err := p.Validate(); err != nil || p.Name != "BARE" || p.Values[0].Name != "A" || p.Values[1].Definition != "乙" {
		t.Errorf("Point() = %+v, %v", p, err)
	}
}

// TestRandomTablesOut: every node of random models is written as a table that
// evaluates as the model decides.
func TestRandomTablesOut(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		m := randomModel(seed, true)
		for _, n := range m.Nodes {
			table, err := m.Table(n.Outcome, ssvc.ID{Namespace: "x_example.test#facts", Key: "DT", Version: "1.0.0"})
			if err != nil {
				if len(n.Inputs()) == 0 && strings.Contains(err.Error(), "1 decision points") {
					continue // a single leaf has no inputs, which SSVC does not allow
				}
				t.Fatal(err)
			}
			x, err := table.Index()
			if err != nil {
				t.Fatal(err)
			}
			only := decide.Model{Facts: m.Facts, Nodes: []decide.Node{n}}
			var facts []decide.Fact
			var all []decide.Set
			for _, in := range n.Inputs() {
				f := m.Facts[m.Fact(in)]
				facts, all = append(facts, f), append(all, f.All())
			}
			completions(facts, all, func(values map[ssvc.ID]int) {
				keys := map[ssvc.ID]string{}
				for i, f := range facts {
					keys[f.ID] = facts[i].Values[values[f.ID]].Key
				}
				want, decided := (brute{only}).outcome(n.Outcome, values)
				got, ok := table.Evaluate(x, keys)
				if ok != decided || ok && got != m.Facts[m.Fact(n.Outcome)].Values[want].Key {
					t.Fatalf("seed %d: %v gives %q %v, want %d %v", seed, keys, got, ok, want, decided)
				}
			})
		}
	}
}

// TestCompareWithItself: a model does not differ from itself, nor a tree from
// its table but in form.
func TestCompareWithItself(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		m := randomModel(seed, false)
		if d, err := decide.Compare(m, m); err != nil || !d.Empty() {
			t.Fatalf("seed %d: %+v, %v", seed, d, err)
		}
		grown := m
		grown.Nodes = slices.Clone(m.Nodes)
		for i, n := range m.Nodes {
			if n.Table == nil {
				continue
			}
			tree, err := m.Grow(n)
			if err != nil {
				t.Fatal(err)
			}
			grown.Nodes[i] = decide.Node{Outcome: n.Outcome, Tree: &tree}
		}
		d, err := decide.Compare(m, grown)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range d.Nodes { // a tree may ask fewer facts
			if n.Kind != "form" && n.Kind != "inputs" {
				t.Fatalf("seed %d: %+v, want another form only", seed, n)
			}
		}
	}
}

// TestCompareRows: the rows that differ are exactly those that were changed, and
// back the same with both sides exchanged.
func TestCompareRows(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(77, 78))
	for range 100 {
		from, to := tableOf(3, 3, 3, odd), tableOf(3, 3, 3, odd)
		changed := map[string]bool{}
		for range 1 + r.IntN(5) {
			row := &to.Nodes[0].Table.Rows[r.IntN(27)]
			row.Then = "V2"
			changed[strings.Join(row.When, " ")] = true
		}
		r.Shuffle(27, func(i, j int) {
			rows := to.Nodes[0].Table.Rows
			rows[i], rows[j] = rows[j], rows[i]
		})
		there, err := decide.Compare(from, to)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decide.Compare(to, from)
		if err != nil || there.Nodes[0].Count != len(changed) || back.Nodes[0].Count != len(changed) || there.Nodes[0].Kind != "rows" {
			t.Fatalf("%d and %d rows, %v; want %d", there.Nodes[0].Count, back.Nodes[0].Count, err, len(changed))
		}
		for i, row := range there.Nodes[0].Rows {
			if b := back.Nodes[0].Rows[i]; row.From != b.To || row.To != b.From || row.To != "V2" || !slices.Equal(row.When, b.When) {
				t.Fatalf("row %+v, back %+v", row, b)
			}
		}
	}
}

// TestCompareDecisions: a decision that exposes another fact, or has another name
// or role, differs although its actions are the same.
func TestCompareDecisions(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*decide.Decision){
		"outcome": func(d *decide.Decision) { d.Outcome = id("I0") },
		"name":    func(d *decide.Decision) { d.Name.EN = "another" },
		"role":    func(d *decide.Decision) { d.Role.JA = "係" },
	} {
		from, to := tableOf(1, 2, 2, odd), tableOf(1, 2, 2, odd)
		change(&to.Decisions[0])
		d, err := decide.Compare(from, to)
		if err != nil || d.Empty() || !slices.Equal(d.DecisionsChanged, []string{"d"}) {
			t.Errorf("%s: %+v, %v; want the decision changed", name, d, err)
		}
	}
}

// TestViewsOfRandomModels: leaves lie in rows 0, 1, 2 …, a question in the middle
// of its answers, levels count questions, and counts and marks are those of the
// reports that can come to a place.
func TestViewsOfRandomModels(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		m := randomModel(seed, false)
		c := compile(t, m)
		const reports = 15
		columns := randomColumns(rand.New(rand.NewPCG(seed, 79)), c, reports)
		for _, n := range m.Nodes {
			v, err := c.View(m.Fact(n.Outcome))
			if err != nil {
				t.Fatal(err)
			}
			c.Count(v, columns, reports)
			c.Mark(v, make([]decide.Set, len(c.Inputs())))
			leaf, deepest := 0.0, 0
			v.Walk(func(p *decide.ViewNode) {
				deepest = max(deepest, p.Level)
				if p.Fact == nil {
					if p.Row != leaf || p.Result.Len() != 1 {
						t.Fatalf("seed %d: leaf %+v, want row %v", seed, p, leaf)
					}
					leaf++
					return
				}
				var parted decide.Set
				for _, a := range p.Answers {
					if a.Values&parted != 0 || a.To.Level != p.Level+1 || a.To.Count > p.Count {
						t.Fatalf("seed %d: answer %+v of %+v", seed, a, p)
					}
					parted |= a.Values
				}
				if first, last := p.Answers[0].To.Row, p.Answers[len(p.Answers)-1].To.Row; p.Row != (first+last)/2 {
					t.Fatalf("seed %d: question in row %v between %v and %v", seed, p.Row, first, last)
				}
			})
			if v.Leaves != int(leaf) || v.Depth != deepest || v.Root.Count != reports || !v.Root.OnPath {
				t.Fatalf("seed %d: %d leaves, depth %d, %d reports at the root", seed, v.Leaves, v.Depth, v.Root.Count)
			}
		}
		if _, err := c.View(0); err == nil && m.Node(m.Facts[0].ID) < 0 {
			t.Fatal("an input was drawn")
		}
	}
}

// TestColumnsOfInputs: columns, sets and picks agree about the order of inputs.
func TestColumnsOfInputs(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		m := randomModel(seed, false)
		c := compile(t, m)
		sets, columns := map[ssvc.ID]decide.Set{id("NOT THERE"): 1}, decide.Columns{id("NOT THERE"): {1}}
		for i, f := range c.Inputs() {
			if c.Column(f.ID) != i || m.Node(f.ID) >= 0 {
				t.Fatalf("seed %d: column %d of %s is %d", seed, i, f.ID, c.Column(f.ID))
			}
			if i%2 == 0 {
				sets[f.ID], columns[f.ID] = decide.Of(1, 60), []decide.Set{decide.Of(1)}
			}
		}
		in, picked := c.Sets(sets), c.Pick(columns)
		for i, f := range c.Inputs() {
			want := f.All()
			if i%2 == 0 {
				want = decide.Of(1)
			}
			if in[i] != want || (picked[i] != nil) != (i%2 == 0) || c.Unknown()[i] != f.All() {
				t.Fatalf("seed %d: column %d is %s, picked %v", seed, i, in[i], picked[i])
			}
		}
		for _, n := range m.Nodes {
			if c.Column(n.Outcome) != -1 {
				t.Fatalf("the decided fact %s has a column", n.Outcome)
			}
		}
		if c.Column(id("NOT THERE")) != -1 {
			t.Fatal("an unknown fact has a column")
		}
		if relevant := c.Relevant(0); len(relevant) > 0 {
			if relevant[0] = -7; c.Relevant(0)[0] == -7 {
				t.Fatal("Relevant() shares memory with the compiled model")
			}
		}
	}
}
