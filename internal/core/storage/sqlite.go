package storage

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"noroshi.dev/internal/core/clock"
)

func openSQLite(ctx context.Context, c Config, clk clock.Clock) (*DB, error) {
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("storage: open %s: %w", c.Path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("storage: open %s: %w", path, err)
	}
	db := &DB{dialect: SQLite, clock: clk, rewrite: &rewriter{dialect: SQLite}, path: path}
	if db.writer, err = sql.Open("sqlite", sqliteDSN(path, false)); err != nil {
		return nil, fmt.Errorf("storage: open %s: %w", path, err)
	}
	db.writer.SetMaxOpenConns(1)
	db.writer.SetMaxIdleConns(1)
	// The writer goes first: it makes the file and switches it to WAL.
	if err := db.writer.PingContext(ctx); err != nil {
		_ = db.writer.Close()
		return nil, fmt.Errorf("storage: open %s: %w", path, Fault(err))
	}
	if db.reader, err = sql.Open("sqlite", sqliteDSN(path, true)); err != nil {
		_ = db.writer.Close()
		return nil, fmt.Errorf("storage: open %s: %w", path, err)
	}
	db.reader.SetMaxOpenConns(c.Readers)
	db.reader.SetMaxIdleConns(c.Readers)
	return db, nil
}

// sqliteDSN returns the connection text. busy_timeout stands first, because
// the switch to WAL may already have to wait for another process.
func sqliteDSN(path string, readOnly bool) string {
	pragmas := []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(MEMORY)"}
	q := url.Values{"_dqs": {"0"}}
	if readOnly {
		pragmas = append(pragmas, "cache_size(-8192)", "query_only(1)")
	} else {
		// 64 MiB of pages and checkpoints of 16 MiB keep imports from syncing the file all the time.
		pragmas = append(pragmas, "cache_size(-65536)", "wal_autocheckpoint(4000)")
		q.Set("_txlock", "immediate")
	}
	q["_pragma"] = pragmas
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}
