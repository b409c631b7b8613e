package event

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
)

// Migrations holds the tables of this package; the room's name is "event".
//
//go:embed migrations
var Migrations embed.FS

// keep is how long news stay in the outbox after they were delivered.
const keep = 30 * 24 * time.Hour

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

// delivery is the job that brings one event to one subscriber.
type delivery struct {
	Event      string `json:"event"`
	Name       string `json:"name"`
	Subscriber string `json:"subscriber"`
}

// Kind implements jobs.Args.
func (delivery) Kind() string { return "event.delivery" }

// prune is the job that empties the outbox of what was delivered long ago.
type prune struct{}

// Kind implements jobs.Args.
func (prune) Kind() string { return "event.prune" }

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
