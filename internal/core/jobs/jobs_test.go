package jobs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

type count struct {
	N int `json:"n"`
}

func (count) Kind() string { return "test.count" }

type slow struct{}

func (slow) Kind() string { return "test.slow" }

type broken struct{}

func (broken) Kind() string { return "test.broken" }

// ran notes what the handlers did.
type ran struct {
	mu   sync.Mutex
	seen map[int]int
}

func (r *ran) note(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[int]int{}
	}
	r.seen[n]++
}

func (r *ran) times(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[n]
}

func (r *ran) total() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen)
}

// queue returns a queue that is stopped when the test ends; it is not started.
func queue(t testing.TB, db *storage.DB, register func(r *jobs.Registry)) *jobs.Jobs {
	t.Helper()
	r := jobs.NewRegistry()
	register(r)
	j, err := jobs.New(db, r, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return j
}

func start(t testing.TB, j *jobs.Jobs) {
	t.Helper()
	if err := j.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func idle(t testing.TB, j *jobs.Jobs) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := j.Idle(ctx); err != nil {
		t.Fatal(err)
	}
}

// until waits for a condition; it fails the test after half a minute.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("did not happen within 30s: %s", what)
		}
	}
}

func enqueue(t testing.TB, db *storage.DB, j *jobs.Jobs, a jobs.Args, o ...jobs.EnqueueOptions) {
	t.Helper()
	err := db.InTx(context.Background(), func(ctx context.Context, tx *storage.Tx) error { return j.Enqueue(ctx, tx, a, o...) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestJobsFollowTheTransaction(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		var r ran
		j := queue(t, db, func(reg *jobs.Registry) {
			jobs.Register(reg, jobs.Options{}, func(_ context.Context, a count) error { r.note(a.N); return nil })
		})
		start(t, j)
		boom := errors.New("boom")
		err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return errors.Join(j.Enqueue(ctx, tx, count{1}), boom)
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		enqueue(t, db, j, count{2})
		idle(t, j)
		if r.times(1) != 0 || r.times(2) != 1 {
			t.Errorf("rolled back ran %d times, committed %d; want 0, 1", r.times(1), r.times(2))
		}
		list, err := j.List(t.Context(), jobs.Filter{})
		if err != nil || len(list) != 1 || list[0].State != jobs.Completed || string(list[0].Args) != `{"n": 2}` && string(list[0].Args) != `{"n":2}` {
			t.Errorf("List() = %+v, %v", list, err)
		}
	})
}

// Not parallel: it fills both databases with work and would starve its neighbours.
func TestTwoThousandJobsRunOnceEach(t *testing.T) {
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		var r ran
		j := queue(t, db, func(reg *jobs.Registry) {
			jobs.Register(reg, jobs.Options{}, func(_ context.Context, a count) error { r.note(a.N); return nil })
		})
		start(t, j)
		began := time.Now()
		const n = 2000
		var all []jobs.Args
		for i := range n {
			all = append(all, count{i})
		}
		err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return j.EnqueueAll(ctx, tx, all) })
		if err != nil {
			t.Fatal(err)
		}
		idle(t, j)
		t.Logf("%d jobs in %v", n, time.Since(began).Round(time.Millisecond))
		if r.total() != n {
			t.Errorf("%d jobs ran, want %d", r.total(), n)
		}
		counts, err := j.Counts(t.Context())
		if err != nil || counts[jobs.Completed] != n {
			t.Errorf("Counts() = %v, %v", counts, err)
		}
	})
}

func TestFailuresAreVisibleAndCanBeRetried(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		var healthy atomic.Bool
		var runs atomic.Int32
		j := queue(t, db, func(reg *jobs.Registry) {
			jobs.Register(reg, jobs.Options{MaxAttempts: 1}, func(_ context.Context, _ count) error {
				runs.Add(1)
				if !healthy.Load() {
					return errors.New("the neighbour is away")
				}
				return nil
			})
			jobs.Register(reg, jobs.Options{}, func(context.Context, broken) error {
				return jobs.Drop(errors.New("will never work"))
			})
			jobs.Register(reg, jobs.Options{MaxAttempts: 1}, func(context.Context, slow) error { panic("out of cheese") })
		})
		start(t, j)
		enqueue(t, db, j, count{1})
		enqueue(t, db, j, broken{})
		enqueue(t, db, j, slow{})
		idle(t, j)
		byKind := map[string]jobs.Job{}
		list, err := j.List(t.Context(), jobs.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range list {
			byKind[job.Kind] = job
		}
		for kind, want := range map[string]struct {
			state jobs.State
			text  string
		}{
			"test.count":  {jobs.Discarded, "the neighbour is away"},
			"test.broken": {jobs.Cancelled, "JobCancelError: will never work"},
			"test.slow":   {jobs.Discarded, "out of cheese"},
		} {
			got := byKind[kind]
			if got.State != want.state || len(got.Failures) != 1 || got.Failures[0].Error != want.text {
				t.Errorf("%s = %s %v, want %s %q", kind, got.State, got.Failures, want.state, want.text)
			}
		}
		healthy.Store(true)
		err = db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return j.Retry(ctx, tx, byKind["test.count"].ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		idle(t, j)
		got, err := j.Get(t.Context(), byKind["test.count"].ID)
		if err != nil || got.State != jobs.Completed || runs.Load() != 2 {
			t.Errorf("after Retry: %s, %d runs, %v; want completed, 2", got.State, runs.Load(), err)
		}
	})
}

func TestScheduledUniqueAndCancelled(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		var r ran
		j := queue(t, db, func(reg *jobs.Registry) {
			jobs.Register(reg, jobs.Options{Queue: "one", Workers: 1, Priority: 2}, func(_ context.Context, a count) error { r.note(a.N); return nil })
		})
		later := jobs.EnqueueOptions{At: time.Now().Add(time.Hour), Unique: true, Priority: 4}
		enqueue(t, db, j, count{1}, later)
		enqueue(t, db, j, count{1}, later)
		enqueue(t, db, j, count{2}, later)
		enqueue(t, db, j, count{3})
		start(t, j)
		idle(t, j)
		list, err := j.List(t.Context(), jobs.Filter{States: []jobs.State{jobs.Scheduled}, Kinds: []string{"test.count"}})
		if err != nil || len(list) != 2 {
			t.Fatalf("scheduled = %+v, %v, want two", list, err)
		}
		if list[0].Priority != 4 || list[0].Queue != "one" || list[0].ID < list[1].ID {
			t.Errorf("List() = %+v", list)
		}
		page, err := j.List(t.Context(), jobs.Filter{States: []jobs.State{jobs.Scheduled}, Before: list[0].ID, Limit: 1})
		if err != nil || len(page) != 1 || page[0].ID != list[1].ID {
			t.Errorf("second page = %+v, %v", page, err)
		}
		for _, job := range list {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return j.Cancel(ctx, tx, job.ID) })
			if err != nil {
				t.Fatal(err)
			}
		}
		counts, err := j.Counts(t.Context())
		if err != nil || counts[jobs.Cancelled] != 2 || counts[jobs.Completed] != 1 || r.times(3) != 1 {
			t.Errorf("Counts() = %v, %v", counts, err)
		}
	})
}

func TestUnknownThings(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		j := queue(t, db, func(*jobs.Registry) {})
		err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return j.Enqueue(ctx, tx, count{1}) })
		if err == nil {
			t.Error("an unregistered kind was enqueued")
		}
		if _, err := j.Get(t.Context(), 99); !errors.Is(err, fault.NotFound) {
			t.Errorf("Get() = %v, want not found", err)
		}
		for name, do := range map[string]func(context.Context, *storage.Tx, int64) error{"retry": j.Retry, "cancel": j.Cancel} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return do(ctx, tx, 99) })
			if !errors.Is(err, fault.NotFound) {
				t.Errorf("%s = %v, want not found", name, err)
			}
		}
	})
}

func TestStopCancelsWhatDoesNotEndAndStartRunsItAgain(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	began := make(chan struct{})
	var runs atomic.Int32
	register := func(reg *jobs.Registry) {
		jobs.Register(reg, jobs.Options{}, func(ctx context.Context, _ slow) error {
			if runs.Add(1) > 1 {
				return nil
			}
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
	}
	j := queue(t, db, register)
	start(t, j)
	enqueue(t, db, j, slow{})
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := j.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := j.List(t.Context(), jobs.Filter{})
	if err != nil || len(list) != 1 || list[0].State == jobs.Completed {
		t.Fatalf("List() = %+v, %v", list, err)
	}
	err = db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		// What a killed process leaves behind.
		_, err := tx.ExecContext(ctx, "UPDATE river_job SET state = 'running'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again := queue(t, db, register)
	start(t, again)
	idle(t, again)
	if runs.Load() != 2 {
		t.Errorf("runs = %d, want 2", runs.Load())
	}
}

func TestEveryRunsAgainAndAgain(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		var runs atomic.Int32
		j := queue(t, db, func(reg *jobs.Registry) {
			jobs.Register(reg, jobs.Options{}, func(context.Context, slow) error { runs.Add(1); return nil })
			reg.Every(slow{}, time.Second)
		})
		start(t, j)
		until(t, "two runs of a job that repeats every second", func() bool { return runs.Load() >= 2 })
	})
}

func TestMistakesOfRegistrationStopTheStart(t *testing.T) {
	t.Parallel()
	work := func(context.Context, count) error { return nil }
	for name, register := range map[string]func(*jobs.Registry){
		"twice":    func(r *jobs.Registry) { jobs.Register(r, jobs.Options{}, work); jobs.Register(r, jobs.Options{}, work) },
		"too fast": func(r *jobs.Registry) { r.Every(slow{}, time.Millisecond) },
		"cron":     func(r *jobs.Registry) { r.Cron(slow{}, "61 * * * *", nil) },
		"name": func(r *jobs.Registry) {
			jobs.Register(r, jobs.Options{}, func(context.Context, nameless) error { return nil })
		},
	} {
		db := storagetest.Open(t, storage.SQLite, clock.Wall{})
		if err := queue(t, db, register).Start(t.Context()); err == nil {
			t.Errorf("%s: Start() accepted it", name)
		}
	}
}

type nameless struct{}

func (nameless) Kind() string { return "No Room" }

func TestSavedJobsMoveToTheOtherDatabase(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, from *storage.DB) {
		var r ran
		register := func(reg *jobs.Registry) {
			jobs.Register(reg, jobs.Options{Queue: "q", Unique: true}, func(_ context.Context, a count) error { r.note(a.N); return nil })
		}
		source := queue(t, from, register)
		for i := range 3 {
			enqueue(t, from, source, count{i}, jobs.EnqueueOptions{Priority: i + 1})
		}
		at := time.Now().Add(time.Hour).Truncate(time.Second)
		enqueue(t, from, source, count{9}, jobs.EnqueueOptions{At: at})
		to := storage.SQLite
		if from.Dialect() == storage.SQLite {
			to = storage.Postgres
		}
		db := storagetest.Open(t, to, clock.Wall{})
		target := queue(t, db, register)
		for saved, err := range jobs.Save(t.Context(), from.Read()) {
			if err != nil {
				t.Fatal(err)
			}
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return target.Load(ctx, tx, saved) })
			if err != nil {
				t.Fatal(err)
			}
		}
		list, err := target.List(t.Context(), jobs.Filter{States: []jobs.State{jobs.Scheduled}})
		if err != nil || len(list) != 1 || !list[0].ScheduledAt.Equal(at) {
			t.Errorf("scheduled = %+v, %v, want one at %v", list, err, at)
		}
		enqueue(t, db, target, count{0}) // equal to a loaded one, which is still there
		start(t, target)
		idle(t, target)
		for i := range 3 {
			if r.times(i) != 1 {
				t.Errorf("job %s ran %d times, want 1", strconv.Itoa(i), r.times(i))
			}
		}
	})
}
