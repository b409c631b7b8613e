package vrda

import (
	"io"
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
