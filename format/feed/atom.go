package feed

import (
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

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
