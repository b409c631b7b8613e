package kengine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/format/feed"
	"noroshi.dev/format/vrda"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
)

// worldOnly keeps the words of people out of what is public: a report that a person wrote here is
// left out, also when a record came later.
const worldOnly = `NOT EXISTS (SELECT 1 FROM kengine_origin o WHERE o.report = r.id AND o.kind = 'manual')`

const worldColumns = `r.id, r.key, r.state, r.title, r.title_ja, r.summary, r.lang, r.published, r.updated, r.facts`

// WorldReport is a report as everybody may read it: no word of an organisation is in it.
type WorldReport struct {
	Key       string         `json:"key"`
	State     string         `json:"state"` // published or rejected
	Title     string         `json:"title,omitempty"`
	TitleJA   string         `json:"title_ja,omitempty"`
	Summary   string         `json:"summary,omitempty"`
	Lang      string         `json:"lang,omitempty"`
	Published time.Time      `json:"published,omitzero"`
	Updated   time.Time      `json:"updated"`
	Products  []WorldProduct `json:"products,omitempty"`
	Facts     []WorldFact    `json:"facts,omitempty"`

	id     string
	values []Value
}

// WorldProduct is an affected product.
type WorldProduct struct {
	Vendor  string `json:"vendor,omitempty"`
	Product string `json:"product,omitempty"`
	CPE     string `json:"cpe,omitempty"` // part, vendor and product of the name
	PURL    string `json:"purl,omitempty"`
}

// WorldFact is the current value of a fact by the default policy, with the word of its source.
type WorldFact struct {
	Fact     string    `json:"fact"`   // namespace:KEY:version
	Values   []string  `json:"values"` // keys of the values that are still possible
	Source   string    `json:"source"`
	Evidence string    `json:"evidence,omitempty"`
	Observed time.Time `json:"observed,omitzero"`
}

// FeedPage is a part of the public feed, the last changed first.
type FeedPage struct {
	Reports []WorldReport
	Older   web.Cursor // nil at the end
}

// ETag names the content of the page.
func (p *FeedPage) ETag() string {
	h := sha256.New()
	for i := range p.Reports {
		_, _ = fmt.Fprintf(h, "%s %d\n", p.Reports[i].Key, p.Reports[i].Updated.UnixMicro())
	}
	_, _ = fmt.Fprint(h, p.Older)
	return `"` + hex.EncodeToString(h.Sum(nil)[:12]) + `"`
}

// Feed returns a part of the public feed: reports that changed at since or later (the zero time: all),
// the last changed first, from the place after on (nil: the beginning). Anybody may ask. It holds what
// public sources say and nothing of any organisation.
func (s *Service) Feed(ctx context.Context, since time.Time, after web.Cursor, limit int) (FeedPage, error) {
	q := limited(Query{Limit: limit, After: after})
	w := &storage.Where{}
	w.And(worldOnly)
	if !since.IsZero() {
		w.And("r.updated >= ?", since.UnixMicro())
	}
	_, tail, err := paged(&q, w, reportOrders())
	if err != nil {
		return FeedPage{}, err
	}
	var page web.Rows[WorldReport]
	err = s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		rows, err := storage.List(ctx, r, scanWorld, `SELECT `+worldColumns+` FROM kengine_report r`+w.SQL()+tail, append(w.Args(), q.Limit+1)...)
		if err != nil {
			return fmt.Errorf("kengine: feed: %w", err)
		}
		page = web.Cut(q, rows, func(v WorldReport) web.Cursor { return web.Cursor{strconv.FormatInt(v.Updated.UnixMicro(), 10), v.id} })
		return s.fillWorld(ctx, r, page.Items)
	})
	return FeedPage{Reports: page.Items, Older: page.Older}, err
}

func scanWorld(scan func(...any) error) (WorldReport, error) {
	var v WorldReport
	var published int64
	var updated storage.Time
	var facts []byte
	err := scan(&v.id, &v.Key, &v.State, &v.Title, &v.TitleJA, &v.Summary, &v.Lang, &published, &updated, &facts)
	if err != nil {
		return v, err
	}
	if published != 0 {
		v.Published = time.UnixMicro(published).UTC()
	}
	v.Updated = updated.Time
	v.values, err = parseFacts(facts)
	slices.SortFunc(v.values, func(a, b Value) int { return strings.Compare(a.Fact, b.Fact) })
	return v, err
}

// fillWorld adds products and facts; of the assertions only those that hold for everybody are read.
func (s *Service) fillWorld(ctx context.Context, r storage.Runner, reports []WorldReport) error {
	ids := make([]string, len(reports))
	for i := range reports {
		ids[i] = reports[i].id
	}
	products, err := readAffected(ctx, r, ids)
	if err != nil {
		return err
	}
	assertions, err := readAssertions(ctx, r, ids)
	if err != nil {
		return err
	}
	policy, now := DefaultPolicy(), s.Clock.Now()
	for i := range reports {
		v := &reports[i]
		for _, a := range products[v.id] {
			v.Products = append(v.Products, WorldProduct{Vendor: a.vendor, Product: a.product, CPE: a.cpe, PURL: a.purl})
		}
		slices.SortFunc(v.Products, func(a, b WorldProduct) int {
			return strings.Compare(a.Vendor+"\x00"+a.Product+"\x00"+a.CPE+"\x00"+a.PURL, b.Vendor+"\x00"+b.Product+"\x00"+b.CPE+"\x00"+b.PURL)
		})
		world := slices.DeleteFunc(assertions[v.id], func(a Assertion) bool { return a.Organisation != "" || a.Actor != "" })
		v.values, _ = resolve(world, &policy, now)
		for _, val := range v.values {
			v.Facts = append(v.Facts, WorldFact{Fact: val.Fact, Values: val.Values, Source: val.Source, Evidence: val.Evidence, Observed: val.Observed})
		}
	}
	return nil
}

// FeedHead says who publishes the feed.
type FeedHead struct {
	Authority string    // host name in whose name identities are made, as "csirt.example"
	Since     time.Time // day from which the authority has held that name
	Name, URL string    // of the publisher
	Self      string    // address of this page of the feed
	Next      string    // address of the next page, empty at the end
	Title     string
	Lang      string                  // "ja" or "en"
	Report    func(key string) string // address of the page of a report; nil: none
}

// Atom turns a page of the feed into an Atom feed whose entries hold the VRDA-style profile of
// format/vrda.
func (p *FeedPage) Atom(h FeedHead) (feed.Feed, error) {
	head := feed.Feed{
		ID: feed.TagID(h.Authority, h.Since, "kengine/feed"), Lang: h.Lang, Title: h.Title, Author: feed.Person{Name: h.Name, URI: h.URL}, Generator: "noroshi",
		Links: []feed.Link{{Rel: "self", Href: h.Self, Type: "application/atom+xml"}}, Updated: h.Since,
	}
	if h.Next != "" {
		head.Links = append(head.Links, feed.Link{Rel: "next", Href: h.Next, Type: "application/atom+xml"})
	}
	list := make([]vrda.Data, len(p.Reports))
	for i := range p.Reports {
		if p.Reports[i].Updated.After(head.Updated) {
			head.Updated = p.Reports[i].Updated
		}
		list[i] = p.Reports[i].VRDA(h)
	}
	return vrda.Feed(head, h.Authority, h.Since, list, func(d vrda.Data) []feed.Link {
		if h.Report == nil {
			return nil
		}
		return []feed.Link{{Rel: "alternate", Href: h.Report(d.Vulinfo.ID), Type: "text/html"}}
	})
}

// VRDA returns the report in the VRDA-style profile.
func (v *WorldReport) VRDA(h FeedHead) vrda.Data {
	title := v.Title
	if h.Lang == "ja" && v.TitleJA != "" {
		title = v.TitleJA
	}
	if title == "" {
		title = v.Key
	}
	d := vrda.Data{
		Lang: h.Lang, Provider: vrda.Provider{ID: h.Authority, Name: h.Name, URL: h.URL}, SourceType: vrda.Advisory,
		Vulinfo: vrda.Vulinfo{ID: v.Key, Revision: 1, Title: title, Overview: v.Summary, Public: v.Published, Published: v.Published, Updated: v.Updated},
	}
	for _, p := range v.Products {
		a := vrda.Affected{Status: "vulnerable", Vendor: p.Vendor, Product: p.Product}
		if p.CPE != "" {
			a.CPEs = []string{"cpe:2.3:" + p.CPE + strings.Repeat(":*", 8)}
		}
		if p.PURL != "" {
			a.PURLs = []string{p.PURL}
		}
		d.Vulinfo.Affected = append(d.Vulinfo.Affected, a)
	}
	for _, f := range v.Facts {
		id := factID(f.Fact)
		fact := vrda.Fact{Namespace: id.Namespace, Key: id.Key, Version: id.Version, Source: f.Source, Observed: f.Observed}
		if isWebAddress(f.Evidence) {
			fact.Evidence = f.Evidence
		}
		for _, value := range f.Values {
			fact.Values = append(fact.Values, vrda.Value{Key: value})
		}
		d.Vulinfo.Facts = append(d.Vulinfo.Facts, fact)
	}
	return d
}

// isWebAddress reports whether a text is an absolute address of the web.
func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
