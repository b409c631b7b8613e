package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"noroshi.dev/internal/core/telemetry"
	"noroshi.dev/internal/core/web"
)

func TestLabelsArePatterns(t *testing.T) {
	t.Parallel()
	l := newLabels([]web.Route{{Method: "GET", Pattern: "/console/kengine/task/{id}"}, {Method: "POST", Pattern: "/console/kengine/task/{id}"}, {Method: "GET", Pattern: "/{$}"}},
		[]string{"GET /api/v1/kengine/tasks/{id}"})
	for request, want := range map[string]string{
		"GET /ja/console/kengine/task/7":   "/console/kengine/task/{id}",
		"POST /en/console/kengine/task/7":  "/console/kengine/task/{id}",
		"GET /ja/":                         "/{$}",
		"GET /api/v1/kengine/tasks/a%2Fb":  "/api/v1/kengine/tasks/{id}",
		"GET /healthz":                     "/healthz",
		"GET /assets/x.css":                "/assets/",
		"GET /wp-login.php":                "other",
		"GET /ja/../../etc/passwd":         "other",
		"DELETE /ja/console/kengine/task/": "other",
	} {
		method, path, _ := strings.Cut(request, " ")
		if got := l.of(httptest.NewRequest(method, path, nil)); got != want {
			t.Errorf("%s is counted as %q, want %q", request, got, want)
		}
	}
}

func TestMeasuredCountsStatusOnce(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics("v0")
	h := measured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("the real writer is out of reach: %v", err)
		}
	}), m, newLabels(nil, nil))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/healthz", nil))
	panics := measured(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), m, newLabels(nil, nil))
	func() {
		defer func() { _ = recover() }()
		panics.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/readyz", nil))
	}()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:1"
	m.Handler(nil).ServeHTTP(w, r)
	for _, want := range []string{`route="/healthz",status="418"} 1`, `route="/readyz"`, `noroshi_http_requests_active 0`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}
