package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"noroshi.dev/internal/core/storage"
)

// stopGrace is how long handlers get to notice that they are cancelled.
const stopGrace = 5 * time.Second

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
