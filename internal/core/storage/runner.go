package storage

import (
	"context"
	"database/sql"
	"fmt"
)

// Runner is what a store function needs: the three methods that a pool, a read
// snapshot and a transaction share. Queries are written with ? for arguments.
// Errors are mapped to faults (see Fault), except those of Row.Scan.
type Runner interface {
	// ExecContext runs a statement without rows.
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	// QueryContext runs a query; the caller closes the rows and checks their error.
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// QueryRowContext runs a query of at most one row.
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	// Dialect returns the kind of the database.
	Dialect() Dialect
}

var (
	_ Runner = runner{}
	_ Runner = (*Tx)(nil)
)

// querier is *sql.DB, *sql.Conn or *sql.Tx.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type runner struct {
	q       querier
	rewrite *rewriter
}

// ExecContext implements Runner.
func (r runner) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	res, err := r.q.ExecContext(ctx, r.rewrite.sql(query), r.args(args)...)
	return res, Fault(err)
}

// QueryContext implements Runner.
func (r runner) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := r.q.QueryContext(ctx, r.rewrite.sql(query), r.args(args)...)
	return rows, Fault(err)
}

// QueryRowContext implements Runner.
func (r runner) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return r.q.QueryRowContext(ctx, r.rewrite.sql(query), r.args(args)...)
}

// Dialect implements Runner.
func (r runner) Dialect() Dialect { return r.rewrite.dialect }

// Read returns a runner for queries that each see the newest state. On SQLite
// it cannot write. For several queries over one state use InRead.
func (db *DB) Read() Runner { return runner{q: db.reader, rewrite: db.rewrite} }

// InRead runs f over one unchanging state of the database: a snapshot that
// begins at its first query. It never blocks the writer. Writing fails.
func (db *DB) InRead(ctx context.Context, f func(ctx context.Context, r Runner) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.dialect == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.reader.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("storage: begin reading: %w", Fault(err))
	}
	defer func() { _ = tx.Rollback() }() // nothing was written; an error here changes nothing
	return f(ctx, runner{q: tx, rewrite: db.rewrite})
}
