package kengine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// pathTags is the page of the products that an organisation uses.
const pathTags = "/console/kengine/tag"

// maxDocument is the largest bill of materials or file of tags that a browser may send, in bytes.
const maxDocument = 64 << 20

// tagRoutes declares the pages of product tags.
func (p *pages) tagRoutes(rs *web.Routes) {
	rs.Get(pathTags, PermTaskRead(), p.tagList)
	rs.Get(pathTags+"/export", PermTaskRead(), p.tagExport)
	rs.Get(pathTags+"/new", PermTagEdit(), p.tagNew)
	rs.Post(pathTags+"/new", PermTagEdit(), p.tagAdd)
	rs.Post(pathTags+"/preview", PermTagEdit(), p.tagPreview)
	rs.Get(pathTags+"/import", PermTagEdit(), p.tagImport)
	rs.Post(pathTags+"/import", PermTagEdit(), p.tagFile, web.Limit(maxDocument))
	rs.Get(pathTags+"/{id}", PermTaskRead(), p.tag)
	rs.Post(pathTags+"/{id}", PermTagEdit(), p.tagChange)
	rs.Post(pathTags+"/{id}/preview", PermTagEdit(), p.tagPreview)
	rs.Post(pathTags+"/{id}/delete", PermTagEdit(), p.tagDelete)
}

// tagList is what the list of product tags shows.
type tagList struct {
	filters ui.Filters
	rows    Page[Tag]
	total   int
	actor   identity.Actor
	names   peopleNames
	trouble ui.Trouble
	empty   bool
}

func (p *pages) tagList(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	q, trouble, err := listed(r, "", TagSorts())
	if err != nil {
		return err
	}
	v := tagList{actor: a, trouble: trouble}
	if !trouble.Any() {
		if v.trouble, err = p.readTagList(r, a, q, &v); err != nil {
			return err
		}
	}
	v.filters = filters(r, q, v.trouble, "criticality:high exposure:open vendor:microsoft", TagSorts(), "kengine.tags.sort.")
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.tags.title")}, tagListPage(&v))
}

func (p *pages) readTagList(r *http.Request, a identity.Actor, q Query, v *tagList) (ui.Trouble, error) {
	rows, err := p.Tags(r.Context(), a, q)
	if err != nil {
		return web.FormError(r, err)
	}
	n, err := p.CountTags(r.Context(), a, q.Filter)
	if err != nil {
		return ui.Trouble{}, err
	}
	v.rows, v.total, v.empty = rows, int(n), n == 0 && q.Filter.Empty()
	owners := make([]string, len(rows.Items))
	for i := range rows.Items {
		owners[i] = rows.Items[i].Owner
	}
	v.names, err = p.names(r.Context(), owners...)
	return ui.Trouble{}, err
}

// tagForm is a product tag as a person writes it; the facts that it gives are fields of their own.
type tagForm struct {
	Name        string `form:"name,max=200"`
	Vendor      string `form:"vendor,max=200"`
	Product     string `form:"product,max=200"`
	CPE         string `form:"cpe,max=1000"`
	PURL        string `form:"purl,max=1000"`
	Release     string `form:"release,max=200"`
	Criticality string `form:"criticality,max=40"`
	Exposure    string `form:"exposure,max=40"`
	Owner       string `form:"owner,max=200"`
	Active      bool   `form:"active"`
	Version     int64  `form:"version"`
	given       answers
}

func (f *tagForm) input() TagInput {
	return TagInput{
		Name: f.Name, Vendor: f.Vendor, Product: f.Product, CPE: f.CPE, PURL: f.PURL, Release: f.Release, Criticality: f.Criticality,
		Exposure: f.Exposure, Owner: f.Owner, Active: f.Active, Facts: f.given.input().Claims,
	}
}

// tagFormOf is a tag as the form shows it.
func tagFormOf(t *Tag) *tagForm {
	f := &tagForm{
		Name: t.Name, Vendor: t.Vendor, Product: t.Product, CPE: t.CPE, PURL: t.PURL, Release: t.Release, Criticality: t.Criticality,
		Exposure: t.Exposure, Owner: t.Owner, Active: t.Active, Version: t.Version, given: answers{values: map[string][]string{}},
	}
	for _, c := range t.Facts {
		f.given.values[c.Fact] = c.Values
	}
	return f
}

// decodeGiven reads a form of fixed fields and of facts.
func decodeGiven(r *http.Request, form any, given *answers) error {
	given.values = map[string][]string{}
	if err := r.ParseForm(); err != nil {
		return web.Decode(r, form) // says what is wrong
	}
	for name, values := range r.PostForm {
		id, ok := strings.CutPrefix(name, answerPrefix)
		if !ok || len(given.values) >= maxAnswers {
			continue
		}
		delete(r.PostForm, name)
		if values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" }); len(values) > 0 {
			given.values[id] = values
		}
	}
	return web.Decode(r, form)
}

// tagPage is what the page of a product tag shows.
type tagPage struct {
	id      string // empty: a new one
	tag     *Tag
	form    *tagForm
	actor   identity.Actor
	facts   []decide.Fact // that a tag can give
	reports Page[TagReport]
	preview *TagPreview
	trouble ui.Trouble
}

func (p *pages) tagNew(w http.ResponseWriter, r *http.Request) error {
	return p.showTag(w, r, &tagPage{form: &tagForm{Active: true}}, nil)
}

func (p *pages) tag(w http.ResponseWriter, r *http.Request) error {
	return p.showTag(w, r, &tagPage{id: r.PathValue("id")}, nil)
}

// showTag shows the form of a tag with what it matches.
func (p *pages) showTag(w http.ResponseWriter, r *http.Request, v *tagPage, wrong error) error {
	if wrong != nil {
		var err error
		if v.trouble, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	v.actor = web.Actor(r)
	title := web.T(r, "kengine.tags.new")
	if v.id != "" {
		tag, err := p.Tag(r.Context(), v.actor, v.id)
		if err != nil {
			return err
		}
		if v.tag, title = &tag, tag.Name; v.form == nil {
			v.form = tagFormOf(&tag)
		}
		if v.preview == nil && v.actor.May(PermReportRead()) {
			if v.reports, err = p.TagReports(r.Context(), v.actor, v.id, Query{Sort: "updated", Limit: previewRows}); err != nil {
				return err
			}
		}
	}
	var err error
	if v.facts, err = p.givable(r.Context(), v.actor, decide.Organisation, decide.Asset); err != nil {
		return err
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: title}, tagBody(v, title))
}

// givable are the inputs of the organisation's models with one of the scopes, which a tag or set can give.
func (p *pages) givable(ctx context.Context, a identity.Actor, scopes ...decide.Scope) ([]decide.Fact, error) {
	t, err := p.loadTenant(ctx, p.DB.Read(), a.Organisation)
	if err != nil {
		return nil, err
	}
	var out []decide.Fact
	for i := range t.models {
		for j := range t.models[i].inputs {
			f := t.models[i].inputs[j].fact
			if slices.Contains(scopes, f.Scope) && !f.Derived && !slices.ContainsFunc(out, func(g decide.Fact) bool { return g.ID == f.ID }) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func (p *pages) tagAdd(w http.ResponseWriter, r *http.Request) error {
	f := &tagForm{}
	err := decodeGiven(r, f, &f.given)
	id := ""
	if err == nil {
		id, err = p.CreateTag(r.Context(), web.Actor(r), f.input())
	}
	if err != nil {
		return p.showTag(w, r, &tagPage{form: f}, f.given.renamed(err))
	}
	return web.SeeOther(w, r, web.URL(r, pathTags+"/%s", id), "kengine.tags.saved")
}

func (p *pages) tagChange(w http.ResponseWriter, r *http.Request) error {
	f := &tagForm{}
	err := decodeGiven(r, f, &f.given)
	if err == nil {
		err = p.UpdateTag(r.Context(), web.Actor(r), r.PathValue("id"), f.Version, f.input())
	}
	if err != nil {
		return p.showTag(w, r, &tagPage{id: r.PathValue("id"), form: f}, f.given.renamed(err))
	}
	return web.SeeOther(w, r, web.URL(r, pathTags+"/%s", r.PathValue("id")), "kengine.tags.saved")
}

// tagPreview shows the form again with the reports that the tag would match; nothing is kept.
func (p *pages) tagPreview(w http.ResponseWriter, r *http.Request) error {
	v := &tagPage{id: r.PathValue("id"), form: &tagForm{}}
	err := decodeGiven(r, v.form, &v.form.given)
	if err == nil {
		var preview TagPreview
		if preview, err = p.PreviewTag(r.Context(), web.Actor(r), v.form.input()); err == nil {
			v.preview = &preview
		}
	}
	return p.showTag(w, r, v, v.form.given.renamed(err))
}

func (p *pages) tagDelete(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Version int64 `form:"version"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if err := p.DeleteTag(r.Context(), web.Actor(r), r.PathValue("id"), f.Version); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathTags), "kengine.tags.deleted")
}

// tagFileForm is a document that lists products, and what they have in common.
type tagFileForm struct {
	Kind        string   `form:"kind,required,oneof=sbom|csv"`
	Name        string   `form:"name,max=200"`
	File        web.File `form:"file,required"`
	Criticality string   `form:"criticality,max=40"`
	Exposure    string   `form:"exposure,max=40"`
}

func (p *pages) tagImport(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "kengine.tags.import")}, tagImportPage(&tagFileForm{Kind: "sbom"}, nil, ui.Trouble{}))
}

// tagFile takes a bill of materials or a file of tags, and tells what became of each product.
func (p *pages) tagFile(w http.ResponseWriter, r *http.Request) error {
	var f tagFileForm
	err := web.Decode(r, &f)
	var report TagImport
	if err == nil {
		report, err = p.takeTags(r, &f)
	}
	var t ui.Trouble
	result := &report
	if err != nil {
		if t, err = web.FormError(r, err); err != nil {
			return err
		}
		result = nil
	}
	return web.Render(w, r, status(t), ui.Page{Title: web.T(r, "kengine.tags.import")}, tagImportPage(&f, result, t))
}

func (p *pages) takeTags(r *http.Request, f *tagFileForm) (TagImport, error) {
	file, err := f.File.Open()
	if err != nil {
		return TagImport{}, fmt.Errorf("kengine: open the upload: %w", err)
	}
	name := f.Name
	if name == "" {
		name = f.File.Name
	}
	a, in := web.Actor(r), TagInput{Criticality: f.Criticality, Exposure: f.Exposure, Active: true}
	take := func(in io.Reader) (TagImport, error) { return p.ImportTags(r.Context(), a, name, in) }
	if f.Kind == "sbom" {
		take = func(doc io.Reader) (TagImport, error) { return p.ImportSBOM(r.Context(), a, name, doc, in) }
	}
	report, err := take(file)
	return report, errors.Join(err, file.Close())
}

// tagItem is a product tag as exports write it.
type tagItem struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Vendor      string `json:"vendor"`
	Product     string `json:"product"`
	CPE         string `json:"cpe"`
	PURL        string `json:"purl"`
	Release     string `json:"release"`
	Criticality string `json:"criticality"`
	Exposure    string `json:"exposure"`
	Owner       string `json:"owner"`
	Active      bool   `json:"active"`
	Origin      string `json:"origin"`
	Reports     int64  `json:"reports"`
}

func newTagItem(t Tag) tagItem {
	return tagItem{
		ID: t.ID, Name: t.Name, Vendor: t.Vendor, Product: t.Product, CPE: t.CPE, PURL: t.PURL, Release: t.Release,
		Criticality: t.Criticality, Exposure: t.Exposure, Owner: t.Owner, Active: t.Active, Origin: t.Origin, Reports: t.Reports,
	}
}

func (p *pages) tagExport(w http.ResponseWriter, r *http.Request) error {
	q, err := exported(r, "", TagSorts())
	if err != nil {
		return err
	}
	a := web.Actor(r)
	if _, err := p.CountTags(r.Context(), a, q.Filter); err != nil {
		return err
	}
	columns := []web.Column[tagItem]{
		{Name: "id", Value: func(t tagItem) string { return t.ID }},
		{Name: "name", Value: func(t tagItem) string { return t.Name }},
		{Name: "vendor", Value: func(t tagItem) string { return t.Vendor }},
		{Name: "product", Value: func(t tagItem) string { return t.Product }},
		{Name: "cpe", Value: func(t tagItem) string { return t.CPE }},
		{Name: "purl", Value: func(t tagItem) string { return t.PURL }},
		{Name: "release", Value: func(t tagItem) string { return t.Release }},
		{Name: "criticality", Value: func(t tagItem) string { return t.Criticality }},
		{Name: "exposure", Value: func(t tagItem) string { return t.Exposure }},
		{Name: "owner", Value: func(t tagItem) string { return t.Owner }},
		{Name: "active", Value: func(t tagItem) string { return strconv.FormatBool(t.Active) }},
		{Name: "origin", Value: func(t tagItem) string { return t.Origin }},
		{Name: "reports", Value: func(t tagItem) string { return strconv.FormatInt(t.Reports, 10) }},
	}
	return web.Export(w, r, "products", columns, each(r.Context(), a, q, p.Tags, newTagItem))
}
