package ui

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/i18n"
)

// Reader is for whom a page is written: language, zone, settings and the page
// itself. web puts one into the context of every page.
type Reader struct {
	Lang    i18n.Lang
	Zone    *time.Location // of all times on the page; nil is UTC
	Texts   *i18n.Catalogue
	Now     time.Time // the moment that "3 days ago" counts from
	Name    string    // display name; empty for nobody
	Theme   string    // "", "light" or "dark"
	Compact bool      // short table rows
	NoKeys  bool      // single-letter shortcuts switched off
	Path    string    // path of the page without the language
	Query   url.Values
	Request string // request id
	Asset   func(name string) string
}

type readerKey struct{}

// With returns ctx carrying r.
func With(ctx context.Context, r Reader) context.Context {
	return context.WithValue(ctx, readerKey{}, r)
}

// From returns the reader of ctx; without one a reader of Japanese in UTC.
func From(ctx context.Context) Reader {
	if r, ok := ctx.Value(readerKey{}).(Reader); ok {
		return r
	}
	return Reader{Lang: i18n.JA, Texts: i18n.New()}
}

// T returns the text of key in the reader's language; args are name, value pairs.
func T(ctx context.Context, key string, args ...any) string {
	r := From(ctx)
	return r.Texts.Text(r.Lang, key, args...)
}

// URL returns a path below the reader's language, for example
// URL(ctx, "/console/kengine/report/%s", id). Text arguments are escaped, so that
// an identifier never becomes more than one segment.
func URL(ctx context.Context, format string, args ...any) string {
	return Path(From(ctx).Lang, format, args...)
}

// Path is URL for a given language.
func Path(l i18n.Lang, format string, args ...any) string {
	escaped := make([]any, len(args))
	for i, a := range args {
		if s, ok := a.(string); ok {
			a = url.PathEscape(s)
		}
		escaped[i] = a
	}
	if len(args) > 0 {
		format = fmt.Sprintf(format, escaped...)
	}
	return "/" + string(l) + format
}

// Here returns the present page with some of its query changed: name, value
// pairs, where an empty value removes the name.
func Here(ctx context.Context, pairs ...string) string {
	r := From(ctx)
	return Path(r.Lang, "%s", Raw(r.Path)) + Changed(r.Query, pairs...)
}

// Raw is a path that URL and Path must not escape again.
type Raw string

// Changed returns a query with some names set or, by an empty value, removed; it
// begins with a question mark unless it is empty.
func Changed(query url.Values, pairs ...string) string {
	q := url.Values{}
	maps.Copy(q, query)
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// Time returns t in the reader's zone: 2026-11-18 14:00 JST.
func Time(ctx context.Context, t time.Time) string {
	r := From(ctx)
	return i18n.Time(r.Lang, t, r.Zone)
}

// Date returns the day of t in the reader's zone: 2026-11-18.
func Date(ctx context.Context, t time.Time) string {
	r := From(ctx)
	return i18n.Date(r.Lang, t, r.Zone)
}

// Ago returns in words how far t is from now: "3 days ago".
func Ago(ctx context.Context, t time.Time) string {
	r := From(ctx)
	return i18n.Ago(r.Lang, t, r.Now)
}

// Number returns n with separators: 1,234.
func Number(ctx context.Context, n int) string { return i18n.Number(From(ctx).Lang, n) }

// present is the path of the menu entry that holds the present page: of several
// the closest one, of none "".
func present(ctx context.Context, menu []MenuItem) string {
	found, closest := "", 0
	for _, m := range menu {
		if From(ctx).Path == m.Path {
			return m.Path
		}
		held := m.Holds
		if len(held) == 0 {
			held = []string{m.Path}
		}
		for _, path := range held {
			if len(path) > closest && current(ctx, path) {
				found, closest = m.Path, len(path)
			}
		}
	}
	return found
}

// parted are the entries that stand in the bar, and those of its menu. A menu of
// one would hide more than it holds.
func parted(menu []MenuItem) (bar, more []MenuItem) {
	for _, m := range menu {
		if m.Aside {
			more = append(more, m)
		} else {
			bar = append(bar, m)
		}
	}
	if len(more) < 2 || len(bar) == 0 {
		return menu, nil
	}
	return bar, more
}

// holds reports whether one of the entries has the path.
func holds(menu []MenuItem, path string) bool {
	return slices.ContainsFunc(menu, func(m MenuItem) bool { return m.Path == path })
}

// current reports whether a menu path holds the present page.
func current(ctx context.Context, path string) bool {
	here := From(ctx).Path
	return here == path || strings.HasPrefix(here, strings.TrimSuffix(path, "/")+"/") && path != "/"
}
