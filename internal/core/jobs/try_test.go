package jobs_test

import (
	"context"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

func TestHandlersKnowTheirTry(t *testing.T) {
	t.Parallel()
	seen := make(chan jobs.Try, 2)
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	j := queue(t, db, func(reg *jobs.Registry) {
		jobs.Register(reg, jobs.Options{MaxAttempts: 7}, func(ctx context.Context, _ count) error {
			seen <- jobs.ThisTry(ctx)
			return nil
		})
		jobs.Register(reg, jobs.Options{MaxAttempts: 1}, func(ctx context.Context, _ slow) error {
			seen <- jobs.ThisTry(ctx)
			return nil
		})
	})
	start(t, j)
	enqueue(t, db, j, count{1})
	enqueue(t, db, j, slow{})
	idle(t, j)
	for range 2 {
		switch got := <-seen; got {
		case jobs.Try{Number: 1, Of: 7}:
			if got.Last() {
				t.Error("the first try of seven is the last one")
			}
		case jobs.Try{Number: 1, Of: 1}:
			if !got.Last() {
				t.Error("the only try is not the last one")
			}
		default:
			t.Errorf("ThisTry() = %+v", got)
		}
	}
	if got := jobs.ThisTry(t.Context()); got != (jobs.Try{}) || !got.Last() {
		t.Errorf("outside of a job: %+v", got)
	}
}
