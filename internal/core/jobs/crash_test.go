package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

const (
	crashPath = "NOROSHI_TEST_CRASH_PATH" // set in the child that is to be killed
	crashURL  = "NOROSHI_TEST_CRASH_URL"
	crashFrom = "NOROSHI_TEST_CRASH_FROM"
	kills     = 6
	perKill   = 20
)

func TestMain(m *testing.M) {
	if os.Getenv(crashFrom) != "" {
		if err := workUntilKilled(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writing returns a queue whose handler writes a row for each job.
func writing(db *storage.DB) (*jobs.Jobs, error) {
	r := jobs.NewRegistry()
	jobs.Register(r, jobs.Options{}, func(ctx context.Context, a count) error {
		return db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO test_done (n, times) VALUES (?, 1) ON CONFLICT (n) DO UPDATE SET times = test_done.times + 1", a.N)
			return err
		})
	})
	return jobs.New(db, r, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// workUntilKilled enqueues jobs, says so, and runs them meanwhile; it never ends by itself.
func workUntilKilled() error {
	ctx := context.Background()
	db, err := storage.Open(ctx, storage.Config{Path: os.Getenv(crashPath), URL: os.Getenv(crashURL)}, clock.Wall{})
	if err != nil {
		return err
	}
	j, err := writing(db)
	if err != nil {
		return err
	}
	if err := j.Start(ctx); err != nil {
		return err
	}
	from, err := strconv.Atoi(os.Getenv(crashFrom))
	if err != nil {
		return err
	}
	for n := from; ; n++ {
		if err := db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return j.Enqueue(ctx, tx, count{n}) }); err != nil {
			return err
		}
		fmt.Println("ok", n)
	}
}

// TestAcknowledgedJobsSurviveAKill kills a process that enqueues and works: each
// job that it had acknowledged is done, or is still there to be done.
func TestAcknowledgedJobsSurviveAKill(t *testing.T) {
	t.Parallel()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			c := storagetest.Config(t, d)
			db, err := storage.Open(t.Context(), c, clock.Wall{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			j, err := writing(db)
			if err != nil {
				t.Fatal(err)
			}
			if err := j.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := create(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			var acknowledged []int
			for run := range kills {
				acknowledged = append(acknowledged, killAfter(t, c, run*10_000, perKill)...)
			}
			if d == storage.SQLite { // on PostgreSQL jobs of a killed replica wait for their timeout
				start(t, j)
				idle(t, j)
			}
			lost := acknowledged
			for _, n := range accounted(t, db, j) {
				if i := indexOf(lost, n); i >= 0 {
					lost = append(lost[:i:i], lost[i+1:]...)
				}
			}
			if len(lost) > 0 {
				t.Errorf("%d of %d acknowledged jobs are lost: %v", len(lost), len(acknowledged), lost)
			}
			if err := j.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func create(ctx context.Context, db *storage.DB) error {
	return db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE test_done (n BIGINT NOT NULL PRIMARY KEY, times BIGINT NOT NULL)")
		return err
	})
}

// accounted returns the numbers that are done; on PostgreSQL also those that wait.
func accounted(t *testing.T, db *storage.DB, j *jobs.Jobs) []int {
	t.Helper()
	done, err := storage.List(t.Context(), db.Read(), storage.Scalar[int], "SELECT n FROM test_done")
	if err != nil {
		t.Fatal(err)
	}
	if db.Dialect() == storage.SQLite {
		return done
	}
	for saved, err := range jobs.Save(t.Context(), db.Read()) {
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if _, err := fmt.Sscanf(strings.ReplaceAll(string(saved.Args), " ", ""), `{"n":%d}`, &n); err != nil {
			t.Fatalf("%s: %v", saved.Args, err)
		}
		done = append(done, n)
	}
	return done
}

func indexOf(list []int, n int) int {
	for i, v := range list {
		if v == n {
			return i
		}
	}
	return -1
}

// killAfter starts a child, kills it once it has acknowledged n jobs and returns
// the numbers of all that it acknowledged.
func killAfter(t *testing.T, c storage.Config, from, n int) []int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), crashPath+"="+c.Path, crashURL+"="+c.URL, fmt.Sprintf("%s=%d", crashFrom, from))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for lines := bufio.NewScanner(out); lines.Scan(); {
		number, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "ok "))
		if err != nil {
			t.Fatalf("child: %s", lines.Text())
		}
		if numbers = append(numbers, number); len(numbers) == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if len(numbers) < n {
		t.Fatalf("child acknowledged %d jobs, want %d", len(numbers), n)
	}
	return numbers
}

func TestReplicasShareTheWork(t *testing.T) {
	t.Parallel()
	c := storagetest.Config(t, storage.Postgres)
	var replicas []*jobs.Jobs
	var first *storage.DB
	for range 2 {
		db, err := storage.Open(t.Context(), c, clock.Wall{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		j, err := writing(db)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = db
			if err := j.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := create(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
		replicas = append(replicas, j)
	}
	for _, j := range replicas {
		start(t, j)
	}
	const n = 300
	for i := range n {
		enqueue(t, first, replicas[i%2], count{i})
	}
	for _, j := range replicas {
		idle(t, j)
	}
	for _, j := range replicas {
		if err := j.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	times, err := storage.List(t.Context(), first.Read(), storage.Scalar[int], "SELECT times FROM test_done ORDER BY n")
	if err != nil || len(times) != n {
		t.Fatalf("%d jobs are done, %v, want %d", len(times), err, n)
	}
	for i, got := range times {
		if got != 1 {
			t.Errorf("job %d ran %d times", i, got)
		}
	}
}
