package storage_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// A text that one database cannot keep is refused by both, and what was there stays.
func TestTextWithNULIsRefused(t *testing.T) {
	t.Parallel()
	type title string
	bad := "a\x00b"
	insert := "INSERT INTO test_owner (id) VALUES (?)"
	cases := map[string]func(*testing.T, *storage.DB){}
	for name, write := range map[string]func(ctx context.Context, tx *storage.Tx) error{
		"statement": func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, insert, bad)
			return err
		},
		"named type": func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, insert, title(bad))
			return err
		},
		"pointer": func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, insert, &bad)
			return err
		},
		"repeated statement": func(ctx context.Context, tx *storage.Tx) error {
			for _, id := range []string{"one", "two", bad} {
				if _, err := tx.ExecContext(ctx, insert, id); err != nil {
					return err
				}
			}
			return nil
		},
		"returning": func(ctx context.Context, tx *storage.Tx) error {
			_, err := storage.One(ctx, tx, "test.owner", "a", storage.Scalar[string], insert+" RETURNING id", bad)
			return err
		},
		"swallowed": func(ctx context.Context, tx *storage.Tx) error {
			_, _ = tx.ExecContext(ctx, insert, bad)
			return nil // the commit is refused all the same
		},
		"bulk": func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.Bulk(ctx, "test_owner", []string{"id"}, rowsOf([]any{"fine"}, []any{bad}))
			return err
		},
		"full bulk": func(ctx context.Context, tx *storage.Tx) error {
			rows := make([][]any, 200)
			for i := range rows {
				rows[i] = []any{string(rune('A' + i))}
			}
			rows[150] = []any{bad}
			_, err := tx.Bulk(ctx, "test_owner", []string{"id"}, slices.Values(rows))
			return err
		},
	} {
		cases[name] = func(t *testing.T, db *storage.DB) {
			before, err := storage.Count(t.Context(), db.Read(), "test_owner")
			if err != nil {
				t.Fatal(err)
			}
			err = db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				if err := insertOwner(ctx, tx, "kept with it"); err != nil {
					return err
				}
				return write(ctx, tx)
			})
			if f := fault.Of(err); !errors.Is(err, fault.Invalid) || f == nil || f.Key != "storage.text" {
				t.Errorf("InTx() = %v, want Invalid storage.text", err)
			}
			after, err := storage.Count(t.Context(), db.Read(), "test_owner")
			if err != nil || after != before {
				t.Errorf("%d owners, %v, want %d as before", after, err, before)
			}
		}
	}
	runCases(t, cases)
}

// Looking for such a text is refused as well, and bytes may hold a NUL.
func TestNULInQueriesAndBytes(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		query := "SELECT id FROM test_owner WHERE id = ?"
		_, err := storage.List(t.Context(), db.Read(), storage.Scalar[string], query, "a\x00")
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("List() = %v, want Invalid", err)
		}
		_, err = storage.One(t.Context(), db.Read(), "test.owner", "a", storage.Scalar[string], query, "a\x00")
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("One() = %v, want Invalid", err)
		}
		want := thing{ID: "1", Owner: "o", Title: "t", Body: []byte{0, 1, 0}}
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			return errors.Join(insertOwner(ctx, tx, "o"), insertThing(ctx, tx, want))
		})
		got, err := storage.One(t.Context(), db.Read(), "test.thing", "1", storage.Scalar[[]byte], "SELECT body FROM test_thing WHERE id = ?", "1")
		if err != nil || !slices.Equal(got, want.Body) {
			t.Errorf("body = %v, %v, want %v", got, err, want.Body)
		}
	})
}
