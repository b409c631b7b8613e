package kengine

import (
	"net/http"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// The views of the list of contradictions.
const (
	conflictsOpen     = "is:open"
	conflictsAccepted = "is:accepted"
)

// conflictList is what the list of contradictions shows.
type conflictList struct {
	filters ui.Filters
	tabs    []ui.Tab
	rows    Page[conflictRow]
	total   int
	actor   identity.Actor
	trouble ui.Trouble
	empty   bool
}

// conflictRow is a contradiction with the fact that it is about.
type conflictRow struct {
	ConflictView
	fact  decide.Fact
	known bool
}

func (p *pages) conflictList(w http.ResponseWriter, r *http.Request) error {
	return p.showConflicts(w, r, nil)
}

func (p *pages) showConflicts(w http.ResponseWriter, r *http.Request, wrong error) error {
	a := web.Actor(r)
	q, trouble, err := listed(r, conflictsOpen, []string{"updated"})
	if err != nil {
		return err
	}
	v := conflictList{actor: a, trouble: trouble}
	if !trouble.Any() {
		if v.trouble, err = p.readConflicts(r, a, q, &v); err != nil {
			return err
		}
	}
	v.filters = filters(r, q, v.trouble, "is:open fact:ssvc:E:1.1.0", nil, "")
	if wrong != nil {
		if v.trouble, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	for _, view := range []struct{ key, text string }{{"open", conflictsOpen}, {"accepted", conflictsAccepted}, {"all", viewAll}} {
		n := 0
		if view.text == conflictsOpen {
			if n, err = p.count(r.Context(), a, view.text); err != nil {
				return err
			}
		}
		v.tabs = append(v.tabs, ui.Tab{
			Label: web.T(r, "kengine.conflicts.view."+view.key), Href: listWith(r, pathConflicts, view.text), Count: n, Current: q.Text == view.text,
		})
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.conflicts.title")}, conflictListPage(&v))
}

func (p *pages) readConflicts(r *http.Request, a identity.Actor, q Query, v *conflictList) (ui.Trouble, error) {
	rows, err := p.ListConflicts(r.Context(), a, q)
	if err != nil {
		return web.FormError(r, err)
	}
	n, err := p.CountConflicts(r.Context(), a, q.Filter)
	if err != nil {
		return ui.Trouble{}, err
	}
	v.total, v.rows.Newer, v.rows.Older = int(n), rows.Newer, rows.Older
	for i := range rows.Items {
		row := conflictRow{ConflictView: rows.Items[i]}
		row.fact, row.known = p.fact(row.Fact)
		v.rows.Items = append(v.rows.Items, row)
	}
	if n > 0 {
		return ui.Trouble{}, nil
	}
	all, err := p.count(r.Context(), a, viewAll)
	v.empty = all == 0
	return ui.Trouble{}, err
}

// settleForm accepts a contradiction with a note, opens it again, or states the value that counts.
type settleForm struct {
	Report       string `form:"report,required,max=64"`
	ReportID     string `form:"report_id,required,max=64"`
	Fact         string `form:"fact,required,max=200"`
	Organisation string `form:"organisation,max=64"`
	Version      int64  `form:"version"`
	Reopen       bool   `form:"reopen"`
	Value        string `form:"value,max=200"`
	Note         string `form:"note,max=10000"`
	Next         string `form:"next,max=2000"` // read by web.Next
}

// conflictSettle does what the form asks: a value that is stated settles the contradiction by itself.
func (p *pages) conflictSettle(w http.ResponseWriter, r *http.Request) error {
	var f settleForm
	err := web.Decode(r, &f)
	a := web.Actor(r)
	done := "kengine.conflicts.accepted"
	switch {
	case err != nil:
	case f.Value != "":
		done = "kengine.form.kept"
		_, err = p.AddAssertion(r.Context(), a, f.Report, AssertionInput{
			Claims: []Claim{{Fact: f.Fact, Values: strings.Fields(f.Value)}}, Evidence: f.Note,
		})
	case f.Reopen:
		done = "kengine.conflicts.reopened"
		err = p.AcceptConflict(r.Context(), a, f.view(), false, f.Note)
	case f.Note == "":
		err = fault.New(fault.Invalid, "kengine.conflict").Field("note", "required")
	default:
		err = p.AcceptConflict(r.Context(), a, f.view(), true, f.Note)
	}
	if err != nil {
		return p.showConflicts(w, r, err)
	}
	return web.SeeOther(w, r, web.Next(r, web.URL(r, pathConflicts)), done)
}

func (f *settleForm) view() ConflictView {
	return ConflictView{ReportID: f.ReportID, Report: f.Report, Fact: f.Fact, Organisation: f.Organisation, Version: f.Version}
}

// conflictItem is a contradiction as exports write it.
type conflictItem struct {
	Report  string    `json:"report"`
	Fact    string    `json:"fact"`
	Sides   []string  `json:"sides"`
	State   string    `json:"state"`
	Note    string    `json:"note,omitempty"`
	Updated time.Time `json:"updated"`
}

func newConflictItem(c ConflictView) conflictItem {
	out := conflictItem{Report: c.Report, Fact: c.Fact, State: c.State, Note: c.Note, Updated: c.Updated}
	for i := range c.Sides {
		out.Sides = append(out.Sides, c.Sides[i].Source+"="+strings.Join(c.Sides[i].Values, "+"))
	}
	return out
}

func (p *pages) conflictExport(w http.ResponseWriter, r *http.Request) error {
	q, err := exported(r, conflictsOpen, []string{"updated"})
	if err != nil {
		return err
	}
	a := web.Actor(r)
	if _, err := p.CountConflicts(r.Context(), a, q.Filter); err != nil {
		return err
	}
	columns := []web.Column[conflictItem]{
		{Name: "report", Value: func(c conflictItem) string { return c.Report }},
		{Name: "fact", Value: func(c conflictItem) string { return c.Fact }},
		{Name: "sides", Value: func(c conflictItem) string { return strings.Join(c.Sides, " ") }},
		{Name: "state", Value: func(c conflictItem) string { return c.State }},
		{Name: "note", Value: func(c conflictItem) string { return c.Note }},
		{Name: "updated", Value: func(c conflictItem) string { return stampText(&c.Updated) }},
	}
	return web.Export(w, r, "contradictions", columns, each(r.Context(), a, q, p.ListConflicts, newConflictItem))
}
