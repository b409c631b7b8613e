package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"noroshi.dev/internal/core/storage"
)

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
