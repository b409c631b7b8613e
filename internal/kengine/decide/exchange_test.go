package decide_test

import (
	"os"
	"path/filepath"
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/testkit"
)

// TestTableRoundTrip: every published table survives becoming a model and
// coming back, and becoming a tree and coming back.
func TestTableRoundTrip(t *testing.T) {
	t.Parallel()
	reg := registry(t)
	rows := 0
	for _, table := range reg.Tables {
		m, err := decide.FromTables("m", decide.Text{EN: table.Name}, []ssvc.DecisionTable{table})
		if err != nil {
			t.Fatal(err)
		}
		out := table.OutcomePoint().ID
		back, err := m.Table(out, table.ID)
		if err != nil {
			t.Fatal(err)
		}
		back.Name, back.Definition = table.Name, table.Definition
		if !ssvc.SemanticallyEqual(table, back) {
			t.Errorf("%s: export differs from import", table.ID)
		}
		tree, err := m.Grow(m.Nodes[0])
		if err != nil {
			t.Fatal(err)
		}
		grown := m
		grown.Nodes = []decide.Node{{Outcome: out, Tree: &tree}}
		diff, err := decide.Compare(m, grown)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range diff.Nodes {
			if n.Count > 0 && n.Kind != "inputs" {
				t.Errorf("%s as a tree: %+v", table.ID, n)
			}
		}
		rows += sameDecisions(t, m, grown)
	}
	if rows != 1574 {
		t.Errorf("compared %d rows, want 1574", rows)
	}
}

// sameDecisions decides every combination by both models and counts them.
func sameDecisions(t *testing.T, a, b decide.Model) int {
	t.Helper()
	ca, cb := compile(t, a), compile(t, b)
	n := 0
	completions(ca.Inputs(), ca.Unknown(), func(values map[ssvc.ID]int) {
		n++
		sets := map[ssvc.ID]decide.Set{}
		for id, v := range values {
			sets[id] = decide.Of(v)
		}
		x, y := ca.Decide(ca.Sets(sets))[0], cb.Decide(cb.Sets(sets))[0]
		if x.Set != y.Set || x.Set.Len() != 1 {
			t.Fatalf("%v: %v and %v", values, x, y)
		}
	})
	return n
}

// TestGrowIsSmall: trees merge equal branches, so that they are far smaller
// than the tables they say.
func TestGrowIsSmall(t *testing.T) {
	t.Parallel()
	c := compiled(t, "coordinator-triage")
	v, err := c.View(c.Model.Fact(ssvc.ID{Namespace: "ssvc", Key: "COORDINATE", Version: "1.0.1"}))
	if err != nil {
		t.Fatal(err)
	}
	if v.Leaves > 60 || v.Leaves < 10 {
		t.Errorf("the triage table of 192 rows has %d leaves as a tree", v.Leaves)
	}
}

func TestGrowRefusesGaps(t *testing.T) {
	t.Parallel()
	m := randomModel(1, false)
	n := decide.Node{Outcome: id("I0"), Table: &decide.Table{Inputs: []ssvc.ID{id("I1")}}}
	if _, err := m.Grow(n); err == nil {
		t.Error("a table without rows became a tree")
	}
}

// TestTreesFlatten: random trees and their tables decide the same, also after
// growing anew.
func TestTreesFlatten(t *testing.T) {
	t.Parallel()
	for seed := range uint64(80) {
		m := randomModel(seed, false)
		flat := m
		flat.Nodes = nil
		for _, n := range m.Nodes {
			table, err := m.Flatten(n)
			if err != nil {
				t.Fatal(err)
			}
			if len(table.Inputs) == 0 {
				flat.Nodes = append(flat.Nodes, n) // a single leaf reads nothing
				continue
			}
			flat.Nodes = append(flat.Nodes, decide.Node{Outcome: n.Outcome, Table: &table})
		}
		sameDecisions(t, m, flat)
		grown := flat
		grown.Nodes = nil
		for _, n := range flat.Nodes {
			tree, err := flat.Grow(n)
			if err != nil {
				t.Fatal(err)
			}
			grown.Nodes = append(grown.Nodes, decide.Node{Outcome: n.Outcome, Tree: &tree})
		}
		sameDecisions(t, flat, grown)
	}
}

// TestLegacyTrees: each of the five trees of the older calculator becomes a
// model that decides all of its rows as the file says.
func TestLegacyTrees(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(testkit.Shared(t, "data/ssvc/legacy-calculator"), "*.json"))
	if err != nil || len(files) != 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	total := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := ssvc.ParseLegacyTree(data)
		if err != nil {
			t.Fatal(err)
		}
		conv := ssvc.LegacyConversion{Namespace: "x_example.test#legacy", Key: "DT_OLD"}
		if filepath.Base(file) == "Coordinator-Triage.json" {
			conv.Missing = "decline"
		}
		m, err := decide.FromLegacy("old", tree, conv)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, f := range decide.Check(m) {
			if f.Severity != decide.Warning && f.Key != decide.KeyActionMissing {
				t.Errorf("%s: %s", filepath.Base(file), f)
			}
		}
		total += legacyRows(t, m, tree)
	}
	if total != 255 {
		t.Errorf("%d legacy rows decided alike, want 255", total)
	}
}

func legacyRows(t *testing.T, m decide.Model, tree ssvc.LegacyTree) int {
	t.Helper()
	inner := m // without the complex points, whose outcomes the rows name
	inner.Nodes = m.Nodes[:1]
	c := compile(t, inner)
	table := m.Nodes[0].Table
	for _, row := range tree.Rows {
		sets := map[ssvc.ID]decide.Set{}
		for i, v := range row[:len(row)-1] {
			sets[table.Inputs[i]] = decide.Of(v)
		}
		if got := c.Decide(c.Sets(sets))[0].Set; got != decide.Of(row[len(row)-1]) {
			t.Errorf("%s: %v gives %v", tree.Title, row, got)
		}
	}
	return len(tree.Rows)
}

func TestAddTableRefuses(t *testing.T) {
	t.Parallel()
	reg := registry(t)
	m, err := decide.Builtin(reg, "deployer")
	if err != nil {
		t.Fatal(err)
	}
	table, _ := reg.Table(ssvc.ID{Namespace: "ssvc", Key: "DT_HI", Version: "1.0.0"})
	if err := m.AddTable(table); err == nil {
		t.Error("the same table was added twice")
	}
	m.Nodes = nil
	i := m.Fact(ssvc.ID{Namespace: "ssvc", Key: "SI", Version: "2.0.1"})
	m.Facts[i].Values = m.Facts[i].Values[1:]
	if err := m.AddTable(table); err == nil {
		t.Error("a table with other values of a known fact was added")
	}
	if _, err := m.Table(table.ID, table.ID); err == nil {
		t.Error("a node that does not exist was exported")
	}
}
