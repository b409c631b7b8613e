package jobs

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"noroshi.dev/internal/core/storage"
)

// engine is River without its type parameter, which is the driver's transaction.
type engine interface {
	insert(ctx context.Context, tx *storage.Tx, jobs []river.InsertManyParams) error
	retry(ctx context.Context, tx *storage.Tx, id int64) error
	cancel(ctx context.Context, tx *storage.Tx, id int64) error
	list(ctx context.Context, p *river.JobListParams) (*river.JobListResult, error)
	get(ctx context.Context, id int64) (*rivertype.JobRow, error)
	start(ctx context.Context) error
	stop(ctx context.Context) error
	kill(ctx context.Context) error
	migrate(ctx context.Context) error
}

// newEngine returns River over the pools of db.
func newEngine(db *storage.DB, c *river.Config) (engine, error) {
	lite, pool := db.Bridge()
	if db.Dialect() == storage.Postgres {
		return newRiver(riverpgxv5.New(pool), c, withPgx)
	}
	return newRiver(riversqlite.New(lite), c, withSQL)
}

type riverEngine[T any] struct {
	client *river.Client[T]
	driver riverdriver.Driver[T]
	with   func(tx *storage.Tx, f func(T) error) error
}

func newRiver[T any](d riverdriver.Driver[T], c *river.Config, with func(*storage.Tx, func(T) error) error) (engine, error) {
	client, err := river.NewClient(d, c)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &riverEngine[T]{client: client, driver: d, with: with}, nil
}

func (e *riverEngine[T]) insert(ctx context.Context, tx *storage.Tx, jobs []river.InsertManyParams) error {
	return e.with(tx, func(t T) error {
		_, err := e.client.InsertManyTx(ctx, t, jobs)
		return err
	})
}

func (e *riverEngine[T]) retry(ctx context.Context, tx *storage.Tx, id int64) error {
	return e.with(tx, func(t T) error {
		_, err := e.client.JobRetryTx(ctx, t, id)
		return err
	})
}

func (e *riverEngine[T]) cancel(ctx context.Context, tx *storage.Tx, id int64) error {
	return e.with(tx, func(t T) error {
		_, err := e.client.JobCancelTx(ctx, t, id)
		return err
	})
}

func (e *riverEngine[T]) list(ctx context.Context, p *river.JobListParams) (*river.JobListResult, error) {
	return e.client.JobList(ctx, p)
}

func (e *riverEngine[T]) get(ctx context.Context, id int64) (*rivertype.JobRow, error) {
	return e.client.JobGet(ctx, id)
}

func (e *riverEngine[T]) start(ctx context.Context) error { return e.client.Start(ctx) }
func (e *riverEngine[T]) stop(ctx context.Context) error  { return e.client.Stop(ctx) }
func (e *riverEngine[T]) kill(ctx context.Context) error  { return e.client.StopAndCancel(ctx) }

func (e *riverEngine[T]) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(e.driver, nil)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func withSQL(tx *storage.Tx, f func(*sql.Tx) error) error {
	return tx.Raw(func(stx *sql.Tx, _ *pgx.Conn) error { return f(stx) })
}

func withPgx(tx *storage.Tx, f func(pgx.Tx) error) error {
	return tx.Raw(func(_ *sql.Tx, conn *pgx.Conn) error { return f(borrowedTx{conn}) })
}
