package storage

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
)

// kind is what a column holds, the same on both databases.
type kind uint8

const (
	kindText kind = iota
	kindInt
	kindBool
	kindFloat
	kindBytes
	kindJSON
)

type column struct {
	name string
	kind kind
	key  bool // part of the primary key
}

// columnsOf reads the columns of a table in their order.
func columnsOf(ctx context.Context, r Runner, table string) ([]column, error) {
	query := "SELECT name, type, pk > 0 FROM pragma_table_info(?) ORDER BY cid"
	if r.Dialect() == Postgres {
		query = `SELECT CAST(a.attname AS TEXT), format_type(a.atttypid, a.atttypmod),
				EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
			FROM pg_attribute a
			WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
			ORDER BY a.attnum`
	}
	list, err := List(ctx, r, func(scan func(...any) error) (column, error) {
		var c column
		var declared string
		err := scan(&c.name, &declared, &c.key)
		c.kind = kindOf(declared)
		return c, err
	}, query, table)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "storage.table", table)
	}
	return list, nil
}

func kindOf(declared string) kind {
	switch strings.ToUpper(declared) {
	case "BIGINT", "INTEGER", "INT", "SMALLINT":
		return kindInt
	case "BOOLEAN":
		return kindBool
	case "DOUBLE PRECISION", "REAL":
		return kindFloat
	case "BYTEA", "BLOB":
		return kindBytes
	case "JSONB", "JSON":
		return kindJSON
	}
	return kindText
}

// DumpTable gives f every row of a table in the order of its primary key, each
// value as nil, string, int64, bool, float64 or []byte (JSON as its text),
// whatever the database. Hand it the runner of one InRead for all tables of a
// backup. The slices are used again for the next row.
func DumpTable(ctx context.Context, r Runner, table string, f func(columns []string, row []any) error) error {
	if err := checkNames([]string{table}); err != nil {
		return err
	}
	cols, err := columnsOf(ctx, r, table)
	if err != nil {
		return fmt.Errorf("storage: dump %s: %w", table, err)
	}
	names, order := make([]string, len(cols)), []string(nil)
	for i, c := range cols {
		names[i] = c.name
		if c.key {
			order = append(order, c.name)
		}
	}
	if order == nil {
		order = names
	}
	query := "SELECT " + strings.Join(names, ", ") + " FROM " + table + " ORDER BY " + strings.Join(order, ", ")
	row, into := make([]any, len(cols)), make([]any, len(cols))
	for i := range row {
		into[i] = &row[i]
	}
	for _, err := range Each(ctx, r, func(scan func(...any) error) (struct{}, error) { return struct{}{}, scan(into...) }, query) {
		if err != nil {
			return fmt.Errorf("storage: dump %s: %w", table, err)
		}
		for i, c := range cols {
			if row[i], err = c.convert(row[i]); err != nil {
				return fmt.Errorf("storage: dump %s: %w", table, err)
			}
		}
		if err := f(names, row); err != nil {
			return err
		}
	}
	return nil
}

// LoadTable inserts rows that DumpTable gave, from this database or the other
// one. Rows that went through JSON are taken as well: numbers as json.Number or
// float64, bytes as base64. Load parents first, in the order of Tables.
func LoadTable(ctx context.Context, tx *Tx, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if err := checkNames(append([]string{table}, columns...)); err != nil {
		return 0, err
	}
	have, err := columnsOf(ctx, tx, table)
	if err != nil {
		return 0, fmt.Errorf("storage: load %s: %w", table, err)
	}
	byName := map[string]column{}
	for _, c := range have {
		byName[c.name] = c
	}
	for _, name := range columns {
		if _, ok := byName[name]; !ok {
			return 0, fmt.Errorf("storage: load %s: there is no column %s; migrate first", table, name)
		}
	}
	var bad error
	n, err := tx.Bulk(ctx, table, columns, func(yield func([]any) bool) {
		out := make([]any, len(columns))
		n := 0
		for row := range rows {
			if n++; len(row) != len(out) {
				bad = fmt.Errorf("row %d has %d values, want %d", n, len(row), len(out))
				return
			}
			for i := range out {
				if out[i], bad = byName[columns[i]].convert(row[i]); bad != nil {
					bad = fmt.Errorf("row %d: %w", n, bad)
					return
				}
			}
			if !yield(out) {
				return
			}
		}
	})
	if bad != nil {
		return 0, tx.fail(fmt.Errorf("storage: load %s: %w", table, bad))
	}
	return n, err
}

// Empty deletes all rows of tables, the last table first, so that an order with
// parents first can be given.
func Empty(ctx context.Context, tx *Tx, tables []string) error {
	if err := checkNames(tables); err != nil {
		return err
	}
	for _, table := range slices.Backward(tables) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return fmt.Errorf("storage: empty %s: %w", table, err)
		}
	}
	return nil
}

// convert returns v as the one Go type of the column's kind.
func (c column) convert(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	if n, ok := v.(json.Number); ok {
		return c.number(n)
	}
	switch c.kind {
	case kindText, kindJSON:
		switch v := v.(type) {
		case string:
			return v, nil
		case []byte:
			return string(v), nil
		case int64, float64:
			if c.kind == kindJSON { // see JSON.Scan
				return fmt.Sprint(v), nil
			}
		}
	case kindInt:
		switch v := v.(type) {
		case int64:
			return v, nil
		case float64:
			// From 2^53 on a float64 stands for several whole numbers.
			if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
				return int64(v), nil
			}
			return nil, fmt.Errorf("column %s holds %v, which is no whole number that is exact", c.name, v)
		}
	case kindBool:
		switch v := v.(type) {
		case bool:
			return v, nil
		case int64:
			return v != 0, nil
		}
	case kindFloat:
		switch v := v.(type) {
		case float64:
			return v, nil
		case int64:
			return float64(v), nil
		}
	case kindBytes:
		switch v := v.(type) {
		case []byte:
			return v, nil
		case string:
			return base64.StdEncoding.DecodeString(v)
		}
	}
	return nil, fmt.Errorf("column %s holds a %T", c.name, v)
}

func (c column) number(n json.Number) (any, error) {
	switch c.kind {
	case kindInt:
		return n.Int64()
	case kindFloat:
		return n.Float64()
	default:
		return nil, fmt.Errorf("column %s holds the number %s", c.name, n)
	}
}

// Backup writes a copy of the SQLite database to a new file while others read
// and write: one state, durable when it returns. On PostgreSQL, and for copies
// that go from one database to the other, use DumpTable within InRead.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.dialect != SQLite {
		return fault.New(fault.Invalid, "storage.backup").Field("path", "storage.backup")
	}
	if _, err := os.Stat(path); err == nil {
		return fault.New(fault.Conflict, "storage.exists", path)
	}
	temp := path + ".part"
	_ = os.Remove(temp) // a rest of an earlier try
	if err := db.vacuumInto(ctx, temp); err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("storage: backup to %s: %w", path, Fault(err))
	}
	if err := settle(temp, path); err != nil {
		return fmt.Errorf("storage: backup to %s: %w", path, err)
	}
	return nil
}

// vacuumInto copies on a connection of its own: the readers are query_only,
// which forbids VACUUM INTO, and the writer must stay free.
func (db *DB) vacuumInto(ctx context.Context, path string) error {
	one, err := sql.Open("sqlite", sqliteDSN(db.path, false))
	if err != nil {
		return err
	}
	_, err = one.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, one.Close())
}

// settle gives a finished file its name and makes both durable.
func settle(temp, path string) error {
	if err := syncPath(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
