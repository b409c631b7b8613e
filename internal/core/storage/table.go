package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// allTables lists every ordinary and virtual table, sorted.
func (db *DB) allTables(ctx context.Context, r Runner) ([]string, error) {
	query := "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
	if db.dialect == Postgres {
		query = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
	}
	names, err := List(ctx, r, Scalar[string], query)
	if err != nil {
		return nil, fmt.Errorf("storage: tables: %w", err)
	}
	slices.Sort(names)
	return names, nil
}

// Tables returns the tables that hold data of rooms, those that others refer to
// first, so that they can be loaded in this order. Search indexes (names that
// end in _fts) are left out, as they are made from the data; so are the versions
// of migrations (names that end in _schema, see Version) and the queue's own
// tables (river_…, see jobs.Save), whose form differs between the databases.
func (db *DB) Tables(ctx context.Context) ([]string, error) {
	all, err := db.allTables(ctx, db.Read())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(name string) bool {
		return strings.HasPrefix(name, "river_") || strings.HasSuffix(name, "_schema") ||
			strings.HasSuffix(name, "_fts") || strings.Contains(name, "_fts_")
	})
	refs, err := db.references(ctx)
	if err != nil {
		return nil, err
	}
	return parentsFirst(all, refs), nil
}

type reference struct{ child, parent string }

func (db *DB) references(ctx context.Context) ([]reference, error) {
	query := `SELECT s.name, f."table"
		FROM sqlite_schema s, pragma_foreign_key_list(s.name) f
		WHERE s.type = 'table'`
	if db.dialect == Postgres {
		query = `SELECT CAST(c.relname AS TEXT), CAST(p.relname AS TEXT)
			FROM pg_constraint k
			JOIN pg_class c ON c.oid = k.conrelid
			JOIN pg_class p ON p.oid = k.confrelid
			WHERE k.contype = 'f'`
	}
	refs, err := List(ctx, db.Read(), func(scan func(...any) error) (reference, error) {
		var r reference
		err := scan(&r.child, &r.parent)
		return r, err
	}, query)
	if err != nil {
		return nil, fmt.Errorf("storage: references: %w", err)
	}
	return refs, nil
}

// parentsFirst sorts names so that a parent stands before its children; within
// a circle the order of the alphabet decides.
func parentsFirst(names []string, refs []reference) []string {
	parents := map[string][]string{}
	for _, r := range refs {
		parents[r.child] = append(parents[r.child], r.parent)
	}
	out := make([]string, 0, len(names))
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		slices.Sort(parents[name])
		for _, p := range parents[name] {
			visit(p)
		}
		if slices.Contains(names, name) {
			out = append(out, name)
		}
	}
	for _, name := range names {
		visit(name)
	}
	return out
}

// Integrity looks for damage and returns one line for each finding: pages,
// indexes and foreign keys on SQLite; constraints and indexes that are not
// valid on PostgreSQL, whose checksums guard the pages.
func (db *DB) Integrity(ctx context.Context) ([]string, error) {
	if db.dialect == Postgres {
		return List(ctx, db.Read(), Scalar[string], `SELECT 'constraint ' || conname || ' is not valid' FROM pg_constraint WHERE NOT convalidated
			UNION ALL
			SELECT 'index ' || CAST(indexrelid AS regclass) || ' is not valid' FROM pg_index WHERE NOT indisvalid`)
	}
	found, err := List(ctx, db.Read(), Scalar[string], "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'")
	if err != nil {
		return nil, fmt.Errorf("storage: integrity: %w", err)
	}
	broken, err := List(ctx, db.Read(), Scalar[string],
		`SELECT 'row ' || COALESCE(rowid, 0) || ' of ' || "table" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check`)
	if err != nil {
		return nil, fmt.Errorf("storage: integrity: %w", err)
	}
	return append(found, broken...), nil
}

// Optimize lets the planner of the database know the tables; call it after an
// import and once a day.
func (db *DB) Optimize(ctx context.Context) error {
	statement := "PRAGMA optimize = 0x10002" // all tables, with SQLite's own limit of effort
	if db.dialect == Postgres {
		statement = "ANALYZE"
	}
	if _, err := db.writer.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("storage: optimize: %w", Fault(err))
	}
	return nil
}

// Analyze readies tables of PostgreSQL to which much was added for reading: statistics for the
// planner, the map of pages that index-only scans need, and the words that an index on texts has
// only queued. Its own autovacuum comes a minute later and then slows what is read meanwhile; until
// then it takes a large table for an empty one. SQLite needs nothing: its queries are written for a
// planner without statistics.
func (db *DB) Analyze(ctx context.Context, tables ...string) error {
	if err := checkNames(tables); err != nil {
		return err
	}
	if db.dialect != Postgres || len(tables) == 0 {
		return nil
	}
	if _, err := db.writer.ExecContext(ctx, "VACUUM (ANALYZE) "+strings.Join(tables, ", ")); err != nil {
		return fmt.Errorf("storage: analyze: %w", Fault(err))
	}
	return nil
}

// Count returns the number of rows of a table.
func Count(ctx context.Context, r Runner, table string) (int64, error) {
	if err := checkNames([]string{table}); err != nil {
		return 0, err
	}
	return One(ctx, r, "storage.table", table, Scalar[int64], "SELECT COUNT(*) FROM "+table)
}
