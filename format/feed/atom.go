package feed

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"noroshi.dev/format/internal/markup"
)

// Namespace is that of Atom.
const Namespace = "http://www.w3.org/2005/Atom"

// Element is an element of another namespace, with its children.
type Element = markup.Element

// Prefix binds a prefix to the namespace of foreign elements.
type Prefix = markup.Prefix

// Feed is an Atom feed.
type Feed struct {
	// ID is the lasting identity, an absolute IRI; see TagID.
	ID string
	// Lang is the language of the texts, as "ja" or "en".
	Lang            string
	Title, Subtitle string
	// Updated is the last change of note; it is written in UTC to the second.
	Updated time.Time
	// Author may be empty only if every entry has one.
	Author     Person
	Rights     string
	Generator  string
	Links      []Link
	Categories []Category
	Entries    []Entry
	// Extensions stand before the entries.
	Extensions []Element
	// Prefixes are declared at the root, for the namespaces of extensions.
	Prefixes []Prefix
}

// Entry is one entry of a feed.
type Entry struct {
	ID      string
	Lang    string
	Title   string
	Updated time.Time
	// Published is the first publication; the zero time leaves it out.
	Published  time.Time
	Author     Person
	Links      []Link
	Categories []Category
	Summary    string
	// Content is the text, of the given type.
	Content     string
	ContentType ContentType
	Extensions  []Element
}

// ContentType tells how Content is to be read.
type ContentType string

// The types of content. Text is the default; HTML is written escaped.
const (
	Text ContentType = "text"
	HTML ContentType = "html"
)

// Person is an author.
type Person struct{ Name, URI, Email string }

// Link points somewhere; Rel is self, alternate, related, next and so on.
type Link struct{ Rel, Href, Type, Lang, Title string }

// Category is a term, its scheme (an IRI) and a label for people.
type Category struct{ Term, Scheme, Label string }

// TagID returns a tag URI (RFC 4151) for an identity that authority has given on the day since,
// as "tag:csirt.example,2026-04-01:task/42". The specific part is percent-encoded where needed.
func TagID(authority string, since time.Time, specific string) string {
	path := (&url.URL{Path: specific}).EscapedPath()
	return "tag:" + strings.ToLower(authority) + "," + since.UTC().Format(time.DateOnly) + ":" + path
}

// check returns what the standard demands and the feed lacks.
func (f *Feed) check() error {
	if err := checkHead(f.ID, f.Title, f.Updated); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	if err := checkParts(f.Links, f.Categories); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	seen := map[string]bool{}
	for i := range f.Entries {
		e := &f.Entries[i]
		if err := checkHead(e.ID, e.Title, e.Updated); err != nil {
			return fmt.Errorf("feed: entry %d: %w", i+1, err)
		}
		if e.Author.Name == "" && f.Author.Name == "" {
			return fmt.Errorf("feed: entry %d: neither the entry nor the feed has an author", i+1)
		}
		key := e.ID + " " + stamp(e.Updated)
		if seen[key] {
			return fmt.Errorf("feed: entry %d: id %s occurs twice with the same time", i+1, e.ID)
		}
		seen[key] = true
		if e.ContentType == "xhtml" {
			return fmt.Errorf("feed: entry %d: content of type xhtml; write it as html", i+1)
		}
		if err := checkParts(e.Links, e.Categories); err != nil {
			return fmt.Errorf("feed: entry %d: %w", i+1, err)
		}
		if e.Content == "" && !e.alternate() {
			return fmt.Errorf("feed: entry %d: neither content nor a link of rel alternate", i+1)
		}
	}
	return nil
}

func (e *Entry) alternate() bool {
	for _, l := range e.Links {
		if l.Rel == "alternate" || l.Rel == "" {
			return true
		}
	}
	return false
}

func checkHead(id, title string, updated time.Time) error {
	if u, err := url.Parse(id); err != nil || !u.IsAbs() {
		return fmt.Errorf("id %q is no absolute IRI", id)
	}
	if title == "" {
		return fmt.Errorf("%s has no title", id)
	}
	if updated.IsZero() {
		return fmt.Errorf("%s has no time of change", id)
	}
	return nil
}

// checkParts looks for the attributes that sections 4.2.2 and 4.2.7 demand, and for two alternate
// links of one type and language.
func checkParts(links []Link, categories []Category) error {
	seen := map[Link]bool{}
	for i, l := range links {
		if l.Href == "" {
			return fmt.Errorf("link %d has no address", i+1)
		}
		if l.Rel != "alternate" && l.Rel != "" {
			continue
		}
		key := Link{Type: l.Type, Lang: l.Lang}
		if seen[key] {
			return fmt.Errorf("link %d is a second one of rel alternate with the same type and language", i+1)
		}
		seen[key] = true
	}
	for i, c := range categories {
		if c.Term == "" {
			return fmt.Errorf("category %d has no term", i+1)
		}
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
