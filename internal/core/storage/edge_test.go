package storage_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func rowsOf(rows ...[]any) iter.Seq[[]any] { return slices.Values(rows) }

// runCases runs cases that leave nothing behind on one database of each kind: making one takes longer.
func runCases(t *testing.T, cases map[string]func(*testing.T, *storage.DB)) {
	t.Helper()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		for name, run := range cases {
			t.Run(name, func(t *testing.T) { run(t, db) })
		}
	})
}

func TestBulkRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*testing.T, *storage.DB){}
	for name, tt := range map[string]struct {
		table   string
		columns []string
		rows    [][]any
		want    string
	}{
		"no columns":                     {"test_owner", nil, [][]any{{}}, "storage: bulk test_owner: no columns are named"},
		"an upper-case table":            {"Test", []string{"id"}, nil, `storage: "Test" is not a name of a table or column`},
		"a column with a blank":          {"test_owner", []string{"id, x"}, nil, `"id, x" is not a name`},
		"an empty column":                {"test_owner", []string{""}, nil, `"" is not a name`},
		"a name that begins with digits": {"1t", []string{"id"}, nil, `"1t" is not a name`},
		"a name of 64 bytes":             {strings.Repeat("a", 64), []string{"id"}, nil, "is not a name"},
		"a row too short":                {"test_owner", []string{"id"}, [][]any{{"a"}, {}}, "row 2 has 0 values, want 1"},
		"a row too long":                 {"test_owner", []string{"id"}, [][]any{{"a", "b"}}, "row 1 has 2 values, want 1"},
		"a table that is not there":      {"test_nothing", []string{"id"}, [][]any{{"a"}}, "test_nothing"},
	} {
		cases[name] = func(t *testing.T, db *storage.DB) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				n, err := tx.Bulk(ctx, tt.table, tt.columns, rowsOf(tt.rows...))
				if n != 0 {
					t.Errorf("Bulk() = %d rows and an error", n)
				}
				return err
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Bulk() = %v, want a text with %q", err, tt.want)
			}
		}
	}
	runCases(t, cases)
}

// The batches of SQLite hold 200 rows: counts around that number lose and repeat nothing.
func TestBulkWritesEveryRowAroundTheBatchSize(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		for _, n := range []int64{0, 1, 199, 200, 201, 400, 401} {
			inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
				if _, err := tx.ExecContext(ctx, "DELETE FROM test_owner"); err != nil {
					return err
				}
				row := make([]any, 1) // used again for each row, as the contract allows
				got, err := tx.Bulk(ctx, "test_owner", []string{"id"}, func(yield func([]any) bool) {
					for i := range n {
						if row[0] = string(rune('a'+i%26)) + strings.Repeat("x", int(i/26)); !yield(row) {
							return
						}
					}
				})
				if have, cerr := storage.Count(ctx, tx, "test_owner"); got != n || have != n || cerr != nil {
					t.Errorf("Bulk() of %d = %d, the table has %d, %v", n, got, have, cerr)
				}
				return err
			})
		}
	})
}

func TestTableFunctionsRefuseNamesAndUnknownTables(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		drop := "test_owner; DROP TABLE test_owner"
		if _, err := storage.Count(ctx, db.Read(), drop); err == nil || !strings.Contains(err.Error(), "is not a name") {
			t.Errorf("Count() = %v", err)
		}
		if _, err := db.Version(ctx, drop); err == nil {
			t.Error("Version() took a statement as a room")
		}
		if err := db.Migrate(ctx, drop, schema); err == nil {
			t.Error("Migrate() took a statement as a room")
		}
		if n, err := storage.Count(ctx, db.Read(), "test_owner"); err != nil || n != 0 {
			t.Errorf("test_owner has %d rows, %v", n, err)
		}
	})
}

// A misspelt database in the name of a migration was left out on both.
func TestMigrationForAnUnknownDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		files := fstest.MapFS{"migrations/0001_a.postgresql.sql": {Data: []byte("-- +goose Up\nCREATE TABLE x_a (id TEXT);\n")}}
		err := db.Migrate(t.Context(), "x", files)
		if err == nil || !strings.Contains(err.Error(), `0001_a.postgresql.sql: "postgresql" is no database; name it sqlite or postgres`) {
			t.Errorf("Migrate() = %v", err)
		}
		if _, err := db.Pending(t.Context(), "x", files); err == nil {
			t.Error("Pending() took it")
		}
	})
}

func TestPendingFollowsTheFiles(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		first := fstest.MapFS{
			"migrations/0001_a.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE x_a (id TEXT);\n")},
			"migrations/README.text": {Data: []byte("not a migration")},
		}
		second := fstest.MapFS{"migrations/0001_a.sql": first["migrations/0001_a.sql"], "migrations/0003_b.sql": {Data: []byte("-- +goose Up\nCREATE TABLE x_b (id TEXT);\n")}}
		check := func(files fstest.MapFS, pending bool, version int64) {
			t.Helper()
			got, err := db.Pending(ctx, "x", files)
			have, verr := db.Version(ctx, "x")
			if err != nil || verr != nil || got != pending || have != version {
				t.Errorf("Pending() = %v, %v, Version() = %d, %v, want %v, %d", got, err, have, verr, pending, version)
			}
		}
		check(first, true, 0)
		if err := db.Migrate(ctx, "x", first); err != nil {
			t.Fatal(err)
		}
		check(first, false, 1)
		check(second, true, 1)
		if err := db.Migrate(ctx, "x", second); err != nil {
			t.Fatal(err)
		}
		check(second, false, 3)
		// An older program than the tables has nothing to do either.
		check(first, false, 3)
	})
}

func TestAfterCommitRunsInOrderAndOnlyAfterACommit(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		var ran []string
		note := func(s string) func() { return func() { ran = append(ran, s) } }
		boom := errors.New("boom")
		err := db.InTx(t.Context(), func(_ context.Context, tx *storage.Tx) error {
			tx.AfterCommit(note("never"))
			return boom
		})
		if !errors.Is(err, boom) {
			t.Errorf("InTx() = %v, want boom", err)
		}
		inTx(t, db, func(_ context.Context, tx *storage.Tx) error {
			tx.AfterCommit(note("one"))
			tx.AfterCommit(func() {
				note("two")()
				// The transaction is over: another one does not wait for it.
				inTx(t, db, func(ctx context.Context, tx *storage.Tx) error { return insertOwner(ctx, tx, "late") })
			})
			if len(ran) != 0 {
				t.Errorf("%v ran before the commit", ran)
			}
			return nil
		})
		if !slices.Equal(ran, []string{"one", "two"}) {
			t.Errorf("ran %v, want one, two", ran)
		}
	})
}

func TestCloseTwiceIsNoError(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		if err := db.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
		if err := db.Ping(t.Context()); err == nil {
			t.Error("a closed database answers")
		}
	})
}
