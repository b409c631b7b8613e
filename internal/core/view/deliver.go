package view

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
)

// maxBody is the largest body of a webhook in bytes; deliveryLife how long the
// delivery log is kept.
const (
	maxBody      = 256 << 10
	deliveryLife = 30 * 24 * time.Hour
	sendTimeout  = time.Minute
	deliveries   = 100 // that Deliveries returns
)

// Send is the job that brings one delivery out.
type Send struct {
	Delivery string `json:"delivery"`
}

// Kind names the job.
func (Send) Kind() string { return "view.deliver" }

// Register declares the jobs of this package.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Register(r, jobs.Options{Queue: "outbound", Workers: 8, Timeout: sendTimeout}, func(ctx context.Context, a Send) error {
		return s.send(ctx, a.Delivery)
	})
}

// Deliver queues a message to a webhook in the caller's transaction: it goes out
// at least once after the commit, always with the same delivery id.
func (s *Service) Deliver(ctx context.Context, tx *storage.Tx, sub Subscription, message any) error {
	body, err := json.Marshal(message)
	if err != nil || len(body) > maxBody {
		return errors.Join(err, fmt.Errorf("view: deliver to %s: message has %d bytes, limit %d", sub.ID, len(body), maxBody))
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM view_delivery WHERE created_at < ?`, storage.At(tx.Now().Add(-deliveryLife))); err != nil {
		return err
	}
	d := s.IDs.UUID()
	if _, err := tx.ExecContext(ctx, `INSERT INTO view_delivery (id, subscription, body, state, tries, status, reason, created_at)
		VALUES (?, ?, ?, 'pending', 0, 0, '', ?)`, d, sub.ID, string(body), storage.At(tx.Now())); err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, Send{Delivery: d})
}
