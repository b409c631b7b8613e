package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"noroshi.dev/internal/core/fault"
)

// List returns all rows of a query. One scan function serves List, Each and One:
// it gets the Scan method of a row.
func List[T any](ctx context.Context, r Runner, scan func(func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	for v, err := range Each(ctx, r, scan, query, args...) {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Each streams the rows of a query; after an error the stream ends. On a Tx no
// other statement may run before the stream has ended.
func Each[T any](ctx context.Context, r Runner, scan func(func(...any) error) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rows, err := r.QueryContext(ctx, query, args...)
		if err != nil {
			yield(zero, fmt.Errorf("storage: query: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows.Scan)
			if err != nil {
				yield(zero, fmt.Errorf("storage: scan: %w", failed(r, err)))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(zero, fmt.Errorf("storage: query: %w", failed(r, err)))
		}
	}
}

// One returns the single row of a query. Without a row the fault is
// fault.NotFound about key and id, for example "kengine.report", "CVE-2026-1".
func One[T any](ctx context.Context, r Runner, key, id string, scan func(func(...any) error) (T, error), query string, args ...any) (T, error) {
	var zero T
	v, err := scan(r.QueryRowContext(ctx, query, args...).Scan)
	switch {
	case err == nil:
		return v, nil
	case errors.Is(err, sql.ErrNoRows):
		return zero, fault.New(fault.NotFound, key, id)
	}
	return zero, fmt.Errorf("storage: read %s %s: %w", key, id, failed(r, err))
}

// failed maps an error that came while rows were read, where an INSERT with
// RETURNING shows its conflict, and ends the transaction that they belong to.
func failed(r Runner, err error) error {
	if tx, ok := r.(*Tx); ok {
		return tx.fail(err)
	}
	return Fault(err)
}

// Scalar is the scan function of a single column, for counts and ids.
func Scalar[T any](scan func(...any) error) (T, error) {
	var v T
	err := scan(&v)
	return v, err
}

// Changed returns fault.Conflict about key and id if the statement changed no
// row: the row is gone or its version is not the one that was read.
func Changed(res sql.Result, err error, key, id string) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("storage: change %s %s: %w", key, id, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, key, id)
	}
	return nil
}
