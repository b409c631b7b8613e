package storagetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
)

// Template is a migrated database of each kind, made at its first use and
// copied for every test. A package keeps one for all of its tests:
//
//	func TestMain(m *testing.M) {
//		tables = storagetest.NewTemplate(migrate)
//		code := m.Run()
//		tables.Close()
//		os.Exit(code)
//	}
type Template struct {
	migrate Migrate

	mu     sync.Mutex
	folder string // of the SQLite file
	server string
	name   string // of the PostgreSQL database
}

// NewTemplate returns a template that migrate will prepare.
func NewTemplate(migrate Migrate) *Template { return &Template{migrate: migrate} }

// Close removes the template's databases.
func (p *Template) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.folder != "" {
		_ = os.RemoveAll(p.folder) // a rest in the folder for temporary files harms nobody
	}
	if p.name != "" {
		_ = drop(p.server, p.name) // nor does a database of a throw-away server
	}
}

// Run is like the function Run, with databases that are copies of the template.
func (p *Template) Run(t *testing.T, f func(t *testing.T, db *storage.DB)) {
	t.Helper()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			f(t, p.Open(t, d, clock.Wall{}))
		})
	}
}

// Open returns a copy of the template that is gone when the test ends.
func (p *Template) Open(tb testing.TB, d storage.Dialect, clk clock.Clock) *storage.DB {
	tb.Helper()
	return open(tb, p.Config(tb, d), clk)
}

// Config returns the place of a copy of the template that is gone when the test ends.
func (p *Template) Config(tb testing.TB, d storage.Dialect) storage.Config {
	tb.Helper()
	if d == storage.Postgres {
		return storage.Config{URL: createDatabase(tb, p.postgres(tb)), Readers: 3}
	}
	b, err := os.ReadFile(p.sqlite(tb))
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "noroshi.db")
	if err := os.WriteFile(path, b, 0o600); err != nil { //nolint:gosec // a folder of the test
		tb.Fatal(err)
	}
	return storage.Config{Path: path, Readers: 3}
}

// sqlite returns the file of the template.
func (p *Template) sqlite(tb testing.TB) string {
	tb.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.folder == "" {
		folder, err := os.MkdirTemp("", "storagetest")
		if err != nil {
			tb.Fatal(err)
		}
		p.prepare(tb, storage.Config{Path: filepath.Join(folder, "template.db")})
		p.folder = folder
	}
	return filepath.Join(p.folder, "template.db")
}

// postgres returns the name of the template's database.
func (p *Template) postgres(tb testing.TB) string {
	tb.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	server := os.Getenv("NOROSHI_TEST_POSTGRES")
	if p.name == "" && server != "" {
		u, name, err := create(server, "")
		if err != nil {
			tb.Fatalf("PostgreSQL: %v", err)
		}
		p.prepare(tb, storage.Config{URL: u})
		p.server, p.name = server, name
	}
	return p.name
}

// prepare migrates a database and closes it: a copy needs a source without connections.
func (p *Template) prepare(tb testing.TB, c storage.Config) {
	tb.Helper()
	db, err := storage.Open(context.Background(), c, clock.Wall{})
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	if err := p.migrate(context.Background(), db); err != nil {
		tb.Fatalf("migrate: %v", err)
	}
	if err := db.Close(); err != nil {
		tb.Fatalf("close: %v", err)
	}
}
