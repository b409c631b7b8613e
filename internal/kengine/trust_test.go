package kengine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/kengine/trust"
)

// colleague is a second analyst of the organisation.
func colleague() identity.Actor {
	a := member("org1", identity.Analyst)
	a.ID = "org1-colleague"
	return a
}

// told imports n reports with all inputs of the deployer model known (human impact M), so that each has one outcome.
func (f *fixture) told(tb testing.TB, n int) []TaskRow {
	tb.Helper()
	f.now = time.Now().UTC() // the database dates rows by the wall clock
	for i := range n {
		key := fmt.Sprintf("CVE-2026-%04d", i+1)
		f.loadText(tb, record(key, "Acme", "Shop", "2.0", "CWE-79"))
		f.answer(tb, f.manager, key, "ssvc:E:1.1.0=P", "ssvc:EXP:1.0.1=O", "ssvc:A:2.0.0=Y", "ssvc:SI:2.0.1=R", "ssvc:MI:2.0.0=D")
	}
	rows := f.tasks(tb, f.manager, "is:all vendor:acme")
	if len(rows) != n || !rows[0].Decided() {
		tb.Fatalf("%d tasks, the first %v", len(rows), rows[0].Possible)
	}
	return rows
}

func (f *fixture) confirm(tb testing.TB, a identity.Actor, ids ...string) {
	tb.Helper()
	f.now = f.now.Add(time.Hour)
	if r, err := f.Confirm(tb.Context(), a, These(ids...)); err != nil || r.Changed != len(ids) {
		tb.Fatalf("confirm: %+v, %v", r, err)
	}
}

func (f *fixture) overrule(tb testing.TB, a identity.Actor, outcome string, reason Reason, ids ...string) {
	tb.Helper()
	f.now = f.now.Add(time.Hour)
	if r, err := f.Overrule(tb.Context(), a, These(ids...), RuleInput{Outcome: outcome, Reason: reason}); err != nil || r.Changed != len(ids) {
		tb.Fatalf("overrule: %+v, %v", r, err)
	}
}

func idsOf(rows []TaskRow) []string {
	out := make([]string, len(rows))
	for i := range rows {
		out[i] = rows[i].ID
	}
	return out
}

// TestTrust rules tasks on equal facts in known ways and looks at every figure.
func TestTrust(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		if v, err := f.Trust(ctx, f.manager, TrustQuery{}); err != nil || v.Of != nil || len(v.Rows) != 0 {
			t.Fatalf("nothing ruled: %+v, %v", v, err)
		}
		rows := f.told(t, 24)
		if rows[0].Possible[0].Key != "S" { // row P O Y, column M of the published table
			t.Fatalf("recommended %s", keys(rows[0].Possible))
		}
		ids := idsOf(rows)
		f.confirm(t, f.manager, ids[:16]...)
		f.confirm(t, colleague(), ids[16:18]...)
		f.overrule(t, colleague(), "O", Judgement, ids[18:20]...) // one step higher
		f.overrule(t, f.manager, "I", LogicWrong, ids[20])        // two steps higher
		f.overrule(t, f.manager, "D", DataMissing, ids[21])       // one step lower
		f.overrule(t, f.manager, "I", Exception, ids[22])         // taken back
		if _, err := f.UndoRuling(ctx, f.manager, These(ids[22])); err != nil {
			t.Fatal(err)
		}
		f.answer(t, f.manager, rows[21].Report, "ssvc:E:1.1.0=N") // the data was wrong
		v, err := f.Trust(ctx, f.manager, TrustQuery{})
		if err != nil || v.Of == nil || len(v.Rows) != 2 {
			t.Fatalf("%+v, %v", v, err)
		}
		a := v.Of.Accuracy
		if a.Rulings != 22 || a.Single != 22 || a.Exact != 18 || a.Within != 21 || a.Low != 3 || a.High != 1 || a.Cost != 2*2+4+1 {
			t.Errorf("accuracy %+v", a)
		}
		if v.Rows[0].Model != "" || v.Rows[1].Version != 1 || v.Rows[1].Accuracy != a {
			t.Errorf("rows %+v", v.Rows)
		}
		g := v.Of.Agreement
		// On equal facts the last of each: I or D by the manager, O by the colleague: they differ.
		if g.Units != 1 || g.Pairs != 1 || g.Same != 0 || g.Analysts != 2 || len(g.Conflicts) != 1 || len(g.Conflicts[0].Cases) != 22 || g.Enough() {
			t.Errorf("agreement %+v", g)
		}
		// Order: data, analyst, logic, exception, unsaid. Everything on these facts is disputed, except where data came later.
		want := [][]int{{1, 0, 0, 0}, {0, 2, 0, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}
		if got := v.Of.Causes(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("causes %v, want %v", got, want)
		}
		if c := v.Of.Calibration; c.Cases != 22 || !c.Enough() || math.IsNaN(c.Brier) {
			t.Errorf("calibration %+v", c)
		}
		if v.Of.Drifting.Needed != 75-22 || v.Of.Drifting.Active {
			t.Errorf("drift %+v", v.Of.Drifting)
		}
		if text := factsText(v.Of.Rulings[0].Facts); !strings.Contains(text, "ssvc:EXP:1.0.1=O") {
			t.Errorf("facts %s", text)
		}
		f.trustQueries(t, v)
	})
}

// trustQueries asks for parts, and as those who may not know.
func (f *fixture) trustQueries(t *testing.T, v Trust) {
	t.Helper()
	ctx := t.Context()
	part, err := f.Trust(ctx, f.manager, TrustQuery{Decision: v.Of.Decision, Model: v.Rows[1].Model, Unit: trust.Month})
	if err != nil || part.Of.Model != v.Rows[1].Model || len(part.Of.Course) != 1 || part.Of.Accuracy != v.Of.Accuracy {
		t.Errorf("one version: %+v, %v", part.Of, err)
	}
	if _, err := f.Trust(ctx, f.manager, TrustQuery{Decision: "no/such"}); !errors.Is(err, fault.NotFound) {
		t.Errorf("no such decision: %v", err)
	}
	if _, err := f.Trust(ctx, f.manager, TrustQuery{Unit: "year"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("no such unit: %v", err)
	}
	if other, err := f.Trust(ctx, member("org2", identity.Manager), TrustQuery{}); err != nil || other.Of != nil || len(other.Rows) != 0 {
		t.Errorf("another organisation: %+v, %v", other, err)
	}
	if _, err := f.Trust(ctx, member("org2", identity.Manager), TrustQuery{Decision: v.Of.Decision}); !errors.Is(err, fault.NotFound) {
		t.Errorf("another organisation's decision: %v", err)
	}
	if _, err := f.Trust(ctx, identity.Actor{}, TrustQuery{}); err == nil {
		t.Error("nobody may read")
	}
}

// TestRuledAgain: of rulings on one task and equal facts the last counts; on new facts both.
func TestRuledAgain(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ids := idsOf(f.told(t, 2))
		f.overrule(t, f.manager, "O", Judgement, ids[0])
		f.overrule(t, f.manager, "I", Judgement, ids[0])
		v, err := f.Trust(t.Context(), f.manager, TrustQuery{})
		if err != nil || v.Of.Rulings[0].Ruled.Key != "I" || v.Of.Accuracy.Rulings != 1 {
			t.Fatalf("%+v, %v", v.Of, err)
		}
		f.answer(t, f.manager, f.one(t, ids[0]).Report, "ssvc:E:1.1.0=A")
		f.overrule(t, f.manager, "S", Judgement, ids[0])
		if v, err = f.Trust(t.Context(), f.manager, TrustQuery{}); err != nil || v.Of.Accuracy.Rulings != 2 {
			t.Fatalf("%+v, %v", v.Of, err)
		}
	})
}

func TestWeights(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		ids := idsOf(f.told(t, 1))
		f.overrule(t, f.manager, "I", Judgement, ids[0])
		w := Weights{Costs: map[string]trust.Costs{"*": {Little: 10, Much: 3}}, Hours: map[string]float64{"now": 5, "deployer/patch/S": 7}}
		before, err := f.Redecision(ctx, f.manager)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetWeights(ctx, f.manager, w, 0); err != nil {
			t.Fatal(err)
		}
		if v, err := f.Trust(ctx, f.manager, TrustQuery{}); err != nil || v.Of.MeanCost() != 20 {
			t.Errorf("cost %+v, %v", v.Of, err)
		}
		if after, err := f.Redecision(ctx, f.manager); err != nil || after != before {
			t.Errorf("weights had reports decided again: %+v, %v", after, err)
		}
		p := DefaultPolicy()
		p.Unmatched = UnmatchedClose
		if err := f.SetPolicy(ctx, f.manager, p, 1); err != nil {
			t.Fatal(err)
		}
		if v, err := f.Policy(ctx, f.manager); err != nil || v.Weights == nil || v.Weights.Costs["*"].Little != 10 || v.Version != 2 {
			t.Errorf("the policy lost the weights: %+v, %v", v, err)
		}
		for _, c := range []struct {
			name    string
			a       identity.Actor
			w       Weights
			version int64
			want    error
		}{
			{"somebody was faster", f.manager, w, 1, fault.Conflict},
			{"below zero", f.manager, Weights{Hours: map[string]float64{"now": -1}}, 2, fault.Invalid},
			{"no number", f.manager, Weights{Costs: map[string]trust.Costs{"*": {Little: math.NaN()}}}, 2, fault.Invalid},
			{"an analyst", member("org1", identity.Analyst), w, 2, fault.Denied},
		} {
			if err := f.SetWeights(ctx, c.a, c.w, c.version); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
	for _, c := range []struct {
		w    *Weights
		o    Outcome
		want float64
	}{
		{nil, Outcome{Key: "A", Mark: "now"}, 8},
		{nil, Outcome{Key: "A", Mark: "none"}, 0},
		{nil, Outcome{Key: "A", Mark: "plan"}, 2},
		{nil, Outcome{Key: "A", Mark: "soon"}, 4},
		{&Weights{Hours: map[string]float64{"now": 1}}, Outcome{Key: "A", Mark: "now"}, 1},
		{&Weights{Hours: map[string]float64{"now": 1, "m/d/A": 3}}, Outcome{Key: "A", Mark: "now"}, 3},
		{&Weights{Hours: map[string]float64{"m/x/A": 3}}, Outcome{Key: "A", Mark: "now"}, 8},
	} {
		if got := c.w.HoursOf("m/d", c.o); got != c.want {
			t.Errorf("%+v of %+v: %v, want %v", c.o, c.w, got, c.want)
		}
	}
}

// TestDriftIsToldOnce: a fall raises one alarm, which is told once, ends, and can come again.
func TestDriftIsToldOnce(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		if err := db.Migrate(t.Context(), "event", event.Migrations); err != nil {
			t.Fatal(err)
		}
		f := setUp(t, db)
		f.install(t, f.manager, "deployer")
		ids := idsOf(f.told(t, 150))
		registry := jobs.NewRegistry()
		queue, err := jobs.New(db, registry, f.Log)
		if err != nil {
			t.Fatal(err)
		}
		f.Events = event.New(db, registry, queue, f.IDs)
		look := func(what string, want int) []Drifted {
			for range 2 {
				if err := f.CheckDrift(t.Context(), "org1"); err != nil {
					t.Fatal(err)
				}
			}
			news, err := storage.List(t.Context(), db.Read(), storage.Scalar[storage.JSON[Drifted]], `SELECT body FROM event_outbox WHERE name = 'kengine.drift' ORDER BY id`)
			if err != nil || len(news) != want {
				t.Fatalf("%s: %d news, %v; want %d", what, len(news), err, want)
			}
			out := make([]Drifted, len(news))
			for i := range news {
				out[i] = news[i].V
			}
			return out
		}
		look("nothing ruled", 0)
		f.confirm(t, f.manager, ids[:75]...)
		look("as ever", 0)
		f.overrule(t, f.manager, "I", LogicWrong, ids[75:90]...)
		f.confirm(t, f.manager, ids[90:100]...)
		e := look("a fall", 1)[0]
		if e.Organisation != "org1" || e.Before != 1 || e.After != .4 || e.BeforeCount != 75 || e.AfterCount != 25 || e.Chance > .01 || e.Since.IsZero() {
			t.Errorf("news %+v", e)
		}
		if v, err := f.Trust(t.Context(), f.manager, TrustQuery{}); err != nil || !v.Of.Drifting.Active || !v.Rows[0].Drift {
			t.Errorf("the page does not know: %+v, %v", v.Rows, err)
		}
		f.confirm(t, f.manager, ids[100:125]...)
		look("better again", 1)
		f.overrule(t, f.manager, "D", DataMissing, ids[125:150]...)
		look("a second fall", 2)
	})
}

// TestDriftIsLookedForAfterRulings: the job comes with the ruling.
func TestDriftIsLookedForAfterRulings(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	f.install(t, f.manager, "deployer")
	ids := idsOf(f.told(t, 3))
	registry := jobs.NewRegistry()
	f.registerJobs(registry)
	queue, err := jobs.New(f.DB, registry, f.Log)
	if err != nil {
		t.Fatal(err)
	}
	if err := queue.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.Jobs = queue
	count := func() int64 {
		n, err := storage.One(t.Context(), f.DB.Read(), "job", "", storage.Scalar[int64], `SELECT COUNT(*) FROM river_job WHERE kind = 'kengine.drift'`)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := f.Assign(context.WithoutCancel(t.Context()), f.manager, These(ids[0]), ""); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 0 {
		t.Fatalf("%d jobs without a ruling", n)
	}
	f.confirm(t, f.manager, ids...)
	if n := count(); n != 1 {
		t.Errorf("%d jobs after three rulings at once, want 1", n)
	}
}
