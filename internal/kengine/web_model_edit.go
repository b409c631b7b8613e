package kengine

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// The parts of the editor.
const (
	partLogic  = "logic"
	partAction = "action"
	partFact   = "fact"
	partName   = "name"
)

// editPage is the editor of a draft.
type editPage struct {
	*modelPage
	part   string
	impact *ModelImpact // nil: not counted
}

// maxPreview is up to how many reports each step of the editor says how many would change.
const maxPreview = 5000

func (p *pages) modelEditor(w http.ResponseWriter, r *http.Request) error {
	return p.showEditor(w, r, r.URL.Query().Get("part"), ui.Trouble{Status: http.StatusOK})
}

func (p *pages) showEditor(w http.ResponseWriter, r *http.Request, part string, t ui.Trouble) error {
	m, err := p.modelPage(r)
	if err != nil {
		return err
	}
	if m.Status != decide.Draft && t.Status == http.StatusOK {
		return fault.New(fault.Conflict, "kengine.model.not_draft", m.ID).Hinted("kengine.model.copy_first")
	}
	v := &editPage{modelPage: m, part: partLogic}
	for _, known := range []string{partAction, partFact, partName} {
		if part == known {
			v.part = known
		}
	}
	v.trouble = t
	n, err := p.CountReports(r.Context(), web.Actor(r), filter.Expr{})
	if err != nil && fault.Of(err) == nil {
		return err
	}
	if err == nil && n > 0 && n <= maxPreview {
		if v.impact, err = p.impactOf(r, m); err != nil {
			return err
		}
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "kengine.model.edit.title")}, editorBody(v))
}

// editForm is one act of the editor.
type editForm struct {
	Edit          int64    `form:"edit"`
	Part          string   `form:"part,max=20"`
	Kind          string   `form:"kind,required,max=20"`
	Node          string   `form:"node,max=300"`
	Place         string   `form:"place,max=300"`
	Answer        int64    `form:"answer,min=-1"`
	Row           int64    `form:"row"`
	Fact          string   `form:"fact,max=300"`
	Value         string   `form:"value,max=200"`
	Values        []string `form:"values,max=64"`
	Outcome       string   `form:"outcome,max=200"`
	Decision      string   `form:"decision,max=200"`
	TextJA        string   `form:"text_ja,max=2000"`
	TextEN        string   `form:"text_en,max=2000"`
	DescriptionJA string   `form:"description_ja,max=4000"`
	DescriptionEN string   `form:"description_en,max=4000"`
	RoleJA        string   `form:"role_ja,max=200"`
	RoleEN        string   `form:"role_en,max=200"`
	Due           string   `form:"due,max=50"`
	Mark          string   `form:"mark,max=10"`
}

// input is the act as the service takes it. An act on what an answer leads to names the answer, as all
// forms of the outline do; its place is one further down.
func (f *editForm) input() (ModelEdit, error) {
	place, err := ParsePlace(f.Place)
	if err != nil {
		return ModelEdit{}, err
	}
	kind := EditKind(f.Kind)
	if (kind == EditOutcome || kind == EditAsk) && f.Answer >= 0 {
		place = append(place, int(f.Answer))
	}
	return ModelEdit{
		Kind: kind, Node: f.Node, Place: place, Answer: int(f.Answer), Row: int(f.Row), Fact: f.Fact, Value: f.Value, Values: f.Values,
		Outcome: f.Outcome, Decision: f.Decision, Text: decide.Text{JA: f.TextJA, EN: f.TextEN},
		Description: decide.Text{JA: f.DescriptionJA, EN: f.DescriptionEN}, Role: decide.Text{JA: f.RoleJA, EN: f.RoleEN},
		Due: f.Due, Mark: decide.Mark(f.Mark),
	}, nil
}

// back is where the editor opens after an act: the same part, at the place of the act.
func (f *editForm) back(r *http.Request, id string) string {
	q := url.Values{}
	if f.Part != "" && f.Part != partLogic {
		q.Set("part", f.Part)
	}
	anchor := ""
	if at := nodeKey(f.Node); at != "" {
		anchor = "#node-" + at
		if f.Kind == string(EditRow) {
			q.Set("node", at)
			q.Set("from", strconv.FormatInt(f.Row, 10))
			anchor = "#" + rowID(at, int(f.Row))
		} else if f.Place != "" || f.Answer >= 0 {
			anchor = "#" + branchID(at, f.Place)
		}
	}
	switch {
	case f.Fact != "" && f.Part == partFact:
		anchor = "#fact-" + nodeKey(f.Fact)
	case f.Decision != "":
		anchor = "#decision-" + url.PathEscape(f.Decision)
	}
	to := modelURL(r, id) + "/edit"
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to + anchor
}

func (p *pages) modelEdit(w http.ResponseWriter, r *http.Request) error {
	f := editForm{}
	id := r.PathValue("id")
	err := web.Decode(r, &f)
	var e ModelEdit
	if err == nil {
		e, err = f.input()
	}
	if err == nil {
		err = p.EditDraft(r.Context(), web.Actor(r), id, f.Edit, e)
	}
	if err == nil {
		return web.SeeOther(w, r, f.back(r, id), "")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return p.showEditor(w, r, f.Part, t)
}

// textPage is the model as a text.
type textPage struct {
	*modelPage
	text   string // in the field
	stored string // what somebody else saved meanwhile; empty: the same
}

// textForm replaces the text of a draft.
type textForm struct {
	Edit   int64  `form:"edit"`
	Source string `form:"source,required,max=4000000"`
}

func (p *pages) modelText(w http.ResponseWriter, r *http.Request) error {
	return p.showText(w, r, nil, ui.Trouble{Status: http.StatusOK})
}

func (p *pages) showText(w http.ResponseWriter, r *http.Request, f *textForm, t ui.Trouble) error {
	m, err := p.modelPage(r)
	if err != nil {
		return err
	}
	v := &textPage{modelPage: m, text: m.Source}
	v.trouble = t
	if f != nil {
		v.text = f.Source
		if t.Status == http.StatusConflict && f.Source != m.Source {
			v.stored = m.Source
		}
	}
	return web.Render(w, r, t.Status, ui.Page{Title: web.T(r, "kengine.model.text.title")}, textBody(v))
}

func (p *pages) modelTextSave(w http.ResponseWriter, r *http.Request) error {
	var f textForm
	err := web.Decode(r, &f)
	if err == nil {
		err = p.SaveDraft(r.Context(), web.Actor(r), r.PathValue("id"), f.Edit, f.Source)
	}
	if err == nil {
		return web.SeeOther(w, r, modelURL(r, r.PathValue("id"))+"/text", "kengine.model.saved")
	}
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return p.showText(w, r, &f, t)
}

// editTabs are the parts of the editor.
func editTabs(ctx context.Context, v *editPage) []ui.Tab {
	base := ui.URL(ctx, pathModels+"/%s/edit", v.ID)
	var tabs []ui.Tab
	for _, part := range []string{partLogic, partAction, partFact, partName} {
		tabs = append(tabs, ui.Tab{Label: ui.T(ctx, "kengine.model.edit.part."+part), Href: base + "?part=" + part, Current: v.part == part})
	}
	return append(tabs, ui.Tab{Label: ui.T(ctx, "kengine.model.edit.part.text"), Href: ui.URL(ctx, pathModels+"/%s/text", v.ID)})
}
