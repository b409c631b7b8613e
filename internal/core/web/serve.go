package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
)

// serve wraps a route: body limit, actor, reader, permission, errors.
func (s *Server) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stateOf(r.Context()).route = route.Pattern
		r.Body = http.MaxBytesReader(w, r.Body, route.Limit)
		r, err := s.known(r)
		if err == nil {
			err = Actor(r).Can(route.Permission, Actor(r).Organisation)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if Actor(r).SignedIn() || route.Permission.Scope != identity.Public {
			w.Header().Set("Cache-Control", "no-store")
		}
		// A form is parsed into this copy of the request, so its temporary files are
		// removed here; net/http looks only at its own copy.
		defer func() {
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll()
			}
		}()
		if err := route.handler(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// known returns r with its actor and its reader in the context.
func (s *Server) known(r *http.Request) (*http.Request, error) {
	a, err := s.config.Sessions.Actor(r.Context(), r)
	ctx := identity.WithActor(r.Context(), a)
	ctx = ui.With(ctx, s.reader(r, a))
	return r.WithContext(ctx), err
}

// reader is for whom the page of r is written.
func (s *Server) reader(r *http.Request, a identity.Actor) ui.Reader {
	zone := s.config.Zone
	if a.Zone != "" {
		if z, err := time.LoadLocation(a.Zone); err == nil {
			zone = z
		}
	}
	return ui.Reader{
		Lang: Lang(r), Zone: zone, Texts: s.config.Texts, Now: s.config.Clock.Now(), Name: a.Name, Theme: a.Theme,
		Compact: a.Compact, NoKeys: a.NoKeys, Path: r.URL.EscapedPath(), Query: query(r), Request: RequestID(r.Context()), Asset: s.assets.url,
	}
}

// query is the query of r as far as it can be read.
func query(r *http.Request) url.Values {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return url.Values{}
	}
	return q
}

// unreadable answers a path that is no text: no page has it, and no database takes it as an id.
func (s *Server) unreadable() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL = &url.URL{Path: "/"}
		r = r.WithContext(ui.With(r.Context(), s.reader(r, identity.Actor{})))
		s.errorPage(w, r, http.StatusNotFound, fault.New(fault.NotFound, "web.page"))
	})
}

// absent answers what no route matches: 405 if another method would, else 404.
func (s *Server) absent(pages *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := s.known(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if allowed := methods(pages, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			s.errorPage(w, r, http.StatusMethodNotAllowed, fault.New(fault.Denied, "web.method"))
			return
		}
		s.fail(w, r, fault.New(fault.NotFound, "web.page"))
	})
}

// methods returns the methods that would find a page at the address of r.
func methods(pages *http.ServeMux, r *http.Request) []string {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := pages.Handler(other); method != r.Method && pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

// forged answers a form that another site sent.
func (s *Server) forged() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, l := range i18n.Langs() {
			if path, ok := strings.CutPrefix(r.URL.Path, "/"+string(l)+"/"); ok {
				stateOf(r.Context()).lang = l // the routes that know it are behind this
				r.URL.Path, r.URL.RawPath = "/"+path, ""
				break // what follows may look like a language, and is none
			}
		}
		r = r.WithContext(ui.With(r.Context(), s.reader(r, identity.Actor{})))
		s.fail(w, r, fault.New(fault.Denied, "web.forged"))
	})
}

// recovered answers a panic by an internal error, or cuts the connection if the
// answer has begun, so that half a page is never taken for a whole one.
func (s *Server) recovered(w *recorder, r *http.Request, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	s.config.Log.ErrorContext(r.Context(), "panic", "op", r.Method, "err", v, "stack", string(debug.Stack()))
	if w.state.started {
		panic(http.ErrAbortHandler)
	}
	w.Header().Del("Content-Encoding")
	r = r.WithContext(ui.With(r.Context(), s.reader(r, identity.Actor{})))
	s.errorPage(w, r, http.StatusInternalServerError, errPanic)
}

// errPanic stands for a panic on the error page.
var errPanic = errors.New("web: panic")

// Status returns the status that an error is answered with.
func Status(err error) int {
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, fault.NotFound):
		return http.StatusNotFound
	case errors.Is(err, fault.Invalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, fault.Conflict):
		return http.StatusConflict
	case errors.Is(err, fault.Denied):
		return http.StatusForbidden
	case errors.Is(err, fault.Limit):
		return http.StatusTooManyRequests
	case errors.Is(err, fault.Unavailable), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}
