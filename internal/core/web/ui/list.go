package ui

import (
	"context"

	"noroshi.dev/internal/core/web/filter"
)

// Filters is the filter bar of a list.
type Filters struct {
	Text        string // as typed
	Expr        filter.Expr
	Placeholder string // an example of the grammar
	Error       string // what is wrong with Text
	Sorts       []Option
	Extra       []Select // further selects, for example the organisation
	Fragment    string   // id of the element and of the templ.Fragment that filtering swaps; "list" if empty
}

// Select is a select of the filter bar.
type Select struct {
	Name, Label string
	Options     []Option
}

// target is the selector of the element that filtering swaps.
func (f Filters) target() string {
	if f.Fragment == "" {
		return "#list"
	}
	return "#" + f.Fragment
}

// Column is the head of a table column.
type Column struct {
	Label  string
	Class  string // "right" for numbers
	Sort   string // name of the order that its link asks for; empty: none
	Sorted string // "ascending" or "descending" where the list is in this order
	Hidden bool   // the label is for readers of the page's text only
}

// Deed is a button of the bulk bar: it posts the chosen rows to Action.
type Deed struct {
	Label  string
	Action string // from URL
	Key    string // single letter; may be empty
	Danger bool
}

// Bulk is the bar under a list with check boxes. It belongs into one form with
// them, which posts web.Selection.
type Bulk struct {
	Deeds   []Deed
	Total   int    // rows that match the filter; above the page's rows it offers all of them
	OnPage  int    // rows of the page
	Text    string // filter text, posted as q
	Capable bool   // the deeds may be done to all that match
}

// exportURL is the address of an export with the present filter and order.
func exportURL(ctx context.Context, path, format, bom string) string {
	r := From(ctx)
	return Path(r.Lang, "%s", Raw(path)) + Changed(r.Query, "format", format, "bom", bom, "after", "", "before", "", "limit", "")
}

// list is the class of a table for the reader's density.
func list(ctx context.Context, class string) string {
	if From(ctx).Compact {
		return class + " compact"
	}
	return class
}
