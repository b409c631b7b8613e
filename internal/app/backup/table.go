package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"

	"noroshi.dev/internal/core/storage"
)

// Column is one column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Table is one table: its columns, and in a manifest how many rows it has and
// the digest of them all.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Count   int64    `json:"rows"`
	Digest  string   `json:"digest"`
	key     []string // primary key
}

// names returns the names of the columns.
func (t Table) names() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}

// Tables returns the tables whose rows a backup carries, parents first.
func Tables(ctx context.Context, db *storage.DB, r storage.Runner) ([]Table, error) {
	names, err := db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, schemaSuffix) })
	out := make([]Table, 0, len(names))
	for _, name := range names {
		t, err := shape(ctx, r, name)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// schemaSuffix ends the names of the tables in which migrations keep their version.
const schemaSuffix = "_schema"

// described is one column as the database's catalogue describes it.
type described struct {
	name, declared string
	key            int64 // place in the primary key from 1, 0 if it is not in it
}

// shape asks the database for the columns of a table. A type that a backup
// cannot carry is an error, so that a new kind of column is never lost.
func shape(ctx context.Context, r storage.Runner, table string) (Table, error) {
	query := "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid"
	if r.Dialect() == storage.Postgres {
		query = `SELECT CAST(a.attname AS TEXT), format_type(a.atttypid, a.atttypmod),
				CAST(COALESCE(array_position(CAST(i.indkey AS int2[]), a.attnum), -1) + 1 AS BIGINT)
			FROM pg_attribute a
			LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
			WHERE a.attrelid = CAST(CAST(? AS TEXT) AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
			ORDER BY a.attnum`
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (described, error) {
		var d described
		err := scan(&d.name, &d.declared, &d.key)
		return d, err
	}, query, table)
	if err != nil {
		return Table{}, fmt.Errorf("backup: table %s: %w", table, err)
	}
	t := Table{Name: table}
	for _, d := range rows {
		k := kindOf(d.declared)
		if k == "" {
			return Table{}, fmt.Errorf("backup: table %s: column %s has type %s, which a backup cannot carry", table, d.name, d.declared)
		}
		t.Columns = append(t.Columns, Column{d.name, k})
	}
	// In the order of their names, so that both databases and all versions agree on it.
	slices.SortFunc(t.Columns, func(a, b Column) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(rows, func(a, b described) int { return int(a.key - b.key) })
	for _, d := range rows {
		if d.key > 0 {
			t.key = append(t.key, d.name)
		}
	}
	if len(t.Columns) == 0 {
		return Table{}, fmt.Errorf("backup: table %s has no columns", table)
	}
	return t, nil
}

// selectSQL returns the query for all rows, in the order of the primary key.
func (t Table) selectSQL(d storage.Dialect) string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = c.Name
		if c.Kind == JSON && d == storage.Postgres {
			columns[i] = "CAST(" + c.Name + " AS TEXT)"
		}
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM " + t.Name
	if len(t.key) > 0 {
		query += " ORDER BY " + strings.Join(t.key, ", ")
	}
	return query
}

// Rows streams the rows of a table as normal values. The slice is used again
// for the next row.
func (t Table) Rows(ctx context.Context, r storage.Runner) iter.Seq2[[]any, error] {
	row := make([]any, len(t.Columns))
	into := make([]any, len(t.Columns))
	for i := range row {
		into[i] = &row[i]
	}
	return storage.Each(ctx, r, func(scan func(...any) error) ([]any, error) {
		if err := scan(into...); err != nil {
			return nil, err
		}
		for i, c := range t.Columns {
			v, err := normal(c.Kind, row[i])
			if err != nil {
				return nil, fmt.Errorf("backup: table %s: column %s: %w", t.Name, c.Name, err)
			}
			row[i] = v
		}
		return row, nil
	}, t.selectSQL(r.Dialect()))
}

// digest is the sum of the SHA-256 of every row, modulo 2^256: it does not
// depend on the order of rows, which differs with the collation of a database.
type digest [4]uint64

// add counts one row of normal values.
func (d *digest) add(t Table, row []any, scratch *bytes.Buffer) error {
	scratch.Reset()
	for i, c := range t.Columns {
		v, err := Canonical(c.Kind, row[i])
		if err != nil {
			return fmt.Errorf("backup: table %s: column %s: %w", t.Name, c.Name, err)
		}
		if err := encode(scratch, v); err != nil {
			return fmt.Errorf("backup: table %s: column %s: %w", t.Name, c.Name, err)
		}
		scratch.WriteByte('\n')
	}
	sum := sha256.Sum256(scratch.Bytes())
	carry := uint64(0)
	for i := range d {
		word := uint64(0)
		for _, b := range sum[8*i : 8*i+8] {
			word = word<<8 | uint64(b)
		}
		d[i], carry = bits.Add64(d[i], word, carry)
	}
	return nil
}

// String returns the digest in hexadecimal.
func (d *digest) String() string {
	var b []byte
	for _, word := range d {
		for shift := 56; shift >= 0; shift -= 8 {
			b = append(b, byte(word>>shift))
		}
	}
	return hex.EncodeToString(b)
}

// Measure counts the rows of a table and takes their digest.
func Measure(ctx context.Context, r storage.Runner, t Table) (Table, error) {
	var d digest
	var scratch bytes.Buffer
	t.Count = 0
	for row, err := range t.Rows(ctx, r) {
		if err != nil {
			return Table{}, err
		}
		if err := d.add(t, row, &scratch); err != nil {
			return Table{}, err
		}
		t.Count++
	}
	t.Digest = d.String()
	return t, nil
}
