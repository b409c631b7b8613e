package kengine

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// replayRoutes declares the replay of versions.
func (p *pages) replayRoutes(rs *web.Routes) {
	rs.Get(pathModels+"/{id}/replay", PermModelRead(), p.replay)
	rs.Get(pathModels+"/{id}/replay/export", PermModelRead(), p.replayExport)
}

// replayForm is what the page asks for.
type replayForm struct {
	Days   int64  `form:"days,min=0,max=3660"`
	Table  string `form:"table,max=20"`
	Format string `form:"format,max=10"`
	Bom    string `form:"bom,max=1"`
}

// replayPage is the page of a replay.
type replayPage struct {
	Replay
	id      string
	form    replayForm
	names   peopleNames
	trouble ui.Trouble
}

func (p *pages) replay(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), web.Actor(r)
	v := &replayPage{id: r.PathValue("id"), trouble: ui.Trouble{Status: http.StatusOK}}
	err := web.Decode(r, &v.form)
	if err == nil {
		v.Replay, err = p.Replay(ctx, a, v.id, ReplayScope{Days: int(v.form.Days)})
	}
	if err != nil {
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
		m, err := p.Model(ctx, a, v.id)
		if err != nil {
			return err
		}
		v.Model = m.ModelRow
	}
	var ids []string
	for i := range v.Decisions {
		for n := range min(shownFlips, len(v.Decisions[i].Flips)) {
			ids = append(ids, v.Decisions[i].Flips[n].Analyst)
		}
	}
	if v.names, err = p.names(ctx, ids...); err != nil {
		return err
	}
	return web.Render(w, r, v.trouble.Status, ui.Page{Title: web.T(r, "kengine.replay.title")}, replayBody(v))
}

// shownFlips is how many flips of a decision the page shows; the export has all.
const shownFlips = 50

// flipRow is a flip with its decision, for exports.
type flipRow struct {
	Decision string `json:"decision"`
	apiFlip
}

func flipRows(v *Replay) []flipRow {
	var out []flipRow
	for _, d := range v.Decisions {
		for _, f := range d.Flips {
			out = append(out, flipRow{d.Decision, flipOf(f)})
		}
	}
	return out
}

func flipColumns() []web.Column[flipRow] {
	return []web.Column[flipRow]{
		{Name: "decision", Value: func(v flipRow) string { return v.Decision }},
		{Name: "report", Value: func(v flipRow) string { return v.Report }},
		{Name: "task", Value: func(v flipRow) string { return v.Task }},
		{Name: "at", Value: func(v flipRow) string { return v.At.UTC().Format(time.RFC3339) }},
		{Name: "analyst", Value: func(v flipRow) string { return v.Analyst }},
		{Name: "ruled", Value: func(v flipRow) string { return v.Ruled }},
		{Name: "old", Value: func(v flipRow) string { return strings.Join(v.Old, " ") }},
		{Name: "new", Value: func(v flipRow) string { return strings.Join(v.New, " ") }},
		{Name: "better", Value: func(v flipRow) string { return strconv.Itoa(v.Better) }},
	}
}

// workRow is the work of an outcome, for exports.
type workRow struct {
	Decision string `json:"decision"`
	apiWorkCount
}

func (p *pages) replayExport(w http.ResponseWriter, r *http.Request) error {
	var f replayForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	v, err := p.Replay(r.Context(), web.Actor(r), r.PathValue("id"), ReplayScope{Days: int(f.Days)})
	if err != nil {
		return err
	}
	if f.Table != "work" {
		return web.Export(w, r, "replay-rulings", flipColumns(), without(flipRows(&v)))
	}
	hours := func(h float64) string { return strconv.FormatFloat(h, 'f', 2, 64) }
	columns := []web.Column[workRow]{
		{Name: "decision", Value: func(v workRow) string { return v.Decision }},
		{Name: "outcome", Value: func(v workRow) string { return v.Outcome }},
		{Name: "before", Value: func(v workRow) string { return strconv.Itoa(v.Before) }},
		{Name: "after", Value: func(v workRow) string { return strconv.Itoa(v.After) }},
		{Name: "hours_before", Value: func(v workRow) string { return hours(v.HoursBefore) }},
		{Name: "hours_after", Value: func(v workRow) string { return hours(v.HoursAfter) }},
	}
	var rows []workRow
	for _, d := range replayOf(v).Decisions {
		for _, c := range d.Outcomes {
			rows = append(rows, workRow{d.Decision, c})
		}
	}
	return web.Export(w, r, "replay-work", columns, without(rows))
}

func (v *replayPage) data(ctx context.Context, table string) string {
	q := url.Values{"table": {table}, "format": {"csv"}, "days": {strconv.FormatInt(v.form.Days, 10)}}
	return ui.URL(ctx, pathModels+"/%s/replay/export", v.id) + "?" + q.Encode()
}

func (v *replayPage) tabs(ctx context.Context) []ui.Tab {
	out := make([]ui.Tab, 0, 4)
	for _, days := range []int64{0, 7, 30, 90} {
		label := ui.T(ctx, "kengine.replay.all")
		if days > 0 {
			label = ui.T(ctx, "kengine.statistics.last", "n", days)
		}
		out = append(out, ui.Tab{Label: label, Href: ui.URL(ctx, pathModels+"/%s/replay", v.id) + "?days=" + strconv.FormatInt(days, 10), Current: v.form.Days == days})
	}
	return out
}

func (v *replayPage) sub(ctx context.Context) string {
	if v.Against == nil {
		return ui.T(ctx, "kengine.replay.sub_recorded")
	}
	return ui.T(ctx, "kengine.replay.sub", "version", versionWords(ctx, v.Against.Version))
}

func betterWords(ctx context.Context, better int) string {
	return ui.T(ctx, "kengine.replay.better."+map[int]string{1: "yes", 0: "neither", -1: "no"}[better])
}

func betterKind(better int) ui.Kind {
	switch {
	case better > 0:
		return ui.Good
	case better < 0:
		return ui.Bad
	}
	return ui.Open
}

func signed(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// overdue is what a version would have left overdue; before may be nil.
func (v *replayPage) overdue(w *Workload) string {
	if w == nil || !v.Pace.Known() {
		return "—"
	}
	return strconv.Itoa(w.Load.Overdue)
}
