package kengine

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
)

// reportRoutes declares the pages of reports, of their analysis and of contradictions.
func (p *pages) reportRoutes(rs *web.Routes) {
	rs.Get(pathReports, PermReportRead(), p.reportList)
	rs.Get(pathReports+"/export", PermReportRead(), p.reportExport)
	rs.Get(pathReports+"/new", PermReportWrite(), p.reportNew)
	rs.Post(pathReports+"/new", PermReportWrite(), p.reportAdd)
	rs.Get(pathReports+"/{key}", PermReportRead(), p.report)
	rs.Post(pathReports+"/{key}/assert", PermReportWrite(), p.reportAssert)
	rs.Get(pathReports+"/{key}/form", PermReportWrite(), p.form)
	rs.Post(pathReports+"/{key}/form", PermReportWrite(), p.answer)
	rs.Get(pathConflicts, PermReportRead(), p.conflictList)
	rs.Get(pathConflicts+"/export", PermReportRead(), p.conflictExport)
	rs.Post(pathConflicts+"/settle", PermReportWrite(), p.conflictSettle)
}

// reportList is what the list of reports shows.
type reportList struct {
	filters ui.Filters
	rows    Page[ReportRow]
	total   int
	actor   identity.Actor
	trouble ui.Trouble
	empty   bool
}

func (p *pages) reportList(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	q, trouble, err := listed(r, "", ReportSorts())
	if err != nil {
		return err
	}
	v := reportList{actor: a, trouble: trouble}
	if !trouble.Any() {
		if v.trouble, err = p.readReportList(r, a, q, &v); err != nil {
			return err
		}
	}
	v.filters = filters(r, q, v.trouble, "severity:>=high exploitation:active vendor:microsoft", ReportSorts(), "kengine.reports.sort.")
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.reports.title"), Head: feedLink(p.base(r))}, reportListPage(&v))
}

func (p *pages) readReportList(r *http.Request, a identity.Actor, q Query, v *reportList) (ui.Trouble, error) {
	rows, err := p.ListReports(r.Context(), a, q)
	if err != nil {
		return web.FormError(r, err)
	}
	n, err := p.CountReports(r.Context(), a, q.Filter)
	if err != nil {
		return ui.Trouble{}, err
	}
	v.rows, v.total, v.empty = rows, int(n), n == 0 && q.Filter.Empty()
	return ui.Trouble{}, nil
}

func (p *pages) reportExport(w http.ResponseWriter, r *http.Request) error {
	q, err := exported(r, "", ReportSorts())
	if err != nil {
		return err
	}
	a := web.Actor(r)
	if _, err := p.CountReports(r.Context(), a, q.Filter); err != nil {
		return err
	}
	return web.Export(w, r, "reports", reportExportColumns(), each(r.Context(), a, q, p.ListReports, newReportItem))
}

// reportItem is a report as exports write it.
type reportItem struct {
	Key       string     `json:"key"`
	State     string     `json:"state"`
	Title     string     `json:"title"`
	TitleJA   string     `json:"title_ja,omitempty"`
	Products  string     `json:"products"`
	CVSS      *float64   `json:"cvss"`
	Vector    string     `json:"vector,omitempty"`
	KEV       bool       `json:"kev"`
	Conflicts int        `json:"conflicts"`
	Published *time.Time `json:"published"`
	Updated   *time.Time `json:"updated"`
}

func newReportItem(v ReportRow) reportItem {
	out := reportItem{
		Key: v.Key, State: v.State, Title: v.Title.EN, TitleJA: v.Title.JA, Products: v.Products, Vector: v.Vector, KEV: v.KEV, Conflicts: v.Conflicts,
	}
	if v.CVSS >= 0 {
		out.CVSS = &v.CVSS
	}
	if !v.Published.IsZero() {
		out.Published = &v.Published
	}
	if !v.Updated.IsZero() {
		out.Updated = &v.Updated
	}
	return out
}

func reportExportColumns() []web.Column[reportItem] {
	return []web.Column[reportItem]{
		{Name: "key", Value: func(v reportItem) string { return v.Key }},
		{Name: "state", Value: func(v reportItem) string { return v.State }},
		{Name: "title", Value: func(v reportItem) string { return v.Title }},
		{Name: "title_ja", Value: func(v reportItem) string { return v.TitleJA }},
		{Name: "products", Value: func(v reportItem) string { return v.Products }},
		{Name: "cvss", Value: func(v reportItem) string { return floatText(v.CVSS) }},
		{Name: "vector", Value: func(v reportItem) string { return v.Vector }},
		{Name: "kev", Value: func(v reportItem) string { return strconv.FormatBool(v.KEV) }},
		{Name: "conflicts", Value: func(v reportItem) string { return strconv.Itoa(v.Conflicts) }},
		{Name: "published", Value: func(v reportItem) string { return stampText(v.Published) }},
		{Name: "updated", Value: func(v reportItem) string { return stampText(v.Updated) }},
	}
}

// reportForm is a report that a person writes.
type reportForm struct {
	Key         string `form:"key,max=64"`
	Title       string `form:"title,max=300"`
	Description string `form:"description,max=10000"`
	Vendor      string `form:"vendor,max=200"`
	Product     string `form:"product,max=200"`
	URL         string `form:"url,max=2000"`
}

func (p *pages) reportNew(w http.ResponseWriter, r *http.Request) error {
	return p.showReportNew(w, r, &reportForm{}, nil)
}

func (p *pages) showReportNew(w http.ResponseWriter, r *http.Request, f *reportForm, wrong error) error {
	var t ui.Trouble
	if wrong != nil {
		var err error
		if t, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	return web.Render(w, r, status(t), ui.Page{Title: web.T(r, "kengine.reports.new")}, reportNewPage(f, t))
}

func (p *pages) reportAdd(w http.ResponseWriter, r *http.Request) error {
	var f reportForm
	err := web.Decode(r, &f)
	key := ""
	if err == nil {
		key, err = p.AddReport(r.Context(), web.Actor(r), ReportInput{
			Key: f.Key, Title: f.Title, Description: f.Description, Lang: string(web.Lang(r)), Vendor: f.Vendor, Product: f.Product, URL: f.URL,
		})
	}
	if err != nil {
		return p.showReportNew(w, r, &f, err)
	}
	return web.SeeOther(w, r, web.URL(r, pathReports+"/%s", key), "kengine.reports.added")
}

// reportPage is what the page of a report shows.
type reportPage struct {
	*ReportView
	actor   identity.Actor
	names   peopleNames
	said    answers
	trouble ui.Trouble
}

func (p *pages) report(w http.ResponseWriter, r *http.Request) error {
	return p.showReport(w, r, &reportPage{}, nil)
}

func (p *pages) showReport(w http.ResponseWriter, r *http.Request, v *reportPage, wrong error) error {
	if wrong != nil {
		var err error
		if v.trouble, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	v.actor = web.Actor(r)
	report, err := p.Report(r.Context(), v.actor, r.PathValue("key"))
	if err != nil {
		return err
	}
	v.ReportView = &report
	var ids []string
	for i := range report.Assertions {
		ids = append(ids, report.Assertions[i].Actor)
	}
	for i := range report.Tasks {
		ids = append(ids, report.Tasks[i].Owner)
	}
	slices.Sort(ids)
	if v.names, err = p.names(r.Context(), slices.Compact(ids)...); err != nil {
		return err
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: report.Key, Reading: true}, reportBody(v))
}

// reportAssert keeps what a person says about facts of a report.
func (p *pages) reportAssert(w http.ResponseWriter, r *http.Request) error {
	v := reportPage{}
	var err error
	if v.said, err = readAnswers(r); err != nil {
		return p.showReport(w, r, &v, err)
	}
	if _, err := p.AddAssertion(r.Context(), web.Actor(r), r.PathValue("key"), v.said.input()); err != nil {
		return p.showReport(w, r, &v, v.said.renamed(err))
	}
	return web.SeeOther(w, r, reportURL(r), "kengine.form.kept")
}

// count is the number of contradictions that a filter finds.
func (p *pages) count(ctx context.Context, a identity.Actor, text string) (int, error) {
	e, err := filter.Parse(text)
	if err != nil {
		return 0, err
	}
	n, err := p.CountConflicts(ctx, a, e)
	return int(n), err
}
