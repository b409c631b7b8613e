package storage_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

const (
	crashPath = "NOROSHI_TEST_CRASH_PATH" // set in the child that is to be killed
	crashURL  = "NOROSHI_TEST_CRASH_URL"
	crashRun  = "NOROSHI_TEST_CRASH_RUN"
	kills     = 20
)

func TestMain(m *testing.M) {
	if os.Getenv(crashRun) != "" {
		writeUntilKilled()
	}
	if path := os.Getenv(diskPath); path != "" {
		if err := limitedWrites(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("ok")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeUntilKilled commits one row after the other and says so on standard
// output; it never ends by itself.
func writeUntilKilled() {
	ctx := context.Background()
	db, err := storage.Open(ctx, storage.Config{Path: os.Getenv(crashPath), URL: os.Getenv(crashURL)}, clock.Wall{})
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		id := fmt.Sprintf("%s-%d", os.Getenv(crashRun), i)
		err := db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			if err := insertOwner(ctx, tx, id); err != nil {
				return err
			}
			t := sample(id)
			t.Owner = id
			return insertThing(ctx, tx, t)
		})
		if err != nil {
			fmt.Println("commit:", err)
			os.Exit(1)
		}
		fmt.Println("ok", id)
	}
}

// TestAcknowledgedCommitsSurviveAKill kills a writing child again and again and
// looks for every row that it had said to be committed.
func TestAcknowledgedCommitsSurviveAKill(t *testing.T) {
	t.Parallel()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			c := storagetest.Config(t, d)
			db, err := storage.Open(t.Context(), c, clock.Wall{})
			if err != nil {
				t.Fatal(err)
			}
			if err := migrate(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			var acknowledged []string
			for run := range kills {
				acknowledged = append(acknowledged, killAfter(t, c, run, 3+run*2)...)
			}
			verify(t, c, acknowledged)
		})
	}
}

// killAfter starts a child, kills it once it has acknowledged n commits and
// returns all that it acknowledged.
func killAfter(t *testing.T, c storage.Config, run, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), crashPath+"="+c.Path, crashURL+"="+c.URL, fmt.Sprintf("%s=r%d", crashRun, run))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		id, ok := strings.CutPrefix(lines.Text(), "ok ")
		if !ok {
			t.Fatalf("child: %s", lines.Text())
		}
		// Lines that come after the kill were acknowledged before it.
		if ids = append(ids, id); len(ids) == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if len(ids) < n {
		t.Fatalf("child acknowledged %d commits, want %d", len(ids), n)
	}
	return ids
}

func verify(t *testing.T, c storage.Config, acknowledged []string) {
	t.Helper()
	db, err := storage.Open(t.Context(), c, clock.Wall{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	lost := 0
	for _, id := range acknowledged {
		_, err := storage.One(t.Context(), db.Read(), "test.thing", id, scanThing, "SELECT "+thingColumns+" FROM test_thing WHERE id = ? AND owner = ?", id, id)
		if fault.Of(err) != nil {
			lost++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	found, err := db.Integrity(t.Context())
	if err != nil || len(found) != 0 || lost != 0 {
		t.Errorf("lost %d of %d acknowledged, integrity %v, %v", lost, len(acknowledged), found, err)
	}
	t.Logf("%d kills, %d acknowledged, %d lost", kills, len(acknowledged), lost)
}
