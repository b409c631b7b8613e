package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func migrate(ctx context.Context, db *storage.DB) error { return db.Migrate(ctx, Room, Migrations) }

func newKey(tb testing.TB) Key {
	tb.Helper()
	key, _, err := NewKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// sample returns the i-th entry of a made-up log.
func sample(i int) Entry {
	e := Entry{
		Actor: Actor{Kind: "person", ID: fmt.Sprintf("p%d", i%5)}, Room: "kengine", Op: []string{"rule", "read", "import"}[i%3],
		Object: fmt.Sprintf("CVE-2026-%04d", i), Request: fmt.Sprintf("r%d", i/2),
	}
	if i%2 == 0 {
		e.Details = map[string]string{"name": fmt.Sprintf("山田 %d", i), "address": "192.0.2.1"}
	}
	return e
}

func appendSamples(tb testing.TB, l *Log, db *storage.DB, from, to int) {
	tb.Helper()
	if err := db.InTx(tb.Context(), func(ctx context.Context, tx *storage.Tx) error {
		var entries []Entry
		for i := from; i < to; i++ {
			entries = append(entries, sample(i))
		}
		_, err := l.AppendAll(ctx, tx, slices.Values(entries))
		return err
	}); err != nil {
		tb.Fatal(err)
	}
}

func verifyDB(tb testing.TB, l *Log, db *storage.DB, checkpoint []byte) Report {
	tb.Helper()
	var rep Report
	if err := db.InRead(tb.Context(), func(ctx context.Context, r storage.Runner) (err error) {
		rep, err = l.Verify(ctx, r, checkpoint, "")
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return rep
}

func TestLogIsIntactAndAgreesWithTlog(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		for i := range 7 {
			if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				return l.Append(WithRequest(ctx, "from-context"), tx, sample(i))
			}); err != nil {
				t.Fatal(err)
			}
		}
		first, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		appendSamples(t, l, db, 7, 2100)
		second, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, outside := range [][]byte{nil, first, second} {
			rep := verifyDB(t, l, db, outside)
			if rep.Verdict != Intact || rep.Checked != 2100 || rep.Checkpoints != 2 {
				t.Errorf("Verify() = %+v, want intact, 2100 checked, 2 checkpoints", rep)
			}
		}
		c, err := OpenCheckpoint(second, l.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		want, err := tlog.TreeHash(2100, hashReader{t.Context(), db.Read()})
		if err != nil || c.Root != want {
			t.Errorf("root = %v, tlog says %v (%v)", c.Root, want, err)
		}
		again, err := l.Checkpoint(t.Context())
		if err != nil || string(again) != string(second) {
			t.Errorf("a checkpoint without new entries differs from the newest: %v", err)
		}
	})
}

func TestRollbackLeavesNoEntry(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		appendSamples(t, l, db, 0, 3)
		stop := errors.New("stop")
		if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return errors.Join(l.Append(ctx, tx, sample(3)), stop)
		}); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		appendSamples(t, l, db, 3, 5)
		if rep := verifyDB(t, l, db, nil); rep.Verdict != Intact || rep.Size != 5 {
			t.Errorf("Verify() = %+v, want intact with 5", rep)
		}
	})
}

func TestListFiltersAndShowsDetails(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		appendSamples(t, l, db, 0, 30)
		got, err := l.List(t.Context(), db.Read(), Filter{ActorID: "p0", Room: "kengine", Limit: 3, WithDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		var numbers []int64
		for _, r := range got {
			numbers = append(numbers, r.N)
		}
		if diff := cmp.Diff([]int64{25, 20, 15}, numbers); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(sample(20).Details, got[1].Entry.Details); diff != "" {
			t.Error(diff)
		}
		if got[0].Entry.Details != nil || got[0].Entry.Outcome != "ok" || got[1].Details != 2 {
			t.Errorf("List() = %+v", got)
		}
		next, err := l.List(t.Context(), db.Read(), Filter{ActorID: "p0", Before: 15})
		if err != nil || len(next) != 3 || next[0].N != 10 {
			t.Errorf("next page = %v, %v, want 10, 5, 0", next, err)
		}
		count := 0
		for _, err := range l.Each(t.Context(), db.Read(), Filter{Op: "rule"}) {
			if err != nil {
				t.Fatal(err)
			}
			count++
		}
		if count != 10 {
			t.Errorf("Each() gave %d entries, want 10", count)
		}
	})
}

func TestErasingAPersonKeepsTheTree(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		appendSamples(t, l, db, 0, 30)
		if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			n, err := l.Erase(ctx, tx, "p0")
			if n != 6 {
				t.Errorf("Erase() = %d details, want 6", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if rep := verifyDB(t, l, db, nil); rep.Verdict != Intact {
			t.Errorf("Verify() = %+v, want intact", rep)
		}
		rows, err := l.List(t.Context(), db.Read(), Filter{ActorID: "p0", WithDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if len(r.Entry.Details) > 0 {
				t.Errorf("entry %d still has details", r.N)
			}
		}
	})
}

func TestProofIsCheckedWithThePublicKeyAlone(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		l := New(db, newKey(t))
		appendSamples(t, l, db, 0, 100)
		for _, n := range []int64{0, 41, 63, 64, 99} {
			file, err := l.Prove(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			leaf, c, err := CheckProof(file, l.PublicKey())
			if err != nil || leaf.Object != sample(int(n)).Object || c.Size != 100 {
				t.Errorf("CheckProof(%d) = %+v, %+v, %v", n, leaf, c, err)
			}
			if _, _, err := CheckProof(file, newKey(t).Public); err == nil {
				t.Error("a proof passes with another key")
			}
			other := strings.Replace(string(file), fmt.Sprintf("index %d\n", n), fmt.Sprintf("index %d\n", (n+1)%100), 1)
			if _, _, err := CheckProof([]byte(other), l.PublicKey()); err == nil {
				t.Error("a proof passes for another number")
			}
		}
		if _, err := l.Prove(t.Context(), 100); !errors.Is(err, fault.NotFound) {
			t.Errorf("Prove(100) = %v, want not found", err)
		}
	})
}

func TestCheckpointRefusesAContradictingTree(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	l := New(db, newKey(t))
	appendSamples(t, l, db, 0, 8)
	if _, err := l.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE audit_hash SET hash = ? WHERE i = ?`, make([]byte, 32), tlog.StoredHashIndex(3, 0))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	appendSamples(t, l, db, 8, 9)
	if _, err := l.Checkpoint(t.Context()); !errors.Is(err, fault.Conflict) {
		t.Errorf("Checkpoint() = %v, want conflict", err)
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.key")
	made, err := LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	read, err := LoadKey(path)
	if err != nil || read.Public != made.Public || read.Signer.KeyHash() != made.Signer.KeyHash() {
		t.Errorf("LoadKey() = %v, %v, want %v", read.Public, err, made.Public)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v, want 0600", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("LoadKey() = %v, want a refusal of mode 0640", err)
	}
}

func TestFileWitnessKeepsTheNewest(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoint")
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	l := New(db, newKey(t), FileWitness(path))
	for i := range 3 {
		appendSamples(t, l, db, i, i+1)
		want, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != string(want) {
			t.Errorf("witness holds %q, %v, want %q", got, err, want)
		}
	}
}

func TestRunSignsWhenDueAndAtTheEnd(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	signed := make(chan int64, 10)
	key := newKey(t)
	l := New(db, key, func(_ context.Context, msg []byte) error {
		c, err := OpenCheckpoint(msg, key.Public)
		signed <- c.Size
		return err
	})
	appendSamples(t, l, db, 0, CheckpointEntries)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); l.Run(ctx, func(err error) { t.Error(err) }) }()
	if got := <-signed; got != CheckpointEntries {
		t.Errorf("checkpoint of %d, want %d", got, CheckpointEntries)
	}
	appendSamples(t, l, db, 1000, 1001)
	cancel()
	<-ended
	if got := <-signed; got != CheckpointEntries+1 {
		t.Errorf("last checkpoint of %d, want %d", got, CheckpointEntries+1)
	}
}

// BenchmarkAppend is one entry a transaction: floor 500/s on SQLite with fsync.
func BenchmarkAppend(b *testing.B) {
	db := storagetest.Open(b, storage.SQLite, clock.Wall{})
	if err := migrate(b.Context(), db); err != nil {
		b.Fatal(err)
	}
	l := New(db, newKey(b))
	for i := 0; b.Loop(); i++ {
		appendSamples(b, l, db, i, i+1)
	}
}

// BenchmarkAppendAll is 10,000 entries in one transaction: floor 20,000/s.
func BenchmarkAppendAll(b *testing.B) {
	db := storagetest.Open(b, storage.SQLite, clock.Wall{})
	if err := migrate(b.Context(), db); err != nil {
		b.Fatal(err)
	}
	l := New(db, newKey(b))
	for b.Loop() {
		appendSamples(b, l, db, 0, 10_000)
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "entries/s")
}
