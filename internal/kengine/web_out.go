package kengine

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/feed"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// The paths of what leaves the house, without a language.
const (
	pathFacts     = "/kengine/facts"
	pathCalendars = "/console/kengine/calendar"
	pathDates     = "/kengine/calendar" // files of dates, under a secret
)

func (p *pages) outRoutes(rs *web.Routes) {
	rs.Get(pathFacts, PermFeed(), p.facts)
	rs.Bare(http.MethodGet, pathFacts+".json", PermFeed(), p.factsJSON)
	rs.Bare(http.MethodGet, pathFacts+".atom", PermFeed(), p.factsAtom)
	rs.Bare(http.MethodGet, pathFacts+"/{key}", PermFeed(), p.factsOf)
	rs.Bare(http.MethodGet, pathDates+"/{secret}", PermFeed(), p.dates)
	rs.Get(pathCalendars, PermTaskRead(), p.calendars)
	rs.Post(pathCalendars, PermTaskRead(), p.calendarCreate)
	rs.Post(pathCalendars+"/delete", PermTaskRead(), p.calendarDelete)
}

// feedSince is the day from which the identities of the feed count; it never changes.
func feedSince() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// feedLimit and mostFeed bound the reports of one page of the feed.
const (
	feedLimit = 50
	mostFeed  = 200
)

// base is the outside address of the house.
func (p *pages) base(r *http.Request) string {
	if p.Base != "" {
		return p.Base
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// asked is what the address of the feed asks for.
type asked struct {
	Since string `form:"since,max=40"` // RFC 3339
	After string `form:"after,max=1000"`
	Limit int64  `form:"limit,min=0,max=200"`
	Lang  string `form:"lang,oneof=|ja|en"`
}

// feedPage reads the part of the feed that a request asks for.
func (p *pages) feedPage(r *http.Request) (FeedPage, asked, error) {
	f := asked{Limit: feedLimit}
	if err := web.Decode(r, &f); err != nil {
		return FeedPage{}, f, err
	}
	if f.Limit <= 0 || f.Limit > mostFeed {
		f.Limit = feedLimit
	}
	var since time.Time
	var after web.Cursor
	var err error
	if f.Since != "" {
		if since, err = time.Parse(time.RFC3339, f.Since); err != nil {
			return FeedPage{}, f, fault.New(fault.Invalid, "kengine.out").Field("since", "kengine.out.since").Because(err)
		}
	}
	if f.After != "" {
		if after, err = web.ParseCursor(f.After); err != nil {
			return FeedPage{}, f, err
		}
	}
	page, err := p.Feed(r.Context(), since, after, int(f.Limit))
	return page, f, err
}

// next is the address of the page after one, empty at the end.
func (f *asked) next(base, path string, page *FeedPage) string {
	if page.Older == nil {
		return ""
	}
	q := url.Values{"after": {page.Older.String()}, "limit": {strconv.FormatInt(f.Limit, 10)}}
	if f.Since != "" {
		q.Set("since", f.Since)
	}
	if f.Lang != "" {
		q.Set("lang", f.Lang)
	}
	return base + path + "?" + q.Encode()
}

// unchanged tells caches what they may keep, and reports whether the reader has it already.
func unchanged(w http.ResponseWriter, r *http.Request, tag string) bool {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("ETag", tag)
	h.Add("Vary", "Accept-Language")
	for have := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(have), "W/") == tag {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// factsJSON answers the feed as JSON.
func (p *pages) factsJSON(w http.ResponseWriter, r *http.Request) error {
	page, f, err := p.feedPage(r)
	if err != nil {
		return err
	}
	if unchanged(w, r, page.ETag()) {
		return nil
	}
	body, err := json.Marshal(struct {
		Items []WorldReport `json:"items"`
		Next  string        `json:"next,omitempty"`
	}{append([]WorldReport{}, page.Reports...), f.next(p.base(r), pathFacts+".json", &page)})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(body)
	return err
}

// factsAtom answers the feed as Atom, each entry with the VRDA-style profile.
func (p *pages) factsAtom(w http.ResponseWriter, r *http.Request) error {
	page, f, err := p.feedPage(r)
	if err != nil {
		return err
	}
	if f.Lang == "" {
		f.Lang = string(web.Lang(r))
	}
	base := p.base(r)
	if unchanged(w, r, strings.TrimSuffix(page.ETag(), `"`)+"-"+f.Lang+`"`) {
		return nil
	}
	self := base + pathFacts + ".atom"
	if r.URL.RawQuery != "" {
		self += "?" + r.URL.RawQuery
	}
	atom, err := page.Atom(FeedHead{
		Authority: hostOf(base), Since: feedSince(), Name: "Noroshi", URL: base, Self: self, Next: f.next(base, pathFacts+".atom", &page),
		Title: web.T(r, "kengine.out.title"), Lang: f.Lang, Report: func(key string) string { return base + pathFacts + "/" + url.PathEscape(key) },
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := feed.Write(&b, atom); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, err = w.Write(b.Bytes())
	return err
}

// factsOf answers what public sources say about one report, as an SSVC SelectionList.
func (p *pages) factsOf(w http.ResponseWriter, r *http.Request) error {
	list, err := p.WorldSelectionList(r.Context(), strings.TrimSuffix(r.PathValue("key"), ".json"))
	if err != nil {
		return err
	}
	body, err := list.JSON()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=60")
	_, err = w.Write(body) //nolint:gosec // JSON under its own media type, nosniff
	return err
}

// facts is the public page that tells of the feed and shows its beginning.
func (p *pages) facts(w http.ResponseWriter, r *http.Request) error {
	page, err := p.Feed(r.Context(), time.Time{}, nil, 20)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ui.Page{Title: web.T(r, "kengine.out.title"), Reading: true, Head: feedLink(p.base(r))}, factsBody(page.Reports))
}

// dates answers the dates behind a secret address as an iCalendar file.
func (p *pages) dates(w http.ResponseWriter, r *http.Request) error {
	base := p.base(r)
	style := CalendarStyle{
		Host: hostOf(base), URL: func(lang, id string) string { return base + "/" + lang + pathTasks + "/task/" + url.PathEscape(id) },
		Name: func(string) string { return web.T(r, "kengine.out.calendar.name") },
	}
	var b bytes.Buffer
	if err := p.WriteCalendar(r.Context(), strings.TrimSuffix(r.PathValue("secret"), ".ics"), style, &b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="noroshi.ics"`)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Referrer-Policy", "no-referrer")
	_, err := w.Write(b.Bytes())
	return err
}

// calendarPage is the page of the own secret addresses.
type calendarPage struct {
	links   []CalendarLink
	made    string // address just made, shown this once
	form    calendarForm
	trouble ui.Trouble
}

// calendarForm makes an address.
type calendarForm struct {
	Scope string `form:"scope,required,max=20"`
	Lang  string `form:"lang,required,oneof=ja|en"`
}

func (p *pages) calendars(w http.ResponseWriter, r *http.Request) error {
	return p.showCalendars(w, r, &calendarPage{form: calendarForm{Scope: CalendarMine, Lang: string(web.Lang(r))}, trouble: ui.Trouble{Status: http.StatusOK}})
}

func (p *pages) showCalendars(w http.ResponseWriter, r *http.Request, v *calendarPage) error {
	var err error
	if v.links, err = p.Calendars(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.Render(w, r, v.trouble.Status, ui.Page{Title: web.T(r, "kengine.out.calendar.title")}, calendarBody(v))
}

// calendarCreate makes an address and shows it, this once.
func (p *pages) calendarCreate(w http.ResponseWriter, r *http.Request) error {
	v := &calendarPage{trouble: ui.Trouble{Status: http.StatusOK}}
	err := web.Decode(r, &v.form)
	var made CalendarLink
	if err == nil {
		made, err = p.CreateCalendar(r.Context(), web.Actor(r), v.form.Scope, v.form.Lang)
	}
	if err != nil {
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
		return p.showCalendars(w, r, v)
	}
	v.made = p.base(r) + pathDates + "/" + made.Token + ".ics"
	return p.showCalendars(w, r, v)
}

func (p *pages) calendarDelete(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		ID string `form:"id,required,max=64"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if err := p.DeleteCalendar(r.Context(), web.Actor(r), f.ID); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.URL(r, pathCalendars), "kengine.out.calendar.deleted")
}

// scopeWords says what an address tells of.
func scopeWords(ctx context.Context, scope string) string {
	return ui.T(ctx, "kengine.out.calendar.scope."+scope)
}

// langWords is the name of a language in itself.
func langWords(lang string) string {
	if lang == "ja" {
		return "日本語"
	}
	return "English"
}

// worldTitle is what a public report is called.
func worldTitle(ctx context.Context, v *WorldReport) string {
	if ui.From(ctx).Lang == "ja" && v.TitleJA != "" {
		return v.TitleJA
	}
	return orDefault(v.Title, v.Key)
}
