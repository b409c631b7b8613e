package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
)

func (tx *Tx) copyFrom(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	next, stop := iter.Pull(rows)
	defer stop()
	src := &copySource{next: next, width: len(columns)}
	var n int64
	err := tx.lend(func(conn *pgx.Conn) (err error) {
		n, err = conn.CopyFrom(ctx, pgx.Identifier{table}, columns, src)
		return err
	})
	if src.panicked != nil {
		panic(src.panicked)
	}
	return n, err
}

// copySource feeds COPY; values pass the rules of database/sql first, so that a
// Valuer or a named string means the same on both databases.
type copySource struct {
	next  func() ([]any, bool)
	width int
	row   []any
	count int
	err   error
	// panicked is what the rows panicked with: pgx asks for them on a goroutine of its own,
	// where a panic would end the process.
	panicked any
}

// Next implements pgx.CopyFromSource.
func (s *copySource) Next() (more bool) {
	defer func() {
		if s.panicked = recover(); s.panicked != nil {
			s.err, more = errors.New("the rows panicked"), false
		}
	}()
	row, ok := s.next()
	if !ok || s.err != nil {
		return false
	}
	s.count++
	if len(row) != s.width {
		s.err = fmt.Errorf("row %d has %d values, want %d", s.count, len(row), s.width)
		return false
	}
	s.row = s.row[:0]
	for _, v := range row {
		c, err := driver.DefaultParameterConverter.ConvertValue(v)
		if err != nil {
			s.err = fmt.Errorf("row %d: %w", s.count, err)
			return false
		}
		s.row = append(s.row, c)
	}
	return true
}

// Values implements pgx.CopyFromSource.
func (s *copySource) Values() ([]any, error) { return s.row, s.err }

// Err implements pgx.CopyFromSource.
func (s *copySource) Err() error { return s.err }
