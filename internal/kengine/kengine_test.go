package kengine

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
)

// ledger is the audit log of tests: it keeps what was written, to be read when the writers are done.
type ledger struct {
	mu      sync.Mutex
	entries []audit.Entry
}

func (l *ledger) Append(_ context.Context, tx *storage.Tx, e audit.Entry) error {
	tx.AfterCommit(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.entries = append(l.entries, e)
	})
	return nil
}

// migrated prepares a fresh database for this room.
func migrated(ctx context.Context, db *storage.DB) error { return db.Migrate(ctx, Room, Migrations) }

// fixture is a room over a fresh database with one organisation.
type fixture struct {
	*Service
	ledger  *ledger
	manager identity.Actor
	now     time.Time
}

// setUp returns the room over db, with a clock that stands still until the test moves it.
func setUp(tb testing.TB, db *storage.DB) *fixture {
	tb.Helper()
	f := &fixture{ledger: &ledger{}, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), manager: member("org1", identity.Manager)}
	clk := clock.Func(func() time.Time { return f.now })
	f.Service = newService(deps{
		DB: db, Audit: f.ledger, IDs: id.Seeded(rand.Reader, clk.Now), Clock: clk,
		Log: slog.New(slog.DiscardHandler),
	})
	return f
}

// member returns a person with a role in an organisation.
func member(organisation string, role identity.Role) identity.Actor {
	return identity.Actor{
		Kind: identity.KindPerson, ID: organisation + "-" + string(role), Organisation: organisation,
		Memberships: []identity.Membership{{Organisation: organisation, Roles: []identity.Role{role}}},
	}
}

// install puts a built-in model into force.
func (f *fixture) install(tb testing.TB, a identity.Actor, key string) {
	tb.Helper()
	if _, err := f.Install(tb.Context(), a, key); err != nil {
		tb.Fatalf("install %s: %v", key, err)
	}
	if err := f.DecideAll(tb.Context(), a.Organisation); err != nil {
		tb.Fatalf("decide all: %v", err)
	}
}

// load imports a file of the shared data.
func (f *fixture) load(tb testing.TB, path string) ImportView {
	tb.Helper()
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	v, err := f.Import(tb.Context(), f.manager, path, file, ImportOptions{})
	if err != nil {
		tb.Fatalf("import %s: %v", path, err)
	}
	return v
}

// loadText imports a document given as text.
func (f *fixture) loadText(tb testing.TB, text string) ImportView {
	tb.Helper()
	v, err := f.Import(tb.Context(), f.manager, "text", strings.NewReader(text), ImportOptions{})
	if err != nil {
		tb.Fatalf("import: %v", err)
	}
	return v
}

// parse reads a filter.
func parse(tb testing.TB, text string) filter.Expr {
	tb.Helper()
	e, err := filter.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}
