package storage_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func fill(t *testing.T, db *storage.DB) {
	t.Helper()
	inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(insertOwner(ctx, tx, "o"), insertOwner(ctx, tx, "p"), insertThing(ctx, tx, sample("1")),
			insertThing(ctx, tx, sample("2")), insertThing(ctx, tx, thing{ID: "3", Owner: "p", Title: "no time"}))
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
	query := "SELECT " + thingColumns + " FROM test_thing ORDER BY id"
	want, err := storage.List(t.Context(), db.Read(), scanThing, query)
	got, err2 := storage.List(t.Context(), copied.Read(), scanThing, query)
	if err != nil || err2 != nil || len(got) != 3 {
		t.Fatal(err, err2, got)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n, err := storage.Count(t.Context(), copied.Read(), "test_owner"); err != nil || n != 2 {
		t.Errorf("owners in the copy = %d, %v, want 2", n, err)
	}
}
