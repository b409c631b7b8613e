package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web/ui"
)

// fail answers err: a page in the reader's language with its status, or the way
// to sign in where that is what is missing. What is not a fault is logged here,
// once, with its whole chain.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := Status(err)
	switch {
	case errors.Is(err, context.Canceled):
		s.config.Log.DebugContext(r.Context(), "reader left", "op", r.Method)
	case status == http.StatusInternalServerError:
		s.config.Log.ErrorContext(r.Context(), "internal error", "op", r.Method, "route", stateOf(r.Context()).route, "err", err)
	default:
		s.config.Log.InfoContext(r.Context(), "refused", "op", r.Method, "route", stateOf(r.Context()).route, "status", status, "err", err)
	}
	if stateOf(r.Context()).started {
		panic(http.ErrAbortHandler)
	}
	if status == http.StatusForbidden && r.Method == http.MethodGet && !Actor(r).SignedIn() && stateOf(r.Context()).lang.Known() {
		s.signIn(w, r)
		return
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retry(err)))
	}
	s.errorPage(w, r, status, err)
}

// signIn sends a reader who is not signed in to the sign-in page and back.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	here := ui.Here(r.Context())
	target := ui.Path(Lang(r), "%s", ui.Raw(s.config.SignInPath)) + "?next=" + url.QueryEscape(here)
	w.Header().Set("Cache-Control", "no-store")
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", target)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther) //nolint:gosec // the target is our own sign-in page
}

// Next returns the path that the query or form field "next" names, if it stays on
// this site, else instead: where to go after signing in or switching.
func Next(r *http.Request, instead string) string {
	if p := r.FormValue("next"); localPath(p) {
		return p
	}
	return instead
}

// retry is after how many seconds to try again: what the fault says, else 30.
func retry(err error) int {
	if f := fault.Of(err); f != nil {
		if n, ok := f.Args["retry"].(int); ok && n > 0 {
			return n
		}
	}
	return 30
}

// errorPage writes the page of an error, or its notice alone for a script.
func (s *Server) errorPage(w http.ResponseWriter, r *http.Request, status int, err error) {
	l := Lang(r)
	if status == http.StatusRequestEntityTooLarge {
		err = fault.New(fault.Limit, "web.body")
	}
	title, fields, hint := s.config.Texts.Fault(l, err)
	trouble := ui.Trouble{Status: status, Title: title, Fields: fields, Hint: hint, Request: RequestID(r.Context())}
	w.Header().Set("Cache-Control", "no-store")
	// A handler that failed before its first byte may have begun to describe a file.
	w.Header().Del("Content-Disposition")
	w.Header().Set("Content-Security-Policy", Policy)
	page := ui.Page{Title: strconv.Itoa(status)}
	if werr := s.render(w, r, status, page, ui.ErrorPage(trouble), ui.ErrorNotice(trouble)); werr != nil {
		s.config.Log.ErrorContext(r.Context(), "error page", "op", "render", "err", werr)
		http.Error(w, title, status)
	}
}
