package kengine

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
)

// TestStatistics checks every figure against the list that its filter leads to.
func TestStatistics(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		f.now = time.Now().UTC()
		other := member("org2", identity.Manager)
		f.install(t, other, "deployer")
		for i := range 12 {
			f.loadText(t, record(fmt.Sprintf("CVE-2026-%04d", i+1), "Acme", "Shop", "2.0", "CWE-79"))
		}
		rows := f.tasks(t, f.manager, "is:all")
		for i, reason := range []Reason{Judgement, Judgement, DataMissing, Judgement} {
			if _, err := f.Overrule(ctx, f.manager, These(rows[i].ID), RuleInput{Outcome: "S", Reason: reason, Note: "x"}); err != nil {
				t.Fatal(err)
			}
		}
		// What the model left at the time: several with it, it alone, others, others whose names hold it.
		for i, left := range []string{"D S", "S", "D I", "XS S2"} {
			err := f.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE kengine_ruling SET recommended = ? WHERE task = ?`, left, rows[i].ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		zone := time.FixedZone("JST", 9*3600)
		st, err := f.Statistics(ctx, f.manager, Period{From: f.now.AddDate(0, 0, -40), To: f.now.AddDate(0, 0, 1), Zone: zone})
		if err != nil {
			t.Fatal(err)
		}
		reports := func(text string) int64 { return countBy(t, f.CountReports, f, text) }
		tasks := func(text string) int64 { return countBy(t, f.CountTasks, f, text) }
		var received, published, all, open int64
		for _, d := range st.Days {
			received, published = received+d.Received, published+d.Published
			if got := reports(d.ReceivedFilter); got != d.Received {
				t.Errorf("%s: %d received, %d listed", d.Day, d.Received, got)
			}
			if got := reports(d.PublishedFilter); got != d.Published {
				t.Errorf("%s: %d published, %d listed", d.Day, d.Published, got)
			}
		}
		for _, o := range st.Outcomes {
			all += o.Ruled + o.Recommended
			if got := tasks(o.Filter); got != o.Ruled+o.Recommended {
				t.Errorf("%s %q: %d, %d listed by %s", o.Decision, o.Outcome.Key, o.Ruled+o.Recommended, got, o.Filter)
			}
		}
		for _, a := range st.Ages {
			open += a.Count
			if got := tasks(a.Filter); got != a.Count {
				t.Errorf("age %s: %d, %d listed by %s", a.From, a.Count, got, a.Filter)
			}
		}
		if received != 12 || all != 12 || open != 8 {
			t.Errorf("%d received, %d published, %d tasks, %d open", received, published, all, open)
		}
		if len(st.Rulings) != 1 || st.Rulings[0].Rate() != 0.5 || len(st.Rulings[0].Reasons) != 2 {
			t.Fatalf("rulings: %+v", st.Rulings)
		}
		for _, c := range []struct {
			what, filter string
			got, want    int64
		}{
			{"all", st.Rulings[0].Filter, st.Rulings[0].Total, 4},
			{"confirmed", st.Rulings[0].ConfirmedFilter, st.Rulings[0].Confirmed, 1},
			{"settled", st.Rulings[0].SettledFilter, st.Rulings[0].Settled, 1},
			{"overruled", st.Rulings[0].OverruledFilter, st.Rulings[0].Overruled, 2},
		} {
			if listed := tasks(c.filter); c.got != c.want || listed != c.want {
				t.Errorf("%s: %d counted, %d listed by %s, want %d", c.what, c.got, listed, c.filter, c.want)
			}
		}
		for _, c := range st.Rulings[0].Reasons {
			if got := tasks(c.Filter); got != c.Count {
				t.Errorf("%s: %d, %d listed", c.Reason, c.Count, got)
			}
		}
		for _, table := range st.Tables() {
			for _, row := range table.Rows {
				if len(row) != len(table.Header) {
					t.Errorf("%s: a row of %d cells under %d", table.Name, len(row), len(table.Header))
				}
			}
		}
		if st, err := f.Statistics(ctx, other, st.Period); err != nil || len(st.Rulings) != 0 {
			t.Errorf("another organisation sees rulings: %+v, %v", st.Rulings, err)
		}
		if _, err := f.Statistics(ctx, f.manager, Period{From: f.now, To: f.now}); !errors.Is(err, fault.Invalid) {
			t.Errorf("an empty period: %v", err)
		}
	})
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of      []int64
		percent int
		want    time.Duration
	}{
		{nil, 50, 0}, {[]int64{7}, 50, 7}, {[]int64{1, 2}, 50, 1}, {[]int64{1, 2, 3}, 50, 2}, {[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 90, 9}, {[]int64{1, 9}, 90, 9},
	} {
		if got := quantile(c.of, c.percent); got != c.want*time.Microsecond {
			t.Errorf("%v at %d: %v, want %v", c.of, c.percent, got, c.want)
		}
	}
}

func countBy(t *testing.T, counting func(context.Context, identity.Actor, filter.Expr) (int64, error), f *fixture, text string) int64 {
	t.Helper()
	n, err := counting(t.Context(), f.manager, parse(t, text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}
