package view

import (
	"context"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// Delivery is one message to a webhook.
type Delivery struct {
	ID           string
	Subscription string
	Body         string
	State        string // pending, retrying (a try failed, another one follows), sent, failed
	Tries        int    // made so far, of jobs.DefaultAttempts until it has failed
	Status       int    // of the last answer; 0 if there was none
	Reason       string // why the last try failed
	CreatedAt    time.Time
	TriedAt      time.Time
}

const deliveryColumns = `id, subscription, body, state, tries, status, reason, created_at, tried_at`

func scanDelivery(scan func(...any) error) (Delivery, error) {
	var d Delivery
	var created, tried storage.Time
	err := scan(&d.ID, &d.Subscription, &d.Body, &d.State, &d.Tries, &d.Status, &d.Reason, &created, &tried)
	if d.State == "pending" && d.Reason != "" {
		d.State = "retrying"
	}
	d.CreatedAt, d.TriedAt = created.Time, tried.Time
	return d, err
}

// Deliveries returns the newest messages to one of the actor's webhooks.
func (s *Service) Deliveries(ctx context.Context, a identity.Actor, subscription string) ([]Delivery, error) {
	if _, err := own(ctx, s.DB.Read(), a, subscription); err != nil {
		return nil, err
	}
	return storage.List(ctx, s.DB.Read(), scanDelivery, `SELECT `+deliveryColumns+` FROM view_delivery
		WHERE subscription = ? ORDER BY created_at DESC, id DESC LIMIT ?`, subscription, deliveries)
}

// Replay sends a message to one of the actor's webhooks again, under its old id.
func (s *Service) Replay(ctx context.Context, a identity.Actor, delivery string) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		d, err := loadDelivery(ctx, tx, delivery)
		if err != nil {
			return err
		}
		if _, err := own(ctx, tx, a, d.Subscription); err != nil {
			return fault.New(fault.NotFound, "view.delivery", delivery).Because(err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE view_delivery SET state = 'pending', reason = '' WHERE id = ?`, delivery); err != nil {
			return err
		}
		if err := s.Jobs.Enqueue(ctx, tx, Send{Delivery: delivery}); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "replay", delivery)
	})
}

func loadDelivery(ctx context.Context, r storage.Runner, delivery string) (Delivery, error) {
	return storage.One(ctx, r, "view.delivery", delivery, scanDelivery, `SELECT `+deliveryColumns+` FROM view_delivery WHERE id = ?`, delivery)
}
