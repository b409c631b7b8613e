package storagetest_test

import (
	"context"
	"os"
	"sync/atomic"
	"testing"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func tables(count *atomic.Int32) storagetest.Migrate {
	return func(ctx context.Context, db *storage.DB) error {
		count.Add(1)
		return db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, "CREATE TABLE test_a (id TEXT PRIMARY KEY)")
			return err
		})
	}
}

// fresh fails unless the database has the table and nobody else's rows.
func fresh(t *testing.T, db *storage.DB) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		n, err := storage.Count(ctx, tx, "test_a")
		if n != 0 {
			t.Errorf("the database has %d rows already", n)
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO test_a (id) VALUES (?)", "mine")
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRunGivesEachTestItsOwnDatabase(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	var kinds [3]atomic.Int32
	t.Run("both", func(t *testing.T) {
		for range 2 {
			storagetest.Run(t, tables(&count), func(t *testing.T, db *storage.DB) {
				kinds[db.Dialect()].Add(1)
				fresh(t, db)
			})
		}
	})
	want := int32(2)
	if kinds[storage.SQLite].Load() != want {
		t.Errorf("SQLite ran %d times, want %d", kinds[storage.SQLite].Load(), want)
	}
	if os.Getenv("NOROSHI_TEST_POSTGRES") != "" && kinds[storage.Postgres].Load() != want {
		t.Errorf("PostgreSQL ran %d times, want %d", kinds[storage.Postgres].Load(), want)
	}
}

func TestTemplateMigratesOnceAndCopies(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	p := storagetest.NewTemplate(tables(&count))
	defer p.Close()
	t.Run("copies", func(t *testing.T) {
		for range 3 {
			p.Run(t, fresh)
		}
	})
	want := int32(1)
	if os.Getenv("NOROSHI_TEST_POSTGRES") != "" {
		want = 2
	}
	if count.Load() != want {
		t.Errorf("migrated %d times, want %d: once for each kind", count.Load(), want)
	}
}
