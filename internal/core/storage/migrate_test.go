package storage_test

import (
	"context"
	"sync"
	"testing"
	"testing/fstest"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func TestMigrateTwiceAndOnwards(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) {
		if err := migrate(t.Context(), db); err != nil {
			t.Errorf("second Migrate: %v", err)
		}
		next := fstest.MapFS{"migrations/0003_more.sql": {Data: []byte("-- +goose Up\nALTER TABLE test_owner ADD COLUMN name TEXT;\n")}}
		for name, f := range schema {
			next[name] = f
		}
		for _, want := range []bool{true, false} {
			if got, err := db.Pending(t.Context(), "test", next); err != nil || got != want {
				t.Errorf("Pending() = %v, %v, want %v", got, err, want)
			}
			if err := db.Migrate(t.Context(), "test", next); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := db.Version(t.Context(), "test"); err != nil || got != 3 {
			t.Errorf("Version() = %d, %v, want 3", got, err)
		}
		other := fstest.MapFS{"migrations/0001_x.sql": {Data: []byte("-- +goose Up\nCREATE TABLE other_x (id TEXT);\n")}}
		if err := db.Migrate(t.Context(), "other", other); err != nil {
			t.Errorf("a second room: %v", err)
		}
	})
}

func TestBrokenMigrationLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, nil, func(t *testing.T, db *storage.DB) {
		bad := fstest.MapFS{"migrations/0001_bad.sql": {Data: []byte("-- +goose Up\nCREATE TABLE bad_a (id TEXT);\nCREATE TABLE bad_b (id TEXT;\n")}}
		if err := db.Migrate(t.Context(), "bad", bad); err == nil {
			t.Fatal("a broken migration passed")
		}
		if _, err := storage.Count(t.Context(), db.Read(), "bad_a"); err == nil {
			t.Error("bad_a exists after a broken migration")
		}
		if err := db.Migrate(t.Context(), "Bad; DROP", bad); err == nil {
			t.Error("a hostile room name passed")
		}
		if err := db.Migrate(t.Context(), "none", fstest.MapFS{}); err == nil {
			t.Error("a room without migrations passed")
		}
	})
}

func TestReplicasMigrateAtOnce(t *testing.T) {
	t.Parallel()
	c := storagetest.Config(t, storage.Postgres)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := storage.Open(t.Context(), c, clock.Wall{})
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = db.Close() }()
			if err := migrate(context.Background(), db); err != nil {
				t.Errorf("Migrate: %v", err)
			}
		})
	}
	wg.Wait()
}
