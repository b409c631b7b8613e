package storage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// dump reads a table and sends each row through JSON, as a backup does.
func dump(t *testing.T, db *storage.DB, table string) (columns []string, rows [][]any, text string) {
	t.Helper()
	var out bytes.Buffer
	err := db.InRead(t.Context(), func(ctx context.Context, r storage.Runner) error {
		return storage.DumpTable(ctx, r, table, func(names []string, row []any) error {
			columns = names
			return json.NewEncoder(&out).Encode(row)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(out.Bytes()))
	dec.UseNumber()
	for dec.More() {
		var row []any
		if err := dec.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return columns, rows, out.String()
}

func fill(t *testing.T, db *storage.DB) {
	t.Helper()
	inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(insertOwner(ctx, tx, "o"), insertOwner(ctx, tx, "p"), insertThing(ctx, tx, sample("1")),
			insertThing(ctx, tx, sample("2")), insertThing(ctx, tx, thing{ID: "3", Owner: "p", Title: "no time"}))
	})
}

func TestTablesMoveToTheOtherDatabaseAndBack(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		fill(t, db)
		other := storage.SQLite
		if db.Dialect() == storage.SQLite {
			other = storage.Postgres
		}
		target := storagetest.Open(t, other, clock.Wall{})
		if err := migrate(t.Context(), target); err != nil {
			t.Fatal(err)
		}
		inTx(t, target, func(ctx context.Context, tx *storage.Tx) error { return insertOwner(ctx, tx, "old") })
		tables := []string{"test_owner", "test_thing"}
		inTx(t, target, func(ctx context.Context, tx *storage.Tx) error {
			if err := storage.Empty(ctx, tx, tables); err != nil {
				return err
			}
			for _, name := range tables {
				columns, rows, _ := dump(t, db, name)
				if n, err := storage.LoadTable(ctx, tx, name, columns, slices.Values(rows)); err != nil || int(n) != len(rows) {
					t.Errorf("LoadTable(%s) = %d, %v, want %d", name, n, err, len(rows))
				}
			}
			return nil
		})
		query := "SELECT " + thingColumns + " FROM test_thing ORDER BY id"
		want, err := storage.List(t.Context(), db.Read(), scanThing, query)
		got, err2 := storage.List(t.Context(), target.Read(), scanThing, query)
		if err != nil || err2 != nil || len(got) != 3 {
			t.Fatal(err, err2, got)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		_, _, owners := dump(t, target, "test_owner")
		if owners != "[\"o\"]\n[\"p\"]\n" {
			t.Errorf("owners = %q", owners)
		}
	})
}

func TestLoadTableRefuses(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		for name, tc := range map[string]struct {
			table   string
			columns []string
			row     []any
		}{
			"unknown table":  {"test_nothing", []string{"id"}, []any{"1"}},
			"unknown column": {"test_owner", []string{"id", "mood"}, []any{"1", "good"}},
			"wrong type":     {"test_owner", []string{"id"}, []any{true}},
			"short row":      {"test_thing", []string{"id", "owner"}, []any{"1"}},
			"hostile name":   {"test_owner", []string{"id) SELECT 1 --"}, []any{"1"}},
			"no base64":      {"test_thing", []string{"id", "body"}, []any{"1", "%%%"}},
			"not a number":   {"test_thing", []string{"id", "at"}, []any{"1", json.Number("1.5")}},
		} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := storage.LoadTable(ctx, tx, tc.table, tc.columns, slices.Values([][]any{tc.row}))
				return err
			})
			if err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}

func TestTablesAndVersions(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		only := map[storage.Dialect]string{storage.SQLite: "test_lite", storage.Postgres: "test_heavy"}[db.Dialect()]
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, "CREATE TABLE river_job (id BIGINT)")
			_, err2 := tx.ExecContext(ctx, "CREATE TABLE test_thing_fts (id TEXT)")
			_, err3 := tx.ExecContext(ctx, "CREATE TABLE a_child (owner TEXT REFERENCES test_owner (id))")
			return errors.Join(err, err2, err3)
		})
		tables, err := db.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"test_owner", "a_child", only, "test_thing"}
		if only == "test_lite" {
			want = []string{"test_owner", "a_child", "test_lite", "test_thing"}
		}
		if d := cmp.Diff(want, tables); d != "" {
			t.Error(d)
		}
		for room, want := range map[string]int64{"test": 2, "nobody": 0} {
			if got, err := db.Version(t.Context(), room); err != nil || got != want {
				t.Errorf("Version(%s) = %d, %v, want %d", room, got, err, want)
			}
		}
		found, err := db.Integrity(t.Context())
		if err != nil || len(found) != 0 {
			t.Errorf("Integrity() = %v, %v", found, err)
		}
		if err := db.Optimize(t.Context()); err != nil {
			t.Error(err)
		}
		if err := db.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestBackupOfSQLite(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	fill(t, db)
	path := filepath.Join(t.TempDir(), "copy.db")
	err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		// The copy must neither wait for a writer nor see what is not committed.
		return errors.Join(insertOwner(ctx, tx, "not committed"), db.Backup(ctx, path))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(t.Context(), path); !errors.Is(err, fault.Conflict) {
		t.Errorf("a second Backup to the same file = %v, want a conflict", err)
	}
	copied, err := storage.Open(t.Context(), storage.Config{Path: path}, clock.Wall{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = copied.Close() }()
	_, _, want := dump(t, db, "test_thing")
	if _, _, got := dump(t, copied, "test_thing"); got != want {
		t.Error(cmp.Diff(want, got))
	}
	if n, err := storage.Count(t.Context(), copied.Read(), "test_owner"); err != nil || n != 2 {
		t.Errorf("owners in the copy = %d, %v, want 2", n, err)
	}
}
