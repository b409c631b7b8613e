package kengine

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// demo imports the demo's records, decided by a built-in model for the manager's organisation.
func (f *fixture) demo(tb testing.TB, model string) {
	tb.Helper()
	f.install(tb, f.manager, model)
	data, err := demoFiles.ReadFile("demo/records.tar.gz")
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := f.Import(tb.Context(), f.manager, "demo", bytes.NewReader(data), ImportOptions{}); err != nil {
		tb.Fatal(err)
	}
}

// tasks lists what a filter finds, for an actor.
func (f *fixture) tasks(tb testing.TB, a identity.Actor, text string) []TaskRow {
	tb.Helper()
	p, err := f.ListTasks(tb.Context(), a, Query{Filter: parse(tb, text), Limit: MaxLimit})
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return p.Items
}

// one reads a task again.
func (f *fixture) one(tb testing.TB, id string) TaskView {
	tb.Helper()
	v, err := f.Task(tb.Context(), f.manager, id)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// answer says values as an analyst of an organisation: "fact=values".
func (f *fixture) answer(tb testing.TB, a identity.Actor, report string, claims ...string) []TaskRow {
	tb.Helper()
	var in AssertionInput
	for _, c := range claims {
		fact, values, _ := strings.Cut(c, "=")
		in.Claims = append(in.Claims, Claim{Fact: fact, Values: strings.Fields(values)})
	}
	f.now = f.now.Add(time.Minute)
	rows, err := f.AddAssertion(tb.Context(), a, report, in)
	if err != nil {
		tb.Fatalf("answer about %s: %v", report, err)
	}
	return rows
}

func keys(outcomes []Outcome) string {
	var out []string
	for _, o := range outcomes {
		out = append(out, o.Key)
	}
	return strings.Join(out, " ")
}

// TestWork walks one task through its life: answer, confirm, start, finish, reopen, undo.
func TestWork(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		analyst := member("org1", identity.Analyst)
		open := f.tasks(t, analyst, "is:undecided exploitation:active automatable:yes impact:total")
		if len(open) == 0 {
			t.Fatal("no task to work on")
		}
		id, report := open[0].ID, open[0].Report
		if got := keys(open[0].Possible); got != "AT AC" {
			t.Fatalf("possible = %s, want AT AC", got)
		}
		if _, err := f.Confirm(t.Context(), analyst, These(id)); !errors.Is(err, fault.Invalid) {
			t.Errorf("confirming an undecided task: %v, want Invalid", err)
		}
		rows := f.answer(t, analyst, report, "ssvc:MWI:1.0.0=H")
		if got := keys(rows[0].Possible); got != "AC" {
			t.Fatalf("after the answer: possible = %s, want AC", got)
		}
		v := f.one(t, id)
		if v.History[0].What != string(ActChange) || v.History[0].Actor != SystemActor {
			t.Errorf("history = %+v, want the change by the engine", v.History[0])
		}
		for _, step := range []struct {
			name string
			do   func() (Result, error)
			want State
		}{
			{"confirm", func() (Result, error) { return f.Confirm(t.Context(), analyst, One(id, v.Version)) }, Todo},
			{"start", func() (Result, error) { return f.Start(t.Context(), analyst, These(id)) }, Doing},
			{"finish", func() (Result, error) { return f.Finish(t.Context(), analyst, These(id)) }, Done},
			{"reopen", func() (Result, error) { return f.Reopen(t.Context(), analyst, These(id)) }, Todo},
			{"drop", func() (Result, error) { return f.Drop(t.Context(), analyst, These(id), "not ours") }, Closed},
			{"undo the drop", func() (Result, error) { return f.Undo(t.Context(), analyst, These(id)) }, Todo},
			{"undo the reopening", func() (Result, error) { return f.Undo(t.Context(), analyst, These(id)) }, Done},
			{"undo the finish", func() (Result, error) { return f.Undo(t.Context(), analyst, These(id)) }, Doing},
			{"undo the start", func() (Result, error) { return f.Undo(t.Context(), analyst, These(id)) }, Todo},
			{"undo the ruling", func() (Result, error) { return f.UndoRuling(t.Context(), analyst, These(id)) }, Open},
		} {
			f.now = f.now.Add(time.Minute)
			if res, err := step.do(); err != nil || res.Changed != 1 {
				t.Fatalf("%s: %+v, %v", step.name, res, err)
			}
			if got := f.one(t, id).State; got != step.want {
				t.Fatalf("%s: state = %s, want %s", step.name, got, step.want)
			}
		}
		v = f.one(t, id)
		if v.Ruled != nil || v.Owner != "" || len(v.Rulings) != 1 || v.Rulings[0].Undone.IsZero() {
			t.Errorf("after undoing all: ruled %v, owner %q, rulings %+v", v.Ruled, v.Owner, v.Rulings)
		}
		if _, err := f.Undo(t.Context(), analyst, These(id)); !errors.Is(err, fault.Conflict) {
			t.Errorf("undoing the engine's change: %v, want Conflict", err)
		}
	})
}

// TestNewFacts: what new facts do to rulings, and that nothing is written where nothing changed.
func TestNewFacts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		a := f.manager
		row := f.tasks(t, a, "is:undecided exploitation:none automatable:yes impact:total")[0]
		f.answer(t, a, row.Report, "ssvc:MWI:1.0.0=H") // AT
		if _, err := f.Overrule(t.Context(), a, These(row.ID), RuleInput{Outcome: "AC", Reason: Judgement, Note: "why"}); err != nil {
			t.Fatal(err)
		}
		v := f.one(t, row.ID)
		if !v.Deviates || v.Rank != 3 || v.State != Todo || v.Ruled.Key != "AC" {
			t.Fatalf("overruled: %+v", v.TaskRow)
		}
		f.answer(t, a, row.Report, "ssvc:TI:1.0.0=T") // the same as before: nothing changes
		if got := f.one(t, row.ID); got.Version != v.Version || len(got.History) != len(v.History) {
			t.Errorf("an answer that changes nothing wrote version %d, history of %d", got.Version, len(got.History))
		}
		f.answer(t, a, row.Report, "ssvc:E:1.1.0=A") // AC: what was ruled
		if got := f.one(t, row.ID); got.Deviates || got.State != Todo || got.Changed {
			t.Errorf("facts came round to the ruling: %+v", got.TaskRow)
		}
		f.answer(t, a, row.Report, "ssvc:E:1.1.0=N", "ssvc:A:2.0.0=N", "ssvc:MWI:1.0.0=L") // T
		got := f.one(t, row.ID)
		if got.State != Open || !got.Changed || !got.Deviates || keys(got.Possible) != "T" {
			t.Errorf("facts left the ruling: %+v", got.TaskRow)
		}
		f.answer(t, a, row.Report, "ssvc:E:1.1.0=", "ssvc:A:2.0.0=", "ssvc:MWI:1.0.0=")
		if got := f.one(t, row.ID); keys(got.Possible) != keys(row.Possible) {
			t.Errorf("own words taken back: possible = %s, want %s", keys(got.Possible), keys(row.Possible))
		}
	})
}

// TestHandSet: a due date and a priority set by hand win and are kept.
func TestHandSet(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		a := f.manager
		all := f.tasks(t, a, "")
		last := all[len(all)-1]
		top := maxPriority
		due := f.now.AddDate(0, 0, -3)
		for _, err := range []error{
			second(f.SetPriority(t.Context(), a, These(last.ID), &top)),
			second(f.SetDue(t.Context(), a, These(last.ID), due)),
			second(f.Assign(t.Context(), a, These(last.ID), a.ID)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		first := f.tasks(t, a, "")[0]
		if first.ID != last.ID || !first.Overdue || !first.Due.Equal(due) {
			t.Errorf("first = %+v", first)
		}
		for _, text := range []string{"is:overdue", "assignee:me", "priority:4", "is:dated", "due:<-2d"} {
			if rows := f.tasks(t, a, text); len(rows) != 1 || rows[0].ID != last.ID {
				t.Errorf("%s finds %d tasks", text, len(rows))
			}
		}
		f.answer(t, a, last.Report, "ssvc:E:1.1.0=A", "ssvc:MWI:1.0.0=H", "ssvc:A:2.0.0=Y")
		if v := f.one(t, last.ID); !v.Due.Equal(due) || *v.Priority != top || v.Rank != 3 {
			t.Errorf("after new facts: %+v", v.TaskRow)
		}
		if err := second(f.SetPriority(t.Context(), a, These(last.ID), nil)); err != nil {
			t.Fatal(err)
		}
		if err := second(f.SetDue(t.Context(), a, These(last.ID), time.Time{})); err != nil {
			t.Fatal(err)
		}
		if v := f.one(t, last.ID); v.DueSet || v.Priority != nil {
			t.Errorf("given back to the model: %+v", v.TaskRow)
		}
		high := maxPriority + 1
		if _, err := f.SetPriority(t.Context(), a, These(last.ID), &high); !errors.Is(err, fault.Invalid) {
			t.Errorf("priority %d: %v", high, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestBulk: an act on all that match does what it can and tells the rest.
func TestBulk(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		all := int64(len(f.tasks(t, f.manager, "is:live")))
		decided, err := f.CountTasks(t.Context(), f.manager, parse(t, "is:live is:decided"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := f.Confirm(t.Context(), f.manager, Matching(parse(t, "is:live")))
		if err != nil || int64(res.Changed) != decided || int64(len(res.Refused)+res.More) != all-decided {
			t.Errorf("confirmed %d of %d decided, refused %d, %v", res.Changed, decided, len(res.Refused)+res.More, err)
		}
		res, err = f.Assign(t.Context(), f.manager, Matching(parse(t, "is:live")), "somebody")
		if err != nil || len(res.Refused) != 0 {
			t.Errorf("assigned: %+v, %v", res, err)
		}
		res, err = f.Start(t.Context(), f.manager, These("no-such-task", f.tasks(t, f.manager, "is:open")[0].ID))
		if err != nil || res.Changed != 0 || len(res.Refused) != 2 {
			t.Errorf("started: %+v, %v", res, err)
		}
	})
}

// TestNeedToKnow: of another organisation's tasks neither list nor count nor id nor filter tells
// anything, and its words do not count.
func TestNeedToKnow(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		other := member("org2", identity.Manager)
		mine := f.tasks(t, f.manager, "is:all")[0]
		if rows := f.tasks(t, other, "is:all"); len(rows) != 0 {
			t.Errorf("%d tasks of another organisation are listed", len(rows))
		}
		if n, err := f.CountTasks(t.Context(), other, parse(t, "is:all")); n != 0 || err != nil {
			t.Errorf("count = %d, %v", n, err)
		}
		if _, err := f.Task(t.Context(), other, mine.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("Task = %v, want NotFound", err)
		}
		one := These(mine.ID)
		for name, err := range map[string]error{
			"confirm": second(f.Confirm(t.Context(), other, one)),
			"assign":  second(f.Assign(t.Context(), other, one, "x")),
			"undo":    second(f.Undo(t.Context(), other, one)),
			"note":    second(f.AddNote(t.Context(), other, mine.ID, "x")),
		} {
			if !errors.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want NotFound", name, err)
			}
		}
		f.install(t, other, "cisa-coordinator")
		before := f.one(t, mine.ID)
		f.answer(t, other, mine.Report, "ssvc:E:1.1.0=A", "ssvc:MWI:1.0.0=H")
		if diff := cmp.Diff(before.TaskRow, f.one(t, mine.ID).TaskRow); diff != "" {
			t.Errorf("another organisation's answer changed a task (-before +after):\n%s", diff)
		}
		r, err := f.Report(t.Context(), f.manager, mine.Report)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(r.Assertions, func(a Assertion) bool { return a.Source == SourceAnalyst }) {
			t.Error("another organisation's answer is shown")
		}
		for _, task := range r.Tasks {
			if task.Organisation != "org1" {
				t.Error("another organisation's task is shown")
			}
		}
	})
}

// TestRights: readers read, and nobody acts without the right.
func TestRights(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		reader := member("org1", identity.Reader)
		row := f.tasks(t, reader, "")[0]
		one := These(row.ID)
		for name, err := range map[string]error{
			"confirm":  second(f.Confirm(t.Context(), reader, one)),
			"overrule": second(f.Overrule(t.Context(), reader, one, RuleInput{Outcome: "T", Reason: Judgement})),
			"assign":   second(f.Assign(t.Context(), reader, one, "x")),
			"drop":     second(f.Drop(t.Context(), reader, one, "x")),
			"answer":   second(f.AddAssertion(t.Context(), reader, row.Report, AssertionInput{})),
			"add":      second(f.AddReport(t.Context(), reader, ReportInput{Key: "X-1", Title: "x"})),
			"install":  second(f.Install(t.Context(), member("org1", identity.Analyst), "starter")),
			"accept":   f.AcceptConflict(t.Context(), reader, ConflictView{}, true, ""),
		} {
			if !errors.Is(err, fault.Denied) {
				t.Errorf("%s: %v, want Denied", name, err)
			}
		}
		if _, err := f.ListTasks(t.Context(), identity.Actor{}, Query{}); !errors.Is(err, fault.Denied) {
			t.Errorf("nobody lists tasks: %v", err)
		}
	})
}

// TestStale: who saw an older version is told, and of many at once exactly one wins.
func TestStale(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		row := f.tasks(t, f.manager, "")[0]
		const many = 8
		errs := make([]error, many)
		var group sync.WaitGroup
		for i := range many {
			group.Go(func() { errs[i] = second(f.Assign(t.Context(), f.manager, One(row.ID, row.Version), "x")) })
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, fault.Conflict) {
				t.Errorf("err = %v, want Conflict", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d changes of the same version won, want 1", won, many)
		}
		if got := f.one(t, row.ID); got.Version != row.Version+1 || len(got.History) != 1 {
			t.Errorf("version %d, history of %d", got.Version, len(got.History))
		}
	})
}

// TestExplain: the view of a task names inputs with evidence, the way, changes and similar ones.
func TestExplain(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, "cisa-coordinator")
		rows := f.tasks(t, f.manager, "is:undecided exploitation:active automatable:yes impact:total")
		for _, r := range rows[1:3] {
			f.answer(t, f.manager, r.Report, "ssvc:MWI:1.0.0=H")
			if err := second(f.Confirm(t.Context(), f.manager, These(r.ID))); err != nil {
				t.Fatal(err)
			}
		}
		f.answer(t, f.manager, rows[0].Report, "ssvc:MWI:1.0.0=H")
		v := f.one(t, rows[0].ID)
		if len(v.Inputs) != 4 || len(v.Outcomes) != 4 || len(v.Changes) == 0 || len(v.Explanation.Steps) == 0 {
			t.Fatalf("inputs %d, outcomes %d, changes %d, steps %d", len(v.Inputs), len(v.Outcomes), len(v.Changes), len(v.Explanation.Steps))
		}
		for _, in := range v.Inputs {
			if in.Assertion == nil || in.Value.Source == "" {
				t.Errorf("%s has no evidence: %+v", in.ID, in.Value)
			}
		}
		if len(v.Similar) != 2 || !v.Similar[0].Same || v.Similar[0].Outcome.Key != "AC" {
			t.Errorf("similar = %+v", v.Similar)
		}
		for _, lang := range []string{"ja", "en"} {
			if lines := v.Compiled.Lines(v.Explanation, lang); len(lines) == 0 {
				t.Errorf("no words in %s", lang)
			}
		}
	})
}
