package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
