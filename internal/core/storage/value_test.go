package storage_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func TestJSONOfEveryShape(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		execute(t, db, "CREATE TABLE test_json (id BIGINT PRIMARY KEY, v JSONB)")
		values := []any{nil, true, 12.0, -0.5, 1e30, "text", "123", "", []any{}, []any{1.0, "a"}, map[string]any{}, map[string]any{"鍵": "値?", "n": 1.0}}
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			for i, v := range values {
				if _, err := tx.ExecContext(ctx, "INSERT INTO test_json (id, v) VALUES (?, ?)", i, storage.JSON[any]{V: v}); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO test_json (id, v) VALUES (?, NULL)", len(values))
			return err
		})
		got, err := storage.List(t.Context(), db.Read(), func(scan func(...any) error) (any, error) {
			var j storage.JSON[any]
			err := scan(&j)
			return j.V, err
		}, "SELECT v FROM test_json ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(append(values, nil), got); d != "" {
			t.Error(d)
		}
		key, err := storage.One(t.Context(), db.Read(), "test.json", "11", storage.Scalar[string], "SELECT v ->> '鍵' FROM test_json WHERE id = ?", 11)
		if err != nil || key != "値?" {
			t.Errorf("v ->> key = %q, %v", key, err)
		}
	})
}

func TestTimeKeepsMicrosecondsAndOrder(t *testing.T) {
	t.Parallel()
	jst := time.FixedZone("JST", 9*3600)
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(2026, 11, 18, 14, 0, 0, 123_456_789, jst),
	} {
		v, err := storage.At(at).Value()
		if err != nil {
			t.Fatal(err)
		}
		var back storage.Time
		if err := back.Scan(v); err != nil {
			t.Fatal(err)
		}
		if want := at.Truncate(time.Microsecond); !back.Equal(want) || !want.IsZero() && back.Location() != time.UTC {
			t.Errorf("%v came back as %v", at, back)
		}
	}
	var bad storage.Time
	if err := bad.Scan("2026-11-18"); err == nil {
		t.Error("a text was taken as a time")
	}
}
