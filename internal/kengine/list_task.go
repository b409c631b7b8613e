package kengine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/kengine/decide"
)

func taskOrders() []order {
	return []order{
		{name: "priority", columns: []string{"t.rest", "t.urgency", "t.due_sort", "t.id"}, texts: []bool{false, false, false, true}},
		{name: "due", columns: []string{"t.due_sort", "t.id"}, texts: []bool{false, true}},
		{name: "updated", columns: []string{"t.updated", "t.id"}, texts: []bool{false, true}, down: true},
	}
}

// TaskSorts returns the orders of the task list: priority (the most urgent first, then the
// earliest due date; what is finished comes last), due, updated (the newest first).
func TaskSorts() []string { return sortNames(taskOrders()) }

// TaskFields returns the fields that the filter of the task list understands.
func TaskFields() []string {
	g := taskGrammar(identity.Actor{}, storage.SQLite, time.Time{})
	return g.names()
}

// taskGrammar is the filter of the task list: t is kengine_task.
func taskGrammar(a identity.Actor, d storage.Dialect, now time.Time) *grammar {
	g := &grammar{fields: map[string]term{
		"is":       oneOf(taskKinds(a, d, now)),
		"state":    oneOf(taskStates()),
		"assignee": assignee(a),
		"decision": decision,
		"outcome":  outcome,
		"priority": number("-t.urgency", readRank),
		"due":      moment("t.due_sort", noDue, now),
		"updated":  moment("t.updated", 0, now),
		"created":  moment("t.created", 0, now),
		"cause":    cause,
	}}
	maps.Copy(g.fields, rulingTerms(now))
	reportFields(g, "t.report", d, now)
	return g
}

// taskKinds are the values of is:.
func taskKinds(a identity.Actor, d storage.Dialect, now time.Time) map[string]func(*storage.Where) {
	kinds := taskStates()
	for name, cond := range map[string]string{
		"all": "1 = 1", "live": "t.rest = 0", "finished": "t.rest = 1", "changed": "t.changed", "deviating": "t.deviates",
		"ruled": "t.ruled <> ''", "unruled": "t.ruled = ''", "decided": "t.outcome <> ''", "undecided": "t.outcome = ''",
		"unassigned": "t.owner = ''", "dated": "t.due_set",
		"kev":      probed("t.report", d) + " IN (SELECT id FROM kengine_report WHERE kev)",
		"conflict": probed("t.report", d) + " IN (SELECT id FROM kengine_report WHERE conflicts > 0)",
	} {
		kinds[name] = fixed(cond)
	}
	kinds["overdue"] = func(w *storage.Where) {
		w.And("t.rest = 0")
		w.And("t.due_sort < ?", now.UnixMicro())
	}
	kinds["mine"] = func(w *storage.Where) {
		w.And("t.owner = ?", a.ID)
		w.And("t.owner <> ''")
	}
	return kinds
}

func taskStates() map[string]func(*storage.Where) {
	out := map[string]func(*storage.Where){}
	for _, s := range States() {
		out[string(s)] = func(w *storage.Where) {
			w.And("t.rest = ?", s.rest()) // the index begins with it
			w.And("t.state = ?", string(s))
		}
	}
	return out
}

// assignee understands me, an id, and * for anybody.
func assignee(a identity.Actor) term {
	owner := equals("t.owner", func(v string) string {
		if v == "me" {
			return a.ID
		}
		return v
	})
	return func(w *storage.Where, e filter.Expr) error {
		w.And("t.owner <> ''") // the index holds only these
		return owner(w, e)
	}
}

// cause understands why a task is closed; an open one has no cause, whatever it was closed for before.
func cause(w *storage.Where, e filter.Expr) error {
	w.And("t.state = 'closed'")
	return equals("t.cause", same)(w, e)
}

// decision understands the whole key model/decision or either half of it.
func decision(w *storage.Where, e filter.Expr) error {
	if e.Op != filter.Is {
		return filter.NoValue(e.Field, string(e.Op)+e.Value)
	}
	var parts []*storage.Where
	for _, v := range e.Values() {
		part := &storage.Where{}
		if strings.Contains(v, "/") {
			part.And("t.decision = ?", v)
		} else {
			// Not LIKE, which regards case in one database and not in the other.
			part.And(`(substr(t.decision, 1, length(?) + 1) = ? OR substr(t.decision, length(t.decision) - length(?)) = ?)`, v, v+"/", v, "/"+v)
		}
		parts = append(parts, part)
	}
	w.Or(parts...)
	return nil
}

// outcome understands keys of outcomes; outcome:+KEY matches where that one is still possible.
func outcome(w *storage.Where, e filter.Expr) error {
	if e.Op != filter.Is {
		return filter.NoValue(e.Field, string(e.Op)+e.Value)
	}
	var parts []*storage.Where
	for _, v := range e.Values() {
		part := &storage.Where{}
		if key, ok := strings.CutPrefix(v, "+"); ok {
			part.And(`REPLACE(' ' || t.outcomes || ' ', ?, '') <> ' ' || t.outcomes || ' '`, " "+key+" ")
		} else {
			part.And("(t.outcome = ? OR t.ruled = ?)", v, v)
		}
		parts = append(parts, part)
	}
	w.Or(parts...)
	return nil
}

// literal takes the meaning from the signs of LIKE.
func literal(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// lower folds the letters that LOWER folds in both databases.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func readRank(s string) (int64, bool) {
	for _, m := range []decide.Mark{decide.Now, decide.Soon, decide.Plan, decide.None} {
		if s == string(m) {
			return int64(m.Rank()), true
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && n <= maxPriority
}

// taskWhere is the condition of a task list: the actor's organisation, the filter, and what is left
// to do unless the filter asks for states itself.
func (s *Service) taskWhere(a identity.Actor, e filter.Expr) (*storage.Where, error) {
	w := &storage.Where{}
	w.And("t.organisation = ?", a.Organisation)
	if !namesState(e) {
		w.And("t.rest = 0")
	}
	g := taskGrammar(a, s.DB.Dialect(), s.Clock.Now())
	return w, g.where(w, e)
}

// namesState reports whether a filter says which states it wants.
func namesState(e filter.Expr) bool {
	if e.Kind == filter.Term && (e.Field == "state" || e.Field == "cause") {
		return true
	}
	if e.Kind == filter.Term && e.Field == "is" {
		for _, v := range e.Values() {
			if State(v).Known() || v == "all" || v == "live" || v == "finished" {
				return true
			}
		}
	}
	return slices.ContainsFunc(e.Nodes, namesState)
}

const taskListColumns = taskFields + `, r.key, r.title, r.title_ja, r.products, r.cvss, r.kev`

const taskListFrom = ` FROM kengine_task t JOIN kengine_report r ON r.id = t.report`

// ListTasks returns a part of the task list of the actor's organisation. Tasks that are done or
// closed are listed only where the filter names states (is:done, is:all). It needs PermTaskRead.
func (s *Service) ListTasks(ctx context.Context, a identity.Actor, q Query) (Page[TaskRow], error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return Page[TaskRow]{}, err
	}
	q = limited(q)
	w, err := s.taskWhere(a, q.Filter)
	if err != nil {
		return Page[TaskRow]{}, err
	}
	o, tail, err := paged(&q, w, taskOrders())
	if err != nil {
		return Page[TaskRow]{}, err
	}
	rows, err := s.taskRowsOf(ctx, s.DB.Read(), `SELECT `+taskListColumns+taskListFrom+w.SQL()+tail, append(w.Args(), q.Limit+1)...)
	if err != nil {
		return Page[TaskRow]{}, err
	}
	return web.Cut(q, rows, func(t TaskRow) web.Cursor { return t.cursor(o.name) }), nil
}

// cursor is the place of t in an order.
func (t *TaskRow) cursor(sort string) web.Cursor {
	due := strconv.FormatInt(dueSort(t.Due), 10)
	switch sort {
	case "due":
		return web.Cursor{due, t.ID}
	case "updated":
		return web.Cursor{strconv.FormatInt(t.Updated.UnixMicro(), 10), t.ID}
	}
	return web.Cursor{strconv.Itoa(t.State.rest()), strconv.Itoa(-t.Weight()), due, t.ID}
}

// CountTasks returns the number of tasks that a filter finds, as ListTasks does. It needs PermTaskRead.
func (s *Service) CountTasks(ctx context.Context, a identity.Actor, e filter.Expr) (int64, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return 0, err
	}
	w, err := s.taskWhere(a, e)
	if err != nil {
		return 0, err
	}
	n, err := storage.One(ctx, s.DB.Read(), "kengine.task", "", storage.Scalar[int64], `SELECT COUNT(*) FROM kengine_task t`+w.SQL(), w.Args()...)
	if err != nil {
		return 0, fmt.Errorf("kengine: count tasks: %w", err)
	}
	return n, nil
}

// taskRowsOf reads tasks with their reports and names their outcomes.
func (s *Service) taskRowsOf(ctx context.Context, r storage.Runner, query string, args ...any) ([]TaskRow, error) {
	type row struct {
		*task
		view TaskRow
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
		v := row{task: &task{}}
		to, finish := v.fields()
		var cvss int64
		to = append(to, &v.view.Report, &v.view.Title.EN, &v.view.Title.JA, &v.view.Products, &cvss, &v.view.KEV)
		if err := scan(to...); err != nil {
			return v, err
		}
		finish()
		v.view.CVSS = score(cvss)
		return v, nil
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("kengine: list tasks: %w", err)
	}
	now := s.Clock.Now()
	models := map[string]*loaded{}
	out := make([]TaskRow, len(rows))
	for i, v := range rows {
		m, ok := models[v.model]
		if !ok {
			if m, err = s.model(ctx, r, v.organisation, v.model); err != nil {
				return nil, err
			}
			models[v.model] = m
		}
		v.view.fill(v.task, m, now)
		out[i] = v.view
	}
	return out, nil
}

// fill gives the view what the row of the task and its model say.
func (t *TaskRow) fill(of *task, m *loaded, now time.Time) {
	t.ID, t.Organisation, t.ReportID, t.Decision, t.Model = of.id, of.organisation, of.report, of.decision, of.model
	t.Deviates, t.Changed, t.Rank, t.Priority, t.State = of.deviates, of.changed, of.rank, of.priority, of.state
	t.Cause, t.Owner, t.Due, t.DueSet, t.Created, t.Updated = of.cause, of.owner, of.due, of.dueSet, of.created, of.updated
	t.Version = of.version
	if of.state != Closed {
		t.Cause = ""
	}
	t.Overdue = of.state.Live() && !of.due.IsZero() && of.due.Before(now)
	_, key, _ := strings.Cut(of.decision, "/")
	d := -1
	if m != nil {
		d = m.Model.Decision(key)
	}
	if d < 0 {
		t.DecisionName = decide.Text{EN: of.decision, JA: of.decision}
		for _, o := range of.outcomes {
			t.Possible = append(t.Possible, Outcome{Key: o, Name: decide.Text{EN: o, JA: o}})
		}
		return
	}
	t.DecisionName, t.Role = m.Model.Decisions[d].Name, m.Model.Decisions[d].Role
	t.Possible = m.outcomesOf(d, of.possible)
	t.basis(of, m, d)
	if i := m.OutcomeFact(d).Index(of.ruled); of.ruled != "" && i >= 0 {
		o := m.outcome(d, m.OutcomeFact(d).Values[i])
		t.Ruled = &o
	}
}

// basis fills what the recommendation rests on.
func (t *TaskRow) basis(of *task, m *loaded, d int) {
	var inputs map[string]string
	if json.Unmarshal([]byte(of.inputs), &inputs) != nil {
		return // written by ourselves; a list does not fail because of it
	}
	sets := make([]decide.Set, len(m.inputs))
	for _, col := range m.Relevant(d) {
		in := &m.inputs[col]
		if set, ok := in.set(strings.Fields(inputs[in.id])); ok {
			sets[col] = set
			t.Facts = append(t.Facts, RowFact{Fact: in.fact, Set: set})
		}
	}
	slices.SortStableFunc(t.Facts, func(a, b RowFact) int { return cmp.Compare(a.below(), b.below()) })
	if len(t.Possible) > 1 {
		t.Asks = len(m.Matters(d, sets))
	}
}

// below is how far a value is from the highest of its fact; what is not one value comes last.
func (f RowFact) below() int {
	if f.Set.Len() > 1 {
		return decide.MaxValues
	}
	return len(f.Fact.Values) - 1 - f.Set.Highest()
}

// score turns the stored tenfold of a CVSS score into the score, -1 for none.
func score(stored int64) float64 {
	if stored < 0 {
		return -1
	}
	return float64(stored) / 10
}

// model returns a version of a model of an organisation, nil if there is none of this id.
func (s *Service) model(ctx context.Context, r storage.Runner, organisation, id string) (*loaded, error) {
	s.mu.Lock()
	l := s.byID[id]
	s.mu.Unlock()
	if l != nil {
		return l, nil
	}
	rows, err := storage.List(ctx, r, scanPair, `SELECT digest, source FROM kengine_model WHERE id = ? AND organisation = ? AND status <> 'draft'`, id, organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: model %s: %w", id, err)
	}
	if len(rows) == 0 {
		return nil, nil //nolint:nilnil // a task outlives its model; the caller shows keys then
	}
	if l, err = s.compile(rows[0][0], rows[0][1]); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byID) >= maxCompiled {
		clear(s.byID)
	}
	s.byID[id] = l
	return l, nil
}
