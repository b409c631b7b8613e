package app

import (
	"net/http"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// signInPath is the page of the room account that lets people in.
const signInPath = "/sign-in"

// start sends a reader to the first page of the console that the reader may use,
// and tells whoever is not signed in what this is and what is open to everybody.
func (h *House) start(w http.ResponseWriter, r *http.Request) error {
	a := web.Actor(r)
	if !a.SignedIn() {
		w.Header().Set("Cache-Control", "no-cache")
		return web.Render(w, r, http.StatusOK, ui.Page{Reading: true}, startBody(h.open(r), h.config.Demo))
	}
	w.Header().Set("Cache-Control", "no-store")
	for _, item := range h.menu() {
		if item.Permission.Scope != identity.Public && a.May(item.Permission) {
			return web.SeeOther(w, r, web.URL(r, item.Path), "")
		}
	}
	return web.SeeOther(w, r, web.URL(r, "/console/account"), "")
}

// menu lists the entries of all rooms in their order.
func (h *House) menu() []web.Item {
	var out []web.Item
	for _, m := range h.modules {
		out = append(out, m.Menu...)
	}
	return out
}

// open lists the pages that are there for everybody: those of the rooms, and the
// documentation of the API.
func (h *House) open(r *http.Request) []ui.MenuItem {
	var out []ui.MenuItem
	for _, item := range h.menu() {
		if item.Permission.Scope == identity.Public {
			out = append(out, ui.MenuItem{Label: web.T(r, item.Key), Path: item.Path})
		}
	}
	return append(out, ui.MenuItem{Label: web.T(r, "web.api.title"), Path: api.DocsPath})
}
