package jobs

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// borrowedTx shows River the transaction that database/sql has open on a
// connection. River only writes in it; its beginning and end are not River's.
type borrowedTx struct{ conn *pgx.Conn }

var errBorrowed = errors.New("jobs: the transaction belongs to database/sql")

// Begin refuses: a savepoint here would be unknown to database/sql.
func (t borrowedTx) Begin(context.Context) (pgx.Tx, error) { return nil, errBorrowed }

// Commit refuses.
func (t borrowedTx) Commit(context.Context) error { return errBorrowed }

// Rollback refuses.
func (t borrowedTx) Rollback(context.Context) error { return errBorrowed }

// CopyFrom passes on.
func (t borrowedTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	return t.conn.CopyFrom(ctx, table, columns, src)
}

// SendBatch passes on.
func (t borrowedTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.conn.SendBatch(ctx, b)
}

// LargeObjects panics: they need a transaction of pgx itself.
func (t borrowedTx) LargeObjects() pgx.LargeObjects { panic(errBorrowed) }

// Prepare passes on.
func (t borrowedTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, sql)
}

// Exec passes on.
func (t borrowedTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.conn.Exec(ctx, sql, args...)
}

// Query passes on.
func (t borrowedTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.conn.Query(ctx, sql, args...)
}

// QueryRow passes on.
func (t borrowedTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, sql, args...)
}

// Conn returns the connection.
func (t borrowedTx) Conn() *pgx.Conn { return t.conn }
