package storage

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
)

const (
	bulkRows     = 200   // rows of one INSERT on SQLite; more gives no speed
	bulkArgs     = 32766 // arguments that SQLite takes in one statement
	maxIdentSize = 63    // what PostgreSQL keeps of a name
)

// Bulk inserts many rows and returns their number: INSERTs of up to 200 rows on
// SQLite, the COPY protocol on PostgreSQL. There is no conflict handling: a
// duplicate is fault.Conflict and ends the transaction. The slice that rows
// yields may be used again after yield returns. A row must not be made by
// queries on the same tx. Table and columns are names from the program.
func (tx *Tx) Bulk(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if tx.failed != nil {
		return 0, tx.refused()
	}
	if err := checkNames(append([]string{table}, columns...)); err != nil {
		return 0, tx.fail(err)
	}
	if len(columns) == 0 {
		return 0, tx.fail(fmt.Errorf("storage: bulk %s: no columns are named", table))
	}
	var n int64
	var err error
	if tx.Dialect() == Postgres {
		n, err = tx.copyFrom(ctx, table, columns, rows)
	} else {
		n, err = tx.insertMany(ctx, table, columns, rows)
	}
	if err != nil {
		return 0, tx.fail(fmt.Errorf("storage: bulk %s: %w", table, Fault(err)))
	}
	return n, nil
}

// checkNames refuses what is not a plain lower-case name, because names cannot
// be arguments of a statement.
func checkNames(names []string) error {
	for _, name := range names {
		ok := name != "" && len(name) <= maxIdentSize && (name[0] < '0' || name[0] > '9')
		for i := 0; ok && i < len(name); i++ {
			c := name[i]
			ok = c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		}
		if !ok {
			return fmt.Errorf("storage: %q is not a name of a table or column", name)
		}
	}
	return nil
}

func (tx *Tx) insertMany(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	per := min(bulkRows, bulkArgs/len(columns))
	args := make([]any, 0, per*len(columns))
	var n int64
	var err error
	for row := range rows {
		if len(row) != len(columns) {
			return n, fmt.Errorf("row %d has %d values, want %d", n+1, len(row), len(columns))
		}
		args = append(args, texts(row)...)
		n++
		if len(args) == per*len(columns) {
			if err = tx.insertFull(ctx, table, columns, per, args); err != nil {
				return n, err
			}
			args = args[:0]
		}
	}
	if len(args) > 0 {
		_, err = tx.tx.ExecContext(ctx, insertSQL(table, columns, len(args)/len(columns)), args...)
	}
	return n, err
}

// insertFull runs the INSERT of a full batch, prepared once a transaction.
func (tx *Tx) insertFull(ctx context.Context, table string, columns []string, rows int, args []any) error {
	key := "bulk " + table + " " + strings.Join(columns, ",")
	stmt := tx.stmts[key]
	if stmt == nil {
		var err error
		if stmt, err = tx.tx.PrepareContext(ctx, insertSQL(table, columns, rows)); err != nil {
			return err
		}
		if tx.stmts == nil {
			tx.stmts = map[string]*sql.Stmt{}
		}
		tx.stmts[key] = stmt
	}
	_, err := stmt.ExecContext(ctx, args...)
	return err
}

func insertSQL(table string, columns []string, rows int) string {
	row := ", (" + Marks(len(columns)) + ")"
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + strings.Repeat(row, rows)[2:]
}
