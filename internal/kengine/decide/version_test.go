package decide_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

func edited(t *testing.T) (from, to decide.Model) {
	t.Helper()
	reg := registry(t)
	from, err := decide.Builtin(reg, "cisa-coordinator")
	if err != nil {
		t.Fatal(err)
	}
	if to, err = decide.Builtin(reg, "cisa-coordinator"); err != nil {
		t.Fatal(err)
	}
	to.Version = 2
	return from, to
}

func TestCompare(t *testing.T) {
	t.Parallel()
	from, to := edited(t)
	if d, err := decide.Compare(from, to); err != nil || !d.Empty() {
		t.Fatalf("equal models differ: %+v, %v", d, err)
	}
	rows := to.Nodes[0].Table.Rows
	slices.Reverse(rows)
	if d, _ := decide.Compare(from, to); len(d.Nodes) != 1 || d.Nodes[0].Kind != "form" || d.Nodes[0].Count != 0 {
		t.Errorf("another order of rows: %+v", d)
	}
	i := slices.IndexFunc(rows, func(r decide.Row) bool { return slices.Equal(r.When, []string{"N", "N", "P", "H"}) })
	rows[i].Then = "AC"
	to.Decisions[0].Actions[0].Due = decide.Due{Kind: decide.DueWithin, Hours: 1}
	d, err := decide.Compare(from, to)
	if err != nil {
		t.Fatal(err)
	}
	want := []decide.RowChange{{
		When: []string{"ssvc:A:2.0.0=N", "ssvc:E:1.1.0=N", "ssvc:MWI:1.0.0=H", "ssvc:TI:1.0.0=P"}, From: "T", To: "AC",
	}}
	if len(d.Nodes) != 1 || d.Nodes[0].Kind != "rows" || d.Nodes[0].Count != 1 {
		t.Fatalf("one row changed: %+v", d.Nodes)
	}
	if diff := cmp.Diff(want, d.Nodes[0].Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if len(d.Actions) != 1 || d.Actions[0].Outcome != "T" || d.Actions[0].From.Due.Kind != decide.DueNone {
		t.Errorf("actions: %+v", d.Actions)
	}
}

func TestCompareParts(t *testing.T) {
	t.Parallel()
	reg := registry(t)
	a, err := decide.Builtin(reg, "deployer")
	if err != nil {
		t.Fatal(err)
	}
	b, err := decide.Builtin(reg, "supplier")
	if err != nil {
		t.Fatal(err)
	}
	d, err := decide.Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, n := range d.Nodes {
		kinds[n.Outcome.Key] = n.Kind
	}
	if diff := cmp.Diff(map[string]string{"HI": "removed", "U": "added", "PSI": "added", "DSOI": "inputs"}, kinds); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	if !slices.Equal(d.DecisionsAdded, []string{"develop"}) || !slices.Equal(d.DecisionsRemoved, []string{"patch"}) {
		t.Errorf("decisions: +%v -%v", d.DecisionsAdded, d.DecisionsRemoved)
	}
	if len(d.FactsAdded) != 4 || len(d.FactsRemoved) != 3 {
		t.Errorf("facts: +%v -%v", d.FactsAdded, d.FactsRemoved)
	}
}

// TestCompareOn holds the impact against deciding each report twice.
func TestCompareOn(t *testing.T) {
	t.Parallel()
	from, to := edited(t)
	for i := range to.Nodes[0].Table.Rows {
		if to.Nodes[0].Table.Rows[i].Then == "AT" {
			to.Nodes[0].Table.Rows[i].Then = "AC"
		}
	}
	a, b := compile(t, from), compile(t, to)
	const n = 500
	r := rand.New(rand.NewPCG(8, 8))
	columns := decide.Columns{}
	picked := randomColumns(r, a, n)
	for i, f := range a.Inputs() {
		columns[f.ID] = picked[i]
	}
	want := 0
	for k := range n {
		in := make([]decide.Set, len(picked))
		for i := range picked {
			if picked[i] != nil {
				in[i] = picked[i][k]
			}
		}
		if a.Decide(in)[0].Set != b.Decide(in)[0].Set {
			want++
		}
	}
	got := decide.CompareOn(a, b, columns, n)
	if len(got) != 1 || got[0].Changed != want || got[0].Total != n || want == 0 {
		t.Fatalf("CompareOn() = %+v, want %d changes", got, want)
	}
	sum := 0
	for i, s := range got[0].Shifts {
		sum += s.Count
		if i > 0 && s.Count > got[0].Shifts[i-1].Count || len(s.Examples) == 0 || s.From == s.To {
			t.Errorf("shift %+v", s)
		}
	}
	if sum != want {
		t.Errorf("shifts add up to %d, want %d", sum, want)
	}
}

// TestCompareOnGone: outcomes that the new version has no more are changes.
func TestCompareOnGone(t *testing.T) {
	t.Parallel()
	from, to := edited(t)
	o := to.Fact(ssvc.ID{Namespace: "cisa", Key: "CISA", Version: "1.1.0"})
	to.Facts[o].Values = slices.DeleteFunc(to.Facts[o].Values, func(v decide.FactValue) bool { return v.Key == "T*" })
	to.Decisions[0].Actions = slices.DeleteFunc(to.Decisions[0].Actions, func(a decide.Action) bool { return a.Outcome == "T*" })
	for i := range to.Nodes[0].Table.Rows {
		if to.Nodes[0].Table.Rows[i].Then == "T*" {
			to.Nodes[0].Table.Rows[i].Then = "T"
		}
	}
	a, b := compile(t, from), compile(t, to)
	got := decide.CompareOn(a, b, decide.Columns{}, 1)
	if got[0].Changed != 1 || got[0].Shifts[0].From&decide.Gone == 0 {
		t.Errorf("CompareOn() = %+v", got)
	}
}

func TestView(t *testing.T) {
	t.Parallel()
	c := compiled(t, "starter")
	outcome := c.Model.Fact(ssvc.ID{Namespace: "x_dev.noroshi#starter", Key: "PRIORITY", Version: "1.0.0"})
	v, err := c.View(outcome)
	if err != nil {
		t.Fatal(err)
	}
	columns := [][]decide.Set{{decide.Of(2), decide.Of(2), 0}, {decide.Of(2), decide.Of(0), 0}, {0, decide.Of(0), 0}}
	c.Count(v, columns, 3)
	c.Mark(v, []decide.Set{decide.Of(2), decide.Of(2)})
	leaves, marked, rows := 0, 0, map[float64]bool{}
	v.Walk(func(n *decide.ViewNode) {
		if n.Fact == nil {
			leaves++
			rows[n.Row] = true
			if n.OnPath {
				marked++
				if n.Result != decide.Of(3) || n.Count != 2 {
					t.Errorf("marked leaf %+v", n)
				}
			}
		}
	})
	if leaves != v.Leaves || len(rows) != leaves || marked != 1 || v.Root.Count != 3 || v.Depth != 3 {
		t.Errorf("%d leaves (%d rows) of %d, %d marked, root %d, depth %d", leaves, len(rows), v.Leaves, marked, v.Root.Count, v.Depth)
	}
	if got := v.Root.Label(0, "ja"); got != "悪用されている" {
		t.Errorf("label %q", got)
	}
	if got := v.Widest(0, "ja"); got != 20 {
		t.Errorf("widest label %d, want 20 (10 characters of double width)", got)
	}
}

// TestViewOfTable: counting sums to the reports at every level when all is
// known.
func TestViewOfTable(t *testing.T) {
	t.Parallel()
	c := compiled(t, "supplier")
	for _, n := range c.Model.Nodes {
		v, err := c.View(c.Model.Fact(n.Outcome))
		if err != nil {
			t.Fatal(err)
		}
		const reports = 50
		r := rand.New(rand.NewPCG(2, 2))
		columns := make([][]decide.Set, len(c.Inputs()))
		for i, f := range c.Inputs() {
			for range reports {
				columns[i] = append(columns[i], decide.Of(r.IntN(len(f.Values))))
			}
		}
		c.Count(v, columns, reports)
		v.Walk(func(n *decide.ViewNode) {
			sum := 0
			for _, a := range n.Answers {
				sum += a.To.Count
			}
			if n.Fact != nil && sum != n.Count {
				t.Errorf("%s: %d reports go on to %d", n.Fact.ID, n.Count, sum)
			}
		})
		if v.Root.Count != reports {
			t.Errorf("root counts %d of %d", v.Root.Count, reports)
		}
	}
}
