package kengine

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/testkit"
)

const (
	archive = "data/vulnrichment.tar.zst"
	kevJSON = "data/kev/known_exploited_vulnerabilities.json"
	kevCSV  = "data/kev/known_exploited_vulnerabilities.csv"
)

// count runs a query that gives one number.
func count(tb testing.TB, f *fixture, query string, args ...any) int64 {
	tb.Helper()
	n, err := storage.One(tb.Context(), f.DB.Read(), "test", query, storage.Scalar[int64], query, args...)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// hash returns the fingerprint.
func hash(tb testing.TB, f *fixture) Fingerprint {
	tb.Helper()
	p, err := f.FingerprintNow(context.WithoutCancel(tb.Context()))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestImportInterrupted cuts imports off at random points: run again, each ends in the state of
// one whole run.
func TestImportInterrupted(t *testing.T) {
	t.Parallel()
	sample := testkit.Shared(t, kevJSON)
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "starter")
		random := rand.New(rand.NewPCG(7, 11))
		for cuts := 0; cuts < 4; cuts++ {
			ctx, cancel := context.WithCancel(t.Context())
			file, err := os.Open(sample)
			if err != nil {
				t.Fatal(err)
			}
			after := random.Int64N(1_000_000)
			_, err = f.Import(ctx, f.manager, sample, &cutter{r: file, left: after, cut: cancel}, ImportOptions{})
			if err == nil {
				t.Errorf("an import that was cut off after %d bytes tells no error", after)
			}
			_ = file.Close()
			cancel()
		}
		f.load(t, sample)
		got := hash(t, f)

		whole := setUp(t, fresh(t, db.Dialect()))
		whole.install(t, whole.manager, "starter")
		whole.load(t, sample)
		if diff := cmp.Diff(hash(t, whole), got); diff != "" {
			t.Errorf("state differs from one whole run (-whole +cut):\n%s", diff)
		}
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_import WHERE state = 'running'`); n != 0 {
			t.Errorf("%d imports are said to be running", n)
		}
	})
}

// fresh returns another migrated database of the same kind.
func fresh(tb testing.TB, d storage.Dialect) *storage.DB {
	tb.Helper()
	db := storagetest.Open(tb, d, clock.Wall{})
	if err := migrated(tb.Context(), db); err != nil {
		tb.Fatal(err)
	}
	return db
}

// cutter calls cut after some bytes and goes on.
type cutter struct {
	r    io.Reader
	left int64
	cut  func()
}

func (c *cutter) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.cut()
	}
	n, err := c.r.Read(p[:min(len(p), 32<<10)])
	c.left -= int64(n)
	return n, err
}

// TestImportOrder: records about the same reports in another order end in the same state.
func TestImportOrder(t *testing.T) {
	t.Parallel()
	a, b := testkit.Shared(t, kevJSON), testkit.Shared(t, kevCSV)
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.install(t, f.manager, "cisa-coordinator")
		f.load(t, a)
		first := hash(t, f)
		if v := f.load(t, b); v.Added != 0 || v.Refused != 0 {
			t.Errorf("the CSV form of the same catalogue: %+v", v.Counts)
		}
		if got := hash(t, f); got.Reports != first.Reports || got.Tasks != first.Tasks {
			t.Errorf("after the CSV form: %+v, want the reports and tasks of %+v", got, first)
		}
	})
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		t.Run("readers", func(t *testing.T) {
			_, err := f.Import(t.Context(), member("org1", identity.Reader), "x", strings.NewReader(""), ImportOptions{})
			if !errors.Is(err, fault.Denied) {
				t.Errorf("err = %v, want Denied", err)
			}
		})
		t.Run("what is no document, and goes on", func(t *testing.T) {
			v := f.loadText(t, `{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-0"}}`)
			if v.Refused != 1 || v.State != ImportDone {
				t.Errorf("counts = %+v, state %s", v.Counts, v.State)
			}
			if n := count(t, f, `SELECT COUNT(*) FROM kengine_refusal WHERE import = ?`, v.ID); n != 1 {
				t.Errorf("%d refusals are listed, want 1", n)
			}
		})
	})
}

// TestDecideSame: what a stored report is decided to be does not depend on the way: by import or
// by deciding all again.
func TestDecideSame(t *testing.T) {
	t.Parallel()
	sample := testkit.Shared(t, kevJSON)
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		first := setUp(t, db)
		first.install(t, first.manager, "cisa-coordinator")
		first.load(t, sample)
		later := setUp(t, fresh(t, db.Dialect()))
		later.load(t, sample)
		later.install(t, later.manager, "cisa-coordinator")
		if diff := cmp.Diff(hash(t, first), hash(t, later)); diff != "" {
			t.Errorf("model before and after the import (-before +after):\n%s", diff)
		}
		run, err := later.Redecision(t.Context(), later.manager)
		if err != nil || run.State != "done" || run.Done != 1404 || run.Total != 1404 {
			t.Errorf("redecision = %+v, %v", run, err)
		}
	})
}

// coordinatorTable is CISA's coordinator table 2.0.3: E, A, TI -> outcomes for MWI L, M, H.
func coordinatorTable() map[string][3]string {
	return map[string][3]string{
		"NNP": {"T", "T", "T"}, "NNT": {"T", "T", "T*"}, "NYP": {"T", "T", "AT"}, "NYT": {"T", "T", "AT"},
		"PNP": {"T", "T", "T*"}, "PNT": {"T", "T*", "AT"}, "PYP": {"T", "T", "AT"}, "PYT": {"T", "T*", "AT"},
		"ANP": {"T", "T", "AT"}, "ANT": {"T", "AT", "AC"}, "AYP": {"AT", "AT", "AC"}, "AYT": {"AT", "AC", "AC"},
	}
}
