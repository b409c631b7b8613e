package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// panics runs f and returns what it panicked with; a test that hangs instead fails after 20 seconds.
func panics(t *testing.T, f func()) any {
	t.Helper()
	caught := make(chan any, 1)
	go func() {
		defer func() { caught <- recover() }()
		f()
	}()
	select {
	case v := <-caught:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("the panic did not come out within 20s: the connection waits for its own transaction")
		return nil
	}
}

// The clock is asked between the begin and the work: a panic there found nobody to roll back.
func TestInTxOfABrokenClockPanicsAndDoesNotHang(t *testing.T) {
	t.Parallel()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			broken := false
			db := storagetest.Open(t, d, clock.Func(func() time.Time {
				if broken {
					panic("no time")
				}
				return time.Unix(0, 0)
			}))
			broken = true
			got := panics(t, func() {
				_ = db.InTx(t.Context(), func(context.Context, *storage.Tx) error { return nil })
			})
			if got != "no time" {
				t.Errorf("InTx() panicked with %v, want no time", got)
			}
			broken = false
			inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, "CREATE TABLE test_after (id TEXT)")
				return err
			})
		})
	}
}

// A panic within the raw connection made database/sql close it under the open transaction.
func TestPanicsInsideATransactionComeOutAndRollBack(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(ctx context.Context, tx *storage.Tx) error{
		"in the function": func(context.Context, *storage.Tx) error { panic("boom") },
		"in Raw": func(_ context.Context, tx *storage.Tx) error {
			return tx.Raw(func(*sql.Tx, *pgx.Conn) error { panic("boom") })
		},
		"in the rows of Bulk": func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.Bulk(ctx, "test_owner", []string{"id"}, func(yield func([]any) bool) {
				yield([]any{"second"})
				panic("boom")
			})
			return err
		},
		"while a stream is open": func(ctx context.Context, tx *storage.Tx) error {
			for range storage.Each(ctx, tx, storage.Scalar[string], "SELECT id FROM test_owner") {
				panic("boom")
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
				got := panics(t, func() {
					_ = db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
						if err := insertOwner(ctx, tx, "first"); err != nil {
							return err
						}
						return act(ctx, tx)
					})
				})
				if got != "boom" {
					t.Errorf("panicked with %v, want boom", got)
				}
				if n, err := storage.Count(t.Context(), db.Read(), "test_owner"); err != nil || n != 0 {
					t.Errorf("%d rows are left, %v, want 0", n, err)
				}
				inTx(t, db, func(ctx context.Context, tx *storage.Tx) error { return insertOwner(ctx, tx, "next") })
			})
		})
	}
}

func TestErrorsOfRawEndTheTransactionAndKeepTheirIdentity(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		boom := errors.New("boom")
		err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			if err := tx.Raw(func(*sql.Tx, *pgx.Conn) error { return boom }); !errors.Is(err, boom) {
				t.Errorf("Raw() = %v, want boom", err)
			}
			if err := insertOwner(ctx, tx, "a"); !errors.Is(err, boom) {
				t.Errorf("after Raw: %v, want the first failure", err)
			}
			return nil
		})
		if !errors.Is(err, boom) {
			t.Errorf("InTx() = %v, want that the commit is refused because of boom", err)
		}
	})
}

func TestPanicInARead(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		for range 10 { // more often than there are readers
			got := panics(t, func() {
				_ = db.InRead(t.Context(), func(context.Context, storage.Runner) error { panic("boom") })
			})
			if got != "boom" {
				t.Fatalf("InRead() panicked with %v, want boom", got)
			}
		}
		if n, err := storage.Count(t.Context(), db.Read(), "test_owner"); err != nil || n != 0 {
			t.Errorf("Count() = %d, %v after the panics", n, err)
		}
	})
}
