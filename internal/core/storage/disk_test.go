package storage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

const diskPath = "NOROSHI_TEST_DISK_PATH" // set in the child that limits the size of its files

// TestWriteErrorsAreToldAndOvercome lets the system refuse writes beyond a size,
// which SQLite sees as an input/output error: nothing is acknowledged that is
// not there, and when the limit goes, the same process writes again. The limit
// holds for a whole process, so a child has it.
func TestWriteErrorsAreToldAndOvercome(t *testing.T) {
	t.Parallel()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), diskPath+"="+filepath.Join(t.TempDir(), "x.db"))
	out, err := child.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "ok" {
		t.Errorf("child: %v\n%s", err, out)
	}
}

// limitedWrites is the child: it returns what went wrong.
func limitedWrites(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	db, err := storage.Open(ctx, storage.Config{Path: path}, clock.Wall{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := migrate(ctx, db); err != nil {
		return err
	}
	write := func(id string) error {
		return db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return insertOwner(ctx, tx, id+strings.Repeat("x", 10_000))
		})
	}
	var unlimited syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &unlimited); err != nil {
		return err
	}
	limited := unlimited
	limited.Cur = 400_000
	acknowledged := int64(0)
	for range 3 { // once, and again after the limit has gone
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limited); err != nil {
			return err
		}
		var refused error
		for i := 0; i < 200 && refused == nil; i++ {
			if refused = write(fmt.Sprint("a", acknowledged)); refused == nil {
				acknowledged++
			}
		}
		if !errors.Is(refused, fault.Unavailable) {
			return fmt.Errorf("write beyond the limit = %w, want unavailable", refused)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &unlimited); err != nil {
			return err
		}
		if err := write(fmt.Sprint("b", acknowledged)); err != nil {
			return fmt.Errorf("after the limit: %w", err)
		}
		acknowledged++
		n, err := storage.Count(ctx, db.Read(), "test_owner")
		if err != nil || n != acknowledged {
			return fmt.Errorf("%d rows, %d acknowledged: %w", n, acknowledged, err)
		}
	}
	found, err := db.Integrity(ctx)
	if err != nil || len(found) > 0 {
		return fmt.Errorf("integrity: %v, %w", found, err)
	}
	return nil
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		got, err := db.Advice(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range got {
			// A throw-away server may be told not to sync.
			if db.Dialect() == storage.SQLite || !strings.Contains(line, "is off") {
				t.Errorf("Advice() = %q", line)
			}
		}
	})
}
