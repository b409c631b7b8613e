package storage_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// Statistics exist right after Analyze, and the other table has none; on SQLite nothing happens.
func TestAnalyze(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.Bulk(ctx, "test_owner", []string{"id"}, func(yield func([]any) bool) {
				for i := range 500 {
					if !yield([]any{fmt.Sprint("owner ", i)}) {
						return
					}
				}
			})
			return err
		})
		if err := db.Analyze(t.Context(), "test_owner; DROP TABLE test_owner"); err == nil {
			t.Error("Analyze() took a statement as a table")
		}
		for _, tables := range [][]string{nil, {"test_owner"}} {
			if err := db.Analyze(t.Context(), tables...); err != nil {
				t.Errorf("Analyze(%v) = %v", tables, err)
			}
		}
		query := "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"
		want := int64(0)
		if db.Dialect() == storage.Postgres {
			query, want = "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'test_owner'", 500
		}
		if got, err := storage.One(t.Context(), db.Read(), "test.stat", "", storage.Scalar[int64], query); err != nil || got != want {
			t.Errorf("statistics of %d rows, %v, want %d", got, err, want)
		}
	})
}

// Connections plan for the arguments at hand unless the URL says otherwise.
func TestPlanningOfPostgres(t *testing.T) {
	t.Parallel()
	c := storagetest.Config(t, storage.Postgres)
	u, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("plan_cache_mode", "auto")
	u.RawQuery = q.Encode()
	for _, tt := range []struct{ url, mode string }{{c.URL, "force_custom_plan"}, {u.String(), "auto"}} {
		db, err := storage.Open(t.Context(), storage.Config{URL: tt.url}, clock.Wall{})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"plan_cache_mode": tt.mode, "jit": "off", "max_parallel_workers_per_gather": "0"} {
			if got, err := storage.One(t.Context(), db.Read(), "test.setting", name, storage.Scalar[string], "SELECT current_setting(?)", name); err != nil || got != want {
				t.Errorf("%s = %q, %v, want %q", name, got, err, want)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
