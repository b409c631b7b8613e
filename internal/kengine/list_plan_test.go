package kengine

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// crowd writes 20,000 reports with a product and a task each: one in a hundred is of Windows, one in
// ten speaks of an overflow.
func crowd(tb testing.TB, db *storage.DB) {
	tb.Helper()
	err := db.InTx(tb.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, query := range []string{
			`INSERT INTO kengine_report (id, key, kind, state, title, published, received, updated, cvss, facts)
			SELECT 'r' || n, 'CVE-2026-' || n, 'cve', 'published', 'report ' || n, n, n, n, n % 101, '{"ssvc:E:1.1.0":"N"}'
			FROM generate_series(1, 20000) n`,
			`INSERT INTO kengine_affected (report, kind, n, vendor, product)
			SELECT 'r' || n, 'cve', 1, 'vendor' || n % 50, CASE WHEN n % 100 = 0 THEN 'windows server' ELSE 'product' || n % 500 END
			FROM generate_series(1, 20000) n`,
			`INSERT INTO kengine_report_fts (id, tokens)
			SELECT 'r' || n, CAST(CASE WHEN n % 10 = 0 THEN 'buffer:1 overflow:2' ELSE 'word:1' END AS TSVECTOR) FROM generate_series(1, 20000) n`,
			`INSERT INTO kengine_task (id, organisation, report, decision, model, possible, rank, urgency, state, rest, due_sort, inputs, created, updated)
			SELECT 't' || n, 'org1', 'r' || n, 'm/d', 'm', 1, 1, n % 4, 'open', 0, n, '{}', n, n FROM generate_series(1, 20000) n`,
		} {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestListPlans: every filter of PostgreSQL has an index to go by, with the arguments as they are sent,
// and no list starts workers for a page of rows. Whole tables are made dear, because reading a small
// one is right; where there is no other way it is read all the same, and found here.
func TestListPlans(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.Postgres, clock.Wall{})
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	crowd(t, db)
	if err := f.analyze(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan := func(name, query string, args []any) {
		var lines []string
		err := db.InRead(t.Context(), func(ctx context.Context, r storage.Runner) error {
			if _, err := r.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
				return err
			}
			var err error
			lines, err = storage.List(ctx, r, storage.Scalar[string], "EXPLAIN "+query, args...)
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		text := strings.Join(lines, "\n")
		for _, bad := range []string{"Seq Scan", "Gather"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has a %s:\n%s", name, bad, text)
			}
		}
	}
	for _, text := range []string{"", "is:all", "is:undecided", "is:overdue", "is:mine", "product:windows*", "vendor:vendor7", "buffer overflow", "key:CVE-2026-77"} {
		w, err := f.taskWhere(f.manager, parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		q := limited(Query{})
		_, tail, err := paged(&q, w, taskOrders())
		if err != nil {
			t.Fatal(err)
		}
		plan("task list "+text, `SELECT `+taskListColumns+taskListFrom+w.SQL()+tail, append(w.Args(), q.Limit+1))
	}
	for _, text := range []string{"", "is:kev", "severity:>=high", "product:windows*", "vendor:vendor7", "exploitation:active", "buffer overflow", "key:CVE-2026-77"} {
		w := &storage.Where{}
		if err := reportGrammar(db.Dialect(), f.now).where(w, parse(t, text)); err != nil {
			t.Fatal(err)
		}
		q := limited(Query{})
		_, tail, err := paged(&q, w, reportOrders())
		if err != nil {
			t.Fatal(err)
		}
		plan("report list "+text, `SELECT `+reportFieldsSQL+` FROM kengine_report r`+w.SQL()+tail, append(w.Args(), q.Limit+1))
	}
}

// TestImportMakesStatistics: after a large import PostgreSQL knows how large the tables are, at once.
func TestImportMakesStatistics(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.Postgres, clock.Wall{})
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	var text strings.Builder
	for i := range analyzeFrom {
		text.WriteString(strings.ReplaceAll(record(fmt.Sprintf("CVE-2026-%05d", i+10000), "Acme", "Shop", "2.0", "CWE-79"), "\n", "") + "\n")
	}
	if v := f.loadText(t, text.String()); v.Added != analyzeFrom {
		t.Fatalf("added %d records, want %d", v.Added, analyzeFrom)
	}
	for _, table := range []string{"kengine_report", "kengine_report_fts", "kengine_affected", "kengine_assertion"} {
		rows, err := storage.One(t.Context(), db.Read(), table, "", storage.Scalar[int64], "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = ?", table)
		if err != nil || rows != count(t, f, "SELECT COUNT(*) FROM "+table) {
			t.Errorf("%s: the planner knows of %d rows, %v", table, rows, err)
		}
	}
}
