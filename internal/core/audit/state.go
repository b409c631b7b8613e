package audit

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/storage"
)

// State tells how far the log and its newest checkpoint are.
type State struct {
	Size       int64     // entries
	Signed     int64     // entries under the newest checkpoint
	SignedAt   time.Time // zero: no checkpoint yet
	Checkpoint string    // the signed note
}

// State returns the size of the log and its newest checkpoint.
func (l *Log) State(ctx context.Context, r storage.Runner) (State, error) {
	var s State
	if err := r.QueryRowContext(ctx, `SELECT size FROM audit_head WHERE id = 1`).Scan(&s.Size); err != nil {
		return State{}, fmt.Errorf("audit: state: %w", err)
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (State, error) {
		var c State
		var at storage.Time
		err := scan(&c.Signed, &at, &c.Checkpoint)
		c.SignedAt = at.Time
		return c, err
	}, `SELECT size, at, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`)
	if err != nil {
		return State{}, fmt.Errorf("audit: state: %w", err)
	}
	if len(rows) == 1 {
		rows[0].Size = s.Size
		return rows[0], nil
	}
	return s, nil
}
