package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"noroshi.dev/internal/core/storage"
)

// River's defaults stop at about 99 jobs a second with up to a second of delay.
const (
	maxWorkers    = 100
	fetchCooldown = 10 * time.Millisecond
	fetchPoll     = 200 * time.Millisecond
)

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
