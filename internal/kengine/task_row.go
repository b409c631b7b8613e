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

// restore gives t what a snapshot holds of people's acts; what the engine decided stays.
func (t *task) restore(s Snapshot) {
	t.state, t.owner, t.due, t.dueSet, t.priority = s.State, s.Owner, s.Due, s.DueSet, s.Priority
	t.ruled, t.ruling, t.changed, t.cause = s.Ruled, s.Ruling, s.Changed, s.Cause
	t.deviates = t.ruled != "" && !slices.Contains(t.outcomes, t.ruled)
}

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

// readTasks returns the tasks of an organisation about reports, by report.
func readTasks(ctx context.Context, r storage.Runner, organisation string, reports []string) (map[string][]*task, error) {
	out := map[string][]*task{}
	err := inParts(reports, func(part []any) error {
		rows, err := storage.List(ctx, r, scanTask,
			`SELECT `+taskFields+` FROM kengine_task t WHERE t.organisation = ? AND t.report IN (`+storage.Marks(len(part))+`)`,
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
	t.updated = tx.Now()
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

// remember writes what happened to a task.
func (s *Service) remember(ctx context.Context, tx *storage.Tx, t *task, actor, what string, before Snapshot) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO kengine_history (id, task, at, actor, what, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		s.IDs.UUID(), t.id, storage.At(tx.Now()), actor, what, storage.JSON[Snapshot]{V: before}, storage.JSON[Snapshot]{V: t.snapshot()})
	if err != nil {
		return fmt.Errorf("kengine: history of task %s: %w", t.id, err)
	}
	return nil
}

// maxPriority is the highest priority that can be set by hand: above everything that a model gives.
const maxPriority = 4
