package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"noroshi.dev/internal/core/storage"
)

// River's defaults stop at about 99 jobs a second with up to a second of delay.
const (
	maxWorkers    = 100
	fetchCooldown = 10 * time.Millisecond
	fetchPoll     = 200 * time.Millisecond
)

// stopGrace is how long handlers get to notice that they are cancelled.
const stopGrace = 5 * time.Second

// Jobs is the queue of one process. It is safe for concurrent use.
type Jobs struct {
	db       *storage.DB
	registry *Registry
	log      *slog.Logger
	insert   engine // enqueues and inspects; works before Start and in commands

	mu      sync.Mutex
	working engine // set between Start and Stop
}

// New returns the queue over db. It enqueues at once; it runs jobs from Start.
func New(db *storage.DB, r *Registry, log *slog.Logger) (*Jobs, error) {
	log = log.With("component", "jobs")
	e, err := newEngine(db, &river.Config{Logger: log})
	if err != nil {
		return nil, err
	}
	return &Jobs{db: db, registry: r, log: log, insert: e}, nil
}

// Migrate brings the queue's own tables (river_…) to the newest version.
func (j *Jobs) Migrate(ctx context.Context) error {
	if err := j.insert.migrate(ctx); err != nil {
		return fmt.Errorf("jobs: migrate: %w", storage.Fault(err))
	}
	return nil
}

// Start begins to run jobs of the registered kinds until Stop. Jobs that a
// killed process left running are run again: at once on SQLite, which has one
// process; on PostgreSQL when the longest timeout has passed.
func (j *Jobs) Start(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.working != nil {
		return fmt.Errorf("jobs: started twice")
	}
	if err := j.registry.check(); err != nil {
		return err
	}
	if err := j.recover(ctx); err != nil {
		return err
	}
	workers := river.NewWorkers()
	for _, add := range j.registry.add {
		if err := add(workers); err != nil {
			return fmt.Errorf("jobs: %w", err)
		}
	}
	e, err := newEngine(j.db, &river.Config{
		Logger:                      j.log,
		Workers:                     workers,
		Queues:                      j.registry.queues(),
		PeriodicJobs:                j.registry.periodic,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		JobTimeout:                  DefaultTimeout,
		RescueStuckJobsAfter:        j.registry.longest() + time.Minute,
		CompletedJobRetentionPeriod: 24 * time.Hour,
		CancelledJobRetentionPeriod: 30 * 24 * time.Hour,
		DiscardedJobRetentionPeriod: 30 * 24 * time.Hour,
	})
	if err != nil {
		return err
	}
	// The caller's context ends at a signal; jobs end by Stop, in order.
	if err := e.start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("jobs: start: %w", storage.Fault(err))
	}
	j.working = e
	return nil
}

// recover gives jobs of a killed process back to the queue.
func (j *Jobs) recover(ctx context.Context) error {
	if j.db.Dialect() != storage.SQLite {
		return nil
	}
	return j.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'")
		if err != nil {
			return fmt.Errorf("jobs: recover: %w", err)
		}
		return nil
	})
}

// Stop takes no new jobs and waits for those that run. When ctx ends it cancels
// them and waits a few seconds more; they are run again after the next Start.
func (j *Jobs) Stop(ctx context.Context) error {
	j.mu.Lock()
	e := j.working
	j.working = nil
	j.mu.Unlock()
	if e == nil {
		return nil
	}
	if err := e.stop(ctx); err == nil {
		return nil
	}
	grace, done := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer done()
	if err := e.kill(grace); err != nil {
		return fmt.Errorf("jobs: stop: %w", err)
	}
	return nil
}

// EnqueueOptions change one job. The zero value changes nothing.
type EnqueueOptions struct {
	At          time.Time // not before; zero means at once
	Priority    int       // 1 (first) to 4
	MaxAttempts int
	Unique      bool // see Options.Unique
}

// Enqueue adds a job in the caller's transaction: it is there if and only if
// the transaction commits. The kind must be registered.
func (j *Jobs) Enqueue(ctx context.Context, tx *storage.Tx, a Args, o ...EnqueueOptions) error {
	var one EnqueueOptions
	if len(o) > 0 {
		one = o[0]
	}
	return j.enqueue(ctx, tx, []Args{a}, one)
}

// EnqueueAll adds many jobs at once.
func (j *Jobs) EnqueueAll(ctx context.Context, tx *storage.Tx, all []Args) error {
	if len(all) == 0 {
		return nil
	}
	return j.enqueue(ctx, tx, all, EnqueueOptions{})
}

func (j *Jobs) enqueue(ctx context.Context, tx *storage.Tx, all []Args, o EnqueueOptions) error {
	params := make([]river.InsertManyParams, len(all))
	for i, a := range all {
		kind, known := j.registry.kinds[a.Kind()]
		if !known {
			return fmt.Errorf("jobs: kind %q is not registered", a.Kind())
		}
		params[i] = river.InsertManyParams{Args: a, InsertOpts: insertOpts(kind, o)}
	}
	if err := j.insert.insert(ctx, tx, params); err != nil {
		return fmt.Errorf("jobs: enqueue %s: %w", all[0].Kind(), err)
	}
	return nil
}

// waiting are the states in which an equal job makes another one needless.
var waiting = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

func insertOpts(kind Options, o EnqueueOptions) *river.InsertOpts {
	first := func(n ...int) int {
		for _, v := range n {
			if v > 0 {
				return v
			}
		}
		return 0
	}
	out := &river.InsertOpts{
		MaxAttempts: first(o.MaxAttempts, kind.MaxAttempts, DefaultAttempts),
		Priority:    first(o.Priority, kind.Priority, river.PriorityDefault),
		Queue:       kind.Queue,
	}
	// A time that has come already would make the job wait for the scheduler's next round.
	if o.At.After(time.Now()) {
		out.ScheduledAt = o.At
	}
	if kind.Unique || o.Unique {
		out.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: waiting}
	}
	return out
}
