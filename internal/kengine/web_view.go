package kengine

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"time"

	"noroshi.dev/format/feed"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/view"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
)

// pathViews is the page of saved views of the work list.
const pathViews = "/console/kengine/view"

// feedRows is how many rows the feed of a view has.
const feedRows = 100

// viewRoutes declares the pages of saved views and the feed of a subscription.
func (p *pages) viewRoutes(rs *web.Routes) {
	rs.Get(pathViews, view.Own(), p.viewList)
	rs.Post(pathViews, view.Own(), p.viewSave)
	rs.Post(pathViews+"/{id}/rename", view.Own(), p.viewRename)
	rs.Post(pathViews+"/{id}/delete", view.Own(), p.viewDelete)
	rs.Post(pathViews+"/{id}/subscribe", view.Own(), p.viewSubscribe)
	rs.Get(pathViews+"/subscription/{id}", view.Own(), p.viewDeliveries)
	rs.Post(pathViews+"/subscription/{id}/end", view.Own(), p.viewUnsubscribe)
	rs.Post(pathViews+"/subscription/{id}/replay", view.Own(), p.viewReplay)
	rs.Bare(http.MethodGet, view.FeedPath("{secret}"), identity.Anyone(), p.viewFeed)
}

// viewForm is a view as a person saves, renames or subscribes to it.
type viewForm struct {
	Name  string `form:"name,max=80"`
	Query string `form:"query,max=2000"`
	Team  bool   `form:"team"`
}

// subscribeForm is how news of a view reach somebody.
type subscribeForm struct {
	Kind string `form:"kind,required,oneof=atom|webhook"`
	URL  string `form:"url,max=2000"`
}

// viewPage is what the page of saved views shows.
type viewPage struct {
	actor   identity.Actor
	form    viewForm
	views   []view.View
	subs    []view.Subscription
	names   peopleNames
	secret  string // shown this once
	made    *view.Subscription
	trouble ui.Trouble
}

func (p *pages) viewList(w http.ResponseWriter, r *http.Request) error {
	q := url.Values{}
	for _, name := range []string{"q", "sort"} {
		if v := r.URL.Query().Get(name); v != "" {
			q.Set(name, v)
		}
	}
	return p.showViews(w, r, &viewPage{form: viewForm{Query: q.Encode()}}, nil)
}

func (p *pages) showViews(w http.ResponseWriter, r *http.Request, v *viewPage, wrong error) error {
	if wrong != nil {
		var err error
		if v.trouble, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	v.actor = web.Actor(r)
	var err error
	if v.views, err = p.savedViews(r, v.actor); err != nil {
		return err
	}
	if p.Views != nil {
		if v.subs, err = p.Views.Subscriptions(r.Context(), v.actor); err != nil {
			return err
		}
	}
	v.subs = slices.DeleteFunc(v.subs, func(s view.Subscription) bool { return s.View.Path != pathTasks })
	ids := make([]string, len(v.views))
	for i := range v.views {
		ids[i] = v.views[i].Person
	}
	if v.names, err = p.names(r.Context(), ids...); err != nil {
		return err
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.views.title")}, viewBody(v))
}

// savedViews are those of the team and the reader's own, of the work list.
func (p *pages) savedViews(r *http.Request, a identity.Actor) ([]view.View, error) {
	if p.Views == nil || !a.May(view.Own()) {
		return nil, nil
	}
	return p.Views.List(r.Context(), a, pathTasks)
}

// store returns the keeper of saved views; a house without one says so.
func (p *pages) store() (Views, error) {
	if p.Views == nil {
		return nil, fault.New(fault.Unavailable, "kengine.views")
	}
	return p.Views, nil
}

func (p *pages) viewSave(w http.ResponseWriter, r *http.Request) error {
	var v viewPage
	err := web.Decode(r, &v.form)
	views, none := p.store()
	if none != nil {
		return none
	}
	if err == nil {
		err = readable(v.form.Query)
	}
	if err == nil {
		_, err = views.Save(r.Context(), web.Actor(r), view.View{Path: pathTasks, Name: v.form.Name, Query: v.form.Query, Team: v.form.Team})
	}
	if err != nil {
		return p.showViews(w, r, &v, err)
	}
	return web.SeeOther(w, r, web.URL(r, pathTasks)+"?"+v.form.Query, "kengine.views.saved")
}

// readable refuses a view whose filter the work list would refuse.
func readable(query string) error {
	q, err := url.ParseQuery(query)
	if err != nil {
		return fault.New(fault.Invalid, "view.form").Field("query", "view.query")
	}
	if _, err := filter.Parse(q.Get("q")); err != nil {
		return fault.New(fault.Invalid, "view.form").Field("query", "view.query")
	}
	return nil
}

func (p *pages) viewRename(w http.ResponseWriter, r *http.Request) error {
	var v viewPage
	err := web.Decode(r, &v.form)
	views, none := p.store()
	if none != nil {
		return none
	}
	if err == nil {
		err = readable(v.form.Query)
	}
	if err == nil {
		err = views.Rename(r.Context(), web.Actor(r), r.PathValue("id"), v.form.Name, v.form.Query)
	}
	if err != nil {
		return p.showViews(w, r, &v, err)
	}
	return web.SeeOther(w, r, web.URL(r, pathViews), "kengine.views.renamed")
}

func (p *pages) viewDelete(w http.ResponseWriter, r *http.Request) error {
	views, err := p.store()
	if err != nil {
		return err
	}
	if err := views.Delete(r.Context(), web.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathViews), "kengine.views.deleted")
}

// viewSubscribe answers by the page with the secret, which is shown this once.
func (p *pages) viewSubscribe(w http.ResponseWriter, r *http.Request) error {
	var f subscribeForm
	var v viewPage
	err := web.Decode(r, &f)
	views, none := p.store()
	if none != nil {
		return none
	}
	if err == nil {
		var sub view.Subscription
		if sub, v.secret, err = views.Subscribe(r.Context(), web.Actor(r), r.PathValue("id"), view.Kind(f.Kind), f.URL); err == nil {
			v.made = &sub
		}
	}
	return p.showViews(w, r, &v, err)
}

func (p *pages) viewUnsubscribe(w http.ResponseWriter, r *http.Request) error {
	views, err := p.store()
	if err != nil {
		return err
	}
	if err := views.Unsubscribe(r.Context(), web.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathViews), "kengine.views.ended")
}

func (p *pages) viewDeliveries(w http.ResponseWriter, r *http.Request) error {
	views, err := p.store()
	if err != nil {
		return err
	}
	list, err := views.Deliveries(r.Context(), web.Actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "kengine.views.deliveries")}, deliveryBody(r.PathValue("id"), list))
}

func (p *pages) viewReplay(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Delivery string `form:"delivery,required,max=64"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	views, err := p.store()
	if err != nil {
		return err
	}
	if err := views.Replay(r.Context(), web.Actor(r), f.Delivery); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathViews+"/subscription/%s", r.PathValue("id")), "kengine.views.replayed")
}

// viewFeed answers the rows of a view as an Atom feed, to whoever holds the secret address.
func (p *pages) viewFeed(w http.ResponseWriter, r *http.Request) error {
	views, err := p.store()
	if err != nil {
		return err
	}
	v, a, err := views.Feed(r.Context(), r.PathValue("secret"), PermTaskRead().Name)
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(v.Query)
	if err != nil || v.Path != pathTasks {
		return fault.New(fault.NotFound, "view.feed").Because(err)
	}
	e, err := filter.Parse(query.Get("q"))
	if err != nil {
		return err
	}
	rows, err := p.ViewRows(r.Context(), a, "task", Query{Filter: e, Limit: feedRows}, string(web.Lang(r)))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := feed.Write(&out, atomOf(r, v, rows)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(out.Bytes())
	return err
}

// atomOf makes a feed of the rows of a view. Its ids are made from the view and the rows, so that
// they stay the same when the house moves.
func atomOf(r *http.Request, v view.View, rows []Notice) feed.Feed {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	base := scheme + "://" + r.Host + "/" + string(web.Lang(r))
	out := feed.Feed{
		ID: "urn:uuid:" + v.ID, Lang: string(web.Lang(r)), Title: v.Name, Updated: v.CreatedAt, Generator: "noroshi", Author: feed.Person{Name: "noroshi"},
		Links: []feed.Link{{Rel: "alternate", Href: base + v.Path + "?" + v.Query, Type: "text/html"}},
	}
	for _, row := range rows {
		if row.Updated.After(out.Updated) {
			out.Updated = row.Updated
		}
		out.Entries = append(out.Entries, feed.Entry{
			ID: "urn:uuid:" + row.ID, Title: row.Title, Updated: row.Updated.UTC().Truncate(time.Second), Summary: row.Text,
			Links: []feed.Link{{Rel: "alternate", Href: base + row.Path, Type: "text/html"}},
		})
	}
	return out
}
