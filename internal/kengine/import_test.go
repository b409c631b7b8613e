package kengine

import (
	"testing"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/testkit"
)

func TestImportArchive(t *testing.T) {
	t.Parallel()
	archive := testkit.Shared(t, "data/vulnrichment.tar.zst")
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	f.install(t, f.manager, "cisa-coordinator")
	begin := time.Now()
	v := f.load(t, archive)
	took := time.Since(begin)
	t.Logf("%+v in %v: %.0f records/s", v.Counts, took, float64(v.Records)/took.Seconds())
}
