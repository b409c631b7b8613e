package decide_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// TestDecideExact holds set evaluation against enumeration of all completions
// on 400 random graphs, with and without missing rows.
func TestDecideExact(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		m := randomModel(seed, seed%2 == 1)
		c := compile(t, m)
		facts := c.Inputs()
		r := rand.New(rand.NewPCG(seed, 99))
		for range 5 {
			in := randomSets(r, facts)
			got := c.Decide(in)
			for d, decision := range m.Decisions {
				want := brute{m}.set(facts, in, decision.Outcome)
				if got[d].Set != want || !got[d].Exact {
					t.Fatalf("seed %d decision %s inputs %v: %v, want %v exact", seed, decision.Key, in, got[d], want)
				}
			}
		}
	}
}

// TestDecideLarge holds the propagation through graphs that are too large to
// flatten (as CVSS v4 is) against random completions: each is in the set.
func TestDecideLarge(t *testing.T) {
	t.Parallel()
	reg := registry(t)
	var tables []ssvc.DecisionTable
	for _, tab := range reg.Tables {
		if tab.ID.Namespace == "cvss" {
			tables = append(tables, tab)
		}
	}
	m, err := decide.FromTables("cvss", decide.Text{EN: "CVSS v4"}, tables, ssvc.ID{Namespace: "cvss", Key: "CVSS", Version: "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	c := compile(t, m)
	if got := c.Decide(nil)[0]; !got.Exact || got.Set != decide.Of(0, 1, 2, 3, 4)&got.Set || got.Set.Len() < 4 {
		t.Errorf("everything unknown: %v", got)
	}
	facts := c.Inputs()
	r := rand.New(rand.NewPCG(1, 1))
	for range 60 {
		in := make([]decide.Set, len(facts))
		free := map[int]bool{r.IntN(len(facts)): true, r.IntN(len(facts)): true, r.IntN(len(facts)): true}
		for i, f := range facts {
			in[i] = f.All()
			if !free[i] {
				in[i] = decide.Of(r.IntN(len(f.Values)))
			}
		}
		got := c.Decide(in)[0]
		if want := (brute{m}).set(facts, in, m.Decisions[0].Outcome); got.Set != want || !got.Exact {
			t.Fatalf("%v: %v, want %v", in, got, want)
		}
	}
}

// TestDecideNarrows: knowing more never adds an outcome.
func TestDecideNarrows(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		c := compile(t, randomModel(seed, false))
		r := rand.New(rand.NewPCG(seed, 5))
		in := randomSets(r, c.Inputs())
		if len(in) == 0 {
			continue // a tree of a single leaf asks nothing
		}
		before := c.Decide(in)
		i := r.IntN(len(in))
		in[i] = decide.Of(in[i].Positions()[0])
		for d, after := range c.Decide(in) {
			if after.Set&^before[d].Set != 0 {
				t.Fatalf("seed %d: %v grew to %v", seed, before[d].Set, after.Set)
			}
		}
	}
}

// TestUnknownMission: for every combination of Exploitation, Automatable and
// Technical Impact the CISA coordinator gives exactly the outcomes that the
// published rows allow while Mission & Well-being is unknown, and the one
// outcome when it is set.
func TestUnknownMission(t *testing.T) {
	t.Parallel()
	reg := registry(t)
	table, ok := reg.Table(ssvc.ID{Namespace: "cisa", Key: "DT_CO", Version: "2.0.3"})
	if !ok {
		t.Fatal("no CISA coordinator table")
	}
	c := compiled(t, "cisa-coordinator")
	mission := table.Column(ssvc.ID{Namespace: "ssvc", Key: "MWI", Version: "1.0.0"})
	allowed := map[string]decide.Set{}
	key := func(row []int, skip int) string {
		s := ""
		for i, v := range row {
			if i != skip && i != table.Outcome {
				s += fmt.Sprint(v, " ")
			}
		}
		return s
	}
	for _, row := range table.Rows {
		allowed[key(row, mission)] |= decide.Of(row[table.Outcome])
	}
	if len(allowed) != 12 {
		t.Fatalf("%d combinations, want 12", len(allowed))
	}
	for _, row := range table.Rows {
		in := c.Unknown()
		for i, v := range row {
			if i != table.Outcome {
				in[c.Column(table.Columns[i].Point.ID)] = decide.Of(v)
			}
		}
		if got := c.Decide(in)[0].Set; got != decide.Of(row[table.Outcome]) {
			t.Errorf("%v: %v, want only %d", row, got, row[table.Outcome])
		}
		in[c.Column(table.Columns[mission].Point.ID)] = 0
		if got := c.Decide(in)[0].Set; got != allowed[key(row, mission)] {
			t.Errorf("%v without mission: %v, want %v", row, got, allowed[key(row, mission)])
		}
	}
}

// TestDueTimes pins the timelines of BOD 26-04.
func TestDueTimes(t *testing.T) {
	t.Parallel()
	m, err := decide.Builtin(registry(t), "cisa-bod-26-04")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]decide.Due{
		"FSU": {Kind: decide.DueNextUpgrade}, "60D": {Kind: decide.DueWithin, Hours: 1440}, "14D": {Kind: decide.DueWithin, Hours: 336},
		"3D": {Kind: decide.DueWithin, Hours: 72}, "3DF": {Kind: decide.DueWithin, Hours: 72},
	}
	for outcome, due := range want {
		a, ok := m.Decisions[0].Action(outcome)
		if !ok || a.Due != due {
			t.Errorf("%s: due %v, want %v", outcome, a.Due, due)
		}
	}
	a, _ := m.Decisions[0].Action("3DF")
	if !strings.Contains(a.Do.EN, "investigate") || !strings.Contains(a.Do.JA, "調査") {
		t.Errorf("3DF does not ask for an investigation: %v", a.Do)
	}
}

// TestBuiltinRows evaluates every published row of the tables inside of the
// built-in models, through the chain where there is one.
func TestBuiltinRows(t *testing.T) {
	t.Parallel()
	reg := registry(t)
	for _, m := range builtins(t) {
		c := compile(t, m)
		facts := c.Inputs()
		for _, n := range m.Nodes {
			if n.Source == "" {
				continue
			}
			src, err := ssvc.ParseID(n.Source)
			if err != nil {
				t.Fatal(err)
			}
			table, _ := reg.Table(src)
			x, err := table.Index()
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			completions(facts, c.Unknown(), func(values map[ssvc.ID]int) {
				if count++; count > 3000 {
					return
				}
				var at []int
				for _, i := range table.Inputs() {
					v, ok := brute{m}.outcome(table.Columns[i].Point.ID, values)
					if !ok {
						t.Fatalf("%s: %s is not decided", m.Key, table.Columns[i].Ref)
					}
					at = append(at, v)
				}
				if got, _ := (brute{m}).outcome(n.Outcome, values); got != x.Outcome(at) {
					t.Fatalf("%s: %v gives %d, want %d", m.Key, values, got, x.Outcome(at))
				}
			})
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	table := func(out string, rows []decide.Row, in ...string) decide.Node {
		tab := decide.Table{Rows: rows}
		for _, k := range in {
			tab.Inputs = append(tab.Inputs, id(k))
		}
		return decide.Node{Outcome: id(out), Table: &tab}
	}
	facts := []decide.Fact{newFact("A", 2), newFact("B", 2), newFact("C", 2)}
	cases := []struct {
		name  string
		model decide.Model
		key   string
		text  string
	}{
		{"cycle", decide.Model{Facts: facts, Nodes: []decide.Node{table("A", nil, "B"), table("B", nil, "C"), table("C", nil, "A")}}, decide.KeyCycle, "A:1.0.0 <- "},
		{"self", decide.Model{Facts: facts, Nodes: []decide.Node{table("A", nil, "A")}}, decide.KeyCycle, "A:1.0.0"},
		{"two_nodes", decide.Model{Facts: facts, Nodes: []decide.Node{table("A", nil, "B"), table("A", nil, "C")}}, decide.KeyNodeTwice, ""},
		{"unknown_fact", decide.Model{Facts: facts, Nodes: []decide.Node{table("A", nil, "Z")}}, decide.KeyFactUnknown, "Z"},
		{"unknown_value", decide.Model{Facts: facts, Nodes: []decide.Node{table("A", []decide.Row{{When: []string{"V9"}, Then: "V0"}}, "B")}}, decide.KeyValueUnknown, "V9"},
		{"row_width", decide.Model{Facts: facts, Nodes: []decide.Node{table("A", []decide.Row{{When: []string{"V0", "V1"}, Then: "V0"}}, "B")}}, decide.KeyRowWidth, ""},
		{"contradiction", decide.Model{Facts: facts, Nodes: []decide.Node{table("A", []decide.Row{{[]string{"V0"}, "V0"}, {[]string{"V0"}, "V1"}}, "B")}}, decide.KeyContradiction, "V0"},
		{"neither_table_nor_tree", decide.Model{Facts: facts, Nodes: []decide.Node{{Outcome: id("A")}}}, decide.KeyNodeEmpty, ""},
		{"no_node_for_decision", decide.Model{Facts: facts, Decisions: []decide.Decision{{Key: "d", Outcome: id("A")}}}, decide.KeyDecisionInvalid, "A"},
		{"bad_fact", decide.Model{Facts: []decide.Fact{{ID: id("A"), Scale: decide.Ordinal, Scope: decide.World}}}, decide.KeyFactInvalid, "values"},
		{"answer_twice", decide.Model{Facts: facts, Nodes: []decide.Node{{Outcome: id("A"), Tree: &decide.Branch{Ask: id("B"), Answers: []decide.Answer{
			{Values: []string{"V0"}, Then: decide.Branch{Outcome: "V0"}}, {Values: []string{"V0", "V1"}, Then: decide.Branch{Outcome: "V1"}},
		}}}}}, decide.KeyAnswerTwice, "V0"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := decide.Compile(tc.model)
			var invalid *decide.Invalid
			if !errors.As(err, &invalid) {
				t.Fatalf("Compile() = %v, want *Invalid", err)
			}
			i := slices.IndexFunc(invalid.Findings, func(f decide.Finding) bool { return f.Key == tc.key })
			if i < 0 || !strings.Contains(invalid.Findings[i].String(), tc.text) || invalid.Findings[i].Text("ja") == "" {
				t.Errorf("findings %v, want %s with %q", invalid.Findings, tc.key, tc.text)
			}
		})
	}
}

func TestCheckFinds(t *testing.T) {
	t.Parallel()
	m := decide.Model{
		Key: "m", Version: 1, Status: decide.Draft,
		Facts: []decide.Fact{newFact("A", 2), newFact("B", 2), newFact("O", 3), newFact("X", 2)},
		Nodes: []decide.Node{{Outcome: id("O"), Table: &decide.Table{
			Inputs: []ssvc.ID{id("A"), id("B")},
			Rows: []decide.Row{
				{[]string{"V0", "V0"}, "V1"}, {[]string{"V1", "V0"}, "V0"}, {[]string{"V1", "V0"}, "V0"},
			},
		}}},
		Decisions: []decide.Decision{{Key: "d", Name: decide.Text{JA: "判断", EN: "d"}, Outcome: id("O"), Actions: []decide.Action{
			{Outcome: "V0", Do: decide.Text{EN: "wait"}, Due: decide.Due{Kind: decide.DueNone}, Mark: decide.None},
		}}},
	}
	got := map[string]string{}
	for _, f := range decide.Check(m) {
		got[f.Key] = f.String()
	}
	want := map[string]string{
		decide.KeyFactUnused:    "fact x_example.test#facts:X:1.0.0 is not used",
		decide.KeyActionMissing: "decision d has no action for V2",
		decide.KeyMissing:       "x_example.test#facts:O:1.0.0 lacks 2 combinations, such as A=V0 B=V1",
		decide.KeyDuplicate:     "x_example.test#facts:O:1.0.0, row 3 repeats an earlier row: V1 V0",
		decide.KeyOrder:         "x_example.test#facts:O:1.0.0 is out of order at 1 places: A=V0 B=V0 gives V1, but A=V1 B=V0 gives V0",
		decide.KeyUnreachable:   "no combination gives x_example.test#facts:O:1.0.0 the value V2",
		decide.KeyTextMissing:   "d: the text of V0 is missing in ja",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
	if decide.Ready(decide.Check(m)) {
		t.Error("Ready() = true with missing rows")
	}
}

func TestCheckFindsIdleAndDead(t *testing.T) {
	t.Parallel()
	leaf := func(k string) decide.Branch { return decide.Branch{Outcome: k} }
	m := decide.Model{
		Key: "m", Version: 1,
		Facts: []decide.Fact{newFact("A", 2), newFact("B", 2), newFact("O", 2)},
		Nodes: []decide.Node{{Outcome: id("O"), Tree: &decide.Branch{Ask: id("A"), Answers: []decide.Answer{
			{Values: []string{"V0"}, Then: decide.Branch{Ask: id("A"), Answers: []decide.Answer{
				{Values: []string{"V0"}, Then: leaf("V0")}, {Values: []string{"V1"}, Then: leaf("V1")},
			}}},
			{Values: []string{"V1"}, Then: decide.Branch{Ask: id("B"), Answers: []decide.Answer{{Then: leaf("V1")}}}},
		}}}},
		Decisions: []decide.Decision{{Key: "d", Outcome: id("O")}},
	}
	keys := map[string]bool{}
	for _, f := range decide.Check(m) {
		keys[f.Key] = true
	}
	if !keys[decide.KeyDeadBranch] || !keys[decide.KeyIdle] {
		t.Errorf("found %v, want a dead branch and an idle input", keys)
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	s := decide.Of(0, 2, 11)
	if s.String() != "{0 2 11}" || s.Len() != 3 || s.Lowest() != 0 || s.Highest() != 11 || s.Has(1) || !s.Has(2) {
		t.Errorf("%v: len %d, %d to %d", s, s.Len(), s.Lowest(), s.Highest())
	}
	if _, ok := s.Single(); ok {
		t.Error("three values are not single")
	}
	if v, ok := decide.Of(5).Single(); v != 5 || !ok {
		t.Errorf("Single() = %d %v", v, ok)
	}
	if decide.Full(64) != ^decide.Set(0) || decide.Full(3) != 7 || decide.Set(0).Lowest() != -1 || decide.Set(0).Highest() != -1 {
		t.Error("full and empty sets")
	}
}
