package kengine

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/blob"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// background gives a room a store and a queue that knows the work of large uploads.
func (f *fixture) background(t *testing.T, known bool) *jobs.Jobs {
	t.Helper()
	var err error
	if f.Blobs, err = blob.Dir(t.TempDir(), blob.Config{}, f.now); err != nil {
		t.Fatal(err)
	}
	registry := jobs.NewRegistry()
	if known {
		f.registerImport(registry)
	}
	if f.Jobs, err = jobs.New(f.DB, registry, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if err := f.Jobs.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f.Jobs
}

// imported waits for the end of an import.
func (f *fixture) imported(t *testing.T, id string) ImportView {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-tick.C {
		v, _, err := f.ImportResult(t.Context(), f.manager, id, 10)
		if err != nil {
			t.Fatal(err)
		}
		if v.State != ImportRunning {
			return v
		}
		if time.Now().After(deadline) {
			t.Fatalf("the import still runs: %+v", v)
		}
	}
}

// started runs the queue until the test ends.
func started(t *testing.T, q *jobs.Jobs) {
	t.Helper()
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

// lines is a document of records, one of them broken.
func lines() string {
	return record("CVE-2026-0001", "Acme", "Shop", "2.0", "CWE-79") + "\n" + record("CVE-2026-0002", "Acme", "Till", "1.0", "CWE-89") + "\n{\"dataType\":\"CVE_RECORD\"}\n"
}

// TestLargeUpload: the sender sees the page of the import at once; it is done by the queue.
func TestLargeUpload(t *testing.T) {
	t.Parallel()
	demoSite(t, "starter", func(s *site) {
		t := s.t
		queue := s.background(t, true)
		s.prompt = 10
		p := s.upload("analyst", "/en/console/kengine/import/new", "big.json", []byte(record("CVE-2026-0001", "Acme", "Shop", "2.0", "CWE-79"))).
			wants(t, "upload", http.StatusOK, "is imported in the background", "The import is running", `http-equiv="refresh"`, "0 records so far", "SHA-256")
		s.audited("import", "import")
		s.get("analyst", "/ja/console/kengine/import").wants(t, "list", http.StatusOK, "big.json", `http-equiv="refresh"`)
		s.get("stranger", p.path).wants(t, "of another organisation", http.StatusNotFound)
		s.upload("reader", "/en/console/kengine/import/new", "big.json", []byte("{}")).wants(t, "a reader", http.StatusForbidden)
		s.get("analyst", "/en/console/kengine/report/CVE-2026-0001").wants(t, "not read yet", http.StatusNotFound)
		started(t, queue)
		id := p.path[strings.LastIndexByte(p.path, '/')+1:]
		if v := s.imported(t, id); v.State != ImportDone || v.Records != 1 || v.Added != 1 || v.Ended.IsZero() {
			t.Errorf("imported %+v", v)
		}
		s.get("analyst", p.path).wants(t, "the end", http.StatusOK, "1 record was read, 0 refused", `!http-equiv="refresh"`)
		s.get("analyst", "/en/console/kengine/report/CVE-2026-0001").wants(t, "read", http.StatusOK, "Acme Shop")
	})
}

// TestImportKeptAgain: a run after a killed one ends as one whole run, and one after the end does nothing.
func TestImportKeptAgain(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.background(t, true)
		v, err := f.ImportLater(t.Context(), f.manager, "lines.jsonl", strings.NewReader(lines()))
		if err != nil || v.State != ImportRunning || v.Size != int64(len(lines())) || v.SHA256 == "" {
			t.Fatalf("accepted %+v, %v", v, err)
		}
		if err := f.importKept(t.Context(), v.ID); err != nil {
			t.Fatal(err)
		}
		whole, refusals, err := f.ImportResult(t.Context(), f.manager, v.ID, 10)
		if err != nil || whole.State != ImportDone || whole.Records == 0 || whole.Refused != int64(len(refusals)) {
			t.Fatalf("imported %+v, %d refusals, %v", whole, len(refusals), err)
		}
		state := hash(t, f)
		for _, left := range []string{ImportRunning, ImportInterrupted, ImportDone} {
			err := f.DB.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE kengine_import SET state = ? WHERE id = ?`, left, v.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.importKept(t.Context(), v.ID); err != nil {
				t.Fatalf("again after %s: %v", left, err)
			}
			again, more, err := f.ImportResult(t.Context(), f.manager, v.ID, 10)
			if err != nil || again.State != ImportDone || again.Records != whole.Records || len(more) != len(refusals) {
				t.Errorf("again after %s: %+v, %d refusals, %v", left, again, len(more), err)
			}
			if got := hash(t, f); got != state {
				t.Errorf("again after %s: the state is %+v, was %+v", left, got, state)
			}
		}
		if err := f.importKept(t.Context(), "nosuch"); err != nil {
			t.Errorf("an import that is gone: %v", err)
		}
	})
}

// TestImportLaterIsWholeOrNot: without its job there is no import; what cannot be read is not tried for ever.
func TestImportLaterIsWholeOrNot(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.background(t, false)
		if v, err := f.ImportLater(t.Context(), f.manager, "x", strings.NewReader(lines())); err == nil || v.ID != "" {
			t.Errorf("accepted without a job: %+v", v)
		}
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_import`); n != 0 || len(f.ledger.entries) != 0 {
			t.Errorf("%d imports without a job, recorded %v", n, f.ledger.entries)
		}
		if _, err := f.ImportLater(t.Context(), member("org1", identity.Reader), "x", strings.NewReader("{}")); !errors.Is(err, fault.Denied) {
			t.Errorf("a reader: %v", err)
		}
		f.background(t, true)
		v, err := f.ImportLater(t.Context(), f.manager, "cut.gz", strings.NewReader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b"))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.importKept(t.Context(), v.ID); err != nil {
			t.Errorf("what can never be read is tried again: %v", err)
		}
		if got, _, err := f.ImportResult(t.Context(), f.manager, v.ID, 10); err != nil || got.State == ImportRunning {
			t.Errorf("a cut archive: %+v, %v", got, err)
		}
		v, err = f.ImportLater(t.Context(), f.manager, "stopped", strings.NewReader(lines()))
		if err != nil {
			t.Fatal(err)
		}
		ended, stop := context.WithCancel(t.Context())
		stop()
		if err := f.importKept(ended, v.ID); err == nil {
			t.Error("a stopped run counts as done")
		}
		if got, _, err := f.ImportResult(t.Context(), f.manager, v.ID, 10); err != nil || got.State != ImportRunning {
			t.Errorf("a stopped run: %+v, %v", got, err)
		}
	})
}

// TestImportLaterTellsAfterTheLastTry: an upload that cannot be reached is tried again, at last told as interrupted,
// and read when it is there again.
func TestImportLaterTellsAfterTheLastTry(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.background(t, true)
		v, err := f.ImportLater(t.Context(), f.manager, "lines", strings.NewReader(lines()))
		if err != nil {
			t.Fatal(err)
		}
		there := f.Blobs
		if f.Blobs, err = blob.Dir(t.TempDir(), blob.Config{}, f.now); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			try  jobs.Try
			want string
		}{{jobs.Try{Number: 1, Of: importAttempts}, ImportRunning}, {jobs.Try{Number: importAttempts, Of: importAttempts}, ImportInterrupted}} {
			if err := f.importKept(jobs.WithTry(t.Context(), c.try), v.ID); err == nil {
				t.Errorf("try %d of an upload that is away counts as done", c.try.Number)
			}
			if got, _, err := f.ImportResult(t.Context(), f.manager, v.ID, 10); err != nil || got.State != c.want {
				t.Errorf("after try %d: %+v, %v; want %s", c.try.Number, got, err, c.want)
			}
		}
		f.Blobs = there
		if err := f.importKept(t.Context(), v.ID); err != nil {
			t.Fatal(err)
		}
		if got, _, err := f.ImportResult(t.Context(), f.manager, v.ID, 10); err != nil || got.State != ImportDone || got.Failure != "" {
			t.Errorf("when it is there again: %+v, %v", got, err)
		}
	})
}
