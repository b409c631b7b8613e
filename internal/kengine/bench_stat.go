package kengine

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/storage"
)

// benchRuled is of how many tasks one is ruled for the statistics.
const benchRuled = 4

// statistics measures the figures of the statistics page over the tasks that the lists were measured
// with: the quarter that the page shows at first, and three years, in which everything lies.
func (b *bench) statistics(ctx context.Context, s *Service, name string) error {
	if err := s.ruleMany(ctx); err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, span := range []struct {
		name string
		days int
	}{{"90 days", 90}, {"3 years", 3 * 365}} {
		p := Period{From: now.AddDate(0, 0, -span.days), To: now.AddDate(0, 0, 1)}
		times, err := timed(benchCalls, func() error { _, err := s.Statistics(ctx, benchActor(), p); return err })
		if err != nil {
			return fmt.Errorf("kengine: bench: %w", err)
		}
		b.bar.Add(benchCalls)
		b.shows("statistics of "+span.name+", p99"+name, percentile(times, 0.99), "ms")
	}
	return nil
}

// ruleMany rules a part of all tasks as if people had done it over the last hundred days.
func (s *Service) ruleMany(ctx context.Context) error {
	ids, err := storage.List(ctx, s.DB.Read(), storage.Scalar[string], `SELECT id FROM kengine_task WHERE organisation = ? ORDER BY id`, benchOrganisation)
	if err != nil {
		return fmt.Errorf("kengine: bench: %w", err)
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for i := 0; i < len(ids); i += benchRuled {
			id, at := s.IDs.UUID(), tx.Now().Add(-time.Duration(i%2400)*time.Hour).UnixMicro()
			reason := Confirmed
			if all := Reasons(); i%(5*benchRuled) == 0 {
				reason = all[i/benchRuled%len(all)]
			}
			for _, x := range []struct {
				query string
				args  []any
			}{
				{
					`INSERT INTO kengine_ruling (id, organisation, task, report, decision, model, recommended, outcome, reason, inputs, actor, at)
				SELECT ?, organisation, id, report, decision, model, outcome, 'A', ?, '{}', ?, ? FROM kengine_task WHERE id = ?`,
					[]any{id, string(reason), benchActor().ID, at, ids[i]},
				},
				{`UPDATE kengine_task SET ruling = ?, ruled = 'A', created = ? WHERE id = ?`, []any{id, at - int64(i%97)*3_600_000_000, ids[i]}},
			} {
				if _, err := tx.ExecContext(ctx, x.query, x.args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("kengine: bench: rule: %w", err)
	}
	return s.analyze(ctx)
}
