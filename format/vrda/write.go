package vrda

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"noroshi.dev/format/feed"
	"noroshi.dev/format/internal/markup"
)

// Write writes d as a document of our profile. A number and a provider are required, because
// they are its identity.
func Write(w io.Writer, d Data) error {
	e, err := d.element()
	if err != nil {
		return err
	}
	return markup.Write(w, e, []markup.Prefix{{Namespace: Namespace}})
}

// Feed returns an Atom feed whose entries hold the given data: each has the overview as content,
// a category per product name, the given links, and the VrdaData itself. head gives everything
// else of the feed. authority and since make the identities of the entries, see feed.TagID.
func Feed(head feed.Feed, authority string, since time.Time, list []Data, links func(Data) []feed.Link) (feed.Feed, error) {
	head.Prefixes = append(head.Prefixes, feed.Prefix{Prefix: "vrda", Namespace: Namespace})
	for _, d := range list {
		e, err := d.element()
		if err != nil {
			return feed.Feed{}, err
		}
		v := d.Vulinfo
		entry := feed.Entry{
			ID: feed.TagID(authority, since, "vrda/"+d.Identity()), Lang: d.Lang, Title: first(v.Title, v.ID),
			Updated: v.Updated, Published: v.Published, Content: first(v.Overview, v.Title, v.ID),
			Author: feed.Person{Name: d.Provider.Name, URI: d.Provider.URL}, Extensions: []feed.Element{e},
		}
		if links != nil {
			entry.Links = links(d)
		}
		for _, name := range d.products() {
			entry.Categories = append(entry.Categories, feed.Category{Term: name})
		}
		head.Entries = append(head.Entries, entry)
	}
	return head, nil
}

// products returns the product names, CPE before package URL, each once.
func (d *Data) products() []string {
	var list []string
	seen := map[string]bool{}
	for _, a := range d.Vulinfo.Affected {
		for _, name := range append(append([]string{}, a.CPEs...), a.PURLs...) {
			if !seen[name] {
				seen[name] = true
				list = append(list, name)
			}
		}
	}
	return list
}

func (d *Data) element() (Element, error) {
	if d.Vulinfo.ID == "" || d.Provider.ID == "" && d.Provider.Name == "" {
		return Element{}, errors.New("vrda: number and provider of the data are required")
	}
	for _, f := range d.Vulinfo.Facts {
		if f.Key == "" {
			return Element{}, fmt.Errorf("vrda: %s: a fact has no key", d.Vulinfo.ID)
		}
		// Read would leave it out, so that a known fact became an unknown one.
		if slices.ContainsFunc(f.Values, func(v Value) bool { return v.Key == "" }) {
			return Element{}, fmt.Errorf("vrda: %s: a value of the fact %s has no key", d.Vulinfo.ID, f.Key)
		}
	}
	root := leaf("VrdaData", "").With("version", ProfileVersion)
	if d.Lang != "" {
		root.Attrs = append(root.Attrs, xml.Attr{Name: xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"}, Value: d.Lang})
	}
	root.Add(leaf("VrdaDataProvider", "").With("id", d.Provider.ID).With("name", d.Provider.Name).With("url", d.Provider.URL))
	optional(&root, "VrdaDataSourceType", d.SourceType)
	root.Add(d.Vulinfo.element())
	root.Add(d.Extra...)
	return root, nil
}

func (v *Vulinfo) element() Element {
	e := leaf("Vulinfo", "")
	e.Add(leaf("VulinfoID", v.ID))
	if v.Revision > 0 {
		e.Add(leaf("VulinfoRevision", itoa(v.Revision)))
	}
	data := leaf("VulinfoData", "")
	optional(&data, "Title", v.Title)
	if v.Overview != "" {
		description := leaf("VulinfoDescription", "")
		data.Add(*description.Add(leaf("Overview", v.Overview)))
	}
	group(&data, "Affected", v.Affected, Affected.element)
	group(&data, "FactAnalysis", v.Facts, Fact.element)
	group(&data, "Related", v.Related, Related.element)
	date(&data, "DatePublic", v.Public)
	date(&data, "DateFirstPublished", v.Published)
	date(&data, "DateLastUpdated", v.Updated)
	e.Add(data)
	e.Add(v.Extra...)
	return e
}

func (a Affected) element() Element {
	e := leaf("AffectedItem", "").With("affectedstatus", a.Status)
	optional(&e, "Name", a.Vendor)
	optional(&e, "ProductName", a.Product)
	for _, list := range []struct {
		name  string
		texts []string
	}{{"Cpe", a.CPEs}, {"Purl", a.PURLs}, {"VersionNumber", a.Versions}} {
		for _, text := range list.texts {
			optional(&e, list.name, text)
		}
	}
	return e
}

func (f Fact) element() Element {
	e := leaf("Fact", "").With("namespace", f.Namespace).With("key", f.Key).With("version", f.Version)
	e = e.With("source", f.Source).With("evidence", f.Evidence).With("observed", stamp(f.Observed))
	for _, v := range f.Values {
		e.Add(leaf("Value", v.Key).With("label", v.Label))
	}
	return e
}

func (r Related) element() Element {
	e := leaf("RelatedItem", "").With("type", r.Type).With("title", r.Title)
	optional(&e, "URL", r.URL)
	return e
}

// group adds an element with one child for each item, or nothing for an empty list.
func group[T any](parent *Element, name string, items []T, element func(T) Element) {
	if len(items) == 0 {
		return
	}
	e := leaf(name, "")
	for _, item := range items {
		e.Add(element(item))
	}
	parent.Add(e)
}

func leaf(local, text string) Element { return markup.New(Namespace, local, text) }

func optional(parent *Element, local, text string) {
	if text != "" {
		parent.Add(leaf(local, text))
	}
}

func date(parent *Element, local string, t time.Time) { optional(parent, local, stamp(t)) }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
