// Package storagetest runs a test on both databases, each time with a fresh
// database of its own.
//
// PostgreSQL is found by NOROSHI_TEST_POSTGRES, the URL of a server on which
// databases may be created; without it that half is skipped loudly, and fails
// where CI=true. A package with many tests makes a Template, so that its
// migrations run only once on each kind of database.
package storagetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
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
	u, name, err := create(server, template)
	if err != nil {
		tb.Fatalf("PostgreSQL: %v", err)
	}
	tb.Cleanup(func() {
		if err := drop(server, name); err != nil {
			tb.Errorf("PostgreSQL: %v", err)
		}
	})
	return u
}

// create makes a database of a new name on a server and returns its URL.
func create(server, template string) (databaseURL, name string, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", "", fmt.Errorf("NOROSHI_TEST_POSTGRES: %w", err)
	}
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	name = "t_" + hex.EncodeToString(b)
	if template == "" {
		// Text sorts as in SQLite, whatever the server was set up with.
		template = "template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
	}
	u.Path = "/" + name
	return u.String(), name, admin(server, "CREATE DATABASE "+name+" TEMPLATE "+template)
}

// drop uses FORCE, because the server may still hold a connection of a killed child.
func drop(server, name string) error {
	return admin(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}

func admin(server, statement string) error {
	ctx := context.Background() // the test's own context has ended when cleanup runs
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
