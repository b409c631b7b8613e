package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Available State = "available" // to be run as soon as a worker is free
	Scheduled State = "scheduled" // to be run at its time
	Running   State = "running"
	Retryable State = "retryable" // failed, to be run again at its time
	Completed State = "completed"
	Cancelled State = "cancelled" // by an operator or by Drop
	Discarded State = "discarded" // all attempts used up
	Pending   State = "pending"
)

// Failure is one run that failed.
type Failure struct {
	At      time.Time
	Attempt int
	Error   string
	Trace   string // where it panicked, else empty
}

// Job is one job as an operator sees it. Times are UTC, zero if not yet.
type Job struct {
	ID          int64
	Kind, Queue string
	State       State
	Priority    int
	Attempt     int // runs begun
	MaxAttempts int
	Args        json.RawMessage
	CreatedAt   time.Time
	ScheduledAt time.Time
	AttemptedAt time.Time
	FinalizedAt time.Time
	Failures    []Failure // oldest first
}

// Filter chooses jobs; empty fields choose all. Before is the id of the last
// job of the page before.
type Filter struct {
	States []State
	Kinds  []string
	Before int64
	Limit  int // 1-1000; 0 means 100
}

const (
	pageJobs = 100
	maxJobs  = 1000
)

// List returns jobs, newest first.
func (j *Jobs) List(ctx context.Context, f Filter) ([]Job, error) {
	n := f.Limit
	if n <= 0 {
		n = pageJobs
	}
	p := river.NewJobListParams().First(min(n, maxJobs)).OrderBy(river.JobListOrderByID, river.SortOrderDesc)
	if len(f.States) > 0 {
		states := make([]rivertype.JobState, len(f.States))
		for i, s := range f.States {
			states[i] = rivertype.JobState(s)
		}
		p = p.States(states...)
	}
	if len(f.Kinds) > 0 {
		p = p.Kinds(f.Kinds...)
	}
	if f.Before > 0 {
		p = p.Where("id < @before", river.NamedArgs{"before": f.Before})
	}
	res, err := j.insert.list(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("jobs: list: %w", storage.Fault(err))
	}
	out := make([]Job, len(res.Jobs))
	for i, row := range res.Jobs {
		out[i] = jobOf(row)
	}
	return out, nil
}

// Get returns one job, or fault.NotFound "jobs.job".
func (j *Jobs) Get(ctx context.Context, id int64) (Job, error) {
	row, err := j.insert.get(ctx, id)
	if err != nil {
		return Job{}, fmt.Errorf("jobs: get: %w", j.fault(err, id))
	}
	return jobOf(row), nil
}

// Retry makes a job that failed, was cancelled or waits available at once.
func (j *Jobs) Retry(ctx context.Context, tx *storage.Tx, id int64) error {
	if err := j.insert.retry(ctx, tx, id); err != nil {
		return fmt.Errorf("jobs: retry: %w", j.fault(err, id))
	}
	return nil
}

// Cancel ends a job for good; one that runs has its context cancelled.
func (j *Jobs) Cancel(ctx context.Context, tx *storage.Tx, id int64) error {
	if err := j.insert.cancel(ctx, tx, id); err != nil {
		return fmt.Errorf("jobs: cancel: %w", j.fault(err, id))
	}
	return nil
}

func (j *Jobs) fault(err error, id int64) error {
	if errors.Is(err, rivertype.ErrNotFound) {
		return fault.New(fault.NotFound, "jobs.job", strconv.FormatInt(id, 10))
	}
	return storage.Fault(err)
}

// Tally is how many jobs of a kind are in a state.
type Tally struct {
	Kind  string
	State State
	Count int64
}

// Tallies counts the jobs by kind and state, sorted.
func (j *Jobs) Tallies(ctx context.Context) ([]Tally, error) {
	return storage.List(ctx, j.db.Read(), func(scan func(...any) error) (Tally, error) {
		var t Tally
		err := scan(&t.Kind, &t.State, &t.Count)
		return t, err
	}, `SELECT kind, CAST(state AS TEXT), COUNT(*) FROM river_job GROUP BY kind, state ORDER BY 1, 2`)
}

// Counts counts the jobs by state.
func (j *Jobs) Counts(ctx context.Context) (map[State]int64, error) {
	all, err := j.Tallies(ctx)
	if err != nil {
		return nil, err
	}
	out := map[State]int64{}
	for _, t := range all {
		out[t.State] += t.Count
	}
	return out, nil
}

func jobOf(r *rivertype.JobRow) Job {
	job := Job{
		ID: r.ID, Kind: r.Kind, Queue: r.Queue, State: State(r.State), Priority: r.Priority,
		Attempt: r.Attempt, MaxAttempts: r.MaxAttempts, Args: r.EncodedArgs,
		CreatedAt: r.CreatedAt.UTC(), ScheduledAt: r.ScheduledAt.UTC(),
		AttemptedAt: timeOf(r.AttemptedAt), FinalizedAt: timeOf(r.FinalizedAt),
	}
	for _, e := range r.Errors {
		job.Failures = append(job.Failures, Failure{At: e.At.UTC(), Attempt: e.Attempt, Error: e.Error, Trace: e.Trace})
	}
	return job
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// idlePoll is how often Idle looks.
const idlePoll = 5 * time.Millisecond

// Idle waits until nothing is left that could run now. Jobs scheduled for
// later, and failed ones that wait for their next try, do not count. For tests
// and for commands that enqueue and want to see the result.
func (j *Jobs) Idle(ctx context.Context) error {
	tick := time.NewTicker(idlePoll)
	defer tick.Stop()
	for {
		n, err := storage.One(ctx, j.db.Read(), "jobs.queue", "", storage.Scalar[int64],
			"SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running', 'pending')")
		if err != nil {
			return fmt.Errorf("jobs: idle: %w", err)
		}
		if n == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("jobs: idle: %d jobs are left: %w", n, storage.Fault(ctx.Err()))
		case <-tick.C:
		}
	}
}
