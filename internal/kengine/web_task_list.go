package kengine

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/view"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
)

// The filters of the views that come with the work list.
const (
	viewOpen     = "is:open"
	viewMine     = "is:mine"
	viewOverdue  = "is:overdue"
	viewDeviates = "is:all is:deviating"
	viewChanged  = "is:changed"
	viewAll      = "is:all"
)

// taskRoutes declares the work list and the pages of tasks.
func (p *pages) taskRoutes(rs *web.Routes) {
	rs.Get(pathTasks, PermTaskRead(), p.taskList)
	rs.Get(pathTasks+"/export", PermTaskRead(), p.taskExport)
	for name, act := range p.bulkActs() {
		rs.Post(pathTasks+"/tasks/"+name, act.permission, p.bulk(act))
	}
	p.oneTaskRoutes(rs)
}

// taskList is what the work list shows.
type taskList struct {
	filters ui.Filters
	tabs    []ui.Tab
	rows    Page[TaskRow]
	total   int
	names   peopleNames
	actor   identity.Actor
	trouble ui.Trouble
	empty   bool // there is no task at all
	redo    Redecision
}

func (p *pages) taskList(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	q, trouble, err := listed(r, viewOpen, TaskSorts())
	if err != nil {
		return err
	}
	v := taskList{actor: a, trouble: trouble}
	if !trouble.Any() {
		if v.trouble, err = p.readTaskList(r, a, q, &v); err != nil {
			return err
		}
	}
	v.filters = filters(r, q, v.trouble, viewMine+" severity:>=high product:bind", TaskSorts(), "kengine.tasks.sort.")
	if v.tabs, err = p.taskTabs(r, a, q); err != nil {
		return err
	}
	if v.redo, err = p.Redecision(r.Context(), a); err != nil {
		return err
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.tasks.title")}, taskListPage(&v))
}

// readTaskList reads the rows of the page, the number of all and the names of their owners.
func (p *pages) readTaskList(r *http.Request, a identity.Actor, q Query, v *taskList) (ui.Trouble, error) {
	rows, err := p.ListTasks(r.Context(), a, q)
	if err != nil {
		return web.FormError(r, err)
	}
	total, err := p.CountTasks(r.Context(), a, q.Filter)
	if err != nil {
		return ui.Trouble{}, err
	}
	v.rows, v.total = rows, int(total)
	owners := make([]string, len(rows.Items))
	for i := range rows.Items {
		owners[i] = rows.Items[i].Owner
	}
	if v.names, err = p.names(r.Context(), owners...); err != nil || total > 0 {
		return ui.Trouble{}, err
	}
	counts, err := p.TaskCounts(r.Context(), a)
	v.empty = len(counts) == 0
	return ui.Trouble{}, err
}

// taskTabs are the views above the work list.
func (p *pages) taskTabs(r *http.Request, a identity.Actor, q Query) ([]ui.Tab, error) {
	var tabs []ui.Tab
	for _, view := range []struct {
		key, query string
		counted    bool
	}{
		{"open", viewOpen, true},
		{"mine", viewMine, true},
		{"overdue", viewOverdue, true},
		{"deviates", viewDeviates, true},
		{"changed", viewChanged, true},
		{"all", viewAll, false},
	} {
		e, err := filter.Parse(view.query)
		if err != nil {
			return nil, err
		}
		tab := ui.Tab{
			Label: web.T(r, "kengine.tasks.view."+view.key), Current: q.Filter.String() == e.String(),
			Href: web.URL(r, pathTasks) + "?q=" + url.QueryEscape(view.query),
		}
		if view.counted {
			n, err := p.CountTasks(r.Context(), a, e)
			if err != nil {
				return nil, err
			}
			tab.Count = int(n)
		}
		tabs = append(tabs, tab)
	}
	saved, err := p.savedViews(r, a)
	if err != nil {
		return nil, err
	}
	here := url.Values{}
	if q.Text != viewOpen {
		here.Set("q", q.Text)
	}
	if sort := r.URL.Query().Get("sort"); sort != "" {
		here.Set("sort", sort)
	}
	for i := range saved {
		tabs = append(tabs, ui.Tab{Label: saved[i].Name, Href: viewURL(r.Context(), &saved[i]), Current: saved[i].Query == here.Encode()})
	}
	if a.May(view.Own()) && p.Views != nil {
		tabs = append(tabs, ui.Tab{Label: web.T(r, "kengine.views.keep"), Href: web.URL(r, pathViews) + ui.Changed(r.URL.Query(), "after", "", "before", "")})
	}
	return tabs, nil
}

func (p *pages) taskExport(w http.ResponseWriter, r *http.Request) error {
	q, err := exported(r, viewOpen, TaskSorts())
	if err != nil {
		return err
	}
	a := web.Actor(r)
	if _, err := p.CountTasks(r.Context(), a, q.Filter); err != nil {
		return err // before the first byte
	}
	return web.Export(w, r, "tasks", taskExportColumns(), each(r.Context(), a, q, p.ListTasks, newTaskItem))
}

// taskItem is a task as exports write it.
type taskItem struct {
	ID       string     `json:"id"`
	Report   string     `json:"report"`
	Title    string     `json:"title"`
	TitleJA  string     `json:"title_ja,omitempty"`
	Products string     `json:"products"`
	CVSS     *float64   `json:"cvss"`
	KEV      bool       `json:"kev"`
	Decision string     `json:"decision"`
	Possible []string   `json:"possible"`
	Ruled    string     `json:"ruled,omitempty"`
	Deviates bool       `json:"deviates"`
	Changed  bool       `json:"changed"`
	Priority int        `json:"priority"`
	State    string     `json:"state"`
	Cause    string     `json:"cause,omitempty"`
	Owner    string     `json:"owner,omitempty"`
	Due      *time.Time `json:"due"`
	Overdue  bool       `json:"overdue"`
	Created  time.Time  `json:"created"`
	Updated  time.Time  `json:"updated"`
}

func newTaskItem(t TaskRow) taskItem {
	v := taskItem{
		ID: t.ID, Report: t.Report, Title: t.Title.EN, TitleJA: t.Title.JA, Products: t.Products, KEV: t.KEV, Decision: t.Decision,
		Possible: outcomeKeys(t.Possible), Deviates: t.Deviates, Changed: t.Changed, Priority: t.Weight(), State: string(t.State),
		Cause: t.Cause, Owner: t.Owner, Overdue: t.Overdue, Created: t.Created, Updated: t.Updated,
	}
	if t.CVSS >= 0 {
		v.CVSS = &t.CVSS
	}
	if t.Ruled != nil {
		v.Ruled = t.Ruled.Key
	}
	if !t.Due.IsZero() {
		v.Due = &t.Due
	}
	return v
}

func outcomeKeys(outcomes []Outcome) []string {
	keys := make([]string, len(outcomes))
	for i := range outcomes {
		keys[i] = outcomes[i].Key
	}
	return keys
}

func taskExportColumns() []web.Column[taskItem] {
	return []web.Column[taskItem]{
		{Name: "id", Value: func(t taskItem) string { return t.ID }},
		{Name: "report", Value: func(t taskItem) string { return t.Report }},
		{Name: "title", Value: func(t taskItem) string { return t.Title }},
		{Name: "title_ja", Value: func(t taskItem) string { return t.TitleJA }},
		{Name: "products", Value: func(t taskItem) string { return t.Products }},
		{Name: "cvss", Value: func(t taskItem) string { return floatText(t.CVSS) }},
		{Name: "kev", Value: func(t taskItem) string { return strconv.FormatBool(t.KEV) }},
		{Name: "decision", Value: func(t taskItem) string { return t.Decision }},
		{Name: "possible", Value: func(t taskItem) string { return strings.Join(t.Possible, " ") }},
		{Name: "ruled", Value: func(t taskItem) string { return t.Ruled }},
		{Name: "deviates", Value: func(t taskItem) string { return strconv.FormatBool(t.Deviates) }},
		{Name: "changed", Value: func(t taskItem) string { return strconv.FormatBool(t.Changed) }},
		{Name: "priority", Value: func(t taskItem) string { return strconv.Itoa(t.Priority) }},
		{Name: "state", Value: func(t taskItem) string { return t.State }},
		{Name: "cause", Value: func(t taskItem) string { return t.Cause }},
		{Name: "owner", Value: func(t taskItem) string { return t.Owner }},
		{Name: "due", Value: func(t taskItem) string { return stampText(t.Due) }},
		{Name: "overdue", Value: func(t taskItem) string { return strconv.FormatBool(t.Overdue) }},
		{Name: "created", Value: func(t taskItem) string { return stampText(&t.Created) }},
		{Name: "updated", Value: func(t taskItem) string { return stampText(&t.Updated) }},
	}
}

func floatText(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', 1, 64)
}

func stampText(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// factFilter is the work list filtered by a value, "" for values that only the organisation knows.
func factFilter(ctx context.Context, path string, f RowFact) string {
	at, single := f.Set.Single()
	if !single || f.Fact.Scope != "world" {
		return ""
	}
	text := `fact:"` + f.Fact.ID.String() + "=" + f.Fact.Values[at].Key + `"`
	return ui.URL(ctx, "%s", ui.Raw(path)) + "?q=" + url.QueryEscape(text)
}
