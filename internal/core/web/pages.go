package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/gallery"
	"noroshi.dev/internal/core/web/ui"
)

// The pages of the shell itself.
const (
	goPath      = "/console/go"
	keysPath    = "/console/keys"
	galleryPath = "/console/_gallery"
)

// Pages declares the pages of the shell: palette, help on shortcuts, gallery.
func (s *Server) Pages(rs *Routes) {
	rs.Get(goPath, identity.Person(), s.goTo)
	rs.Get(keysPath, identity.Person(), s.keys)
	rs.Get(galleryPath, identity.Person(), s.gallery)
}

// whole returns a text as a number if it is one, so that it is written and
// counted as a number.
func whole(s string) any {
	if n, err := strconv.Atoi(s); err == nil && strconv.Itoa(n) == s {
		return n
	}
	return s
}

// gallery shows every component in every state.
func (s *Server) gallery(w http.ResponseWriter, r *http.Request) error {
	return Render(w, r, http.StatusOK, ui.Page{Title: T(r, "web.gallery.title")}, gallery.Page())
}

// keys shows the shortcuts.
func (s *Server) keys(w http.ResponseWriter, r *http.Request) error {
	return Render(w, r, http.StatusOK, ui.Page{Title: T(r, "web.keys.title")}, ui.KeysPage(s.menu(r)))
}

// goTo finds pages and things by words.
func (s *Server) goTo(w http.ResponseWriter, r *http.Request) error {
	text := strings.TrimSpace(norm.NFKC.String(query(r).Get("q")))
	if cut := []rune(text); len(cut) > 200 {
		text = string(cut[:200])
	}
	found := s.find(r.Context(), r, text)
	return Render(w, r, http.StatusOK, ui.Page{Title: T(r, "web.go.title")}, ui.GoPage(goPath, text, found))
}

// find asks the menu and every finder that the actor may use.
func (s *Server) find(ctx context.Context, r *http.Request, text string) ui.Found {
	a := Actor(r)
	var out ui.Found
	group := ui.HitGroup{Label: T(r, "web.go.pages")}
	for _, m := range s.menu(r) {
		if text == "" || strings.Contains(strings.ToLower(m.Label), strings.ToLower(text)) {
			group.Hits = append(group.Hits, ui.Hit{Title: m.Label, Path: m.Path})
		}
	}
	out.Groups = append(out.Groups, group)
	for _, f := range s.config.Finders {
		if text == "" || !a.May(f.Permission) {
			continue
		}
		hits, err := f.Find(ctx, a, text)
		if err != nil {
			out.Failed = true
			s.config.Log.WarnContext(ctx, "find", "op", f.Key, "err", err)
			continue
		}
		group := ui.HitGroup{Label: T(r, f.Key)}
		for _, h := range hits[:min(len(hits), 8)] {
			group.Hits = append(group.Hits, ui.Hit(h))
		}
		out.Groups = append(out.Groups, group)
	}
	return out
}
