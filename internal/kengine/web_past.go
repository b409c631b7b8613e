package kengine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/learn"
)

// pathPast is the path of the rulings that were made elsewhere, without its language.
const pathPast = "/console/kengine/learn/history"

// pastRoutes declares the pages of rulings that were made elsewhere.
func (p *pages) pastRoutes(rs *web.Routes) {
	see, edit := PermModelRead(), PermModelEdit()
	rs.Get(pathPast, see, p.past)
	rs.Post(pathPast, edit, p.pastImport, web.Limit(learn.MaxFile+1<<16))
	rs.Get(pathPast+"/{id}", see, p.pastFile)
	rs.Post(pathPast+"/forget", edit, p.pastForget)
}

// pastForm is a file of rulings about a decision.
type pastForm struct {
	Decision string   `form:"decision,required,max=300"`
	File     web.File `form:"file,required"`
}

// pastPage is the page of all rulings that were made elsewhere.
type pastPage struct {
	rows    []PastRulings
	files   []PastFile
	names   peopleNames
	mayEdit bool
	form    pastForm
	trouble ui.Trouble
}

func (p *pages) past(w http.ResponseWriter, r *http.Request) error {
	return p.showPast(w, r, &pastPage{})
}

func (p *pages) showPast(w http.ResponseWriter, r *http.Request, v *pastPage) error {
	ctx, a := r.Context(), web.Actor(r)
	v.mayEdit = a.May(PermModelEdit())
	var err error
	if v.rows, err = p.Past(ctx, a); err != nil {
		return err
	}
	if v.files, err = p.PastFiles(ctx, a); err != nil {
		return err
	}
	ids := make([]string, len(v.files))
	for i := range v.files {
		ids[i] = v.files[i].Actor
	}
	if v.names, err = p.names(ctx, once(ids)...); err != nil {
		return err
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.past.title")}, pastBody(v))
}

// pastImport takes a file of rulings in and shows what came of it.
func (p *pages) pastImport(w http.ResponseWriter, r *http.Request) error {
	v := &pastPage{}
	err := web.Decode(r, &v.form)
	var out HistoryImport
	if err == nil {
		out, err = p.importPastFile(r, &v.form)
	}
	if err != nil {
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
		return p.showPast(w, r, v)
	}
	to := web.URL(r, pathPast+"/%s", out.ID)
	if out.Added+out.Same == 0 {
		return web.SeeOtherWarned(w, r, to, "kengine.past.nothing")
	}
	return web.SeeOther(w, r, to, "kengine.past.done", "n", out.Added)
}

func (p *pages) importPastFile(r *http.Request, f *pastForm) (HistoryImport, error) {
	file, err := f.File.Open()
	if err != nil {
		return HistoryImport{}, fmt.Errorf("kengine: open the upload: %w", err)
	}
	out, err := p.ImportHistory(r.Context(), web.Actor(r), f.Decision, f.File.Name, file)
	return out, errors.Join(err, file.Close())
}

// forgetForm names a decision.
type forgetForm struct {
	Decision string `form:"decision,required,max=300"`
}

func (p *pages) pastForget(w http.ResponseWriter, r *http.Request) error {
	var f forgetForm
	err := web.Decode(r, &f)
	var n int64
	if err == nil {
		n, err = p.ForgetHistory(r.Context(), web.Actor(r), f.Decision)
	}
	if err != nil {
		v := &pastPage{}
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
		return p.showPast(w, r, v)
	}
	return web.SeeOther(w, r, web.URL(r, pathPast), "kengine.past.forgotten", "n", n)
}

// pastFilePage is the page of one file.
type pastFilePage struct {
	PastFile
	decision string // as it is called
	names    peopleNames
}

func (p *pages) pastFile(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), web.Actor(r)
	var v pastFilePage
	var err error
	if v.PastFile, err = p.PastFile(ctx, a, r.PathValue("id")); err != nil {
		return err
	}
	rows, err := p.Past(ctx, a)
	if err != nil {
		return err
	}
	v.decision = decisionCalled(ctx, rows, v.Decision)
	if v.names, err = p.names(ctx, v.Actor); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.Page{Title: orDefault(v.Name, web.T(r, "kengine.past.title"))}, pastFileBody(&v))
}

// decisionCalled is the name of a decision, its key where no model in force has it.
func decisionCalled(ctx context.Context, rows []PastRulings, decision string) string {
	for i := range rows {
		if rows[i].Decision == decision {
			return orDefault(say(ctx, rows[i].Name), decision)
		}
	}
	return decision
}

// active are the decisions about which rulings can be imported.
func (v *pastPage) active() []PastRulings {
	return slices.DeleteFunc(slices.Clone(v.rows), func(h PastRulings) bool { return !h.Active })
}

// options are the decisions as choices.
func (v *pastPage) options(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, h := range v.active() {
		out = append(out, ui.Option{Value: h.Decision, Label: orDefault(say(ctx, h.Name), h.Decision)})
	}
	return out
}

// labels name the fields for the summary.
func (v *pastPage) labels(ctx context.Context) []ui.Label {
	return []ui.Label{{Name: "decision", Label: ui.T(ctx, "kengine.model.decision")}, {Name: "file", Label: ui.T(ctx, "kengine.past.file")}}
}

// heading is a header line that a CSV file about a decision may have.
func (h *PastRulings) heading() string {
	return strings.Join(append(append([]string{"report", "analyst", "at"}, h.Facts...), "outcome"), ",")
}

// kind is the weight of what came of a file.
func (v *PastFile) kind() ui.Kind {
	switch {
	case v.Refused == 0:
		return ui.Good
	case v.Added+v.Same == 0:
		return ui.Bad
	}
	return ui.Open
}

func refusalWord(ctx context.Context, reason string) string {
	return ui.T(ctx, "kengine.past.reason."+reason)
}
