package feed

import (
	"encoding/xml"
	"io"

	"noroshi.dev/format/internal/markup"
)

// Write writes f as an Atom document in UTF-8. A feed that lacks what RFC 4287 demands is
// refused before the first byte.
func Write(w io.Writer, f Feed) error {
	if err := f.check(); err != nil {
		return err
	}
	prefixes := append([]Prefix{{Namespace: Namespace}}, f.Prefixes...)
	return markup.Write(w, f.element(), prefixes)
}

// WriteEntry writes one entry as a document of its own, as section 2 of RFC 4287 allows. The
// entry must have an author.
func WriteEntry(w io.Writer, e Entry, prefixes []Prefix) error {
	f := Feed{ID: e.ID, Title: e.Title, Updated: e.Updated, Entries: []Entry{e}}
	if err := f.check(); err != nil {
		return err
	}
	return markup.Write(w, e.element(), append([]Prefix{{Namespace: Namespace}}, prefixes...))
}

func (f *Feed) element() Element {
	root := lang(atom("feed", ""), f.Lang)
	root.Add(atom("id", f.ID), atom("title", f.Title))
	text(&root, "subtitle", f.Subtitle)
	root.Add(atom("updated", stamp(f.Updated)))
	person(&root, f.Author)
	links(&root, f.Links)
	categories(&root, f.Categories)
	text(&root, "rights", f.Rights)
	text(&root, "generator", f.Generator)
	root.Add(f.Extensions...)
	for i := range f.Entries {
		root.Add(f.Entries[i].element())
	}
	return root
}

func (e *Entry) element() Element {
	entry := lang(atom("entry", ""), e.Lang)
	entry.Add(atom("id", e.ID), atom("title", e.Title), atom("updated", stamp(e.Updated)))
	if !e.Published.IsZero() {
		entry.Add(atom("published", stamp(e.Published)))
	}
	person(&entry, e.Author)
	links(&entry, e.Links)
	categories(&entry, e.Categories)
	text(&entry, "summary", e.Summary)
	if e.Content != "" {
		kind := e.ContentType
		if kind == "" {
			kind = Text
		}
		entry.Add(atom("content", e.Content).With("type", string(kind)))
	}
	entry.Add(e.Extensions...)
	return entry
}

func atom(local, value string) Element { return markup.New(Namespace, local, value) }

func lang(e Element, tag string) Element {
	if tag != "" {
		e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"}, Value: tag})
	}
	return e
}

func text(parent *Element, local, value string) {
	if value != "" {
		parent.Add(atom(local, value))
	}
}

func person(parent *Element, p Person) {
	if p.Name == "" {
		return
	}
	author := atom("author", "")
	author.Add(atom("name", p.Name))
	text(&author, "uri", p.URI)
	text(&author, "email", p.Email)
	parent.Add(author)
}

func links(parent *Element, list []Link) {
	for _, l := range list {
		e := atom("link", "").With("rel", l.Rel).With("type", l.Type).With("hreflang", l.Lang)
		parent.Add(e.With("title", l.Title).With("href", l.Href))
	}
}

func categories(parent *Element, list []Category) {
	for _, c := range list {
		parent.Add(atom("category", "").With("term", c.Term).With("scheme", c.Scheme).With("label", c.Label))
	}
}
