package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/riverqueue/river"

	"noroshi.dev/internal/core/storage"
)

// Saved is a job that has still to be done, as a backup keeps it: the same on
// both databases.
type Saved struct {
	Kind     string          `json:"kind"`
	Queue    string          `json:"queue"`
	Args     json.RawMessage `json:"args"`
	Priority int             `json:"priority"`
	Attempts int             `json:"attempts"` // runs that it may still have
	At       int64           `json:"at"`       // not before, seconds since 1970
}

// Save streams the jobs that have still to be done, oldest first, as r sees
// them; hand it the snapshot that the rest of the backup is read from.
func Save(ctx context.Context, r storage.Runner) iter.Seq2[Saved, error] {
	query := `SELECT kind, queue, json(args), priority, max_attempts - attempt, CAST(strftime('%s', scheduled_at) AS INTEGER)
		FROM river_job WHERE state IN ('available', 'running', 'pending', 'retryable', 'scheduled') ORDER BY id`
	if r.Dialect() == storage.Postgres {
		query = `SELECT kind, queue, CAST(args AS TEXT), priority, max_attempts - attempt, CAST(FLOOR(EXTRACT(EPOCH FROM scheduled_at)) AS BIGINT)
			FROM river_job WHERE state IN ('available', 'running', 'pending', 'retryable', 'scheduled') ORDER BY id`
	}
	return storage.Each(ctx, r, func(scan func(...any) error) (Saved, error) {
		var s Saved
		var args string
		err := scan(&s.Kind, &s.Queue, &args, &s.Priority, &s.Attempts, &s.At)
		s.Args = json.RawMessage(args)
		return s, err
	}, query)
}

// savedArgs are arguments that stay as they were written.
type savedArgs struct {
	kind string
	json.RawMessage
}

// Kind implements Args.
func (a savedArgs) Kind() string { return a.kind }

// Load enqueues a saved job again. Unlike Enqueue it takes kinds that are no
// longer registered, so that nothing of a backup is dropped.
func (j *Jobs) Load(ctx context.Context, tx *storage.Tx, s Saved) error {
	kind := j.registry.kinds[s.Kind]
	kind.Queue = s.Queue
	opts := insertOpts(kind, EnqueueOptions{
		At: time.Unix(s.At, 0).UTC(), Priority: s.Priority, MaxAttempts: max(s.Attempts, 1),
	})
	err := j.insert.insert(ctx, tx, []river.InsertManyParams{{Args: savedArgs{s.Kind, s.Args}, InsertOpts: opts}})
	if err != nil {
		return fmt.Errorf("jobs: load %s: %w", s.Kind, err)
	}
	return nil
}
