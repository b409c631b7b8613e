package kengine

import (
	"context"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/blob"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// TestExpire: when a person's word expires, what the feeds say counts again.
func TestExpire(t *testing.T) {
	t.Parallel()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			now := time.Now().UTC()
			clk := clock.Func(func() time.Time { return now })
			db := storagetest.Open(t, d, clk)
			if err := migrated(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			f := setUp(t, db)
			f.Clock = clk
			f.demo(t, "cisa-coordinator")
			row := f.tasks(t, f.manager, "is:undecided exploitation:active automatable:yes impact:total")[0]
			in := AssertionInput{Claims: []Claim{{Fact: "ssvc:MWI:1.0.0", Values: []string{"H"}}}, Expires: now.Add(time.Hour)}
			rows, err := f.AddAssertion(t.Context(), f.manager, row.Report, in)
			if err != nil || keys(rows[0].Possible) != "AC" {
				t.Fatalf("possible = %s, %v", keys(rows[0].Possible), err)
			}
			for _, step := range []struct {
				after time.Duration
				want  string
			}{{time.Minute, "AC"}, {2 * time.Hour, "AT AC"}} {
				now = now.Add(step.after)
				if err := f.Expire(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := keys(f.one(t, row.ID).Possible); got != step.want {
					t.Errorf("%v later: possible = %s, want %s", step.after, got, step.want)
				}
			}
			if v := f.one(t, row.ID); len(v.History) != 2 {
				t.Errorf("history of %d, want 2", len(v.History))
			}
		})
	}
}

// TestImportKeeps: what came in is kept, byte for byte, before it is read.
func TestImportKeeps(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	store, err := blob.Dir(t.TempDir(), blob.Config{}, f.now)
	if err != nil {
		t.Fatal(err)
	}
	f.Blobs = store
	const text = `no document at all`
	v := f.loadText(t, text)
	if v.Size != int64(len(text)) || v.Refused != 1 {
		t.Errorf("import = %+v", v)
	}
	if ok, err := store.Has(t.Context(), blob.Ref{SHA256: v.SHA256, Size: v.Size}); !ok || err != nil {
		t.Errorf("kept = %v, %v", ok, err)
	}
	got, refusals, err := f.ImportResult(t.Context(), f.manager, v.ID, 10)
	if err != nil || got.SHA256 != v.SHA256 || got.State != ImportDone || len(refusals) != 1 {
		t.Errorf("result = %+v, %d refusals, %v", got, len(refusals), err)
	}
	p, err := f.ListImports(t.Context(), f.manager, Query{Filter: parse(t, "is:refused text")})
	if err != nil || len(p.Items) != 1 {
		t.Errorf("%d imports listed, %v", len(p.Items), err)
	}
}

// TestInterrupted: an import whose process was killed is marked after some hours.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		v := f.loadText(t, strings.Repeat("x", 10))
		err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE kengine_import SET state = 'running', started = ? WHERE id = ?`, storage.At(tx.Now().Add(-7*time.Hour)), v.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Interrupted(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, _, err := f.ImportResult(t.Context(), f.manager, v.ID, 1); err != nil || got.State != ImportInterrupted {
			t.Errorf("state = %s, %v", got.State, err)
		}
	})
}
