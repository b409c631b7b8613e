package kengine

import (
	"context"
	"iter"
	"net/http"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
)

// The paths of the pages, without their language.
const (
	pathTasks     = "/console/kengine"
	pathReports   = "/console/kengine/report"
	pathConflicts = "/console/kengine/conflict"
	pathImports   = "/console/kengine/import"
)

// pages are the pages of the room, over its use cases.
type pages struct{ *Service }

// declare declares every page of the room.
func (s *Service) declare(rs *web.Routes) {
	p := &pages{s}
	p.taskRoutes(rs)
	p.reportRoutes(rs)
	p.importRoutes(rs)
	p.sourceRoutes(rs)
	p.viewRoutes(rs)
	p.modelRoutes(rs)
	p.candidateRoutes(rs)
	p.pastRoutes(rs)
	p.weightsRoutes(rs)
	p.outRoutes(rs)
	p.statRoutes(rs)
	p.trustRoutes(rs)
	p.replayRoutes(rs)
	p.tagRoutes(rs)
	p.setRoutes(rs)
}

// menu is the entries of the main navigation.
func (s *Service) menu() []web.Item {
	return []web.Item{
		{Key: "kengine.tasks.menu", Path: pathTasks, Permission: PermTaskRead(), Chord: "g w", Count: s.countOpen, Holds: []string{pathTasks + "/task", pathTasks + "/tasks", pathCalendars, pathViews}},
		{Key: "kengine.reports.menu", Path: pathReports, Permission: PermReportRead(), Chord: "g v", Holds: []string{pathReports, pathConflicts, pathImports, pathSources}},
		{Key: "kengine.model.menu", Path: pathModels, Permission: PermModelRead(), Chord: "g d", Holds: []string{pathModels, pathCandidates, pathPast, pathWeights}},
		{Key: "kengine.statistics.menu", Path: pathStatistics, Permission: PermStatisticsRead(), Chord: "g t"},
		{Key: "kengine.tags.menu", Path: pathTags, Permission: PermTaskRead(), Chord: "g a", Holds: []string{pathTags, pathSets, pathPolicy}},
	}
}

// countOpen is the number beside the work list in the navigation: what awaits a ruling.
func (s *Service) countOpen(ctx context.Context, a identity.Actor) (int, error) {
	e, err := filter.Parse(viewOpen)
	if err != nil {
		return 0, err
	}
	n, err := s.CountTasks(ctx, a, e)
	return int(n), err
}

// finders find reports for the palette, by their ids and by words.
func (s *Service) finders() []web.Finder {
	return []web.Finder{{Key: "kengine.reports.menu", Permission: PermReportRead(), Find: s.findReports}}
}

// maxHits is how many reports the palette shows.
const maxHits = 8

func (s *Service) findReports(ctx context.Context, a identity.Actor, text string) ([]web.Hit, error) {
	e, err := filter.Parse(text)
	if err != nil || e.Empty() {
		return nil, nil //nolint:nilerr // half a filter while somebody types finds nothing
	}
	if e.Kind == filter.Word && validKey(e.Value) {
		e = filter.Expr{Kind: filter.Any, Nodes: []filter.Expr{e, {Kind: filter.Term, Field: "key", Value: e.Value + "*"}}}
	}
	rows, err := s.ListReports(ctx, a, Query{Filter: e, Limit: maxHits})
	if fault.Of(err) != nil {
		return nil, nil //nolint:nilerr // a field that reports do not have finds no report
	}
	if err != nil {
		return nil, err
	}
	hits := make([]web.Hit, len(rows.Items))
	for i := range rows.Items {
		v := &rows.Items[i]
		hits[i] = web.Hit{Title: v.Title.In(a.Lang), Meta: v.Key, Path: pathReports + "/" + v.Key}
	}
	return hits, nil
}

// listed reads the query of a list page. What the reader can mend is told on the page itself.
func listed(r *http.Request, preset string, sorts []string) (Query, ui.Trouble, error) {
	q, err := web.List(r, preset, sorts...)
	if err == nil {
		return q, ui.Trouble{}, nil
	}
	t, err := web.FormError(r, err)
	return q, t, err
}

// status is that of a page which may show a trouble.
func status(t ui.Trouble) int {
	if t.Any() {
		return t.Status
	}
	return http.StatusOK
}

// exported reads the query of an export: the filter and order of the page, without a place.
func exported(r *http.Request, preset string, sorts []string) (Query, error) {
	q, err := web.List(r, preset, sorts...)
	q.After, q.Before, q.Limit = nil, nil, MaxLimit
	return q, err
}

// each reads a list to its end, part by part, and writes each row as item does.
func each[R, T any](ctx context.Context, a identity.Actor, q Query, list func(context.Context, identity.Actor, Query) (Page[R], error), item func(R) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			page, err := list(ctx, a, q)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range page.Items {
				if !yield(item(row), nil) {
					return
				}
			}
			if page.Older == nil {
				return
			}
			q.After = page.Older
		}
	}
}

// filters is the filter bar of a list.
func filters(r *http.Request, q Query, t ui.Trouble, placeholder string, sorts []string, words string) ui.Filters {
	f := ui.Filters{Text: q.Text, Expr: q.Filter, Placeholder: placeholder, Error: t.Of("q")}
	if f.Error == "" && t.Any() {
		f.Error = t.Title
		for _, text := range t.Fields {
			f.Error = text
		}
	}
	if len(sorts) > 1 {
		for _, name := range sorts {
			f.Sorts = append(f.Sorts, ui.Option{Value: name, Label: web.T(r, words+name), Chosen: name == q.Sort})
		}
	}
	return f
}
