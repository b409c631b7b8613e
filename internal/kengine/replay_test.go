package kengine

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/testkit"
)

// stricter makes a draft of the model in force in which every outcome S is O, and returns its id.
func (f *fixture) stricter(tb testing.TB) string {
	tb.Helper()
	active, err := f.ActiveModels(tb.Context(), f.DB.Read(), "org1")
	if err != nil {
		tb.Fatal(err)
	}
	id, err := f.CreateDraft(tb.Context(), f.manager, NewDraft{Copy: active[0].ID})
	if err != nil {
		tb.Fatal(err)
	}
	m, err := f.Model(tb.Context(), f.manager, id)
	if err != nil {
		tb.Fatal(err)
	}
	last := m.Model.Decision("patch")
	if last < 0 {
		last = 0
	}
	for n := range m.Model.Nodes {
		node := &m.Model.Nodes[n]
		if node.Outcome != m.Model.Decisions[last].Outcome || node.Table == nil {
			continue
		}
		for i := range node.Table.Rows {
			if node.Table.Rows[i].Then == "S" {
				node.Table.Rows[i].Then = "O"
			}
		}
	}
	source, err := decide.Format(m.Model)
	if err == nil {
		err = f.SaveDraft(tb.Context(), f.manager, id, m.Edit, string(source))
	}
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

func TestReplay(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		rows := f.told(t, 30)
		ids := idsOf(rows)
		f.confirm(t, f.manager, ids[:10]...)
		f.overrule(t, f.manager, "O", LogicWrong, ids[10:22]...)
		f.overrule(t, f.manager, "I", LogicWrong, ids[22])
		// The facts of today must not matter for rulings of yesterday.
		f.answer(t, f.manager, rows[0].Report, "ssvc:E:1.1.0=A")
		draft := f.stricter(t)
		v, err := f.Replay(ctx, f.manager, draft, ReplayScope{})
		if err != nil || v.Against == nil || v.Against.Version != 1 || len(v.Decisions) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		d := v.Decisions[0]
		if d.Old.Rulings != 23 || d.Old.Exact != 10 || d.New.Exact != 12 || d.Old.Cost != 12*2+4 || d.New.Cost != 10+2 || len(d.Flips) != 23 {
			t.Errorf("old %+v, new %+v, %d flips", d.Old, d.New, len(d.Flips))
		}
		better := map[int]int{}
		for _, x := range d.Flips {
			better[x.Better]++
			if keys(x.Old) != "S" || keys(x.New) != "O" || x.Task == "" || x.Report == "" {
				t.Errorf("flip %+v", x)
			}
		}
		if better[1] != 12 || better[-1] != 10 || better[0] != 1 || d.Flips[0].Ruled.Key != "I" {
			t.Errorf("effects %v, newest %+v", better, d.Flips[0])
		}
		f.replayedWork(t, &v)
		f.replayedBack(t, draft)
	})
}

// replayedWork looks at the reports.
func (f *fixture) replayedWork(t *testing.T, v *Replay) {
	t.Helper()
	before, after, hours := 0, 0, 0.0
	for _, c := range v.Decisions[0].Outcomes {
		before, after, hours = before+c.Before, after+c.After, hours+c.HoursAfter
		if c.Outcome.Key == "S" && (c.Before != 29 || c.After != 0) {
			t.Errorf("S: %+v", c)
		}
		if c.Outcome.Key == "O" && c.HoursAfter != float64(c.After)*DefaultHours(c.Outcome.Mark) {
			t.Errorf("O: %+v", c)
		}
	}
	if before != 30 || after != 30 || v.Reports != 30 || hours != v.After.Hours || v.Pace.Known() || v.After.Load.Jobs != 0 {
		t.Errorf("%d before, %d after of %d; %v hours of %v; pace %+v", before, after, v.Reports, hours, v.After.Hours, v.Pace)
	}
	for _, row := range f.tasks(t, f.manager, "is:all state:todo") {
		if _, err := f.Finish(t.Context(), f.manager, These(row.ID)); err != nil {
			t.Fatal(err)
		}
	}
	paced, err := f.Replay(t.Context(), f.manager, v.Model.ID, ReplayScope{Days: 7})
	if err != nil || !paced.Pace.Known() || paced.Pace.Days != paceLeast || paced.After.Load.Jobs != paced.After.Tasks || paced.Before.Load.Jobs != paced.Before.Tasks {
		t.Errorf("paced: %+v, %v", paced.Pace, err)
	}
	f.now = f.now.AddDate(0, 0, 8)
	if late, err := f.Replay(t.Context(), f.manager, v.Model.ID, ReplayScope{Days: 7}); err != nil || late.Reports != 0 || late.Decisions[0].New.Rulings != 23 {
		t.Errorf("nothing came in within a week: %d, %v", late.Reports, err)
	}
}

// replayedBack replays the version in force, a retired one, and what may not be seen.
func (f *fixture) replayedBack(t *testing.T, draft string) {
	t.Helper()
	ctx := t.Context()
	active, err := f.ActiveModels(ctx, f.DB.Read(), "org1")
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Replay(ctx, f.manager, active[0].ID, ReplayScope{})
	if err != nil || v.Against != nil || v.Before != nil || len(v.Decisions[0].Flips) != 0 || v.Decisions[0].Old != v.Decisions[0].New {
		t.Errorf("the version in force against what it recommended: %+v, %v", v.Decisions, err)
	}
	if err := f.Retire(ctx, f.manager, active[0].ID, v.Model.Edit); err != nil {
		t.Fatal(err)
	}
	if v, err := f.Replay(ctx, f.manager, active[0].ID, ReplayScope{}); err != nil || v.Against != nil || len(v.Decisions[0].Flips) != 0 {
		t.Errorf("a retired version: %+v, %v", v, err)
	}
	for _, c := range []struct {
		name  string
		a     identity.Actor
		id    string
		scope ReplayScope
		want  error
	}{
		{"another organisation", member("org2", identity.Manager), draft, ReplayScope{}, fault.NotFound},
		{"no such version", f.manager, "nothing", ReplayScope{}, fault.NotFound},
		{"days below none", f.manager, draft, ReplayScope{Days: -1}, fault.Invalid},
	} {
		if _, err := f.Replay(ctx, c.a, c.id, c.scope); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestReplayUnseen: an input of which no ruling recorded anything is named, not guessed.
func TestReplayUnseen(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	f.demo(t, "cisa-coordinator")
	rows := f.tasks(t, f.manager, "is:undecided")
	f.overrule(t, f.manager, "T", Judgement, rows[0].ID)
	m, err := f.Models(t.Context(), f.manager)
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Replay(t.Context(), f.manager, m[0].ID, ReplayScope{})
	if err != nil || !strings.Contains(strings.Join(v.Unseen, " "), "ssvc:MWI") || v.Decisions[0].New.Single != 0 || v.Decisions[0].New.Coverage() != 0 {
		t.Errorf("unseen %v, %+v, %v", v.Unseen, v.Decisions[0].New, err)
	}
}

func TestReplayCommands(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	f.install(t, f.manager, "deployer")
	f.People = town{}
	ids := idsOf(f.told(t, 4))
	f.confirm(t, f.manager, ids[:3]...)
	draft := f.stricter(t)
	run := func(args ...string) string {
		t.Helper()
		out, err := command(t, f.Service, append(args, "--organisation", "org1")...)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return out
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"replay", draft}, []string{"deployer version 2 against version 1 in force", "FLIPS", "not enough finished tasks", "4 reports"}},
		{[]string{"replay", "deployer@2", "--days", "30"}, []string{"deployer version 2"}},
		{[]string{"replay", "deployer"}, []string{"deployer version 1 against what was recommended at the time"}},
		{[]string{"model", "diff", "deployer@1", "deployer@2"}, []string{"S -> O", "combinations"}},
		{[]string{"model", "diff", "deployer@1", "deployer"}, []string{"no difference"}},
	} {
		out := run(c.args...)
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, out)
			}
		}
	}
	var v apiReplay
	if err := json.Unmarshal([]byte(run("replay", "deployer@2", "--json")), &v); err != nil || len(v.Decisions) != 1 || len(v.Decisions[0].Flips) != 3 || v.After.Overdue != nil {
		t.Errorf("%v: %+v", err, v)
	}
	rows, err := csv.NewReader(strings.NewReader(run("replay", "deployer@2", "--csv"))).ReadAll()
	if err != nil || len(rows) != 4 || rows[0][0] != "decision" || rows[1][8] != "-1" {
		t.Errorf("%v: %v", err, rows)
	}
	var d apiDiff
	if err := json.Unmarshal([]byte(run("model", "diff", "deployer@1", "deployer@2", "--json")), &d); err != nil || len(d.Nodes) == 0 {
		t.Errorf("%v: %+v", err, d)
	}
	if out, err := command(t, f.Service, "replay", "nothing", "--organisation", "org1"); !errors.Is(err, fault.NotFound) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDiffTellsOfDecisionsThatChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		diff decide.Diff
		want string
	}{
		{decide.Diff{DecisionsChanged: []string{"patch"}}, "decision changed patch\n"},
		{decide.Diff{DecisionsAdded: []string{"triage"}, DecisionsChanged: []string{"patch"}}, "decision added triage\ndecision changed patch\n"},
		{decide.Diff{}, "no difference\n"},
	} {
		var out strings.Builder
		command := &cobra.Command{}
		command.SetOut(&out)
		printDiff(command, c.diff)
		if out.String() != c.want {
			t.Errorf("%+v is printed as %q, want %q", c.diff, out.String(), c.want)
		}
	}
}

// BenchmarkReplay replays rulings and the whole archive of reports.
func BenchmarkReplay(b *testing.B) {
	f := setUp(b, fresh(b, storage.SQLite))
	f.install(b, f.manager, "deployer")
	ids := idsOf(f.told(b, 20))
	f.confirm(b, f.manager, ids...)
	f.load(b, testkit.Shared(b, archive))
	draft := f.stricter(b)
	for b.Loop() {
		v, err := f.Replay(b.Context(), f.manager, draft, ReplayScope{})
		if err != nil || v.Decisions[0].New.Rulings != 20 || v.Reports < 32000 {
			b.Fatal(v.Reports, err)
		}
	}
}
