package storage

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

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
