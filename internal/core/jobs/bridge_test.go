package jobs

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func TestBorrowedTransactionWritesButNeverEnds(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.Postgres, clock.Wall{})
	boom := errors.New("boom")
	err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		err := withPgx(tx, func(b pgx.Tx) error {
			if _, err := b.Begin(ctx); !errors.Is(err, errBorrowed) {
				t.Errorf("Begin() = %v", err)
			}
			if err := b.Commit(ctx); !errors.Is(err, errBorrowed) {
				t.Errorf("Commit() = %v", err)
			}
			if err := b.Rollback(ctx); !errors.Is(err, errBorrowed) {
				t.Errorf("Rollback() = %v", err)
			}
			return everyWay(ctx, b)
		})
		if err != nil {
			return err
		}
		if n, err := storage.Count(ctx, tx, "test_borrowed"); err != nil || n != 3 {
			t.Errorf("rows within the transaction = %d, %v, want 3", n, err)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if _, err := storage.Count(t.Context(), db.Read(), "test_borrowed"); err == nil {
		t.Error("the table outlived the transaction in which River's view had made it")
	}
	defer func() {
		if recover() == nil {
			t.Error("LargeObjects did not panic")
		}
	}()
	borrowedTx{}.LargeObjects()
}

// everyWay writes three rows, each by another method.
func everyWay(ctx context.Context, b pgx.Tx) error {
	if _, err := b.Exec(ctx, "CREATE TABLE test_borrowed (n BIGINT)"); err != nil {
		return err
	}
	if _, err := b.CopyFrom(ctx, pgx.Identifier{"test_borrowed"}, []string{"n"}, pgx.CopyFromRows([][]any{{int64(1)}})); err != nil {
		return err
	}
	var batch pgx.Batch
	batch.Queue("INSERT INTO test_borrowed (n) VALUES ($1)", 2)
	if err := b.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	if _, err := b.Prepare(ctx, "three", "INSERT INTO test_borrowed (n) VALUES ($1) RETURNING n"); err != nil {
		return err
	}
	var n int64
	if err := b.QueryRow(ctx, "three", 3).Scan(&n); err != nil {
		return err
	}
	rows, err := b.Query(ctx, "SELECT n FROM test_borrowed")
	if err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}
