package storage_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

type tags struct {
	Names []string `json:"names"`
}

var schema = fstest.MapFS{
	"migrations/0001_thing.sql": {Data: []byte(`-- +goose Up
CREATE TABLE test_owner (
	id TEXT NOT NULL CONSTRAINT test_owner_pk PRIMARY KEY
);
CREATE TABLE test_thing (
	id TEXT NOT NULL CONSTRAINT test_thing_pk PRIMARY KEY,
	owner TEXT NOT NULL CONSTRAINT test_thing_owner REFERENCES test_owner (id) ON DELETE RESTRICT,
	title TEXT NOT NULL CONSTRAINT test_thing_title UNIQUE,
	at BIGINT,
	open BOOLEAN NOT NULL DEFAULT TRUE,
	score DOUBLE PRECISION NOT NULL DEFAULT 0,
	body BYTEA,
	tags JSONB,
	version BIGINT NOT NULL DEFAULT 1
);
`)},
	"migrations/0002_only.sqlite.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE test_lite (id TEXT NOT NULL PRIMARY KEY);\n")},
	"migrations/0002_only.postgres.sql": {Data: []byte("-- +goose Up\nCREATE TABLE test_heavy (id TEXT NOT NULL PRIMARY KEY);\n")},
}

func migrate(ctx context.Context, db *storage.DB) error { return db.Migrate(ctx, "test", schema) }

type thing struct {
	ID, Owner, Title string
	At               time.Time
	Open             bool
	Score            float64
	Body             []byte
	Tags             tags
}

const thingColumns = "id, owner, title, at, open, score, body, tags"

func scanThing(scan func(...any) error) (thing, error) {
	var t thing
	var at storage.Time
	var js storage.JSON[tags]
	err := scan(&t.ID, &t.Owner, &t.Title, &at, &t.Open, &t.Score, &t.Body, &js)
	t.At, t.Tags = at.Time, js.V
	return t, err
}

func (t thing) args() []any {
	return []any{t.ID, t.Owner, t.Title, storage.At(t.At), t.Open, t.Score, t.Body, storage.JSON[tags]{V: t.Tags}}
}

func insertThing(ctx context.Context, r storage.Runner, t thing) error {
	_, err := r.ExecContext(ctx, "INSERT INTO test_thing ("+thingColumns+") VALUES ("+storage.Marks(8)+")", t.args()...)
	return err
}

func insertOwner(ctx context.Context, r storage.Runner, id string) error {
	_, err := r.ExecContext(ctx, "INSERT INTO test_owner (id) VALUES (?)", id)
	return err
}

func inTx(t *testing.T, db *storage.DB, f func(ctx context.Context, tx *storage.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func sample(id string) thing {
	return thing{
		ID: id, Owner: "o", Title: "題 " + id, At: time.Date(2026, 11, 18, 5, 0, 0, 123456000, time.UTC), Open: true,
		Score: 9.8, Body: []byte{0, 1, 255}, Tags: tags{Names: []string{"a", "脆弱性"}},
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		want := []thing{sample("1"), {ID: "2", Owner: "o", Title: "no time"}}
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			return errors.Join(insertOwner(ctx, tx, "o"), insertThing(ctx, tx, want[0]), insertThing(ctx, tx, want[1]))
		})
		got, err := storage.List(t.Context(), db.Read(), scanThing, "SELECT "+thingColumns+" FROM test_thing WHERE owner = ? ORDER BY id", "o")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		one, err := storage.One(t.Context(), db.Read(), "test.thing", "1", scanThing, "SELECT "+thingColumns+" FROM test_thing WHERE id = ?", "1")
		if err != nil || one.Title != want[0].Title {
			t.Errorf("One() = %v, %v", one, err)
		}
	})
}

func TestTransaction(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		count := func() int64 {
			t.Helper()
			n, err := storage.Count(t.Context(), db.Read(), "test_owner")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		boom := errors.New("boom")
		hooks := 0
		err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			tx.AfterCommit(func() { hooks++ })
			return errors.Join(insertOwner(ctx, tx, "rolled back"), boom)
		})
		if !errors.Is(err, boom) || count() != 0 || hooks != 0 {
			t.Errorf("after an error: err %v, rows %d, hooks %d; want boom, 0, 0", err, count(), hooks)
		}
		func() {
			defer func() {
				if r := recover(); r != "panic" {
					t.Errorf("recovered %v, want the panic itself", r)
				}
			}()
			_ = db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_ = insertOwner(ctx, tx, "panicked")
				panic("panic")
			})
		}()
		if count() != 0 {
			t.Errorf("after a panic: %d rows, want 0", count())
		}
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			tx.AfterCommit(func() { hooks += int(count()) })
			return insertOwner(ctx, tx, "kept")
		})
		if hooks != 1 || count() != 1 {
			t.Errorf("after a commit: hooks saw %d rows, rows %d; want 1, 1", hooks, count())
		}
	})
}

func TestFailedStatementEndsTheTransaction(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_ = insertOwner(ctx, tx, "a")
			_ = insertOwner(ctx, tx, "a") // the error is swallowed
			return nil
		})
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("InTx() = %v, want the conflict that was swallowed", err)
		}
		if n, _ := storage.Count(t.Context(), db.Read(), "test_owner"); n != 0 {
			t.Errorf("rows = %d, want 0", n)
		}
	})
}

func TestConflictOfReturningEndsTheTransaction(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		insert := "INSERT INTO test_owner (id) VALUES (?) RETURNING id"
		for name, read := range map[string]func(ctx context.Context, tx *storage.Tx) error{
			"one": func(ctx context.Context, tx *storage.Tx) error {
				_, err := storage.One(ctx, tx, "test.owner", "a", storage.Scalar[string], insert, "a")
				return err
			},
			"list": func(ctx context.Context, tx *storage.Tx) error {
				_, err := storage.List(ctx, tx, storage.Scalar[string], insert, "a")
				return err
			},
		} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				if err := read(ctx, tx); err != nil {
					t.Errorf("%s: first insert: %v", name, err)
				}
				if err := read(ctx, tx); !errors.Is(err, fault.Conflict) {
					t.Errorf("%s: second insert = %v, want a conflict", name, err)
				}
				if err := insertOwner(ctx, tx, "b"); err == nil {
					t.Errorf("%s: the transaction went on", name)
				}
				return nil
			})
			if !errors.Is(err, fault.Conflict) {
				t.Errorf("%s: InTx() = %v, want a conflict", name, err)
			}
		}
	})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			return errors.Join(insertOwner(ctx, tx, "o"), insertThing(ctx, tx, sample("1")))
		})
		twin := sample("2")
		twin.Title = sample("1").Title
		orphan := sample("3")
		orphan.Owner = "nobody"
		for name, tc := range map[string]struct {
			do   func(ctx context.Context, tx *storage.Tx) error
			kind fault.Kind
			key  string
		}{
			"primary key": {func(ctx context.Context, tx *storage.Tx) error { return insertOwner(ctx, tx, "o") }, fault.Conflict, "storage.exists"},
			"unique":      {func(ctx context.Context, tx *storage.Tx) error { return insertThing(ctx, tx, twin) }, fault.Conflict, "storage.exists"},
			"no parent":   {func(ctx context.Context, tx *storage.Tx) error { return insertThing(ctx, tx, orphan) }, fault.Conflict, "storage.referenced"},
			"has children": {func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, "DELETE FROM test_owner")
				return err
			}, fault.Conflict, "storage.referenced"},
			"bulk": {func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.Bulk(ctx, "test_owner", []string{"id"}, slices.Values([][]any{{"x"}, {"o"}}))
				return err
			}, fault.Conflict, "storage.exists"},
			"context": {func(ctx context.Context, tx *storage.Tx) error {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return insertOwner(ctx, tx, "late")
			}, fault.Unavailable, "storage.interrupted"},
		} {
			err := db.InTx(t.Context(), tc.do)
			if f := fault.Of(err); f == nil || f.Kind != tc.kind || f.Key != tc.key {
				t.Errorf("%s: %v, want %v %s", name, err, tc.kind, tc.key)
			}
		}
		_, err := storage.One(t.Context(), db.Read(), "test.thing", "9", scanThing, "SELECT "+thingColumns+" FROM test_thing WHERE id = ?", "9")
		if f := fault.Of(err); f == nil || f.Kind != fault.NotFound || f.ID != "9" {
			t.Errorf("One() = %v, want not found 9", err)
		}
		res, err := db.Read().QueryContext(t.Context(), "SELECT nonsense FROM nowhere")
		if err == nil || fault.Of(err) != nil {
			t.Errorf("a wrong query = %v, %v, want an internal error", res, err)
		}
	})
}

func TestBulk(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		for _, n := range []int{0, 1, 199, 200, 201, 1234} {
			inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, "DELETE FROM test_thing")
				_, err2 := tx.ExecContext(ctx, "DELETE FROM test_owner")
				got, err3 := tx.Bulk(ctx, "test_owner", []string{"id"}, slices.Values([][]any{{"o"}}))
				if got != 1 {
					t.Errorf("Bulk() = %d, want 1", got)
				}
				row := make([]any, 0, 8) // used again for every row, as the contract allows
				rows := iter.Seq[[]any](func(yield func([]any) bool) {
					for i := range n {
						row = append(row[:0], sample(string(rune('あ'+i))).args()...)
						if !yield(row) {
							return
						}
					}
				})
				got, err4 := tx.Bulk(ctx, "test_thing", []string{"id", "owner", "title", "at", "open", "score", "body", "tags"}, rows)
				if int(got) != n {
					t.Errorf("Bulk() = %d, want %d", got, n)
				}
				return errors.Join(err, err2, err3, err4)
			})
			got, err := storage.List(t.Context(), db.Read(), scanThing, "SELECT "+thingColumns+" FROM test_thing ORDER BY id")
			if err != nil || len(got) != n {
				t.Fatalf("rows = %d, %v, want %d", len(got), err, n)
			}
			for i, g := range got {
				if d := cmp.Diff(sample(string(rune('あ'+i))), g); d != "" {
					t.Fatal(d)
				}
			}
		}
		for _, bad := range [][]string{{"test_owner; DROP", "id"}, {"test_owner", "id) --"}, {"test_owner", ""}} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.Bulk(ctx, bad[0], bad[1:], slices.Values([][]any{{"x"}}))
				return err
			})
			if err == nil {
				t.Errorf("Bulk(%q) accepted", bad)
			}
		}
	})
}

func TestInReadSeesOneState(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		err := db.InRead(t.Context(), func(ctx context.Context, r storage.Runner) error {
			before, err := storage.Count(ctx, r, "test_owner")
			inTx(t, db, func(ctx context.Context, tx *storage.Tx) error { return insertOwner(ctx, tx, "new") })
			after, err2 := storage.Count(ctx, r, "test_owner")
			if before != 0 || after != 0 {
				t.Errorf("counts %d, %d, want 0, 0", before, after)
			}
			return errors.Join(err, err2)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.InRead(t.Context(), func(ctx context.Context, r storage.Runner) error { return insertOwner(ctx, r, "written") })
		if err == nil {
			t.Error("a read snapshot could write")
		}
	})
}

func TestNowIsFixedAtTheBeginning(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	db := storagetest.Open(t, storage.SQLite, clock.Func(func() time.Time { at = at.Add(time.Second); return at }))
	inTx(t, db, func(_ context.Context, tx *storage.Tx) error {
		if a, b := tx.Now(), tx.Now(); !a.Equal(b) {
			t.Errorf("Now() = %v, then %v", a, b)
		}
		return nil
	})
}

func TestEachStreamsAndStops(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.Bulk(ctx, "test_owner", []string{"id"}, slices.Values([][]any{{"a"}, {"b"}, {"c"}}))
			return err
		})
		for _, stop := range []int{1, 3} {
			var got []string
			for id, err := range storage.Each(t.Context(), db.Read(), storage.Scalar[string], "SELECT id FROM test_owner ORDER BY id") {
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, id); len(got) == stop {
					break
				}
			}
			if d := cmp.Diff([]string{"a", "b", "c"}[:stop], got); d != "" {
				t.Error(d)
			}
		}
		for _, err := range storage.Each(t.Context(), db.Read(), storage.Scalar[string], "SELECT nonsense") {
			if err == nil {
				t.Error("Each() of a wrong query yields no error")
			}
		}
	})
}

func TestChangedTellsAStaleEdit(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
			return errors.Join(insertOwner(ctx, tx, "o"), insertThing(ctx, tx, sample("1")))
		})
		edit := func(version int) error {
			return db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				res, err := tx.ExecContext(ctx, "UPDATE test_thing SET title = ?, version = version + 1 WHERE id = ? AND version = ?", "new", "1", version)
				return storage.Changed(res, err, "test.thing", "1")
			})
		}
		if err := edit(1); err != nil {
			t.Error(err)
		}
		if err := edit(1); !errors.Is(err, fault.Conflict) {
			t.Errorf("second edit of version 1 = %v, want a conflict", err)
		}
	})
}

func TestDeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.Postgres, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(insertOwner(ctx, tx, "a"), insertOwner(ctx, tx, "b"))
	})
	lock := func(ctx context.Context, tx *storage.Tx, id string) error {
		_, err := tx.ExecContext(ctx, "UPDATE test_owner SET id = id WHERE id = ?", id)
		return err
	}
	var tries atomic.Int32
	var both sync.WaitGroup // neither goes on to its second row before both hold their first
	both.Add(2)
	work := func(first, second string) func() {
		met := false
		return func() {
			err := db.InTx(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
				tries.Add(1)
				if err := lock(ctx, tx, first); err != nil {
					return err
				}
				if !met {
					met = true
					both.Done()
					both.Wait()
				}
				return lock(ctx, tx, second)
			})
			if err != nil {
				t.Errorf("%s, %s: %v", first, second, err)
			}
		}
	}
	var wg sync.WaitGroup
	wg.Go(work("a", "b"))
	wg.Go(work("b", "a"))
	wg.Wait()
	if tries.Load() != 3 {
		t.Errorf("tries = %d, want 3: one of the two was sent back once", tries.Load())
	}
}

func TestWritersAndReadersAtOnce(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		const writers, each = 8, 25
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					inTx(t, db, func(ctx context.Context, tx *storage.Tx) error {
						return insertOwner(ctx, tx, fmt.Sprintf("%d-%d", w, i))
					})
					if _, err := storage.Count(t.Context(), db.Read(), "test_owner"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n, err := storage.Count(t.Context(), db.Read(), "test_owner"); err != nil || n != writers*each {
			t.Errorf("rows = %d, %v, want %d", n, err, writers*each)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, []byte("not a database, but long enough to look like one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		config storage.Config
		kind   fault.Kind
	}{
		"nothing":     {storage.Config{}, fault.Invalid},
		"both":        {storage.Config{Path: "x", URL: "postgres://x"}, fault.Invalid},
		"bad URL":     {storage.Config{URL: "postgres://user:secret@[/x"}, fault.Invalid},
		"nobody home": {storage.Config{URL: "postgres://u:secret@127.0.0.1:1/x?connect_timeout=2"}, fault.Unavailable},
		"no database": {storage.Config{Path: file}, 0},
	} {
		db, err := storage.Open(t.Context(), tc.config, clock.Wall{})
		if err == nil {
			_ = db.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if tc.kind != 0 && !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the password is in the error: %v", name, err)
		}
	}
}

func TestWaitingForTheWriterEndsWithTheContext(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	inTx(t, db, func(ctx context.Context, _ *storage.Tx) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		err := db.InTx(ctx, func(context.Context, *storage.Tx) error { return nil })
		if !errors.Is(err, fault.Unavailable) {
			t.Errorf("InTx within InTx = %v, want unavailable", err)
		}
		return nil
	})
}
