package ui

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/i18n"
)

// Crumb is a step of the way to a page.
type Crumb struct{ Label, Path string }

// Heading is the head of a page. Buttons are given as children of Head.
type Heading struct {
	Crumbs []Crumb
	Title  string
	Code   string // identifier before the title, in small type
	Sub    string // one sentence beside the title
}

// Tab is a saved view above a list.
type Tab struct {
	Label   string
	Href    string // from URL or Here
	Count   int    // shown when above zero
	Current bool
}

// Kind is the weight of a mark, a state or a notice. It is always shown with a word.
type Kind string

// The kinds of marks (priority).
const (
	Now  Kind = "now"  // act at once
	Soon Kind = "soon" // important
	Plan Kind = "plan" // with the regular round
	None Kind = "none" // no action
)

// The kinds of states and notices.
const (
	Bad     Kind = "bad"
	Open    Kind = "open"
	Good    Kind = "good"
	Unknown Kind = "unknown"
)

// Option is a choice of a select, of radio buttons or of check boxes.
type Option struct {
	Value, Label string
	Hint         string
	Chosen       bool
}

// Change is one entry of a history.
type Change struct {
	At   time.Time
	By   string
	Text string
	Old  string // what it was, struck out; may be empty
	New  string // what it became; may be empty
}

// Step is one step of a workflow.
type Step struct {
	Label         string
	Done, Current bool
}

// Pair is a name and its value in a list of facts.
type Pair struct {
	Name  string
	Value templ.Component
}

// Text is a component of plain text, for Pair.
func Text(s string) templ.Component { return text(s) }

// tlpClass is the class of a TLP 2.0 label: "TLP:AMBER+STRICT" or "amber+strict".
func tlpClass(label string) string {
	colour, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(strings.ToUpper(label), "TLP:")), "+")
	switch colour {
	case "red", "amber", "green":
		return "tlp-" + colour
	default:
		return "tlp-clear"
	}
}

// tlpText is a label as the standard writes it.
func tlpText(label string) string {
	label = strings.ToUpper(label)
	if !strings.HasPrefix(label, "TLP:") {
		label = "TLP:" + label
	}
	return label
}

// filtered is the present page with another filter text, from its beginning. The
// text stays in the address even when empty, because no text means the preset.
func filtered(ctx context.Context, text string) string {
	r := From(ctx)
	q := url.Values{}
	for name, values := range r.Query {
		if name != "after" && name != "before" && name != "view" {
			q[name] = values
		}
	}
	q.Set("q", text)
	return Path(r.Lang, "%s", Raw(r.Path)) + "?" + q.Encode()
}

// utc is a time as the datetime attribute wants it.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// overdue reports whether t is before the present.
func overdue(ctx context.Context, t time.Time) bool { return t.Before(From(ctx).Now) }

// late says by how many whole days a time is past, at least that it is.
func late(ctx context.Context, t time.Time) string {
	if days := int(From(ctx).Now.Sub(t) / (24 * time.Hour)); days > 0 {
		return T(ctx, "web.overdue.days", "n", days)
	}
	return T(ctx, "web.overdue.today")
}

// tokyo is the zone in which embargo hours are agreed.
func tokyo() *time.Location {
	if z, err := time.LoadLocation("Asia/Tokyo"); err == nil {
		return z
	}
	return time.FixedZone("JST", 9*60*60)
}

// embargoText is an embargo hour in full: both zones and the days left.
func embargoText(ctx context.Context, t time.Time) string {
	r := From(ctx)
	return i18n.Time(r.Lang, t, tokyo()) + " (" + t.UTC().Format("15:04") + " UTC)" + T(ctx, "web.comma") + Ago(ctx, t)
}
