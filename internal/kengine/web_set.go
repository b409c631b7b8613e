package kengine

import (
	"net/http"
	"slices"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// The pages of what holds where nobody says anything, and of whose word counts.
const (
	pathSets   = "/console/kengine/set"
	pathPolicy = "/console/kengine/policy"
)

// setRoutes declares the pages of default fact sets and of the policy.
func (p *pages) setRoutes(rs *web.Routes) {
	rs.Get(pathSets, PermTaskRead(), p.setList)
	rs.Get(pathSets+"/new", PermTagEdit(), p.setNew)
	rs.Post(pathSets+"/new", PermTagEdit(), p.setAdd)
	rs.Get(pathSets+"/{id}", PermTagEdit(), p.setEdit)
	rs.Post(pathSets+"/{id}", PermTagEdit(), p.setChange)
	rs.Post(pathSets+"/{id}/up", PermTagEdit(), p.setUp)
	rs.Post(pathSets+"/{id}/delete", PermTagEdit(), p.setDelete)
	rs.Get(pathPolicy, PermModelRead(), p.policy)
	rs.Post(pathPolicy, PermModelActivate(), p.policySave)
}

// setForm is a default fact set as a person writes it.
type setForm struct {
	Name          string `form:"name,max=200"`
	Condition     string `form:"condition,max=1000"`
	Justification string `form:"justification,max=2000"`
	Version       int64  `form:"version"`
	given         answers
}

func (f *setForm) input() SetInput {
	return SetInput{Name: f.Name, Condition: f.Condition, Justification: f.Justification, Facts: f.given.input().Claims}
}

// setList is what the list of default fact sets shows.
type setList struct {
	rows  []Set
	actor identity.Actor
	facts []decide.Fact
}

// scopes are all scopes of facts.
func scopes() []decide.Scope {
	return []decide.Scope{decide.World, decide.Organisation, decide.Asset}
}

func (p *pages) setList(w http.ResponseWriter, r *http.Request) error {
	v := setList{actor: web.Actor(r)}
	var err error
	if v.rows, err = p.Sets(r.Context(), v.actor); err != nil {
		return err
	}
	if v.facts, err = p.givable(r.Context(), v.actor, scopes()...); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "kengine.sets.title")}, setListPage(&v))
}

func (p *pages) setNew(w http.ResponseWriter, r *http.Request) error {
	return p.showSet(w, r, "", &setForm{}, nil)
}

// showSet shows the form of a set; the empty id is that of a new one.
func (p *pages) showSet(w http.ResponseWriter, r *http.Request, id string, f *setForm, wrong error) error {
	var t ui.Trouble
	if wrong != nil {
		var err error
		if t, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	facts, err := p.givable(r.Context(), web.Actor(r), scopes()...)
	if err != nil {
		return err
	}
	title := web.T(r, "kengine.sets.new")
	if id != "" {
		title = web.T(r, "kengine.sets.edit")
	}
	return web.Render(w, r, status(t), ui.Page{Title: title}, setFormPage(id, title, f, facts, t))
}

func (p *pages) setAdd(w http.ResponseWriter, r *http.Request) error {
	f := &setForm{}
	err := decodeGiven(r, f, &f.given)
	if err == nil {
		_, err = p.CreateSet(r.Context(), web.Actor(r), f.input())
	}
	if err != nil {
		return p.showSet(w, r, "", f, f.given.renamed(err))
	}
	return web.SeeOther(w, r, web.URL(r, pathSets), "kengine.sets.saved")
}

func (p *pages) setEdit(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Set(r.Context(), web.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := &setForm{Name: v.Name, Condition: v.Condition, Justification: v.Justification, Version: v.Version, given: answers{values: map[string][]string{}}}
	for _, c := range v.Facts {
		f.given.values[c.Fact] = c.Values
	}
	return p.showSet(w, r, v.ID, f, nil)
}

func (p *pages) setChange(w http.ResponseWriter, r *http.Request) error {
	f := &setForm{}
	err := decodeGiven(r, f, &f.given)
	if err == nil {
		err = p.UpdateSet(r.Context(), web.Actor(r), r.PathValue("id"), f.Version, f.input())
	}
	if err != nil {
		return p.showSet(w, r, r.PathValue("id"), f, f.given.renamed(err))
	}
	return web.SeeOther(w, r, web.URL(r, pathSets), "kengine.sets.saved")
}

// setUp puts a set before the one above it.
func (p *pages) setUp(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	rows, err := p.Sets(r.Context(), a)
	if err != nil {
		return err
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	at := slices.Index(ids, r.PathValue("id"))
	if at < 0 {
		return fault.New(fault.NotFound, "kengine.set", r.PathValue("id"))
	}
	if at > 0 {
		ids[at-1], ids[at] = ids[at], ids[at-1]
		if err := p.OrderSets(r.Context(), a, ids); err != nil {
			return err
		}
	}
	return web.SeeOther(w, r, web.URL(r, pathSets), "kengine.sets.moved")
}

func (p *pages) setDelete(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Version int64 `form:"version"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if err := p.DeleteSet(r.Context(), web.Actor(r), r.PathValue("id"), f.Version); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathSets), "kengine.sets.deleted")
}

// policyForm is the order of the sources, the most trusted first.
type policyForm struct {
	Sources   []string `form:"sources,max=40"`
	Unmatched string   `form:"unmatched,max=20"`
	Version   int64    `form:"version"`
}

func (p *pages) policy(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Policy(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return p.showPolicy(w, r, &policyForm{Sources: v.Sources, Unmatched: v.Unmatched, Version: v.Version}, nil)
}

func (p *pages) showPolicy(w http.ResponseWriter, r *http.Request, f *policyForm, wrong error) error {
	var t ui.Trouble
	if wrong != nil {
		var err error
		if t, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	return web.Render(w, r, status(t), ui.Page{Title: web.T(r, "kengine.trust.title")}, policyPage(f, web.Actor(r), t))
}

func (p *pages) policySave(w http.ResponseWriter, r *http.Request) error {
	f := &policyForm{}
	err := web.Decode(r, f)
	a := web.Actor(r)
	if err == nil {
		var now PolicyView
		if now, err = p.Policy(r.Context(), a); err == nil {
			err = p.SetPolicy(r.Context(), a, Policy{Sources: f.Sources, Facts: now.Facts, Unmatched: f.Unmatched}, f.Version)
		}
	}
	if err != nil {
		return p.showPolicy(w, r, f, err)
	}
	return web.SeeOther(w, r, web.URL(r, pathPolicy), "kengine.trust.saved")
}
