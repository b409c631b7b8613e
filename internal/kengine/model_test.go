package kengine

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/testkit"
)

// draft makes a draft and returns it as its editor sees it.
func (f *fixture) draft(tb testing.TB, n NewDraft) *ModelView {
	tb.Helper()
	id, err := f.CreateDraft(tb.Context(), f.manager, n)
	if err != nil {
		tb.Fatalf("create draft: %v", err)
	}
	return f.model(tb, id)
}

func (f *fixture) model(tb testing.TB, id string) *ModelView {
	tb.Helper()
	v, err := f.Model(tb.Context(), f.manager, id)
	if err != nil {
		tb.Fatalf("model %s: %v", id, err)
	}
	return v
}

// edit applies an edit to a draft and returns it as it is then.
func (f *fixture) edit(tb testing.TB, v *ModelView, e ModelEdit) *ModelView {
	tb.Helper()
	if err := f.EditDraft(tb.Context(), f.manager, v.ID, v.Edit, e); err != nil {
		tb.Fatalf("edit %s: %v", e.Kind, err)
	}
	return f.model(tb, v.ID)
}

func TestDraftsBecomeVersionsInForce(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		first := f.draft(t, NewDraft{Builtin: "cisa-coordinator"})
		if first.Status != decide.Draft || first.Version != 1 || !first.Ready {
			t.Fatalf("draft = %s version %d ready %v, want draft 1 ready", first.Status, first.Version, first.Ready)
		}
		if err := f.Activate(t.Context(), f.manager, first.ID, first.Edit); err != nil {
			t.Fatal(err)
		}
		second := f.draft(t, NewDraft{Copy: first.ID})
		if second.Version != 2 {
			t.Errorf("copy has version %d, want 2", second.Version)
		}
		if err := f.Activate(t.Context(), f.manager, second.ID, second.Edit); err != nil {
			t.Fatal(err)
		}
		if got := f.model(t, first.ID).Status; got != decide.Retired {
			t.Errorf("the older version is %s, want retired", got)
		}
		if err := f.Retire(t.Context(), f.manager, second.ID, f.model(t, second.ID).Edit); err != nil {
			t.Fatal(err)
		}
		rows, err := f.Models(t.Context(), f.manager)
		if err != nil || len(rows) != 2 || rows[0].Version != 2 || rows[0].Status != decide.Retired {
			t.Errorf("Models() = %+v, %v", rows, err)
		}
	})
}

func TestModelsRefuse(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		d := f.draft(t, NewDraft{Builtin: "starter"})
		gap := f.draft(t, NewDraft{Builtin: "starter", Key: "gap"})
		holed := gap.Model
		holed.Nodes = append([]decide.Node(nil), holed.Nodes...)
		node := holed.Nodes[0]
		if node.Tree != nil {
			table, err := holed.Flatten(node)
			if err != nil {
				t.Fatal(err)
			}
			node = decide.Node{Outcome: node.Outcome, Table: &table}
		}
		short := *node.Table
		short.Rows = short.Rows[1:]
		holed.Nodes[0] = decide.Node{Outcome: node.Outcome, Table: &short}
		source, err := decide.Format(holed)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SaveDraft(t.Context(), f.manager, gap.ID, gap.Edit, string(source)); err != nil {
			t.Fatal(err)
		}
		gap = f.model(t, gap.ID)
		other, reader := member("org2", identity.Manager), member("org1", identity.Reader)
		for name, c := range map[string]struct {
			do   func(context.Context) error
			want fault.Kind
		}{
			"a version with a missing combination": {func(ctx context.Context) error { return f.Activate(ctx, f.manager, gap.ID, gap.Edit) }, fault.Invalid},
			"a stale edit":                         {func(ctx context.Context) error { return f.SaveDraft(ctx, f.manager, d.ID, d.Edit+1, d.Source) }, fault.Conflict},
			"a text that is no model":              {func(ctx context.Context) error { return f.SaveDraft(ctx, f.manager, d.ID, d.Edit, "format: x") }, fault.Invalid},
			"another organisation":                 {func(ctx context.Context) error { _, err := f.Model(ctx, other, d.ID); return err }, fault.NotFound},
			"a reader who edits":                   {func(ctx context.Context) error { return f.DiscardDraft(ctx, reader, d.ID, d.Edit) }, fault.Denied},
			"an unknown built-in model": {func(ctx context.Context) error {
				_, err := f.CreateDraft(ctx, f.manager, NewDraft{Builtin: "nothing"})
				return err
			}, fault.NotFound},
			"a file that is no model": {func(ctx context.Context) error {
				_, err := f.CreateDraft(ctx, f.manager, NewDraft{Source: []byte(`{"a": 1}`), File: "a.json"})
				return err
			}, fault.Invalid},
		} {
			if err := c.do(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("%s: error = %v, want %v", name, err, c.want)
			}
		}
		if err := f.DiscardDraft(t.Context(), f.manager, d.ID, d.Edit); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Model(t.Context(), f.manager, d.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("a discarded draft: %v, want not found", err)
		}
	})
}

func TestModelFilesComeInAndGoOut(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	for _, c := range []struct{ file, missing string }{
		{"data/ssvc/json/decision_tables/cisa/cisa_coordinator_2_0_3.json", ""},
		{"data/ssvc/legacy-calculator/Deployer.json", ""},
		{"data/ssvc/legacy-calculator/Coordinator-Triage.json", "decline"},
	} {
		data, err := os.ReadFile(testkit.Shared(t, c.file))
		if err != nil {
			t.Fatal(err)
		}
		v := f.draft(t, NewDraft{Source: data, File: c.file, Missing: c.missing})
		if v.Compiled == nil {
			t.Fatalf("%s: findings %v", c.file, v.Findings)
		}
		out, err := f.ExportModel(t.Context(), f.manager, v.ID, ExportSSVC, "")
		if err != nil {
			t.Fatalf("%s: %v", c.file, err)
		}
		back, err := ssvc.ParseDecisionTable(out.Data)
		if err != nil {
			t.Fatalf("%s: the export does not parse: %v", c.file, err)
		}
		if strings.Contains(c.file, "cisa_coordinator") {
			want, err := ssvc.ParseDecisionTable(data)
			if err != nil {
				t.Fatal(err)
			}
			if len(back.Rows) != len(want.Rows) || back.ID != want.ID || !json.Valid(out.Data) {
				t.Errorf("export has id %s and %d rows, want %s and %d", back.ID, len(back.Rows), want.ID, len(want.Rows))
			}
		}
		again := f.draft(t, NewDraft{Source: []byte(v.Source), File: "a.yaml", Key: v.Key + "-again"})
		if d := cmp.Diff(v.Model.Nodes, again.Model.Nodes); d != "" {
			t.Errorf("%s: the YAML export reads otherwise: %s", c.file, d)
		}
	}
}

func TestOutlineEditsKeepTheMeaningTheyShould(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	v := f.draft(t, NewDraft{Builtin: "cisa-coordinator"})
	node := v.Model.Decisions[0].Outcome.String()
	tree := f.edit(t, v, ModelEdit{Kind: EditGrow, Node: node})
	if d, err := decide.Compare(v.Model, tree.Model); err != nil || decidesOtherwise(d) {
		t.Errorf("a grown tree decides otherwise: %+v, %v", d, err)
	}
	place := firstLeaf(*tree.Model.Nodes[tree.Model.Node(v.Model.Decisions[0].Outcome)].Tree)
	pruned := f.edit(t, tree, ModelEdit{Kind: EditOutcome, Node: node, Place: place, Outcome: "AC"})
	if d, err := decide.Compare(tree.Model, pruned.Model); err != nil || !decidesOtherwise(d) {
		t.Errorf("an edited leaf changes nothing: %+v, %v", d, err)
	}
	asked := f.edit(t, pruned, ModelEdit{Kind: EditAsk, Node: node, Place: place, Fact: "ssvc:E:1.1.0"})
	if d, err := decide.Compare(pruned.Model, asked.Model); err != nil || decidesOtherwise(d) {
		t.Errorf("a new question that keeps what stood there decides otherwise: %+v, %v", d, err)
	}
	merged := f.edit(t, asked, ModelEdit{Kind: EditMerge, Node: node, Place: place, Answer: 1})
	split := f.edit(t, merged, ModelEdit{Kind: EditSplit, Node: node, Place: place, Answer: 0, Value: "P"})
	moved := f.edit(t, split, ModelEdit{Kind: EditUp, Node: node, Place: place, Answer: 1})
	flat := f.edit(t, moved, ModelEdit{Kind: EditFlatten, Node: node})
	if d, err := decide.Compare(asked.Model, flat.Model); err != nil || decidesOtherwise(d) {
		t.Errorf("merging, splitting, moving and flattening equal answers decides otherwise: %+v, %v", d, err)
	}
	due := f.edit(t, flat, ModelEdit{
		Kind: EditAction, Decision: v.Model.Decisions[0].Key, Outcome: "AC", Due: "24h", Mark: decide.Now,
		Text: decide.Text{JA: "即時対応", EN: "Act at once"},
	})
	if act, _ := due.Model.Decisions[0].Action("AC"); act.Due.Hours != 24 || act.Do.JA != "即時対応" {
		t.Errorf("action = %+v", act)
	}
	wide := f.edit(t, due, ModelEdit{Kind: EditDropInput, Node: node, Fact: "ssvc:TI:1.0.0", Value: "T"})
	wide = f.edit(t, wide, ModelEdit{Kind: EditAddInput, Node: node, Fact: "ssvc:TI:1.0.0"})
	if n := wide.Model.Nodes[wide.Model.Node(v.Model.Decisions[0].Outcome)]; len(n.Table.Rows) != 36 || !wide.Ready {
		t.Errorf("table has %d rows, ready %v: %v", len(n.Table.Rows), wide.Ready, wide.Findings)
	}
	if v.Model.Nodes[0].Source == "" {
		t.Error("an edit changed the version it was made from")
	}
}

// decidesOtherwise reports whether a difference is more than the shape of a node.
func decidesOtherwise(d decide.Diff) bool {
	for _, n := range d.Nodes {
		if n.Kind != "form" {
			return true
		}
	}
	return len(d.FactsAdded)+len(d.FactsRemoved)+len(d.FactsChanged)+len(d.Actions) > 0
}

// firstLeaf returns the place of the first leaf of a tree.
func firstLeaf(b decide.Branch) []int {
	if b.Leaf() {
		return nil
	}
	return append([]int{0}, firstLeaf(b.Answers[0].Then)...)
}

func TestEditsRefuseWhatIsNotThere(t *testing.T) {
	t.Parallel()
	reg, err := ssvc.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	m, err := decide.Builtin(reg, "cisa-coordinator")
	if err != nil {
		t.Fatal(err)
	}
	node := m.Decisions[0].Outcome.String()
	for _, e := range []ModelEdit{
		{Kind: "nonsense", Node: node},
		{Kind: EditRow, Node: "ssvc:NONE:1.0.0"},
		{Kind: EditRow, Node: node, Row: 99, Outcome: "T"},
		{Kind: EditRow, Node: node, Row: 0, Outcome: "nothing"},
		{Kind: EditMerge, Node: node, Answer: 0},
		{Kind: EditFlatten, Node: node},
		{Kind: EditAddInput, Node: node, Fact: "ssvc:TI:1.0.0"},
		{Kind: EditDropInput, Node: node, Fact: "ssvc:TI:1.0.0", Value: "X"},
		{Kind: EditAction, Decision: "none"},
		{Kind: EditAction, Decision: m.Decisions[0].Key, Outcome: "T", Due: "soon", Mark: decide.Now},
		{Kind: EditAction, Decision: m.Decisions[0].Key, Outcome: "T", Due: "none", Mark: "never"},
		{Kind: EditDefault, Fact: "ssvc:TI:1.0.0", Values: []string{"X"}},
	} {
		if _, err := e.apply(m); !errors.Is(err, fault.Invalid) {
			t.Errorf("%+v: error = %v, want invalid", e, err)
		}
	}
}

func TestPlacesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, place := range [][]int{nil, {0}, {0, 2, 1}} {
		got, err := ParsePlace(PlaceText(place))
		if err != nil || !cmp.Equal(got, place) {
			t.Errorf("ParsePlace(%q) = %v, %v", PlaceText(place), got, err)
		}
	}
	for _, bad := range []string{"x", "-1", "1..2", strings.Repeat("1.", 70) + "1"} {
		if _, err := ParsePlace(bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParsePlace(%q): %v, want invalid", bad, err)
		}
	}
}
