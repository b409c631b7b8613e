package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// task is a row of kengine_task.
type task struct {
	id, organisation, report, decision, model string
	possible                                  decide.Set
	outcomes                                  []string
	rank                                      int
	priority                                  *int
	state                                     State
	cause                                     string
	owner                                     string
	due                                       time.Time
	dueSet                                    bool
	inputs                                    string // JSON
	ruling, ruled                             string
	deviates, changed                         bool
	created, updated                          time.Time
	version                                   int64
}

const taskFields = `t.id, t.organisation, t.report, t.decision, t.model, t.possible, t.outcomes, t.rank, t.priority, t.state, t.cause,
	t.owner, t.due, t.due_set, t.inputs, t.ruling, t.ruled, t.deviates, t.changed, t.created, t.updated, t.version`

// fields returns where a row of taskFields is scanned to, and what to do after.
func (t *task) fields() ([]any, func()) {
	var possible int64
	var outcomes, state string
	var inputs []byte
	var due, created, updated storage.Time
	to := []any{
		&t.id, &t.organisation, &t.report, &t.decision, &t.model, &possible, &outcomes, &t.rank, &t.priority, &state, &t.cause,
		&t.owner, &due, &t.dueSet, &inputs, &t.ruling, &t.ruled, &t.deviates, &t.changed, &created, &updated, &t.version,
	}
	return to, func() {
		t.possible, t.outcomes, t.state = decide.Set(possible), strings.Fields(outcomes), State(state)
		t.inputs, t.due, t.created, t.updated = string(inputs), due.Time, created.Time, updated.Time
	}
}

func scanTask(scan func(...any) error) (*task, error) {
	t := &task{}
	to, finish := t.fields()
	if err := scan(to...); err != nil {
		return nil, err
	}
	finish()
	return t, nil
}

// snapshot is what acts change of t.
func (t *task) snapshot() Snapshot {
	return Snapshot{
		State: t.state, Owner: t.owner, Due: t.due, DueSet: t.dueSet, Priority: t.priority, Outcomes: t.outcomes,
		Ruled: t.ruled, Ruling: t.ruling, Deviates: t.deviates, Changed: t.changed, Cause: t.cause,
	}
}

// restore takes back what an act changed; what it left alone stays as it is now, because the
// engine may have moved it since.
func (t *task) restore(before, after Snapshot) {
	back(&t.state, before.State, after.State)
	back(&t.owner, before.Owner, after.Owner)
	if before.DueSet != after.DueSet || !before.Due.Equal(after.Due) {
		t.due, t.dueSet = before.Due, before.DueSet
	}
	if !samePriority(before.Priority, after.Priority) {
		t.priority = before.Priority
	}
	back(&t.ruled, before.Ruled, after.Ruled)
	back(&t.ruling, before.Ruling, after.Ruling)
	back(&t.changed, before.Changed, after.Changed)
	back(&t.cause, before.Cause, after.Cause)
	t.deviates = t.ruled != "" && !slices.Contains(t.outcomes, t.ruled)
}

// back sets a field to what it was before an act that changed it.
func back[T comparable](field *T, before, after T) {
	if before != after {
		*field = before
	}
}

func samePriority(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

// weight orders the list: the priority set by hand, else the rank.
func (t *task) weight() int {
	if t.priority != nil {
		return *t.priority
	}
	return t.rank
}

// outcome returns the only outcome, or "".
func (t *task) outcome() string {
	if len(t.outcomes) == 1 {
		return t.outcomes[0]
	}
	return ""
}

// readTask returns a task of an organisation; that of another one is not found.
func readTask(ctx context.Context, r storage.Runner, organisation, id string) (*task, error) {
	return storage.One(ctx, r, "kengine.task", id, scanTask,
		`SELECT `+taskFields+` FROM kengine_task t WHERE t.id = ? AND t.organisation = ?`, id, organisation)
}

// lockTask is readTask for who is going to change the task: nobody else changes it until the
// transaction ends, so that who comes second sees what the first did.
func lockTask(ctx context.Context, tx *storage.Tx, organisation, id string) (*task, error) {
	return storage.One(ctx, tx, "kengine.task", id, scanTask,
		`SELECT `+taskFields+` FROM kengine_task t WHERE t.id = ? AND t.organisation = ?`+forUpdate(tx), id, organisation)
}

// forUpdate is the clause that locks the rows of a query; SQLite has one writer anyway.
func forUpdate(tx *storage.Tx) string {
	if tx.Dialect() == storage.Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// lockTasks returns the tasks of an organisation about reports, by report, locked as by lockTask:
// an import and a person who rules do not get into each other's way.
func lockTasks(ctx context.Context, r *storage.Tx, organisation string, reports []string) (map[string][]*task, error) {
	out := map[string][]*task{}
	err := inParts(reports, func(part []any) error {
		rows, err := storage.List(ctx, r, scanTask,
			`SELECT `+taskFields+` FROM kengine_task t WHERE t.organisation = ? AND t.report IN (`+storage.Marks(len(part))+`) ORDER BY t.id`+forUpdate(r),
			append([]any{organisation}, part...)...)
		for _, t := range rows {
			out[t.report] = append(out[t.report], t)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read tasks: %w", err)
	}
	return out, nil
}

// save writes all that can change of t, and raises its version. Somebody else's change since t was
// read is fault.Conflict.
func (t *task) save(ctx context.Context, tx *storage.Tx) error {
	var priority any
	if t.priority != nil {
		priority = *t.priority
	}
	// The time of a task never stands still nor goes back, whatever the clock does: the order of
	// its history is what an undo goes by.
	if before := t.updated; tx.Now().After(before) {
		t.updated = tx.Now()
	} else {
		t.updated = before.Add(time.Microsecond)
	}
	res, err := tx.ExecContext(ctx, `UPDATE kengine_task SET model = ?, possible = ?, outcomes = ?, outcome = ?, rank = ?, priority = ?,
		urgency = ?, state = ?, rest = ?, cause = ?, owner = ?, due = ?, due_sort = ?, due_set = ?, inputs = ?, ruling = ?, ruled = ?,
		deviates = ?, changed = ?, updated = ?, version = version + 1 WHERE id = ? AND version = ?`,
		t.model, int64(t.possible), strings.Join(t.outcomes, " "), t.outcome(), t.rank, priority,
		-t.weight(), string(t.state), t.state.rest(), t.cause, t.owner, storage.At(t.due), dueSort(t.due), t.dueSet, t.inputs,
		t.ruling, t.ruled, t.deviates, t.changed, storage.At(t.updated), t.id, t.version)
	if err := storage.Changed(res, err, "kengine.task", t.id); err != nil {
		if f := fault.Of(err); f != nil {
			f.Hint = "kengine.task.reload"
		}
		return err
	}
	t.version++
	return nil
}

// remember writes what happened to a task that was just saved.
func (s *Service) remember(ctx context.Context, tx *storage.Tx, t *task, actor, what string, before Snapshot) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO kengine_history (id, task, at, actor, what, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		s.IDs.UUID(), t.id, storage.At(t.updated), actor, what, storage.JSON[Snapshot]{V: before}, storage.JSON[Snapshot]{V: t.snapshot()})
	if err != nil {
		return fmt.Errorf("kengine: history of task %s: %w", t.id, err)
	}
	return nil
}

// maxPriority is the highest priority that can be set by hand: above everything that a model gives.
const maxPriority = 4
