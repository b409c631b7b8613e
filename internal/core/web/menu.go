package web

import (
	"context"
	"net/http"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
)

// Item is an entry of the main navigation. It is shown to those who hold its
// permission in their current organisation.
type Item struct {
	Key        string // message key of the label
	Path       string // without the language
	Permission identity.Permission
	Chord      string // keys that go there, "g w"; may be empty
	Count      func(ctx context.Context, a identity.Actor) (int, error)
	// Holds are the beginnings of the addresses that belong to the entry, without the
	// language, where those below Path are not them or not all.
	Holds []string
	// Aside is for what few need at few times: of several such entries the bar shows
	// one menu.
	Aside bool
}

// Hit is something that the palette found.
type Hit struct {
	Title string // text, as it is called
	Meta  string // its number, product or state
	Path  string // without the language
}

// Finder finds things of one kind for the palette, the best first, at most 8. It
// is asked only for actors who hold its permission.
type Finder struct {
	Key        string // message key of the kind, for example "kengine.reports"
	Permission identity.Permission
	Find       func(ctx context.Context, a identity.Actor, text string) ([]Hit, error)
}

// countTime bounds the counting for one page; a menu without numbers is better
// than a late page.
const countTime = 300 * time.Millisecond

// menu returns the entries that the actor may use. Readers who are not signed in
// are shown the public entries alone.
func (s *Server) menu(r *http.Request) []ui.MenuItem {
	a, l := Actor(r), Lang(r)
	ctx, cancel := context.WithTimeout(r.Context(), countTime)
	defer cancel()
	var out []ui.MenuItem
	for _, item := range s.config.Menu {
		public := item.Permission.Scope == identity.Public
		if public == a.SignedIn() || !a.May(item.Permission) {
			continue
		}
		m := ui.MenuItem{Label: s.config.Texts.Text(l, item.Key), Path: item.Path, Chord: item.Chord, Holds: item.Holds, Aside: item.Aside}
		if item.Count != nil {
			n, err := item.Count(ctx, a)
			if err != nil {
				s.config.Log.WarnContext(r.Context(), "menu count", "op", item.Key, "err", err)
			}
			m.Count = n
		}
		out = append(out, m)
	}
	return out
}
