package telemetry

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // a pool to look at
)

func TestLogCarriesRequestAndUTC(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	log, err := NewLog(&b, "json", "info")
	if err != nil {
		t.Fatal(err)
	}
	ctx := WithRequest(t.Context(), "r1")
	log.With("room", "kengine").ErrorContext(ctx, "import", "err", errors.New("a\nb"))
	log.DebugContext(ctx, "quiet")
	var line map[string]string
	if err := json.Unmarshal([]byte(b.String()), &line); err != nil {
		t.Fatalf("%v in %q", err, b.String())
	}
	for key, want := range map[string]string{"request": "r1", "room": "kengine", "err": "a; b", "msg": "import", "level": "ERROR"} {
		if line[key] != want {
			t.Errorf("%s = %q, want %q", key, line[key], want)
		}
	}
	if !strings.HasSuffix(line["time"], "Z") {
		t.Errorf("time = %q, want UTC", line["time"])
	}
}

func TestLogTextAndGroups(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	log, err := NewLog(&b, "text", "debug")
	if err != nil {
		t.Fatal(err)
	}
	log.WithGroup("g").DebugContext(t.Context(), "m", "k", 1)
	if !strings.Contains(b.String(), "g.k=1") || strings.Contains(b.String(), "request=") {
		t.Errorf("line = %q", b.String())
	}
}

func TestNewLogRefusesUnknownSettings(t *testing.T) {
	t.Parallel()
	for _, tt := range [][2]string{{"xml", "info"}, {"text", "loud"}} {
		if _, err := NewLog(nil, tt[0], tt[1]); err == nil {
			t.Errorf("NewLog(%q, %q) was taken", tt[0], tt[1])
		}
	}
}

// scrape reads the metrics as a client at an address.
func scrape(m *Metrics, remote string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = remote
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	m.Handler([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}).ServeHTTP(w, r)
	return w
}

func TestMetricsAreForLoopbackAndAllowedNetworks(t *testing.T) {
	t.Parallel()
	m := NewMetrics("v0")
	for remote, want := range map[string]int{
		"127.0.0.1:1": 200, "[::1]:1": 200, "[::ffff:127.0.0.1]:1": 200, "192.0.2.9:1": 200, "[::ffff:192.0.2.9]:1": 200,
		"198.51.100.1:1": 404, "[2001:db8::1]:1": 404, "@": 404,
	} {
		if got := scrape(m, remote).Code; got != want {
			t.Errorf("from %s: %d, want %d", remote, got, want)
		}
	}
	if got := scrape(m, "127.0.0.1:1", "X-Forwarded-For", "198.51.100.1").Code; got != 404 {
		t.Errorf("through a proxy: %d, want 404", got)
	}
}

func TestMetricsShowWhatHappened(t *testing.T) {
	t.Parallel()
	m := NewMetrics("v1.2.3")
	m.Active(1)
	m.Request("GET", "/kengine/report/{id}", 200, 3*time.Millisecond)
	m.Request("BREW", "/", 405, time.Millisecond)
	m.Job("kengine.fetch", true, time.Second)
	m.Job("kengine.fetch", false, time.Second)
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := m.Pool("writer", db); err != nil {
		t.Fatal(err)
	}
	if err := m.Gauge("noroshi_storage_size_bytes", "Size.", func() float64 { return 42 }); err != nil {
		t.Fatal(err)
	}
	text := scrape(m, "127.0.0.1:1").Body.String()
	for _, want := range []string{
		`noroshi_http_request_duration_seconds_count{method="GET",route="/kengine/report/{id}",status="200"} 1`,
		`noroshi_http_request_duration_seconds_count{method="other",route="/",status="405"} 1`,
		`noroshi_jobs_run_duration_seconds_count{kind="kengine.fetch",outcome="failed"} 1`,
		`noroshi_http_requests_active 1`, `noroshi_build_info{version="v1.2.3"} 1`, `noroshi_storage_size_bytes 42`,
		`db_name="noroshi_storage_writer"`, `go_goroutines`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}
