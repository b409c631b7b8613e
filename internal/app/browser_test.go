package app

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/testkit/browser"
)

// chrome is the browser of this test binary.
var chrome browser.Browser

// tidy ends the browser after the tests.
type tidy struct{ m *testing.M }

func (t tidy) Run() int {
	defer chrome.Close()
	return t.m.Run()
}

// noon is the moment at which the demo stands still for pages and pictures.
var noon = clock.Fixed(time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC))

// served is the house with the data of the demo, serving on a port of this machine.
type served struct {
	*matrix
	mu  sync.Mutex
	who map[string]caller
}

// session is the one session of a person in all tabs: a new sign-in link would
// end the one that another tab is about to use.
func (s *served) session(t *testing.T, login string) caller {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.who[login]; !ok {
		s.who[login] = s.signIn(t, login)
	}
	return s.who[login]
}

// serveDemo starts the house of the demo, its jobs included, until the end of the
// test. Stories need the wall clock: a browser drops cookies of a past day.
func serveDemo(t *testing.T, c clock.Clock) *served {
	t.Helper()
	settings := Config{Config: settingsFor(t, storage.SQLite), Demo: true, Clock: c}
	settings.Outbound.Off = true
	if err := furnishDemo(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	m := matrixOf(t, openHouse(t, settings))
	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() { done <- m.Serve(ctx, func(a net.Addr) { ready <- a }) }()
	select {
	case <-ready:
	case err := <-done:
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return &served{matrix: m, who: map[string]caller{}}
}

// tab opens a tab of somebody who is signed in; an empty login is nobody.
func (s *served) tab(t *testing.T, login string, o browser.Options) *browser.Tab {
	t.Helper()
	o.URL = s.config.BaseURL
	if c := s.session(t, login); c.cookie != nil {
		o.Cookies = map[string]string{c.cookie.Name: c.cookie.Value}
	}
	return chrome.Tab(t, o)
}

// url is the address of a path in a language.
func (s *served) url(l i18n.Lang, path string) string {
	return s.config.BaseURL + "/" + string(l) + path
}

// at is true once a page whose path ends so is loaded.
func at(suffix string) string {
	return `document.readyState === "complete" && location.pathname.endsWith("` + suffix + `")`
}
