package event

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/storage"
)

// keep is how long news stay in the outbox after they were delivered.
const keep = 30 * 24 * time.Hour

// prune is the job that empties the outbox of what was delivered long ago.
type prune struct{}

// Kind implements jobs.Args.
func (prune) Kind() string { return "event.prune" }

// Waiting is news that a subscriber has not taken yet.
type Waiting struct {
	Event, Name, Subscriber string
	At                      time.Time
}

// Open returns the news not taken yet, oldest first, at most limit; for the
// operations page and the health check.
func (b *Bus) Open(ctx context.Context, r storage.Runner, limit int) ([]Waiting, error) {
	return storage.List(ctx, r, func(scan func(...any) error) (Waiting, error) {
		var w Waiting
		var at storage.Time
		err := scan(&w.Event, &w.Name, &w.Subscriber, &at)
		w.At = at.Time
		return w, err
	}, `SELECT o.id, o.name, d.subscriber, o.at
		FROM event_delivery d JOIN event_outbox o ON o.id = d.event
		WHERE d.done IS NULL ORDER BY o.at, o.id, d.subscriber LIMIT ?`, limit)
}

// Prune deletes news from before a time that every subscriber has taken, and
// returns their number.
func (b *Bus) Prune(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := b.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM event_outbox WHERE at < ?
			AND NOT EXISTS (SELECT 1 FROM event_delivery d WHERE d.event = event_outbox.id AND d.done IS NULL)`, storage.At(before))
		if err != nil {
			return fmt.Errorf("event: prune: %w", err)
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
