package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// attempts is how often InTx runs its function when the database asks for it.
const attempts = 6

// Tx is a write transaction. It is used by one goroutine.
type Tx struct {
	tx     *sql.Tx
	conn   *sql.Conn // the connection on which tx was begun
	runner runner
	now    time.Time
	after  []func()
	failed error // the first statement that failed
	stmts  map[string]*sql.Stmt
}

// InTx runs f in one write transaction and commits it; durable when it returns
// nil. An error of f or a panic in f rolls everything back; the error is
// returned as it is. On SQLite writers stand in line for the single connection.
func (db *DB) InTx(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	for try := 1; ; try++ {
		after, err := db.once(ctx, f)
		if err == nil {
			for _, hook := range after {
				hook()
			}
			return nil
		}
		if try == attempts || !transient(err) {
			return err
		}
		// Two that met once meet again if both wait equally long.
		wait := time.Duration(rand.Int64N(int64(try) * int64(10*time.Millisecond))) //nolint:gosec // no secret
		select {
		case <-ctx.Done():
			return fmt.Errorf("storage: try again: %w", Fault(ctx.Err()))
		case <-time.After(wait):
		}
	}
}

// once is one attempt; it returns what is to be done after the commit.
func (db *DB) once(ctx context.Context, f func(ctx context.Context, tx *Tx) error) (after []func(), err error) {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("storage: connect: %w", Fault(err))
	}
	defer func() { discardBroken(conn, err); _ = conn.Close() }()
	stx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("storage: begin: %w", Fault(err))
	}
	// Directly behind the begin: closing the connection waits for an open transaction, for ever
	// if a panic could come between the two. After a commit this does nothing.
	defer func() { _ = stx.Rollback() }()
	tx := &Tx{tx: stx, conn: conn, runner: runner{q: stx, rewrite: db.rewrite}, now: db.clock.Now()}
	if err := f(ctx, tx); err != nil {
		return nil, err
	}
	if tx.failed != nil {
		return nil, fmt.Errorf("storage: commit refused, a statement failed: %w", tx.failed)
	}
	if err := stx.Commit(); err != nil {
		return nil, fmt.Errorf("storage: commit: %w", Fault(err))
	}
	return tx.after, nil
}

// discardBroken drops a SQLite connection after an input/output error: what the
// kernel did with the pages is unknown, so the next transaction opens the file anew.
func discardBroken(conn *sql.Conn, err error) {
	if err != nil && sqliteCode(err)&0xff == sqliteIOErr {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// Now returns the time at which the transaction began: one time for all it writes.
func (tx *Tx) Now() time.Time { return tx.now }

// Dialect returns the kind of the database.
func (tx *Tx) Dialect() Dialect { return tx.runner.Dialect() }

// AfterCommit runs f once the transaction is durable, in the order of the calls.
// It is not called if the transaction is rolled back, nor if the process dies
// between commit and call; what must happen is a job.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

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
	res, err := stmt.ExecContext(ctx, args...)
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

// Raw lends the transaction to a bridge that needs the driver's own type:
// *sql.Tx on SQLite, *pgx.Conn on PostgreSQL (the other one is nil). The
// connection is locked while f runs, so f must not use tx.
func (tx *Tx) Raw(f func(stx *sql.Tx, conn *pgx.Conn) error) error {
	if tx.failed != nil {
		return tx.refused()
	}
	if tx.Dialect() == SQLite {
		return tx.fail(f(tx.tx, nil))
	}
	return tx.fail(tx.lend(func(conn *pgx.Conn) error { return f(nil, conn) }))
}

// lend runs f with the connection of pgx. A panic of f is carried around
// database/sql, which would close the connection then and, as the transaction
// is still open on it, wait for ever.
func (tx *Tx) lend(f func(conn *pgx.Conn) error) (err error) {
	var panicked any
	raw := tx.conn.Raw(func(c any) error {
		defer func() { panicked = recover() }()
		conn, bad := pgxConn(c)
		if bad != nil {
			err = bad
			return nil
		}
		err = f(conn)
		return nil // what f returns is not for database/sql to judge
	})
	if panicked != nil {
		panic(panicked)
	}
	return errors.Join(err, raw)
}

// pgxConn returns the connection of pgx that database/sql holds as c.
func pgxConn(c any) (*pgx.Conn, error) {
	std, ok := c.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("storage: connection of type %T, not of pgx", c)
	}
	return std.Conn(), nil
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
