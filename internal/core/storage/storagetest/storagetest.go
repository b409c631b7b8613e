// Package storagetest runs a test on both databases, each time with a fresh
// database of its own.
//
// PostgreSQL is found by NOROSHI_TEST_POSTGRES, the URL of a server on which
// databases may be created; without it that half is skipped loudly, and fails
// where CI=true. A test over many small cases makes a Template once, so that
// migrations run only once a database kind.
package storagetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/testkit"
)

// Migrate brings the tables that a test needs.
type Migrate func(ctx context.Context, db *storage.DB) error

// Run runs f as the subtests "sqlite" and "postgres", in parallel, each with an
// empty database that migrate (nil: nothing) has prepared.
func Run(t *testing.T, migrate func(ctx context.Context, db *storage.DB) error, f func(t *testing.T, db *storage.DB)) {
	t.Helper()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			db := Open(t, d, clock.Wall{})
			if migrate != nil {
				if err := migrate(t.Context(), db); err != nil {
					t.Fatalf("migrate: %v", err)
				}
			}
			f(t, db)
		})
	}
}

// Open returns an empty database that is gone when the test ends.
func Open(tb testing.TB, d storage.Dialect, clk clock.Clock) *storage.DB {
	tb.Helper()
	return open(tb, Config(tb, d), clk)
}

// Config returns the place of an empty database that is gone when the test
// ends, for tests that open it themselves or hand it to a command.
func Config(tb testing.TB, d storage.Dialect) storage.Config {
	tb.Helper()
	if d == storage.SQLite {
		return storage.Config{Path: filepath.Join(tb.TempDir(), "noroshi.db"), Readers: 3}
	}
	return storage.Config{URL: createDatabase(tb, ""), Readers: 3}
}

func open(tb testing.TB, c storage.Config, clk clock.Clock) *storage.DB {
	tb.Helper()
	db, err := storage.Open(context.Background(), c, clk)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return db
}

// createDatabase makes a PostgreSQL database, as a copy of template if one is
// named, and drops it at the end of the test. It returns the URL.
func createDatabase(tb testing.TB, template string) string {
	tb.Helper()
	server := os.Getenv("NOROSHI_TEST_POSTGRES")
	if server == "" {
		testkit.Missing(tb, "PostgreSQL; set NOROSHI_TEST_POSTGRES")
	}
	u, err := url.Parse(server)
	if err != nil {
		tb.Fatalf("NOROSHI_TEST_POSTGRES: %v", err)
	}
	name := "t_" + hex.EncodeToString(random())
	admin(tb, server, "CREATE DATABASE "+name+from(template))
	// FORCE, because a server side process may still hold a connection of a killed test child.
	tb.Cleanup(func() { admin(tb, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

func from(template string) string {
	if template == "" {
		template = "template0"
	}
	// FILE_COPY of a small database is quicker than writing it all to the log.
	return " TEMPLATE " + template + " STRATEGY FILE_COPY"
}

func random() []byte {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return b
}

func admin(tb testing.TB, server, statement string) {
	tb.Helper()
	ctx := context.Background() // the test's own context has ended when cleanup runs
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		tb.Fatalf("PostgreSQL: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}
