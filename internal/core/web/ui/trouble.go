package ui

import (
	"maps"
	"slices"
)

// Trouble is what a reader is told about an error: of a page, or of a form that is
// shown again. The zero Trouble is none.
type Trouble struct {
	Status  int
	Title   string
	Fields  map[string]string // text by the name of the field
	Hint    string
	Request string // request id
}

// Any reports whether there is something to tell.
func (t Trouble) Any() bool { return t.Title != "" }

// Of returns what is wrong with a field, "" if nothing is.
func (t Trouble) Of(field string) string { return t.Fields[field] }

// names are the fields that are wrong, sorted.
func (t Trouble) names() []string { return slices.Sorted(maps.Keys(t.Fields)) }

// Hit is a thing or page that the palette found.
type Hit struct{ Title, Meta, Path string }

// HitGroup is what was found of one kind.
type HitGroup struct {
	Label string
	Hits  []Hit
}

// Found is all that the palette found.
type Found struct {
	Groups []HitGroup
	Failed bool // a part could not be searched
}

// none reports whether nothing was found.
func (f Found) none() bool {
	return !slices.ContainsFunc(f.Groups, func(g HitGroup) bool { return len(g.Hits) > 0 })
}

// Pager is the links under a list: cursors, "" where there is no more.
type Pager struct{ Newer, Older string }
