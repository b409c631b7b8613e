package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ExecContext runs a statement without rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if tx.failed != nil {
		return nil, tx.refused()
	}
	stmt, err := tx.prepared(ctx, query) //nolint:sqlclosecheck // closed with the transaction
	if err != nil {
		return nil, tx.fail(err)
	}
	if stmt == nil {
		res, err := tx.runner.ExecContext(ctx, query, args...)
		return res, tx.fail(err)
	}
	res, err := stmt.ExecContext(ctx, texts(args)...) // only SQLite has prepared ones
	return res, tx.fail(err)
}

// QueryContext runs a query; read its rows to the end before the next statement.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if tx.failed != nil {
		return nil, tx.refused()
	}
	rows, err := tx.runner.QueryContext(ctx, query, args...)
	return rows, tx.fail(err)
}

// QueryRowContext runs a query of at most one row.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.runner.QueryRowContext(ctx, query, args...)
}

// prepared returns a statement for a query that is run again in this
// transaction, nil for its first run. PostgreSQL's driver has a cache itself.
func (tx *Tx) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if tx.Dialect() != SQLite {
		return nil, nil
	}
	stmt, again := tx.stmts[query]
	if stmt != nil {
		return stmt, nil
	}
	if tx.stmts == nil {
		tx.stmts = map[string]*sql.Stmt{}
	}
	if !again {
		tx.stmts[query] = nil
		return nil, nil
	}
	stmt, err := tx.tx.PrepareContext(ctx, query) // closed with the transaction
	if err == nil {
		tx.stmts[query] = stmt
	}
	return stmt, err
}

func (tx *Tx) fail(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	err = Fault(err)
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

func (tx *Tx) refused() error {
	return fmt.Errorf("storage: an earlier statement of this transaction failed: %w", tx.failed)
}
