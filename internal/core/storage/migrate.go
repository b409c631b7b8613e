package storage

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

const (
	lockEvery = 1   // seconds between two tries for the lock of migrations
	lockTries = 300 // five minutes: another replica may be migrating much data
)

// Migrate brings the tables of a room to the newest version. fsys holds
// migrations/NNNN_name.sql in goose's form; NNNN_name.sqlite.sql and
// NNNN_name.postgres.sql are for one database only. The version is kept in the
// table <room>_schema. Several replicas may call it at once.
func (db *DB) Migrate(ctx context.Context, room string, fsys fs.FS) error {
	p, err := db.migrations(room, fsys)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("storage: migrate %s: %w", room, Fault(err))
	}
	return nil
}

// Version returns the version of a room's tables, 0 if they do not exist.
func (db *DB) Version(ctx context.Context, room string) (int64, error) {
	table := room + "_schema"
	if err := checkNames([]string{table}); err != nil {
		return 0, err
	}
	names, err := db.allTables(ctx, db.Read())
	if err != nil {
		return 0, err
	}
	if slices.Contains(names, table) {
		return One(ctx, db.Read(), "storage.schema", room, Scalar[int64], "SELECT MAX(version_id) FROM "+table)
	}
	return 0, nil
}

// Pending reports whether Migrate of a room would change anything.
func (db *DB) Pending(ctx context.Context, room string, fsys fs.FS) (bool, error) {
	p, err := db.migrations(room, fsys)
	if err != nil {
		return false, err
	}
	sources := p.ListSources()
	have, err := db.Version(ctx, room)
	if err != nil {
		return false, err
	}
	return len(sources) > 0 && sources[len(sources)-1].Version > have, nil
}

func (db *DB) migrations(room string, fsys fs.FS) (*goose.Provider, error) {
	if err := checkNames([]string{room}); err != nil {
		return nil, err
	}
	files, err := newDialectFS(fsys, db.dialect)
	if err != nil {
		return nil, fmt.Errorf("storage: migrations of %s: %w", room, err)
	}
	kind := database.DialectSQLite3
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.dialect == Postgres {
		kind = database.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockEvery, lockTries))
		if err != nil {
			return nil, fmt.Errorf("storage: migrations of %s: %w", room, err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	store, err := database.NewStore(kind, room+"_schema")
	if err != nil {
		return nil, fmt.Errorf("storage: migrations of %s: %w", room, err)
	}
	p, err := goose.NewProvider("", db.writer, files, append(opts, goose.WithStore(store))...)
	if err != nil {
		return nil, fmt.Errorf("storage: migrations of %s: %w", room, err)
	}
	return p, nil
}
