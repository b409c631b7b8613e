package kengine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

const (
	maxChanges = 6   // smallest changes that are shown
	maxSimilar = 8   // past reports that are shown
	maxPast    = 500 // rulings among which similar ones are looked for, the newest first
)

// Task returns a task of the actor's organisation with the recommendation, its reasons, similar
// past reports and its history. It needs PermTaskRead; a task of another organisation is
// fault.NotFound "kengine.task".
func (s *Service) Task(ctx context.Context, a identity.Actor, id string) (TaskView, error) {
	var v TaskView
	if err := s.may(a, PermTaskRead()); err != nil {
		return v, err
	}
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		rows, err := s.taskRowsOf(ctx, r, `SELECT `+taskListColumns+taskListFrom+` WHERE t.id = ? AND t.organisation = ?`, id, a.Organisation)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "kengine.task", id)
		}
		v.TaskRow = rows[0]
		v.Allowed = v.State.Allowed()
		if v.Of, err = readReport(ctx, r, v.Report); err != nil {
			return err
		}
		if err = s.explain(ctx, r, a, &v); err != nil {
			return err
		}
		return s.readPast(ctx, r, &v)
	})
	return v, err
}

// explain fills the inputs with their evidence, the way to the outcome and what would change it.
func (s *Service) explain(ctx context.Context, r storage.Runner, a identity.Actor, v *TaskView) error {
	t, err := s.loadTenant(ctx, r, a.Organisation)
	if err != nil {
		return err
	}
	m, d, err := s.decisionOf(ctx, r, &task{organisation: v.Organisation, model: v.Model, decision: v.Decision})
	if err != nil || m == nil {
		return err
	}
	all, err := readAssertions(ctx, r, []string{v.ReportID})
	if err != nil {
		return err
	}
	matches, err := readMatches(ctx, r, a.Organisation, []string{v.ReportID})
	if err != nil {
		return err
	}
	assertions := ofOrganisation(all[v.ReportID], a.Organisation)
	values, clashes := resolve(assertions, &t.policy, s.Clock.Now())
	k := m.know(values)
	m.fill(&k, t.filled(matches[v.ReportID]))
	v.Compiled = m.Compiled
	v.Explanation = m.Explain(d, k.sets)
	v.Changes = m.Changes(d, k.sets, maxChanges)
	fact := m.OutcomeFact(d)
	v.Outcomes = m.outcomesOf(d, fact.All())
	for _, col := range m.Relevant(d) {
		in := &m.inputs[col]
		f := FactView{Fact: in.fact, ID: in.id, Possible: in.full, Matters: slices.Contains(v.Explanation.Open, col)}
		if val := k.values[col]; val != nil {
			f.Value, f.Possible, f.Assumed = *val, k.sets[col], val.Source == SourceDefault
		}
		f.attach(assertions, clashes)
		v.Inputs = append(v.Inputs, f)
	}
	if err := s.support(ctx, r, v, m, d, &k); err != nil {
		return err
	}
	return s.similar(ctx, r, v, m, d, &k)
}

// readPast fills rulings, history and notes.
func (s *Service) readPast(ctx context.Context, r storage.Runner, v *TaskView) error {
	var err error
	if v.Rulings, err = storage.List(ctx, r, scanRuling, `SELECT `+rulingFields+` FROM kengine_ruling WHERE task = ? ORDER BY at DESC, id DESC`, v.ID); err != nil {
		return fmt.Errorf("kengine: rulings of %s: %w", v.ID, err)
	}
	if v.History, err = storage.List(ctx, r, scanHistory, `SELECT `+historyFields+` FROM kengine_history WHERE task = ? ORDER BY at DESC, id DESC`, v.ID); err != nil {
		return fmt.Errorf("kengine: history of %s: %w", v.ID, err)
	}
	v.Notes, err = storage.List(ctx, r, func(scan func(...any) error) (Note, error) {
		var n Note
		var at storage.Time
		err := scan(&n.ID, &at, &n.Actor, &n.Text)
		n.At = at.Time
		return n, err
	}, `SELECT id, at, actor, text FROM kengine_note WHERE task = ? ORDER BY at, id`, v.ID)
	if err != nil {
		return fmt.Errorf("kengine: notes on %s: %w", v.ID, err)
	}
	return nil
}

const rulingFields = `id, task, recommended, outcome, reason, note, model, actor, at, undone`

func scanRuling(scan func(...any) error) (Ruling, error) {
	var r Ruling
	var recommended, reason string
	var at, undone storage.Time
	err := scan(&r.ID, &r.Task, &recommended, &r.Outcome, &reason, &r.Note, &r.Model, &r.Actor, &at, &undone)
	r.Recommended, r.Reason, r.At, r.Undone = strings.Fields(recommended), Reason(reason), at.Time, undone.Time
	return r, err
}

// past is a ruling with the inputs at its time.
type past struct {
	task, report, outcome string
	title                 decide.Text
	reason                Reason
	at                    time.Time
	inputs                map[string]string
}

// similar fills past reports that were ruled by the same decision: those with the same inputs
// first, then those with the fewest that differ, then the newest.
func (s *Service) similar(ctx context.Context, r storage.Runner, v *TaskView, m *loaded, d int, k *known) error {
	var inputs map[string]string
	if err := json.Unmarshal(m.encodeInputs(k), &inputs); err != nil {
		return fmt.Errorf("kengine: similar to %s: %w", v.ID, err)
	}
	rows, err := storage.List(ctx, r, scanPast, `SELECT u.task, p.key, u.outcome, p.title, p.title_ja, u.reason, u.at, u.inputs
		FROM kengine_ruling u JOIN kengine_report p ON p.id = u.report
		WHERE u.organisation = ? AND u.decision = ? AND u.undone IS NULL AND u.task <> ?
		ORDER BY u.at DESC, u.id DESC LIMIT ?`, v.Organisation, v.Decision, v.ID, maxPast)
	if err != nil {
		return fmt.Errorf("kengine: similar to %s: %w", v.ID, err)
	}
	seen := map[string]bool{}
	for _, p := range rows {
		if seen[p.task] {
			continue // only the last word on a task
		}
		seen[p.task] = true
		sim := Similar{Task: p.task, Report: p.report, Title: p.title, Reason: p.reason, At: p.at, Outcome: Outcome{Key: p.outcome}}
		if i := m.OutcomeFact(d).Index(p.outcome); i >= 0 {
			sim.Outcome = m.outcome(d, m.OutcomeFact(d).Values[i])
		}
		sim.Differs = differing(inputs, p.inputs)
		sim.Same = len(sim.Differs) == 0
		v.Similar = append(v.Similar, sim)
	}
	slices.SortStableFunc(v.Similar, func(a, b Similar) int { return cmp.Compare(len(a.Differs), len(b.Differs)) })
	v.Similar = v.Similar[:min(maxSimilar, len(v.Similar))]
	return nil
}

func scanPast(scan func(...any) error) (past, error) {
	var p past
	var reason string
	var at storage.Time
	var inputs storage.JSON[map[string]string]
	err := scan(&p.task, &p.report, &p.outcome, &p.title.EN, &p.title.JA, &reason, &at, &inputs)
	p.reason, p.at, p.inputs = Reason(reason), at.Time, inputs.V
	return p, err
}

// differing returns the facts of which two reports have different values, sorted.
func differing(a, b map[string]string) []string {
	var out []string
	for fact, v := range a {
		if b[fact] != v {
			out = append(out, fact)
		}
	}
	for fact := range b {
		if _, ok := a[fact]; !ok {
			out = append(out, fact)
		}
	}
	slices.Sort(out)
	return out
}

// TaskCounts returns the number of tasks of the actor's organisation by state. It needs PermTaskRead.
func (s *Service) TaskCounts(ctx context.Context, a identity.Actor) (map[State]int64, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return nil, err
	}
	type count struct {
		state string
		n     int64
	}
	rows, err := storage.List(ctx, s.DB.Read(), func(scan func(...any) error) (count, error) {
		var c count
		err := scan(&c.state, &c.n)
		return c, err
	}, `SELECT state, COUNT(*) FROM kengine_task WHERE organisation = ? GROUP BY state`, a.Organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: count tasks: %w", err)
	}
	return maps.Collect(func(yield func(State, int64) bool) {
		for _, c := range rows {
			if !yield(State(c.state), c.n) {
				return
			}
		}
	}), nil
}
