package kengine

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/trust"
)

// Drifted is the news that the recommendations of a decision are confirmed less often than before. It
// is told once when the alarm is raised.
type Drifted struct {
	Organisation string    `json:"organisation"`
	Decision     string    `json:"decision"`
	Since        time.Time `json:"since"`        // first ruling of the block that raised the alarm
	Before       float64   `json:"before"`       // share that was confirmed before, 0 to 1
	After        float64   `json:"after"`        // share in the block
	BeforeCount  int       `json:"before_count"` // rulings before
	AfterCount   int       `json:"after_count"`  // rulings of the block
	Chance       float64   `json:"chance"`       // probability of such a fall by chance
}

// EventName implements event.Event.
func (Drifted) EventName() string { return "kengine.drift" }

// driftJob looks for drift after rulings.
type driftJob struct {
	Organisation string `json:"organisation"`
}

// Kind implements jobs.Args.
func (driftJob) Kind() string { return "kengine.drift" }

// driftLater has drift looked for when the transaction is done.
func (s *Service) driftLater(ctx context.Context, tx *storage.Tx, organisation string) error {
	if s.Jobs == nil {
		return nil
	}
	return s.Jobs.Enqueue(ctx, tx, driftJob{Organisation: organisation})
}

// CheckDrift looks for drift in every decision of an organisation, writes where the alarm was raised or
// ended, and tells of alarms that were raised. Run again it tells nothing new.
func (s *Service) CheckDrift(ctx context.Context, organisation string) error {
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := s.lockTenant(ctx, tx, organisation); err != nil {
			return err
		}
		rows, err := readRulings(ctx, tx, organisation)
		if err != nil {
			return err
		}
		all, err := s.judge(ctx, tx, organisation, rows)
		if err != nil {
			return err
		}
		open, err := storage.List(ctx, tx, storage.Scalar[string], `SELECT decision FROM kengine_drift WHERE organisation = ? AND ended IS NULL`, organisation)
		if err != nil {
			return err
		}
		lasts := map[string]bool{}
		for _, decision := range open {
			lasts[decision] = true
		}
		told, done := false, map[string]bool{}
		for _, r := range all.rulings {
			if done[r.Decision] {
				continue
			}
			done[r.Decision] = true
			part := all.only(r.Decision, "")
			changed, err := s.drifted(ctx, tx, organisation, r.Decision, trust.DefaultTest().Detect(part.cases), lasts[r.Decision])
			if err != nil {
				return err
			}
			told = told || changed
		}
		if !told {
			return nil
		}
		return s.record(ctx, tx, identity.System("kengine").In(organisation), "drift", organisation)
	})
	if err != nil {
		return fmt.Errorf("kengine: drift: %w", err)
	}
	return nil
}

// drifted writes what changed about one decision and reports whether anything did.
func (s *Service) drifted(ctx context.Context, tx *storage.Tx, organisation, decision string, d trust.Drift, lasts bool) (bool, error) {
	switch {
	case d.Active == lasts:
		return false, nil
	case lasts:
		_, err := tx.ExecContext(ctx, `UPDATE kengine_drift SET ended = ? WHERE organisation = ? AND decision = ? AND ended IS NULL`, storage.At(tx.Now()), organisation, decision)
		return true, err
	}
	o := d.Onsets[len(d.Onsets)-1]
	_, err := tx.ExecContext(ctx, `INSERT INTO kengine_drift (organisation, decision, since) VALUES (?, ?, ?)
		ON CONFLICT (organisation, decision, since) DO UPDATE SET ended = NULL`, organisation, decision, storage.At(o.Block.From))
	if err != nil || s.Events == nil {
		return true, err
	}
	return true, event.Publish(ctx, s.Events, tx, Drifted{
		Organisation: organisation, Decision: decision, Since: o.Block.From, Before: o.Before.Rate(), After: o.Block.Rate(),
		BeforeCount: o.Before.Cases, AfterCount: o.Block.Cases, Chance: o.P,
	})
}
