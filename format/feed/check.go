package feed

import (
	"fmt"
	"net/url"
	"time"
)

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
