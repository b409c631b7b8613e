package storage

import (
	"context"
	"fmt"
)

// Advice names settings of the database under which a promise does not hold, one
// line each, for the health check: durability of commits, and the order of text.
func (db *DB) Advice(ctx context.Context) ([]string, error) {
	query := `SELECT 'synchronous is not FULL: a power cut may lose commits' FROM pragma_synchronous WHERE synchronous < 2
		UNION ALL
		SELECT 'journal_mode is not WAL: readers and the writer wait for each other' FROM pragma_journal_mode WHERE journal_mode <> 'wal'`
	if db.dialect == Postgres {
		query = `SELECT name || ' is off: a crash may lose commits' FROM pg_settings
				WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'
			UNION ALL
			SELECT 'the collation is ' || datcollate || ', not C: lists sorted by text differ from SQLite' FROM pg_database
				WHERE datname = current_database() AND datcollate NOT IN ('C', 'POSIX')
			UNION ALL
			SELECT 'the server is older than PostgreSQL 15' WHERE CAST(current_setting('server_version_num') AS INTEGER) < 150000`
	}
	// The writer is asked: its settings are the ones that count.
	out, err := List(ctx, runner{q: db.writer, rewrite: db.rewrite}, Scalar[string], query)
	if err != nil {
		return nil, fmt.Errorf("storage: advice: %w", err)
	}
	return out, nil
}
