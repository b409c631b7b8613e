package jobs

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/storage"
)

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
