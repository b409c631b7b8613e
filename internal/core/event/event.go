package event

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
)

// Migrations holds the tables of this package; the room's name is "event".
//
//go:embed migrations
var Migrations embed.FS

// Event is news: a struct of plain values that JSON can carry. It holds ids and
// facts that every subscriber may know, nothing under embargo.
type Event interface {
	// EventName is the stable name, for example "kengine.decided".
	EventName() string
}

// Bus knows who subscribed to what. Subscribe before the first Publish.
type Bus struct {
	db   *storage.DB
	jobs *jobs.Jobs
	ids  *id.Source
	// subscribers of an event name, in the order of their subscription.
	subscribers map[string][]subscription
}

type subscription struct {
	name string
	call func(ctx context.Context, body []byte) error
}

// New returns a bus and registers its jobs.
func New(db *storage.DB, r *jobs.Registry, j *jobs.Jobs, ids *id.Source) *Bus {
	b := &Bus{db: db, jobs: j, ids: ids, subscribers: map[string][]subscription{}}
	jobs.Register(r, jobs.Options{}, b.deliver)
	jobs.Register(r, jobs.Options{Unique: true, Priority: 4}, func(ctx context.Context, _ prune) error {
		_, err := b.Prune(ctx, db.Now().Add(-keep))
		return err
	})
	r.Every(prune{}, 24*time.Hour)
	return b
}

// Subscribe calls f for each published E. subscriber names the flow, for
// example "directory.on_decided"; it is kept in the database, so it stays the
// same between versions. f is idempotent and opens its own transaction.
func Subscribe[E Event](b *Bus, subscriber string, f func(ctx context.Context, e E) error) {
	var zero E
	name := zero.EventName()
	b.subscribers[name] = append(b.subscribers[name], subscription{subscriber, func(ctx context.Context, body []byte) error {
		var e E
		if err := json.Unmarshal(body, &e); err != nil {
			return jobs.Drop(fmt.Errorf("event: %s for %s: %w", name, subscriber, err))
		}
		return f(ctx, e)
	}})
}

// Publish writes e and its deliveries in the teller's transaction: subscribers
// hear of it if and only if that commits.
func Publish[E Event](ctx context.Context, b *Bus, tx *storage.Tx, e E) error {
	if err := b.publish(ctx, tx, e.EventName(), e); err != nil {
		return fmt.Errorf("event: publish %s: %w", e.EventName(), err)
	}
	return nil
}

func (b *Bus) publish(ctx context.Context, tx *storage.Tx, name string, e any) error {
	key := b.ids.UUID()
	_, err := tx.ExecContext(ctx, "INSERT INTO event_outbox (id, name, at, body) VALUES (?, ?, ?, ?)",
		key, name, storage.At(tx.Now()), storage.JSON[any]{V: e})
	if err != nil {
		return err
	}
	for _, s := range b.subscribers[name] {
		_, err := tx.ExecContext(ctx, "INSERT INTO event_delivery (event, subscriber) VALUES (?, ?)", key, s.name)
		if err != nil {
			return err
		}
		if err := b.jobs.Enqueue(ctx, tx, delivery{key, name, s.name}); err != nil {
			return err
		}
	}
	return nil
}
