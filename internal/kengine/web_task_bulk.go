package kengine

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
)

// bulkForm is what the bulk bar posts, and what a deed asks further.
type bulkForm struct {
	web.Selection
	Go       bool      `form:"go"` // the further fields are filled in
	Owner    string    `form:"owner,max=200"`
	Due      time.Time `form:"due"`
	Why      string    `form:"why,max=200"`
	Priority string    `form:"priority,oneof=0|1|2|3|4|model"`
}

// bulkAct is one deed on chosen tasks.
type bulkAct struct {
	name       string
	permission identity.Permission
	asks       bool // a form comes first
	do         func(ctx context.Context, a identity.Actor, sel Selection, f *bulkForm) (Result, error)
}

// bulkActs are the deeds of the work list by the last part of their address.
func (p *pages) bulkActs() map[string]bulkAct {
	plain := func(do func(context.Context, identity.Actor, Selection) (Result, error)) func(context.Context, identity.Actor, Selection, *bulkForm) (Result, error) {
		return func(ctx context.Context, a identity.Actor, sel Selection, _ *bulkForm) (Result, error) {
			return do(ctx, a, sel)
		}
	}
	acts := map[string]bulkAct{
		"confirm": {permission: PermRule(), do: plain(p.Confirm)},
		"start":   {permission: PermTaskWork(), do: plain(p.Start)},
		"finish":  {permission: PermTaskWork(), do: plain(p.Finish)},
		"reopen":  {permission: PermTaskWork(), do: plain(p.Reopen)},
		"undo":    {permission: PermTaskWork(), do: plain(p.Undo)},
		"assign": {permission: PermTaskWork(), asks: true, do: func(ctx context.Context, a identity.Actor, sel Selection, f *bulkForm) (Result, error) {
			return p.Assign(ctx, a, sel, f.Owner)
		}},
		"due": {permission: PermTaskWork(), asks: true, do: func(ctx context.Context, a identity.Actor, sel Selection, f *bulkForm) (Result, error) {
			return p.SetDue(ctx, a, sel, f.Due)
		}},
		"drop": {permission: PermTaskWork(), asks: true, do: func(ctx context.Context, a identity.Actor, sel Selection, f *bulkForm) (Result, error) {
			return p.Drop(ctx, a, sel, f.Why)
		}},
		"priority": {permission: PermTaskWork(), asks: true, do: func(ctx context.Context, a identity.Actor, sel Selection, f *bulkForm) (Result, error) {
			return p.SetPriority(ctx, a, sel, priorityOf(f.Priority))
		}},
	}
	for name, act := range acts {
		act.name = name
		acts[name] = act
	}
	return acts
}

// priorityOf reads the choice of a priority; nil gives it back to the model.
func priorityOf(choice string) *int {
	if len(choice) != 1 {
		return nil
	}
	n := int(choice[0] - '0')
	return &n
}

// selection turns what was chosen in a list into a selection of tasks.
func selection(sel web.Selection) (Selection, error) {
	if err := sel.Chosen(); err != nil {
		return Selection{}, err
	}
	if !sel.All {
		return These(sel.IDs...), nil
	}
	e, err := filter.Parse(sel.Q)
	return Matching(e), err
}

// bulk answers a deed on chosen tasks: by a form for what it still needs, or by doing it.
func (p *pages) bulk(act bulkAct) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var f bulkForm
		err := web.Decode(r, &f)
		sel, choice := selection(f.Selection)
		if choice != nil {
			return p.bulkRefused(w, r, choice)
		}
		if err == nil && act.asks && !f.Go {
			return p.bulkForm(w, r, act, &f, ui.Trouble{})
		}
		var res Result
		if err == nil {
			res, err = act.do(r.Context(), web.Actor(r), sel, &f)
		}
		if err != nil && act.asks {
			t, err := web.FormError(r, err)
			if err != nil {
				return err
			}
			return p.bulkForm(w, r, act, &f, t)
		}
		if err != nil {
			return p.bulkRefused(w, r, err)
		}
		return bulkDone(w, r, act.name, &f, res)
	}
}

// bulkRefused leads back to the list with the reason why nothing was done.
func (p *pages) bulkRefused(w http.ResponseWriter, r *http.Request, err error) error {
	t, err := web.FormError(r, err)
	if err != nil {
		return err
	}
	return web.SeeOtherWarned(w, r, listURL(r, r.PostFormValue("q")), "kengine.tasks.refused", "why", t.Title)
}

// bulkDone leads back to the list with the outcome.
func bulkDone(w http.ResponseWriter, r *http.Request, name string, f *bulkForm, res Result) error {
	refused := len(res.Refused) + res.More
	if refused > 0 {
		t := web.Explain(r, res.Refused[0].Fault)
		return web.SeeOtherWarned(w, r, listURL(r, f.Q), "kengine.tasks.partly", "n", res.Changed, "refused", refused, "why", t.Title)
	}
	return web.SeeOther(w, r, listURL(r, f.Q), "kengine.tasks.did."+name, "n", res.Changed)
}

// listURL is the work list with a filter.
func listURL(r *http.Request, q string) string {
	return web.URL(r, pathTasks) + "?q=" + url.QueryEscape(q)
}

// bulkAsk is what the form of a deed shows.
type bulkAsk struct {
	act     string
	form    *bulkForm
	n       int // tasks that were chosen
	members []ui.Option
	trouble ui.Trouble
}

// bulkForm asks what a deed still needs.
func (p *pages) bulkForm(w http.ResponseWriter, r *http.Request, act bulkAct, f *bulkForm, t ui.Trouble) error {
	v := bulkAsk{act: act.name, form: f, n: len(f.IDs), trouble: t}
	a := web.Actor(r)
	if f.All {
		e, err := filter.Parse(f.Q)
		if err != nil {
			return err
		}
		n, err := p.CountTasks(r.Context(), a, e)
		if err != nil {
			return err
		}
		v.n = int(n)
	}
	if act.name == "assign" {
		var err error
		if v.members, err = p.Service.members(r.Context(), a, f.Owner); err != nil {
			return err
		}
	}
	return web.Render(w, r, status(t), ui.Page{Title: web.T(r, "kengine.tasks.ask."+act.name)}, bulkAskPage(&v))
}
