package storage

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

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
