package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// RuleInput is how a person overrules a recommendation, or rules where several outcomes are possible.
type RuleInput struct {
	Outcome string // key of an outcome of the decision
	Reason  Reason // one of Reasons
	Note    string // why, in words; may be empty
}

// Confirm rules tasks as recommended. A task of which several outcomes are still possible is
// refused: its questions come first. It needs PermRule.
func (s *Service) Confirm(ctx context.Context, a identity.Actor, sel Selection) (Result, error) {
	return s.act(ctx, a, sel, acting{"rule.confirm", PermRule(), "confirm", func(ctx context.Context, tx *storage.Tx, t *task) error {
		if len(t.outcomes) != 1 {
			return fault.New(fault.Invalid, "kengine.rule.undecided", t.id).Hinted("kengine.rule.answer_first")
		}
		return s.rule(ctx, tx, a, t, RuleInput{Outcome: t.outcomes[0], Reason: Confirmed})
	}})
}

// Overrule rules tasks otherwise than recommended, for a reason that statistics and learning use.
// It needs PermRule.
func (s *Service) Overrule(ctx context.Context, a identity.Actor, sel Selection, in RuleInput) (Result, error) {
	f := fault.New(fault.Invalid, "kengine.rule")
	if !slices.Contains(Reasons(), in.Reason) {
		f.Field("reason", "kengine.rule.reason")
	}
	if in.Outcome == "" {
		f.Field("outcome", "required")
	}
	if err := f.OrNil(); err != nil {
		return Result{}, err
	}
	return s.act(ctx, a, sel, acting{"rule.overrule", PermRule(), "overrule", func(ctx context.Context, tx *storage.Tx, t *task) error {
		return s.rule(ctx, tx, a, t, in)
	}})
}

// rule writes a ruling and moves its task.
func (s *Service) rule(ctx context.Context, tx *storage.Tx, a identity.Actor, t *task, in RuleInput) error {
	m, d, err := s.decisionOf(ctx, tx, t)
	if err != nil {
		return err
	}
	if m == nil {
		return fault.New(fault.Conflict, "kengine.task.state", t.id).Hinted("kengine.rule.no_model")
	}
	at := m.OutcomeFact(d).Index(in.Outcome)
	if at < 0 {
		return fault.New(fault.Invalid, "kengine.rule").Field("outcome", "kengine.rule.outcome", "outcome", in.Outcome)
	}
	o := m.outcome(d, m.OutcomeFact(d).Values[at])
	act := ActRule
	if o.Mark.Rank() == 0 {
		act = ActWaive
	}
	if err := t.step(act); err != nil {
		return err
	}
	t.ruling, t.ruled, t.changed, t.cause = s.IDs.UUID(), in.Outcome, false, ""
	t.deviates = !slices.Contains(t.outcomes, in.Outcome)
	t.rank = o.Mark.Rank()
	if !t.dueSet {
		t.due = time.Time{}
		if act == ActRule {
			t.due = due(o.Due, tx.Now())
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO kengine_ruling (id, organisation, task, report, decision, model, recommended, outcome, reason, note,
		inputs, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ruling, t.organisation, t.id, t.report, t.decision, t.model, strings.Join(t.outcomes, " "), in.Outcome,
		string(in.Reason), cut(in.Note, maxNote), t.inputs, a.ID, storage.At(tx.Now()))
	if err != nil {
		return fmt.Errorf("kengine: rule %s: %w", t.id, err)
	}
	if in.Reason == Confirmed {
		return nil
	}
	return s.learnLater(ctx, tx, t.organisation, t.decision)
}

// decisionOf returns the model of a task and the position of its decision; nil when the model has
// no such decision any more.
func (s *Service) decisionOf(ctx context.Context, r storage.Runner, t *task) (*loaded, int, error) {
	m, err := s.model(ctx, r, t.organisation, t.model)
	if err != nil || m == nil {
		return nil, -1, err
	}
	_, key, _ := strings.Cut(t.decision, "/")
	d := m.Model.Decision(key)
	if d < 0 {
		return nil, -1, nil
	}
	return m, d, nil
}

// Undo takes the last act of a person on each task back. An act after which the engine changed the
// task, or that was taken back already, is refused. It needs PermTaskWork, for rulings PermRule.
func (s *Service) Undo(ctx context.Context, a identity.Actor, sel Selection) (Result, error) {
	return s.undo(ctx, a, sel, false)
}

// UndoRuling is Undo for tasks whose last act is a ruling; it needs PermRule.
func (s *Service) UndoRuling(ctx context.Context, a identity.Actor, sel Selection) (Result, error) {
	return s.undo(ctx, a, sel, true)
}

func (s *Service) undo(ctx context.Context, a identity.Actor, sel Selection, rulings bool) (Result, error) {
	p := PermTaskWork()
	if rulings {
		p = PermRule()
	}
	return s.act(ctx, a, sel, acting{"task.undo", p, "undo", func(ctx context.Context, tx *storage.Tx, t *task) error {
		last, err := lastAct(ctx, tx, t.id)
		if err != nil {
			return err
		}
		ruling := last.What == "confirm" || last.What == "overrule"
		if last.ID == "" || last.Actor == SystemActor || rulings && !ruling {
			return fault.New(fault.Conflict, "kengine.task.state", t.id).Hinted("kengine.task.nothing_to_undo")
		}
		if ruling {
			if err := s.may(a, PermRule()); err != nil {
				return err
			}
			if err := markUndone(ctx, tx, `UPDATE kengine_ruling SET undone = ? WHERE id = ?`, tx.Now(), t.ruling); err != nil {
				return err
			}
			if err := s.learnLater(ctx, tx, t.organisation, t.decision); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE kengine_history SET undone = TRUE WHERE id = ?`, last.ID); err != nil {
			return fmt.Errorf("kengine: undo %s: %w", t.id, err)
		}
		t.restore(last.Before, last.After)
		return s.rankAgain(ctx, tx, t)
	}})
}

func markUndone(ctx context.Context, tx *storage.Tx, query string, at time.Time, id string) error {
	if _, err := tx.ExecContext(ctx, query, storage.At(at), id); err != nil {
		return fmt.Errorf("kengine: undo: %w", err)
	}
	return nil
}

// rankAgain gives a task the rank of its ruling, or of what is possible.
func (s *Service) rankAgain(ctx context.Context, tx *storage.Tx, t *task) error {
	m, d, err := s.decisionOf(ctx, tx, t)
	if err != nil || m == nil {
		return err
	}
	set := t.possible
	if i := m.OutcomeFact(d).Index(t.ruled); t.ruled != "" && i >= 0 && t.state != Open {
		set = 1 << i
	}
	t.rank = (&Active{ID: t.model, Key: m.Model.Key, loaded: m}).recommend(d, set, tx.Now()).rank
	return nil
}

// lastAct returns the newest entry of a task's history that was not taken back, the zero History
// when there is none.
func lastAct(ctx context.Context, r storage.Runner, id string) (History, error) {
	rows, err := storage.List(ctx, r, scanHistory, `SELECT `+historyFields+` FROM kengine_history
		WHERE task = ? AND NOT undone AND what <> 'undo' ORDER BY at DESC, id DESC LIMIT 1`, id)
	if err != nil {
		return History{}, fmt.Errorf("kengine: history of %s: %w", id, err)
	}
	if len(rows) == 0 {
		return History{}, nil
	}
	return rows[0], nil
}

const historyFields = `id, at, actor, what, before, after, undone`

func scanHistory(scan func(...any) error) (History, error) {
	var h History
	var at storage.Time
	var before, after storage.JSON[Snapshot]
	err := scan(&h.ID, &at, &h.Actor, &h.What, &before, &after, &h.Undone)
	h.At, h.Before, h.After = at.Time, before.V, after.V
	return h, err
}
