package kengine

import (
	"context"

	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/storage"
)

// OutcomeChanged is the news that new facts changed the outcomes of a task. It holds ids and
// keys, never the facts themselves.
type OutcomeChanged struct {
	Organisation string   `json:"organisation"`
	Task         string   `json:"task"`
	Report       string   `json:"report"` // key
	Decision     string   `json:"decision"`
	From         []string `json:"from"` // outcomes that were possible
	To           []string `json:"to"`   // outcomes that are
	State        State    `json:"state"`
	Ruled        string   `json:"ruled,omitempty"`
}

// EventName implements event.Event.
func (OutcomeChanged) EventName() string { return "kengine.outcome_changed" }

// tell publishes that the outcomes of a task changed.
func (s *Service) tell(ctx context.Context, tx *storage.Tx, report string, t *task, before Snapshot) error {
	if s.Events == nil {
		return nil
	}
	return event.Publish(ctx, s.Events, tx, OutcomeChanged{
		Organisation: t.organisation, Task: t.id, Report: report, Decision: t.decision,
		From: before.Outcomes, To: t.outcomes, State: t.state, Ruled: t.ruled,
	})
}
