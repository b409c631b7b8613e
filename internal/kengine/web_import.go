package kengine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// maxUpload is the largest file that a browser may send for import, in bytes. Larger archives are
// imported by the command line.
const maxUpload = 1 << 30

// listedRefusals is how many refusals the page of an import shows.
const listedRefusals = 200

// importRoutes declares the pages of imports.
func (p *pages) importRoutes(rs *web.Routes) {
	rs.Get(pathImports, PermImport(), p.importList)
	rs.Get(pathImports+"/export", PermImport(), p.importExport)
	rs.Get(pathImports+"/new", PermImport(), p.importNew)
	rs.Post(pathImports+"/new", PermImport(), p.importFile, web.Limit(maxUpload))
	rs.Get(pathImports+"/{id}", PermImport(), p.importResult)
}

// importList is what the list of imports shows.
type importList struct {
	filters ui.Filters
	rows    Page[ImportView]
	names   peopleNames
	actor   identity.Actor
	trouble ui.Trouble
}

func (p *pages) importList(w http.ResponseWriter, r *http.Request) error {
	q, trouble, err := listed(r, "", []string{"started"})
	if err != nil {
		return err
	}
	v := importList{trouble: trouble, actor: web.Actor(r)}
	if !trouble.Any() {
		if v.rows, err = p.ListImports(r.Context(), web.Actor(r), q); err != nil {
			if v.trouble, err = web.FormError(r, err); err != nil {
				return err
			}
		}
	}
	v.filters = filters(r, q, v.trouble, "is:refused kind:cve", nil, "")
	ids := make([]string, len(v.rows.Items))
	running := false
	for i := range v.rows.Items {
		ids[i] = v.rows.Items[i].Actor
		running = running || v.rows.Items[i].State == ImportRunning
	}
	if v.names, err = p.names(r.Context(), ids...); err != nil {
		return err
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.imports.title"), Head: refreshing(running)}, importListPage(&v))
}

// importForm is a file to import.
type importForm struct {
	File web.File `form:"file,required"`
}

func (p *pages) importNew(w http.ResponseWriter, r *http.Request) error {
	return showImportNew(w, r, ui.Trouble{})
}

func showImportNew(w http.ResponseWriter, r *http.Request, t ui.Trouble) error {
	return web.Render(w, r, status(t), ui.Page{Title: web.T(r, "kengine.imports.new")}, importNewPage(t))
}

// importFile imports what was sent. It goes on when the reader leaves: the result is in the list. What
// is large is kept and imported in the background.
func (p *pages) importFile(w http.ResponseWriter, r *http.Request) error {
	var f importForm
	if err := web.Decode(r, &f); err != nil {
		t, err := web.FormError(r, err)
		if err != nil {
			return err
		}
		return showImportNew(w, r, t)
	}
	file, err := f.File.Open()
	if err != nil {
		return fmt.Errorf("kengine: open the upload: %w", err)
	}
	if f.File.Size > p.prompt {
		v, err := p.ImportLater(r.Context(), web.Actor(r), f.File.Name, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
		return web.SeeOther(w, r, web.URL(r, pathImports+"/%s", v.ID), "kengine.imports.accepted", "name", v.Name)
	}
	v, err := p.Import(context.WithoutCancel(r.Context()), web.Actor(r), f.File.Name, file, ImportOptions{})
	err = errors.Join(err, file.Close())
	switch {
	case err != nil && v.ID == "":
		return err
	case err != nil && fault.Of(err) == nil:
		return err
	case err != nil:
		return web.SeeOtherWarned(w, r, web.URL(r, pathImports+"/%s", v.ID), "kengine.imports.broke", "name", v.Name)
	}
	return web.SeeOther(w, r, web.URL(r, pathImports+"/%s", v.ID), "kengine.imports.done", "n", v.Records, "name", v.Name)
}

// importPage is what the page of an import shows.
type importPage struct {
	ImportView
	refusals []Refusal
	names    peopleNames
}

func (p *pages) importResult(w http.ResponseWriter, r *http.Request) error {
	var v importPage
	var err error
	if v.ImportView, v.refusals, err = p.ImportResult(r.Context(), web.Actor(r), r.PathValue("id"), listedRefusals); err != nil {
		return err
	}
	if v.names, err = p.names(r.Context(), v.Actor); err != nil {
		return err
	}
	page := ui.Page{Title: v.Name, Head: refreshing(v.State == ImportRunning)}
	return web.Render(w, r, http.StatusOK, page, importBody(&v))
}

// importItem is an import as exports write it.
type importItem struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Kind    string     `json:"kind"`
	SHA256  string     `json:"sha256"`
	Size    int64      `json:"size"`
	State   string     `json:"state"`
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended"`
	Counts
}

func newImportItem(v ImportView) importItem {
	out := importItem{ID: v.ID, Name: v.Name, Kind: string(v.Kind), SHA256: v.SHA256, Size: v.Size, State: v.State, Started: v.Started, Counts: v.Counts}
	if !v.Ended.IsZero() {
		out.Ended = &v.Ended
	}
	return out
}

func (p *pages) importExport(w http.ResponseWriter, r *http.Request) error {
	q, err := exported(r, "", []string{"started"})
	if err != nil {
		return err
	}
	number := func(get func(importItem) int64) func(importItem) string {
		return func(v importItem) string { return strconv.FormatInt(get(v), 10) }
	}
	columns := []web.Column[importItem]{
		{Name: "id", Value: func(v importItem) string { return v.ID }},
		{Name: "name", Value: func(v importItem) string { return v.Name }},
		{Name: "kind", Value: func(v importItem) string { return v.Kind }},
		{Name: "sha256", Value: func(v importItem) string { return v.SHA256 }},
		{Name: "size", Value: number(func(v importItem) int64 { return v.Size })},
		{Name: "state", Value: func(v importItem) string { return v.State }},
		{Name: "started", Value: func(v importItem) string { return stampText(&v.Started) }},
		{Name: "ended", Value: func(v importItem) string { return stampText(v.Ended) }},
		{Name: "records", Value: number(func(v importItem) int64 { return v.Records })},
		{Name: "added", Value: number(func(v importItem) int64 { return v.Added })},
		{Name: "changed", Value: number(func(v importItem) int64 { return v.Changed })},
		{Name: "same", Value: number(func(v importItem) int64 { return v.Same })},
		{Name: "skipped", Value: number(func(v importItem) int64 { return v.Skipped })},
		{Name: "refused", Value: number(func(v importItem) int64 { return v.Refused })},
	}
	return web.Export(w, r, "imports", columns, each(r.Context(), web.Actor(r), q, p.ListImports, newImportItem))
}
