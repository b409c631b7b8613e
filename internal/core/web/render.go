package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
)

// htmxConfig keeps htmx within the content security policy and lets it swap
// answers with status 422 and 409.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"historyCacheSize":0,` +
	`"refreshOnHistoryMiss":true,"selfRequestsOnly":true,"responseHandling":[{"code":"204","swap":false},` +
	`{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"409","swap":true},{"code":"[45]..","swap":false,"error":true}]}`

// Render writes a page with a status. A request of htmx whose target is a
// templ.Fragment of body is answered by that fragment alone, so that a page and
// its parts are one component. Everything is rendered before the first byte is
// sent.
func Render(w http.ResponseWriter, r *http.Request, status int, page ui.Page, body templ.Component) error {
	s := stateOf(r.Context()).server
	if s == nil {
		return fmt.Errorf("web: render outside of a server")
	}
	return s.render(w, r, status, page, body, nil)
}

// render is Render with the component that a script is answered with instead of
// the whole page; nil looks for a fragment.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page ui.Page, body, partial templ.Component) error {
	var out bytes.Buffer
	w.Header().Add("Vary", "HX-Request, Cookie, Accept-Encoding")
	done := false
	if r.Header.Get("HX-Request") == "true" {
		var err error
		if done, err = fragment(r, &out, body, partial); err != nil {
			return fmt.Errorf("web: render fragment %q: %w", page.Title, err)
		}
	}
	if !done {
		frame := s.frame(w, r, page)
		if err := ui.Shell(frame, body).Render(r.Context(), &out); err != nil {
			return fmt.Errorf("web: render %q: %w", page.Title, err)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
		if status == http.StatusOK && unchanged(w, r, out.Bytes()) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, err := w.Write(out.Bytes())
	if err != nil {
		return nil //nolint:nilerr // the reader left; there is nobody to tell
	}
	return nil
}

// fragment writes the part of body that a script asked for and reports whether
// there was one.
func fragment(r *http.Request, out *bytes.Buffer, body, partial templ.Component) (bool, error) {
	if partial != nil {
		return true, partial.Render(r.Context(), out)
	}
	target := r.Header.Get("HX-Target")
	if target == "" {
		return false, nil
	}
	err := templ.RenderFragments(r.Context(), out, body, target)
	return out.Len() > 0, err
}

// unchanged sets the tag of a public page and reports whether the reader has it.
func unchanged(w http.ResponseWriter, r *http.Request, content []byte) bool {
	sum := sha256.Sum256(content)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	return r.Header.Get("If-None-Match") == tag
}

// frame is the shell around a page for the reader of r.
func (s *Server) frame(w http.ResponseWriter, r *http.Request, page ui.Page) ui.Frame {
	a := Actor(r)
	f := ui.Frame{
		Page: page, Menu: s.menu(r), SwitchPath: s.config.SwitchPath, AccountPath: s.config.AccountPath,
		SignInPath: s.config.SignInPath, KeysPath: keysPath, Module: s.assets.url("noroshi.js"), Flash: s.takeFlash(w, r),
		Demo: s.config.Demo, Base: s.config.Base, HTMX: htmxConfig,
	}
	if a.SignedIn() {
		f.GoPath = goPath
		f.Organisations = organisations(a)
	}
	if s.assets.has(htmxFile) {
		f.Scripts = []string{s.assets.url(htmxFile)}
	}
	return f
}

// organisations are those that a may switch between.
func organisations(a identity.Actor) []ui.Organisation {
	out := make([]ui.Organisation, 0, len(a.Memberships))
	for _, m := range a.Memberships {
		out = append(out, ui.Organisation{ID: m.Organisation, Name: m.Name, Current: m.Organisation == a.Organisation})
	}
	return out
}

// URL returns a path below the language of r: URL(r, "/console/kengine/report/%s",
// id). Text arguments are escaped.
func URL(r *http.Request, format string, args ...any) string {
	return ui.Path(Lang(r), format, args...)
}

// T returns the text of a key in the language of r; args are name, value pairs.
func T(r *http.Request, key string, args ...any) string { return ui.T(r.Context(), key, args...) }

// Explain returns what the reader of r is told about err; a form page puts fields
// beside their controls and the title into its summary.
func Explain(r *http.Request, err error) ui.Trouble {
	rd := ui.From(r.Context())
	title, fields, hint := rd.Texts.Fault(rd.Lang, err)
	return ui.Trouble{Status: Status(err), Title: title, Fields: fields, Hint: hint, Request: rd.Request}
}

// FormError decides about the error of a form: for a fault that the reader can
// mend (422, 409, 429) it returns what to show with the form and nil, else the
// error itself for the error page.
func FormError(r *http.Request, err error) (ui.Trouble, error) {
	switch Status(err) {
	case http.StatusOK, http.StatusUnprocessableEntity, http.StatusConflict, http.StatusTooManyRequests:
		if err == nil {
			return ui.Trouble{Status: http.StatusOK}, nil
		}
		return Explain(r, err), nil
	default:
		return ui.Trouble{}, err
	}
}
