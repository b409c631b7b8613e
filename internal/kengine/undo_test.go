package kengine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// row reads every column of a task but those that say that it was touched.
func (f *fixture) row(tb testing.TB, id string) map[string]string {
	tb.Helper()
	rows, err := f.DB.Read().QueryContext(tb.Context(), `SELECT * FROM kengine_task WHERE id = ?`, id)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	values, to := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		to[i] = &values[i]
	}
	if !rows.Next() {
		tb.Fatalf("no task %s: %v", id, rows.Err())
	}
	if err := rows.Scan(to...); err != nil {
		tb.Fatal(err)
	}
	out := map[string]string{}
	for i, name := range names {
		if name != "version" && name != "updated" {
			out[name] = string(canonical(nil, values[i]))
		}
	}
	return out
}

// handed returns a room on the CISA model with n reports, each of which is decided for action.
func handed(tb testing.TB, db *storage.DB, n int) (f *fixture, tasks []string) {
	tb.Helper()
	f = setUp(tb, db)
	f.install(tb, f.manager, "cisa-coordinator")
	titles := make([]string, n)
	for i := range titles {
		titles[i] = fmt.Sprintf("Report %d", i)
	}
	for _, key := range f.reported(tb, titles...) {
		rows := f.answer(tb, f.manager, key, "ssvc:E:1.1.0=A", "ssvc:A:2.0.0=Y", "ssvc:TI:1.0.0=T", "ssvc:MWI:1.0.0=H")
		tasks = append(tasks, rows[0].ID)
	}
	return f, tasks
}

// deed is an act of a person as a test does it.
type deed struct {
	name string
	do   func(f *fixture, tb testing.TB, sel Selection) (Result, error)
}

// deeds are all acts of people on tasks but undoing.
func deeds() []deed {
	one := 1
	overrule := func(outcome string) func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
		return func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.Overrule(tb.Context(), f.manager, sel, RuleInput{Outcome: outcome, Reason: Judgement, Note: "n"})
		}
	}
	return []deed{
		{"confirm", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.Confirm(tb.Context(), f.manager, sel)
		}},
		{"overrule", overrule("AT")},
		{"waive", overrule("T")},
		{"start", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.Start(tb.Context(), f.manager, sel)
		}},
		{"finish", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.Finish(tb.Context(), f.manager, sel)
		}},
		{"drop", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.Drop(tb.Context(), f.manager, sel, "not ours")
		}},
		{"reopen", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.Reopen(tb.Context(), f.manager, sel)
		}},
		{"assign", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.Assign(tb.Context(), f.manager, sel, "somebody")
		}},
		{"due", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.SetDue(tb.Context(), f.manager, sel, f.now.AddDate(0, 0, 3))
		}},
		{"priority", func(f *fixture, tb testing.TB, sel Selection) (Result, error) {
			return f.SetPriority(tb.Context(), f.manager, sel, &one)
		}},
	}
}

// ways lead a fresh task, which is open and decided, into each state.
func ways() map[State][]string {
	return map[State][]string{
		Open: nil, Todo: {"confirm"}, Doing: {"confirm", "start"}, Done: {"confirm", "start", "finish"}, Closed: {"confirm", "drop"},
	}
}

func (f *fixture) walkTo(tb testing.TB, id string, s State) {
	tb.Helper()
	for _, name := range ways()[s] {
		at := slices.IndexFunc(deeds(), func(d deed) bool { return d.name == name })
		if _, err := deeds()[at].do(f, tb, These(id)); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
	}
	if got := f.one(tb, id).State; got != s {
		tb.Fatalf("the way to %s ends in %s", s, got)
	}
}

// TestEveryActInEveryState does each act to a task in each state: what the machine allows is done,
// written into the history and taken back byte for byte by an undo; what it does not is refused
// and leaves every byte as it was.
func TestEveryActInEveryState(t *testing.T) {
	t.Parallel()
	moves := map[string]Act{
		"confirm": ActRule, "overrule": ActRule, "waive": ActWaive, "start": ActStart, "finish": ActFinish, "drop": ActDrop, "reopen": ActReopen,
	}
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f, ids := handed(t, db, len(States())*len(deeds()))
		for _, s := range States() {
			for _, d := range deeds() {
				id := ids[0]
				ids = ids[1:]
				t.Run(string(s)+"/"+d.name, func(t *testing.T) {
					f.walkTo(t, id, s)
					checkAct(t, f, id, d, s, moves[d.name])
				})
			}
		}
	})
}

func checkAct(t *testing.T, f *fixture, id string, d deed, s State, act Act) {
	t.Helper()
	want, allowed := s, true
	if act != "" {
		want, allowed = s.Next(act)
	}
	before, seen := f.row(t, id), f.one(t, id)
	_, err := d.do(f, t, These(id))
	if !allowed {
		if fl := fault.Of(err); fl == nil || fl.Kind != fault.Conflict || fl.Key != "kengine.task.state" {
			t.Errorf("err = %v, want a conflict of the state", err)
		}
		if diff := cmp.Diff(before, f.row(t, id)); diff != "" {
			t.Errorf("a refused act changed the task (-before +after):\n%s", diff)
		}
		return
	}
	now := f.one(t, id)
	if err != nil || now.State != want || now.Version != seen.Version+1 || len(now.History) != len(seen.History)+1 {
		t.Fatalf("state %s, version %d, %d entries, %v; want %s, one more of each than %d, %d", now.State, now.Version, len(now.History), err, want, seen.Version, len(seen.History))
	}
	if h := now.History[0]; h.Actor != f.manager.ID || h.Before.State != s || h.After.State != want {
		t.Errorf("history = %+v", h)
	}
	if err := second(f.Undo(t.Context(), f.manager, These(id))); err != nil {
		t.Fatalf("undo: %v", err)
	}
	if diff := cmp.Diff(before, f.row(t, id)); diff != "" {
		t.Errorf("undone, but not as before (-before +after):\n%s", diff)
	}
}

// TestUndoIsByOrderNotByClock: the clock goes back between two acts; still the later one is undone.
func TestUndoIsByOrderNotByClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	db := storagetest.Open(t, storage.SQLite, clock.Func(func() time.Time { return now }))
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f, ids := handed(t, db, 1)
	for i, name := range []string{"confirm", "start", "finish"} {
		f.walkTo(t, ids[0], []State{Open, Todo, Doing}[i])
		now = now.Add(-time.Hour)
		at := slices.IndexFunc(deeds(), func(d deed) bool { return d.name == name })
		if _, err := deeds()[at].do(f, t, These(ids[0])); err != nil {
			t.Fatal(err)
		}
		for range len(ways()[[]State{Todo, Doing, Done}[i]]) {
			if err := second(f.Undo(t.Context(), f.manager, These(ids[0]))); err != nil {
				t.Fatalf("after %s: %v", name, err)
			}
		}
		if got := f.one(t, ids[0]); got.State != Open || got.Ruled != nil || got.Owner != "" {
			t.Fatalf("after %s and all undone: %s, ruled %v, owner %q", name, got.State, got.Ruled, got.Owner)
		}
	}
}

// TestAnswersAreByOrderNotByClock: of two answers of an organisation the later one counts, also
// when the clock went back, or stood still, in between.
func TestAnswersAreByOrderNotByClock(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"back": -time.Hour, "still": 0, "on": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			db := storagetest.Open(t, storage.SQLite, clock.Func(func() time.Time { return now }))
			if err := migrated(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			f, ids := handed(t, db, 1)
			key := f.one(t, ids[0]).Report
			for _, mwi := range []string{"L", "H", "M", "H", "L"} {
				now = now.Add(step)
				f.answer(t, f.manager, key, "ssvc:MWI:1.0.0="+mwi)
				v := f.one(t, ids[0])
				at := slices.IndexFunc(v.Inputs, func(in FactView) bool { return in.ID == "ssvc:MWI:1.0.0" })
				if got := v.Inputs[at].Value.Values; !slices.Equal(got, []string{mwi}) {
					t.Fatalf("said %s, counts %v", mwi, got)
				}
			}
		})
	}
}

// TestUndoOfOneRowSentTwice: a selection that names a task twice takes one act back, not two.
func TestUndoOfOneRowSentTwice(t *testing.T) {
	t.Parallel()
	f, ids := handed(t, fresh(t, storage.SQLite), 1)
	f.walkTo(t, ids[0], Doing)
	res, err := f.Undo(t.Context(), f.manager, These(ids[0], ids[0], ids[0]))
	if err != nil || res.Changed != 1 || len(res.Refused) != 0 {
		t.Errorf("Undo() = %+v, %v, want one change", res, err)
	}
	if got := f.one(t, ids[0]).State; got != Todo {
		t.Errorf("state = %s, want todo", got)
	}
}

// TestUndoKeepsWhatTheEngineSaidSince: an undo takes back the act alone.
func TestUndoKeepsWhatTheEngineSaidSince(t *testing.T) {
	t.Parallel()
	task := task{state: Open, due: day(9), owner: "a", cause: "", outcomes: []string{"AT"}}
	before := task.snapshot()
	task.owner = "b"
	after := task.snapshot()
	task.due, task.changed = day(20), true
	task.restore(before, after)
	if task.owner != "a" || !task.due.Equal(day(20)) || !task.changed {
		t.Errorf("owner %q, due %v, changed %v", task.owner, task.due, task.changed)
	}
}
