package kengine

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/trust"
)

// pathTrust is the path of the proof of recommendations, without its language.
const pathTrust = "/console/kengine/trust"

func (p *pages) trustRoutes(rs *web.Routes) {
	rs.Get(pathTrust, PermStatisticsRead(), p.trust)
	rs.Get(pathTrust+"/export", PermStatisticsRead(), p.trustExport)
}

// trustForm is what the page asks for.
type trustForm struct {
	Decision string `form:"decision,max=200"`
	Model    string `form:"model,max=64"`
	Unit     string `form:"unit,max=10"`
	// The export has these besides.
	Table  string `form:"table,max=20"`
	Format string `form:"format,max=10"`
	Bom    string `form:"bom,max=1"`
}

func (f *trustForm) query(zone *time.Location) TrustQuery {
	return TrustQuery{Decision: f.Decision, Model: f.Model, Unit: trust.Unit(f.Unit), Zone: zone}
}

// trustPage is the page of the proof of recommendations.
type trustPage struct {
	Trust
	names   peopleNames
	trouble ui.Trouble
}

func (p *pages) trust(w http.ResponseWriter, r *http.Request) error {
	v := &trustPage{trouble: ui.Trouble{Status: http.StatusOK}}
	var f trustForm
	err := web.Decode(r, &f)
	if err == nil {
		v.Trust, err = p.Trust(r.Context(), web.Actor(r), f.query(ui.From(r.Context()).Zone))
	}
	if err != nil {
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
	}
	if v.Of != nil {
		var ids []string
		for _, u := range v.Of.Rulings {
			ids = append(ids, u.Analyst)
		}
		if v.names, err = p.names(r.Context(), once(ids)...); err != nil {
			return err
		}
	}
	return web.Render(w, r, v.trouble.Status, ui.Page{Title: web.T(r, "kengine.proof.title")}, trustBody(v))
}

// trustFigure is a row of the data behind the page.
type trustFigure struct {
	What  string `json:"what"`
	Of    string `json:"of"`
	Key   string `json:"key"`
	Value string `json:"value"`
	Cases int    `json:"cases"`
}

func (p *pages) trustExport(w http.ResponseWriter, r *http.Request) error {
	var f trustForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	v, err := p.Trust(r.Context(), web.Actor(r), f.query(ui.From(r.Context()).Zone))
	if err != nil {
		return err
	}
	rows, ok := map[string]func() []trustFigure{
		"overview": v.overviewFigures, "course": v.courseFigures, "conflicts": v.conflictFigures, "deviations": v.deviationFigures, "calibration": v.calibrationFigures,
	}[f.Table]
	if !ok {
		return fault.New(fault.Invalid, "kengine.proof").Field("table", "not_choice")
	}
	columns := []web.Column[trustFigure]{
		{Name: "what", Value: func(v trustFigure) string { return v.What }},
		{Name: "of", Value: func(v trustFigure) string { return v.Of }},
		{Name: "key", Value: func(v trustFigure) string { return v.Key }},
		{Name: "value", Value: func(v trustFigure) string { return v.Value }},
		{Name: "cases", Value: func(v trustFigure) string { return strconv.Itoa(v.Cases) }},
	}
	return web.Export(w, r, "trust-"+f.Table, columns, without(rows()))
}

func exact(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

// accuracyFigures are the figures of one accuracy.
func accuracyFigures(of, key string, a *trust.Accuracy) []trustFigure {
	return []trustFigure{
		{"exact", of, key, exact(a.Rate()), a.Single},
		{"within_one", of, key, exact(a.WithinRate()), a.Single},
		{"cost", of, key, exact(a.MeanCost()), a.Single},
		{"coverage", of, key, exact(a.Coverage()), a.Rulings},
	}
}

func (t *Trust) overviewFigures() []trustFigure {
	var out []trustFigure
	for i := range t.Rows {
		out = append(out, accuracyFigures(t.Rows[i].Decision, t.Rows[i].Model, &t.Rows[i].Accuracy)...)
	}
	return out
}

func (t *Trust) courseFigures() []trustFigure {
	var out []trustFigure
	if t.Of != nil {
		for i := range t.Of.Course {
			out = append(out, accuracyFigures(t.Of.Decision, t.Of.Course[i].From.Format(time.DateOnly), &t.Of.Course[i].Accuracy)...)
		}
	}
	return out
}

func (t *Trust) conflictFigures() []trustFigure {
	var out []trustFigure
	if t.Of != nil {
		for _, c := range t.Of.Agreement.Conflicts {
			for _, i := range c.Cases {
				u := &t.Of.Rulings[i]
				out = append(out, trustFigure{u.Report, factsText(u.Facts), u.Analyst, u.Ruled.Key, len(c.Cases)})
			}
		}
	}
	return out
}

func (t *Trust) deviationFigures() []trustFigure {
	var out []trustFigure
	if t.Of != nil {
		for _, d := range t.Of.Deviations {
			u := &t.Of.Rulings[d.Case]
			out = append(out, trustFigure{u.Report, "stated:" + string(d.Stated), "shown:" + string(d.Shown), u.Ruled.Key, 1})
		}
	}
	return out
}

func (t *Trust) calibrationFigures() []trustFigure {
	if t.Of == nil {
		return nil
	}
	c := &t.Of.Calibration
	out := []trustFigure{{"brier", t.Of.Decision, "", exact(c.Brier), c.Cases}, {"brier_chance", t.Of.Decision, "", exact(c.Chance), c.Cases}}
	for i := range c.Bins {
		b := &c.Bins[i]
		key := exact(b.From)
		out = append(out, trustFigure{"confidence", t.Of.Decision, key, exact(b.Mean()), b.Cases}, trustFigure{"confirmed", t.Of.Decision, key, exact(b.Rate()), b.Cases})
	}
	return out
}

// link is the address of the page with another part of the query.
func (v *trustPage) link(ctx context.Context, decision, model string, unit trust.Unit) string {
	q := url.Values{"decision": {decision}, "unit": {string(unit)}}
	if model != "" {
		q.Set("model", model)
	}
	return ui.URL(ctx, pathTrust) + "?" + q.Encode()
}

func (v *trustPage) data(ctx context.Context, table string) string {
	q := url.Values{"table": {table}, "format": {"csv"}, "unit": {string(v.Query.Unit)}}
	if v.Of != nil {
		q.Set("decision", v.Of.Decision)
		q.Set("model", v.Of.Model)
	}
	return ui.URL(ctx, pathTrust+"/export") + "?" + q.Encode()
}

func (v *trustPage) units(ctx context.Context) []ui.Tab {
	out := make([]ui.Tab, 0, 2)
	for _, u := range []trust.Unit{trust.Week, trust.Month} {
		out = append(out, ui.Tab{Label: ui.T(ctx, "kengine.proof.units."+string(u)), Href: v.link(ctx, v.Of.Decision, v.Of.Model, u), Current: v.Query.Unit == u})
	}
	return out
}

// versionOf names the version of a row.
func versionOf(ctx context.Context, r *TrustRow) string {
	if r.Model == "" {
		return ui.T(ctx, "kengine.proof.all_versions")
	}
	return versionWords(ctx, r.Version)
}

// shareOr writes a share; a figure on too few cases says how few.
func shareOr(ctx context.Context, v float64, enough bool, n int) string {
	switch {
	case math.IsNaN(v):
		return "—"
	case !enough:
		return ui.T(ctx, "kengine.proof.few", "n", n)
	}
	return percent(v)
}

func costOr(ctx context.Context, a *trust.Accuracy) string {
	if !a.Enough() {
		return shareOr(ctx, a.MeanCost(), false, a.Single)
	}
	return strconv.FormatFloat(a.MeanCost(), 'f', 2, 64)
}

// intervalWords are the ends of the interval of a rate.
func intervalWords(ctx context.Context, a *trust.Accuracy) string {
	low, high := a.Interval()
	return ui.T(ctx, "kengine.proof.interval", "low", percent(low), "high", percent(high))
}

// course draws exact and within-one accuracy.
func (v *trustPage) course(ctx context.Context) chart.Line {
	step := 7 * 24 * time.Hour
	if v.Query.Unit == trust.Month {
		step = 30*24*time.Hour + 10*time.Hour
	}
	c := chart.Line{Title: ui.T(ctx, "kengine.proof.course.title"), Height: 240, Span: chart.Span{Step: step}, Series: []chart.Series{
		{Name: ui.T(ctx, "kengine.proof.exact")}, {Name: ui.T(ctx, "kengine.proof.within")},
	}}
	for i := range v.Of.Course {
		a := &v.Of.Course[i]
		c.Series[0].Values = append(c.Series[0].Values, a.Rate()*100)
		c.Series[1].Values = append(c.Series[1].Values, a.WithinRate()*100)
	}
	if len(v.Of.Course) > 0 {
		c.Span.Start = v.Of.Course[0].From
	}
	return c
}

func driftWords(ctx context.Context, d *trust.Drift) string {
	switch {
	case d.Needed > 0:
		return ui.T(ctx, "kengine.proof.drift.needed", "n", d.Needed)
	case d.Active:
		o := &d.Onsets[len(d.Onsets)-1]
		return ui.T(ctx, "kengine.proof.drift.active", "since", ui.Date(ctx, o.Block.From), "before", percent(d.Before.Rate()), "after", percent(d.Last.Rate()))
	}
	return ui.T(ctx, "kengine.proof.drift.none", "before", percent(d.Before.Rate()), "after", percent(d.Last.Rate()))
}

func driftKind(d *trust.Drift) ui.Kind {
	switch {
	case d.Needed > 0:
		return ui.Open
	case d.Active:
		return ui.Bad
	}
	return ui.Good
}

func alphaWords(ctx context.Context, a *trust.Agreement) string {
	if math.IsNaN(a.Alpha) {
		return ui.T(ctx, "kengine.proof.agree.undefined")
	}
	return strconv.FormatFloat(a.Alpha, 'f', 3, 64)
}

func causeWords(ctx context.Context, c trust.Cause) string {
	return ui.T(ctx, "kengine.proof.cause."+orDefault(string(c), "unsaid"))
}

// shownCases is how many conflicts and deviations the page shows; the export has all.
const shownCases = 50

func factWordsOf(ctx context.Context, facts []RowFact) string {
	out := make([]string, len(facts))
	for i, f := range facts {
		out[i] = factTitle(ctx, &f.Fact) + " " + f.Fact.Words(f.Set, string(ui.From(ctx).Lang))
	}
	if len(out) == 0 {
		return ui.T(ctx, "kengine.proof.nothing_known")
	}
	return strings.Join(out, ui.T(ctx, "kengine.model.comma"))
}
