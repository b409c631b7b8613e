package kengine

import (
	"io"
	"net/http"
	"strconv"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// pathModels is the path of the list of models, without its language.
const pathModels = "/console/kengine/model"

func (p *pages) modelRoutes(rs *web.Routes) {
	see, edit, activate := PermModelRead(), PermModelEdit(), PermModelActivate()
	rs.Get(pathModels, see, p.models)
	rs.Post(pathModels, edit, p.modelCreate, web.Limit(maxModelFile+1<<16))
	rs.Get(pathModels+"/{id}", see, p.model)
	rs.Get(pathModels+"/{id}/export", see, p.modelExport)
	rs.Get(pathModels+"/{id}/impact", see, p.modelImpact)
	rs.Get(pathModels+"/{id}/diff", see, p.modelDiff)
	p.simplifyRoutes(rs)
	rs.Get(pathModels+"/{id}/edit", edit, p.modelEditor)
	rs.Post(pathModels+"/{id}/edit", edit, p.modelEdit)
	rs.Get(pathModels+"/{id}/text", edit, p.modelText)
	rs.Post(pathModels+"/{id}/text", edit, p.modelTextSave, web.Limit(maxModelFile+1<<16))
	rs.Post(pathModels+"/{id}/activate", activate, p.modelActivate)
	rs.Post(pathModels+"/{id}/retire", activate, p.modelRetire)
	rs.Post(pathModels+"/{id}/discard", edit, p.modelDiscard)
}

func modelURL(r *http.Request, id string) string { return web.URL(r, pathModels+"/%s", id) }

// modelList is the page of all models.
type modelList struct {
	rows     []ModelRow // as shown
	all      []ModelRow
	builtins []decide.Model
	names    peopleNames
	status   string // "", or the one that is shown
	mayEdit  bool
	form     draftForm
	trouble  ui.Trouble
}

// draftForm makes a draft.
type draftForm struct {
	Builtin string   `form:"builtin,max=100"`
	Copy    string   `form:"copy,max=64"`
	Key     string   `form:"key,max=100"`
	Missing string   `form:"missing,max=200"`
	File    web.File `form:"file"`
}

func (f *draftForm) draft() (NewDraft, error) {
	n := NewDraft{Builtin: f.Builtin, Copy: f.Copy, Key: f.Key, Missing: f.Missing, File: f.File.Name}
	if f.Builtin != "" || f.Copy != "" {
		return n, nil
	}
	if f.File.Name == "" {
		return n, fault.New(fault.Invalid, "kengine.model").Field("file", "required")
	}
	file, err := f.File.Open()
	if err != nil {
		return n, err
	}
	defer func() { _ = file.Close() }()
	n.Source, err = io.ReadAll(io.LimitReader(file, maxModelFile+1))
	if n.Source == nil {
		n.Source = []byte{}
	}
	return n, err
}

func (p *pages) models(w http.ResponseWriter, r *http.Request) error {
	return p.showModels(w, r, &modelList{trouble: ui.Trouble{Status: http.StatusOK}})
}

func (p *pages) showModels(w http.ResponseWriter, r *http.Request, v *modelList) error {
	a := web.Actor(r)
	var err error
	if v.all, err = p.Models(r.Context(), a); err != nil {
		return err
	}
	if v.builtins, err = p.BuiltinModels(); err != nil {
		return err
	}
	v.status = r.URL.Query().Get("status")
	ids := make([]string, 0, len(v.all))
	for _, m := range v.all {
		ids = append(ids, m.Creator, m.Approver)
		if v.status == "" || v.status == string(m.Status) {
			v.rows = append(v.rows, m)
		}
	}
	if v.names, err = p.names(r.Context(), ids...); err != nil {
		return err
	}
	v.mayEdit = a.Can(PermModelEdit(), a.Organisation) == nil
	return web.Render(w, r, v.trouble.Status, ui.Page{Title: web.T(r, "kengine.model.title")}, modelListBody(v))
}

// modelCreate makes a draft and opens its editor.
func (p *pages) modelCreate(w http.ResponseWriter, r *http.Request) error {
	v := &modelList{}
	err := web.Decode(r, &v.form)
	var n NewDraft
	if err == nil {
		n, err = v.form.draft()
	}
	id := ""
	if err == nil {
		id, err = p.CreateDraft(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
		return p.showModels(w, r, v)
	}
	return web.SeeOther(w, r, modelURL(r, id)+"/edit", "kengine.model.drafted")
}

// modelPage is the page of one version.
type modelPage struct {
	*ModelView
	names       peopleNames
	versions    []ModelRow // of the same model, the newest first
	nodes       []modelNode
	counted     int // reports that were counted in the trees, 0: none
	mayEdit     bool
	mayActivate bool
	trouble     ui.Trouble
}

func (p *pages) model(w http.ResponseWriter, r *http.Request) error {
	return p.showModel(w, r, ui.Trouble{Status: http.StatusOK})
}

func (p *pages) showModel(w http.ResponseWriter, r *http.Request, t ui.Trouble) error {
	v, err := p.modelPage(r)
	if err != nil {
		return err
	}
	v.trouble = t
	return web.Render(w, r, t.Status, ui.Page{Title: v.Name.In(string(web.Lang(r)))}, modelBody(v))
}

// modelPage gathers what the pages of a version show.
func (p *pages) modelPage(r *http.Request) (*modelPage, error) {
	ctx, a := r.Context(), web.Actor(r)
	m, err := p.Model(ctx, a, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	v := &modelPage{ModelView: m, mayEdit: a.Can(PermModelEdit(), a.Organisation) == nil, mayActivate: a.Can(PermModelActivate(), a.Organisation) == nil}
	if err := p.modelVersions(r, a, v); err != nil {
		return nil, err
	}
	views, n, err := p.ModelTrees(ctx, a, m)
	if err != nil {
		return nil, err
	}
	v.counted = n
	q := r.URL.Query()
	from, _ := strconv.Atoi(q.Get("from"))
	for i := range m.Model.Nodes {
		node := newNode(m, i, views[i])
		if node.key == q.Get("node") {
			node.page(from)
		}
		v.nodes = append(v.nodes, node)
	}
	return v, nil
}

// modelVersions fills the versions of the same model and the names of those who made them.
func (p *pages) modelVersions(r *http.Request, a identity.Actor, v *modelPage) error {
	all, err := p.Models(r.Context(), a)
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range all {
		if m.Key == v.Key {
			v.versions = append(v.versions, m)
			ids = append(ids, m.Creator, m.Approver)
		}
	}
	v.names, err = p.names(r.Context(), ids...)
	return err
}

func (p *pages) modelExport(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, err := p.ExportModel(r.Context(), web.Actor(r), r.PathValue("id"), orDefault(q.Get("format"), ExportYAML), q.Get("decision"))
	if err != nil {
		return err
	}
	return web.Download(w, f.Name, f.Type, int64(len(f.Data)), bytesReader(f.Data))
}

// changeForm is a deed on a version as it was seen.
type changeForm struct {
	Edit int64 `form:"edit"`
}

// modelDeed does a deed on a version; a refusal the reader can mend is told on its page.
func (p *pages) modelDeed(w http.ResponseWriter, r *http.Request, do func(id string, edit int64) error, to func(id string) string, done string) error {
	var f changeForm
	id := r.PathValue("id")
	err := web.Decode(r, &f)
	if err == nil {
		err = do(id, f.Edit)
	}
	if err == nil {
		return web.SeeOther(w, r, to(id), done)
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return p.showModel(w, r, t)
}

func (p *pages) modelActivate(w http.ResponseWriter, r *http.Request) error {
	do := func(id string, edit int64) error { return p.Activate(r.Context(), web.Actor(r), id, edit) }
	return p.modelDeed(w, r, do, func(id string) string { return modelURL(r, id) }, "kengine.model.activated")
}

func (p *pages) modelRetire(w http.ResponseWriter, r *http.Request) error {
	do := func(id string, edit int64) error { return p.Retire(r.Context(), web.Actor(r), id, edit) }
	return p.modelDeed(w, r, do, func(id string) string { return modelURL(r, id) }, "kengine.model.retired")
}

func (p *pages) modelDiscard(w http.ResponseWriter, r *http.Request) error {
	do := func(id string, edit int64) error { return p.DiscardDraft(r.Context(), web.Actor(r), id, edit) }
	return p.modelDeed(w, r, do, func(string) string { return web.URL(r, pathModels) }, "kengine.model.discarded")
}
