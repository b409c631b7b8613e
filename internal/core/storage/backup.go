package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"noroshi.dev/internal/core/fault"
)

// Backup writes a copy of the SQLite database to a new file while others read
// and write: one state, durable when it returns. A copy of
// PostgreSQL, or one that goes from one database to the other, is made row by row by the house.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.dialect != SQLite {
		return fault.New(fault.Invalid, "storage.backup").Field("path", "storage.backup")
	}
	if _, err := os.Stat(path); err == nil {
		return fault.New(fault.Conflict, "storage.exists", path)
	}
	temp := path + ".part"
	_ = os.Remove(temp) // a rest of an earlier try
	if err := db.vacuumInto(ctx, temp); err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("storage: backup to %s: %w", path, Fault(err))
	}
	if err := settle(temp, path); err != nil {
		return fmt.Errorf("storage: backup to %s: %w", path, err)
	}
	return nil
}

// vacuumInto copies on a connection of its own: the readers are query_only,
// which forbids VACUUM INTO, and the writer must stay free.
func (db *DB) vacuumInto(ctx context.Context, path string) error {
	one, err := sql.Open("sqlite", sqliteDSN(db.path, false))
	if err != nil {
		return err
	}
	_, err = one.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, one.Close())
}

// settle gives a finished file its name and makes both durable.
func settle(temp, path string) error {
	if err := syncPath(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
