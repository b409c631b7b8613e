package kengine

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// noDue sorts tasks without a due date last.
const noDue = math.MaxInt64 >> 1

// recommendation is what a model says about one report: a task in the making.
type recommendation struct {
	report   string
	decision string
	model    string
	possible decide.Set
	outcomes []string
	rank     int
	due      time.Time
	state    State // Open or Closed
	cause    string
	inputs   []byte // JSON: fact -> values
}

// recommend decides a subject by all models of the tenant and calls yield for each decision.
func (t *tenant) recommend(s *Service, sub *subject, matches []TagMatch, now time.Time, yield func(*recommendation)) {
	values := t.values(sub, s)
	filled := t.filled(matches)
	for i := range t.models {
		m := &t.models[i]
		k := m.know(values)
		m.fill(&k, filled)
		out := m.Decide(k.sets)
		inputs := m.encodeInputs(&k)
		for d := range out {
			r := m.recommend(d, out[d].Set, now)
			r.report, r.inputs = sub.id, inputs
			switch {
			case sub.rejected:
				r.state, r.cause = Closed, CauseRejected
			case t.assetless(matches):
				r.state, r.cause = Closed, CauseNoAsset
			}
			yield(r)
		}
	}
}

// recommend turns the outcomes that are still possible into rank, due date and state. Of an
// undecided task the most urgent outcome counts, and the earliest date of those as urgent.
func (a *Active) recommend(d int, set decide.Set, now time.Time) *recommendation {
	fact := a.OutcomeFact(d)
	r := &recommendation{decision: a.decisionKey(d), model: a.ID, possible: set, outcomes: fact.Keys(set), state: Open}
	for _, key := range r.outcomes {
		act, ok := a.Model.Decisions[d].Action(key)
		if !ok {
			continue
		}
		rank, date := act.Mark.Rank(), due(act.Due, now)
		switch {
		case rank > r.rank:
			r.rank, r.due = rank, date
		case rank == r.rank && !date.IsZero() && (r.due.IsZero() || date.Before(r.due)):
			r.due = date
		}
	}
	if len(r.outcomes) == 1 && r.rank == 0 {
		r.state, r.cause, r.due = Closed, CauseNoAction, time.Time{}
	}
	return r
}

// encodeInputs writes the inputs of a model that are known, as JSON in the order of the model.
func (l *loaded) encodeInputs(k *known) []byte {
	b := make([]byte, 0, 32*len(l.inputs))
	b = append(b, '{')
	for i := range l.inputs {
		if k.sets[i] == 0 || k.sets[i] == l.inputs[i].full {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = quote(b, l.inputs[i].id)
		b = append(b, ':')
		b = quote(b, strings.Join(l.inputs[i].fact.Keys(k.sets[i]), " "))
	}
	return append(b, '}')
}

// outcome returns the only outcome, or "".
func (r *recommendation) outcome() string {
	if len(r.outcomes) == 1 {
		return r.outcomes[0]
	}
	return ""
}

// dueSort is the value by which due dates are ordered.
func dueSort(t time.Time) int64 {
	if t.IsZero() {
		return noDue
	}
	return t.UnixMicro()
}

func taskColumns() []string {
	return []string{
		"id", "organisation", "report", "decision", "model", "possible", "outcomes", "outcome", "rank", "urgency",
		"state", "rest", "cause", "due", "due_sort", "inputs", "created", "updated",
	}
}

// insertTasks writes the tasks of subjects that have none yet.
func (s *Service) insertTasks(ctx context.Context, tx *storage.Tx, t *tenant, fresh []*subject) error {
	if len(fresh) == 0 {
		return nil
	}
	_, err := tx.Bulk(ctx, "kengine_task", taskColumns(), s.taskRows(t, fresh, tx.Now()))
	if err != nil {
		return fmt.Errorf("kengine: write tasks: %w", err)
	}
	return nil
}

func (s *Service) taskRows(t *tenant, fresh []*subject, now time.Time) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		more := true
		for _, sub := range fresh {
			if sub.rejected || !more {
				continue
			}
			t.recommend(s, sub, sub.matches[t.organisation], now, func(r *recommendation) {
				if !more {
					return
				}
				more = yield(s.taskRow(t.organisation, r, now))
			})
		}
	}
}

// taskRow is the row of a new task, by taskColumns.
func (s *Service) taskRow(organisation string, r *recommendation, now time.Time) []any {
	at := now.UnixMicro()
	return []any{
		s.IDs.UUID(), organisation, r.report, r.decision, r.model, int64(r.possible),
		strings.Join(r.outcomes, " "), r.outcome(), r.rank, -r.rank,
		string(r.state), r.state.rest(), r.cause, micro(r.due), dueSort(r.due), string(r.inputs), at, at,
	}
}
