package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

func TestLevelsLetThrough(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]string{"debug": "dewi", "info": "ewi", "warn": "ew", "error": "e"} {
		var b strings.Builder
		log, err := NewLog(&b, "json", level)
		if err != nil {
			t.Fatal(err)
		}
		log.Error("e")
		log.Warn("w")
		log.Info("i")
		log.Debug("d")
		for _, l := range "dewi" {
			if got := strings.Contains(b.String(), fmt.Sprintf(`"msg":%q`, string(l))); got != strings.ContainsRune(want, l) {
				t.Errorf("at %s the line %c is written: %v", level, l, got)
			}
		}
	}
}

// What comes from outside must not be able to begin a line of its own.
func TestLinesCannotBeForged(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			log, err := NewLog(&b, format, "info")
			if err != nil {
				t.Fatal(err)
			}
			forged := "x\nlevel=ERROR msg=forged"
			log.InfoContext(WithRequest(t.Context(), forged), forged, "id", forged, "err", errors.Join(errors.New(forged), errors.New("two")))
			if n := strings.Count(b.String(), "\n"); n != 1 {
				t.Errorf("%d lines:\n%s", n, b.String())
			}
		})
	}
}

func TestRequestOfAContext(t *testing.T) {
	t.Parallel()
	if got := Request(context.Background()); got != "" {
		t.Errorf("Request() = %q without one", got)
	}
	outer := WithRequest(t.Context(), "a")
	if got := Request(WithRequest(outer, "b")); got != "b" {
		t.Errorf("Request() = %q, want that of the inner context", got)
	}
	if got := Request(outer); got != "a" {
		t.Errorf("Request() = %q, want a", got)
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	allow := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fe80::/10")}
	for remote, want := range map[string]bool{
		"127.9.9.9:1": true, "[::1]:1": true, "10.255.0.1:1": true, "11.0.0.1:1": false, "[::ffff:10.0.0.1]:1": true,
		"[fe80::1%eth0]:1": true, "[fec0::1]:1": false, "10.0.0.1": false, "": false, "localhost:1": false,
	} {
		if got := allowed(remote, allow); got != want {
			t.Errorf("allowed(%q) = %v, want %v", remote, got, want)
		}
	}
}

func TestMetricsCannotBeKeptTwice(t *testing.T) {
	t.Parallel()
	m := NewMetrics("v0")
	zero := func() float64 { return 0 }
	if err := m.Gauge("noroshi_a_bytes", "A.", zero); err != nil {
		t.Fatal(err)
	}
	if err := m.Gauge("noroshi_a_bytes", "A.", zero); err == nil {
		t.Error("the same name is kept twice")
	}
	if m.Registry() == nil || NewMetrics("v0").Registry() == m.Registry() {
		t.Error("two houses share a registry")
	}
}

func TestForwardedHeadersCloseTheMetrics(t *testing.T) {
	t.Parallel()
	m := NewMetrics("v0")
	m.Request("GET", "/", 200, time.Second)
	if got := scrape(m, "127.0.0.1:1", "Forwarded", "for=198.51.100.1").Code; got != 404 {
		t.Errorf("with Forwarded: %d, want 404", got)
	}
	if got := scrape(m, "127.0.0.1:1", "X-Forwarded-Proto", "https").Code; got != 200 {
		t.Errorf("without an address of a client: %d, want 200", got)
	}
}

func ExampleNewLog() {
	log, err := NewLog(os.Stdout, "text", "info")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The time is left out here, because it differs with each run.
	log = slog.New(untimed{log.Handler()})
	log.InfoContext(WithRequest(context.Background(), "r-1"), "imported", "room", "kengine", "n", 3)
	// Output: level=INFO msg=imported room=kengine n=3 request=r-1
}

// untimed removes the time of each line.
type untimed struct{ slog.Handler }

// Handle writes the line without its time.
func (u untimed) Handle(ctx context.Context, r slog.Record) error {
	r.Time = time.Time{}
	return u.Handler.Handle(ctx, r)
}
