package kengine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"noroshi.dev/internal/core/storage"
)

// SystemActor is the actor of what the engine does by itself, in histories.
const SystemActor = "system:kengine"

// redecide decides subjects that are known already, for every tenant, in the caller's transaction.
// Only a task whose possible outcomes or reason for being closed changed is written with a
// history and told.
func (s *Service) redecide(ctx context.Context, tx *storage.Tx, tenants []*tenant, subjects []*subject) error {
	_, err := s.redecided(ctx, tx, tenants, subjects)
	return err
}

// redecided is redecide; it returns the number of tasks that changed.
func (s *Service) redecided(ctx context.Context, tx *storage.Tx, tenants []*tenant, subjects []*subject) (int, error) {
	ids := make([]string, len(subjects))
	for i, sub := range subjects {
		ids[i] = sub.id
	}
	changed := 0
	for _, t := range tenants {
		matches, err := s.matches(ctx, tx, t, subjects, ids)
		if err != nil {
			return 0, err
		}
		tasks, err := lockTasks(ctx, tx, t.organisation, ids)
		if err != nil {
			return 0, err
		}
		d := &deciding{s: s, tx: tx, tenant: t, tasks: tasks}
		for _, sub := range subjects {
			t.recommend(s, sub, matches[sub.id], tx.Now(), func(r *recommendation) { d.take(ctx, sub, r) })
		}
		if err := d.finish(ctx); err != nil {
			return 0, err
		}
		changed += d.changed
	}
	return changed, nil
}

// deciding compares recommendations of one tenant with its tasks.
type deciding struct {
	s       *Service
	tx      *storage.Tx
	tenant  *tenant
	tasks   map[string][]*task
	rows    [][]any
	changed int
	err     error
}

// take compares one recommendation with its task.
func (d *deciding) take(ctx context.Context, sub *subject, r *recommendation) {
	if d.err != nil {
		return
	}
	of := d.tasks[r.report]
	at := slices.IndexFunc(of, func(t *task) bool { return t.decision == r.decision })
	if at < 0 {
		if !sub.rejected {
			d.rows = append(d.rows, d.s.taskRow(d.tenant.organisation, r, d.tx.Now()))
		}
		return
	}
	d.err = d.compare(ctx, sub, of[at], r)
}

// compare applies r to its task t.
func (d *deciding) compare(ctx context.Context, sub *subject, t *task, r *recommendation) error {
	before := t.snapshot()
	act := t.apply(r)
	if act == "" {
		if t.model == r.model && t.inputs == string(r.inputs) {
			return nil
		}
		return d.refresh(ctx, t, r)
	}
	t.model, t.inputs = r.model, string(r.inputs)
	if err := t.save(ctx, d.tx); err != nil {
		return err
	}
	if err := d.s.remember(ctx, d.tx, t, SystemActor, string(act), before); err != nil {
		return err
	}
	d.changed++
	return d.s.tell(ctx, d.tx, sub.key, t, before)
}

// refresh keeps the inputs and the model of a task whose outcome did not change. It is no change
// that anybody has to look at: neither version nor time move.
func (d *deciding) refresh(ctx context.Context, t *task, r *recommendation) error {
	if !t.dueSet && t.state == Open && t.model != r.model {
		t.due = r.due
	}
	if t.ruled == "" || t.state == Open {
		t.rank = r.rank
	}
	_, err := d.tx.ExecContext(ctx, `UPDATE kengine_task SET model = ?, inputs = ?, rank = ?, urgency = ?, due = ?, due_sort = ? WHERE id = ?`,
		r.model, string(r.inputs), t.rank, -t.weight(), storage.At(t.due), dueSort(t.due), t.id)
	if err != nil {
		return fmt.Errorf("kengine: refresh task %s: %w", t.id, err)
	}
	return nil
}

func (d *deciding) finish(ctx context.Context) error {
	if d.err != nil || len(d.rows) == 0 {
		return d.err
	}
	if _, err := d.tx.Bulk(ctx, "kengine_task", taskColumns(), slices.Values(d.rows)); err != nil {
		return fmt.Errorf("kengine: write tasks: %w", err)
	}
	return nil
}

// apply gives t what a new recommendation says and returns the act that this is, or "" when nothing
// changed that matters. What a person ruled stands as long as it is among the possible outcomes;
// a ruling that already deviated is questioned by every change.
func (t *task) apply(r *recommendation) Act {
	same := slices.Equal(t.outcomes, r.outcomes)
	if t.ruled != "" {
		if same {
			return ""
		}
		t.possible, t.outcomes = r.possible, r.outcomes
		t.deviates = !slices.Contains(r.outcomes, t.ruled)
		switch {
		case t.deviates:
			t.rank = r.rank
			t.reopen(r.due)
		case t.state == Open:
			t.rank, t.due = r.rank, keptDue(t, r.due)
		}
		return ActChange
	}
	if same && t.cause == r.cause && (t.state == r.state || t.state == Open) {
		return "" // also one that a person reopened, which keeps the cause
	}
	t.possible, t.outcomes, t.rank = r.possible, r.outcomes, r.rank
	if r.state == Closed {
		t.state, t.cause, t.due = Closed, r.cause, keptDue(t, r.due)
		return ActClose
	}
	t.state, t.cause, t.due = Open, "", keptDue(t, r.due)
	return ActChange
}

// reopen asks for a new ruling.
func (t *task) reopen(due time.Time) {
	t.state, t.cause, t.changed, t.due = Open, "", true, keptDue(t, due)
}

func keptDue(t *task, due time.Time) time.Time {
	if t.dueSet {
		return t.due
	}
	return due
}
