package event

import (
	"context"
	"fmt"
	"slices"

	"noroshi.dev/internal/core/storage"
)

// delivery is the job that brings one event to one subscriber.
type delivery struct {
	Event      string `json:"event"`
	Name       string `json:"name"`
	Subscriber string `json:"subscriber"`
}

// Kind implements jobs.Args.
func (delivery) Kind() string { return "event.delivery" }

// deliver is the work of a delivery.
func (b *Bus) deliver(ctx context.Context, d delivery) error {
	fail := func(err error) error {
		return fmt.Errorf("event: deliver %s %s to %s: %w", d.Name, d.Event, d.Subscriber, err)
	}
	body, err := storage.One(ctx, b.db.Read(), "event.delivery", d.Event, storage.Scalar[[]byte],
		`SELECT o.body FROM event_outbox o
		JOIN event_delivery d ON d.event = o.id
		WHERE o.id = ? AND d.subscriber = ? AND d.done IS NULL
		UNION ALL
		SELECT NULL FROM event_delivery WHERE event = ? AND subscriber = ? AND done IS NOT NULL`,
		d.Event, d.Subscriber, d.Event, d.Subscriber)
	if err != nil {
		return fail(err)
	}
	if body == nil {
		return nil // done before; the job had come back after a crash
	}
	i := slices.IndexFunc(b.subscribers[d.Name], func(s subscription) bool { return s.name == d.Subscriber })
	if i < 0 {
		return fail(fmt.Errorf("nobody of that name has subscribed in this version"))
	}
	if err := b.subscribers[d.Name][i].call(ctx, body); err != nil {
		return fail(err)
	}
	return b.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE event_delivery SET done = ? WHERE event = ? AND subscriber = ?",
			storage.At(tx.Now()), d.Event, d.Subscriber)
		return err
	})
}
