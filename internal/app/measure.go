package app

import (
	"net/http"
	"strings"
	"time"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/telemetry"
	"noroshi.dev/internal/core/web"
)

// labels finds the pattern of a request's route, so that metrics have few labels.
type labels struct{ mux *http.ServeMux }

// newLabels knows the routes of the pages and the operations of the API.
func newLabels(routes []web.Route, operations []string) labels {
	l := labels{http.NewServeMux()}
	seen := map[string]bool{}
	for _, r := range routes {
		if pattern := r.Method + " " + r.Pattern; !seen[pattern] {
			seen[pattern] = true
			l.mux.Handle(pattern, http.NotFoundHandler())
		}
	}
	for _, pattern := range append(operations, "/assets/", "/healthz", "/readyz", "/metrics") {
		if !seen[pattern] {
			seen[pattern] = true
			l.mux.Handle(pattern, http.NotFoundHandler())
		}
	}
	return l
}

// of returns the pattern without method and language, "other" for what no route serves.
func (l labels) of(r *http.Request) string {
	plain := r
	for _, lang := range i18n.Langs() {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/"+string(lang)+"/"); ok {
			u := *r.URL
			u.Path, u.RawPath = "/"+rest, ""
			plain = &http.Request{Method: r.Method, URL: &u, Host: r.Host}
		}
	}
	_, pattern := l.mux.Handler(plain)
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = path
	}
	if pattern == "" {
		return "other"
	}
	return pattern
}

// measured counts each request of next by its route.
func measured(next http.Handler, m *telemetry.Metrics, l labels) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.Active(1)
		began := time.Now()
		rec := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		route := l.of(r)
		defer func() {
			m.Active(-1)
			m.Request(r.Method, route, rec.status, time.Since(began))
		}()
		next.ServeHTTP(rec, r)
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
	begun  bool
}

// WriteHeader notes the first final status.
func (w *statusWriter) WriteHeader(status int) {
	if !w.begun && status >= http.StatusOK {
		w.status, w.begun = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write answers with status 200 if none was given.
func (w *statusWriter) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the real writer.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
