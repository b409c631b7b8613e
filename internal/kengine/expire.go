package kengine

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// expireOverlap is how far back of the last look expired words are looked for again: longer than any
// transaction that writes one takes.
const expireOverlap = time.Hour

// Expire decides reports again about which somebody's word has expired since it was last run,
// however long the house was closed. It is run every minute and finds the same reports many times
// over; what does not change is not written.
func (s *Service) Expire(ctx context.Context) error {
	now := s.Clock.Now()
	// The stamp of the world is the time of the last look, in microseconds.
	last, err := storage.One(ctx, s.DB.Read(), "kengine.stamp", "", storage.Scalar[int64], `SELECT n FROM kengine_stamp WHERE organisation = ''`)
	if err != nil {
		return fmt.Errorf("kengine: expire: %w", err)
	}
	due, err := storage.List(ctx, s.DB.Read(), storage.Scalar[string],
		`SELECT DISTINCT report FROM kengine_assertion WHERE expires IS NOT NULL AND expires > ? AND expires <= ?`,
		last-expireOverlap.Microseconds(), now.UnixMicro())
	if err != nil {
		return fmt.Errorf("kengine: expire: %w", err)
	}
	for _, report := range due {
		if err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return s.expire(ctx, tx, report) }); err != nil {
			return fmt.Errorf("kengine: expire: %w", err)
		}
	}
	if now.UnixMicro()-last < expireOverlap.Microseconds()/2 {
		return nil
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE kengine_stamp SET n = ? WHERE organisation = ''`, now.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("kengine: expire: %w", err)
	}
	return nil
}

// expire decides one report again for everybody.
func (s *Service) expire(ctx context.Context, tx *storage.Tx, report string) error {
	tenants, err := s.lockTenants(ctx, tx)
	if err != nil {
		return err
	}
	subjects, err := readSubjects(ctx, tx, `SELECT id, key, state FROM kengine_report WHERE id = ?`, report)
	if err != nil || len(subjects) == 0 {
		return err
	}
	if err := refreshFacts(ctx, tx, report, subjects[0].assertions); err != nil {
		return err
	}
	for _, t := range tenants {
		if err := refreshOwnConflicts(ctx, tx, report, t, subjects[0].assertions); err != nil {
			return err
		}
	}
	changed, err := s.redecided(ctx, tx, tenants, subjects)
	if err != nil || changed == 0 {
		return err
	}
	return s.record(ctx, tx, identity.System("kengine"), "report.expire", subjects[0].key)
}
