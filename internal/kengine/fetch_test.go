package kengine

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// feedServer answers with a body and an ETag until told to answer otherwise.
type feedServer struct {
	*httptest.Server
	status atomic.Int64
	body   atomic.Value
	seen   atomic.Value // If-None-Match of the last request
}

func serveFeed(t *testing.T, body string) *feedServer {
	t.Helper()
	s := &feedServer{}
	s.status.Store(http.StatusOK)
	s.body.Store(body)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.seen.Store(r.Header.Get("If-None-Match"))
		text, _ := s.body.Load().(string)
		tag := `"` + text[len(text)-8:] + `"`
		if s.status.Load() != http.StatusOK {
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(int(s.status.Load()))
			return
		}
		if r.Header.Get("If-None-Match") == `"n`+tag[1:] {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"n`+tag[1:])
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	return s
}

func TestFetch(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		ctx, f := t.Context(), setUp(t, db)
		server := serveFeed(t, record("CVE-2026-0001", "Acme", "Shop", "2.0", "CWE-79"))
		f.FetchWith(server.Client())
		f.Chance = func() float64 { return 0.5 }
		id, err := f.CreateSource(ctx, f.manager, SourceInput{Name: "feed", URL: server.URL, Period: time.Hour, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		v, err := f.Fetch(ctx, id)
		if err != nil || v.Added != 1 {
			t.Fatalf("first: %+v, %v", v.Counts, err)
		}
		got := f.source(t, id)
		if got.Failures != 0 || got.Import != v.ID || !got.Last.Equal(f.now) || !got.Next.Equal(f.now.Add(time.Hour)) {
			t.Errorf("after the first: %+v", got)
		}
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_import WHERE source = '`+id+`'`); n != 1 {
			t.Errorf("%d imports", n)
		}
		f.now = f.now.Add(time.Hour)
		if v, err = f.Fetch(ctx, id); err != nil || v.ID != "" {
			t.Errorf("unchanged: %+v, %v", v, err)
		}
		if seen, _ := server.seen.Load().(string); seen == "" {
			t.Error("the second request has no If-None-Match")
		}
		if got = f.source(t, id); got.Import == "" || !got.Next.Equal(f.now.Add(time.Hour)) {
			t.Errorf("unchanged: %+v", got)
		}
		server.status.Store(http.StatusServiceUnavailable)
		for i := 1; i <= 2; i++ {
			if _, err := f.Fetch(ctx, id); err != nil {
				t.Fatal(err)
			}
			got = f.source(t, id)
			if got.Failures != i || got.Failure != "kengine.source.refused" || !got.Next.Equal(f.now.Add(2*time.Hour)) {
				t.Errorf("failure %d: %+v", i, got)
			}
		}
		server.status.Store(http.StatusOK)
		server.body.Store("this is no document")
		if v, err = f.Fetch(ctx, id); err != nil || v.Refused == 0 {
			t.Errorf("no document: %+v, %v", v.Counts, err)
		}
		server.Close()
		if _, err := f.Fetch(ctx, id); err != nil {
			t.Fatal(err)
		}
		if got = f.source(t, id); got.Failure != "kengine.source.unreachable" || !got.Next.Equal(f.now.Add(5*time.Minute)) {
			t.Errorf("unreachable: %+v", got)
		}
		if err := f.PauseSource(ctx, f.manager, id, true); err != nil {
			t.Fatal(err)
		}
		if got = f.source(t, id); !got.Next.IsZero() || got.Active {
			t.Errorf("paused: %+v", got)
		}
		checkSourceRights(t, f, id, got.Version)
		if err := f.DeleteSource(ctx, f.manager, id, got.Version); err != nil {
			t.Fatal(err)
		}
		if v, err := f.Fetch(ctx, id); err != nil || v.ID != "" {
			t.Errorf("deleted: %+v, %v", v, err)
		}
	})
}

func (f *fixture) source(t *testing.T, id string) Source {
	t.Helper()
	v, err := f.Source(t.Context(), f.manager, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkSourceRights has others try what only a manager of the organisation may.
func checkSourceRights(t *testing.T, f *fixture, id string, version int64) {
	t.Helper()
	ctx := t.Context()
	good := SourceInput{Name: "x", URL: "https://feed.example/", Period: time.Hour}
	other, analyst := member("org2", identity.Manager), member("org1", identity.Analyst)
	for name, err := range map[string]error{
		"read": second(f.Source(ctx, other, id)), "update": f.UpdateSource(ctx, other, id, version, good),
		"delete": f.DeleteSource(ctx, other, id, version), "run": f.RunSource(ctx, other, id), "pause": f.PauseSource(ctx, other, id, true),
	} {
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("%s by another organisation: %v", name, err)
		}
	}
	if err := f.DeleteSource(ctx, analyst, id, version); !errors.Is(err, fault.Denied) {
		t.Errorf("delete by an analyst: %v", err)
	}
	if err := f.UpdateSource(ctx, f.manager, id, version-1, good); !errors.Is(err, fault.Conflict) {
		t.Errorf("an old version: %v", err)
	}
	for _, bad := range []SourceInput{
		{Name: "x", URL: "file:///etc/passwd", Period: time.Hour},
		{Name: "x", URL: "https://u:p@feed.example/", Period: time.Hour},
		{Name: "x", URL: "https://feed.example/", Period: time.Second},
		{URL: "https://feed.example/", Period: time.Hour},
	} {
		if _, err := f.CreateSource(ctx, f.manager, bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failures int
		period   time.Duration
		want     time.Duration
	}{
		{1, time.Hour, 5 * time.Minute},
		{2, time.Hour, 10 * time.Minute},
		{5, time.Hour, 80 * time.Minute},
		{100, time.Hour, 24 * time.Hour},
		{100, 48 * time.Hour, 48 * time.Hour},
		{0, time.Hour, 5 * time.Minute},
	} {
		if got := Backoff(c.failures, c.period, 0.5); got != c.want {
			t.Errorf("%d failures: %v, want %v", c.failures, got, c.want)
		}
		if low, high := Backoff(c.failures, c.period, 0), Backoff(c.failures, c.period, 0.999); low < c.want*79/100 || high > c.want*121/100 || low >= high {
			t.Errorf("%d failures: from %v to %v", c.failures, low, high)
		}
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-5": 0, "99999999999": 0, "999999": 24 * time.Hour,
		now.Add(time.Hour).Format(http.TimeFormat): time.Hour, now.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(header, now); want > 0 && got != want || want == 0 && got > maxBackoff {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestAtMost(t *testing.T) {
	t.Parallel()
	b := make([]byte, 100)
	r := &atMost{r: strings.NewReader(strings.Repeat("x", 100)), left: 60}
	n, err := r.Read(b)
	if n != 60 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if _, err := r.Read(b); err == nil {
		t.Error("more than allowed is read")
	}
}
