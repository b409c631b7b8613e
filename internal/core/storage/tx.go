package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"time"
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
