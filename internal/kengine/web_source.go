package kengine

import (
	"context"
	"net/http"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// pathSources is the page of the addresses that documents are fetched from.
const pathSources = "/console/kengine/source"

// sourceRoutes declares the pages of sources.
func (p *pages) sourceRoutes(rs *web.Routes) {
	rs.Get(pathSources, PermImport(), p.sourceList)
	rs.Get(pathSources+"/new", PermSourceEdit(), p.sourceNew)
	rs.Post(pathSources+"/new", PermSourceEdit(), p.sourceAdd)
	rs.Get(pathSources+"/{id}", PermSourceEdit(), p.sourceEdit)
	rs.Post(pathSources+"/{id}", PermSourceEdit(), p.sourceChange)
	rs.Post(pathSources+"/{id}/run", PermSourceEdit(), p.sourceRun)
	rs.Post(pathSources+"/{id}/delete", PermSourceEdit(), p.sourceDelete)
}

// sourceForm is a source as a person writes it; the time between two fetches is in minutes.
type sourceForm struct {
	Name    string `form:"name,max=200"`
	URL     string `form:"url,max=2000"`
	Minutes int64  `form:"period,min=0,max=1000000"`
	Active  bool   `form:"active"`
	Version int64  `form:"version"`
}

func (f *sourceForm) input() SourceInput {
	return SourceInput{Name: f.Name, URL: f.URL, Period: time.Duration(f.Minutes) * time.Minute, Active: f.Active}
}

func (p *pages) sourceList(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	rows, err := p.Sources(r.Context(), a)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "kengine.sources.title"), Head: feedLink(p.base(r))}, sourceListPage(rows, a))
}

func (p *pages) sourceNew(w http.ResponseWriter, r *http.Request) error {
	return showSource(w, r, "", &sourceForm{Minutes: 60, Active: true}, nil)
}

// showSource shows the form of a source; the empty id is that of a new one.
func showSource(w http.ResponseWriter, r *http.Request, id string, f *sourceForm, wrong error) error {
	var t ui.Trouble
	if wrong != nil {
		var err error
		if t, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	title := "kengine.sources.new"
	if id != "" {
		title = "kengine.sources.edit"
	}
	return web.Render(w, r, status(t), ui.Page{Title: web.T(r, title)}, sourceFormPage(id, web.T(r, title), f, t))
}

func (p *pages) sourceAdd(w http.ResponseWriter, r *http.Request) error {
	var f sourceForm
	err := web.Decode(r, &f)
	if err == nil {
		_, err = p.CreateSource(r.Context(), web.Actor(r), f.input())
	}
	if err != nil {
		return showSource(w, r, "", &f, err)
	}
	return web.SeeOther(w, r, web.URL(r, pathSources), "kengine.sources.added")
}

func (p *pages) sourceEdit(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Source(r.Context(), web.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return showSource(w, r, v.ID, &sourceForm{Name: v.Name, URL: v.URL, Minutes: int64(v.Period / time.Minute), Active: v.Active, Version: v.Version}, nil)
}

func (p *pages) sourceChange(w http.ResponseWriter, r *http.Request) error {
	var f sourceForm
	err := web.Decode(r, &f)
	if err == nil {
		err = p.UpdateSource(r.Context(), web.Actor(r), r.PathValue("id"), f.Version, f.input())
	}
	if err != nil {
		return showSource(w, r, r.PathValue("id"), &f, err)
	}
	return web.SeeOther(w, r, web.URL(r, pathSources), "kengine.sources.saved")
}

func (p *pages) sourceRun(w http.ResponseWriter, r *http.Request) error {
	if err := p.RunSource(r.Context(), web.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathSources), "kengine.sources.running")
}

func (p *pages) sourceDelete(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Version int64 `form:"version"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if err := p.DeleteSource(r.Context(), web.Actor(r), r.PathValue("id"), f.Version); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathSources), "kengine.sources.deleted")
}

// sourceState is the weight of the state of a source, with its words.
func sourceState(ctx context.Context, v *Source) (ui.Kind, string) {
	switch {
	case !v.Active:
		return ui.Unknown, ui.T(ctx, "kengine.sources.state.paused")
	case v.Failures > 0:
		return ui.Bad, ui.T(ctx, "kengine.sources.state.failing", "n", v.Failures)
	case v.Last.IsZero():
		return ui.Open, ui.T(ctx, "kengine.sources.state.waiting")
	}
	return ui.Good, ui.T(ctx, "kengine.sources.state.good")
}

// failureWords say why a fetch or import failed.
func failureWords(ctx context.Context, key, name string) string {
	texts := ui.From(ctx).Texts
	for _, k := range []string{key, key + ".unavailable", key + ".invalid", key + ".limit"} {
		if key != "" && texts.Has(ui.From(ctx).Lang, k) {
			return ui.T(ctx, k, "id", name)
		}
	}
	return ui.T(ctx, "kengine.import.failed")
}

func mayEditSources(a identity.Actor) bool { return a.May(PermSourceEdit()) }
