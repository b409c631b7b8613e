package kengine

import (
	"context"
	"strconv"
	"testing"

	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// A message that is still being tried is not called failed, and the page says how many tries there are.
func TestDeliveryStatesOnThePage(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migratedWhole, func(t *testing.T, db *storage.DB) {
		s := viewSite(t, db)
		s.post("analyst", "/en/console/kengine/view", "name", "all", "query", "q=is%3Aall").wants(t, "save", 200)
		list, err := s.Views.List(t.Context(), s.actors["analyst"], pathTasks)
		if err != nil || len(list) != 1 {
			t.Fatalf("views: %v, %v", list, err)
		}
		s.post("analyst", "/en/console/kengine/view/"+list[0].ID+"/subscribe", "kind", "webhook", "url", "http://127.0.0.1:9/hook").wants(t, "subscribe", 200)
		subs, err := s.Views.Subscriptions(t.Context(), s.actors["analyst"])
		if err != nil || len(subs) != 1 {
			t.Fatalf("subscriptions: %v, %v", subs, err)
		}
		err = db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return s.Views.Deliver(ctx, tx, subs[0], "news") })
		if err != nil {
			t.Fatal(err)
		}
		all := strconv.Itoa(jobs.DefaultAttempts)
		for _, c := range []struct{ state, reason, ja, en string }{
			{"pending", "", "送信待ち", "Waiting"},
			{"pending", "status 500", "再送待ち(最大" + all + "回)", "Retrying, up to " + all + " tries"},
			{"failed", "status 500", "失敗", "Failed"},
			{"sent", "", "送信済み", "Sent"},
		} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE view_delivery SET state = ?, reason = ?, tries = 3`, c.state, c.reason)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			s.get("analyst", "/ja/console/kengine/view/subscription/"+subs[0].ID).wants(t, c.ja, 200, c.ja)
			s.get("analyst", "/en/console/kengine/view/subscription/"+subs[0].ID).wants(t, c.en, 200, c.en)
		}
	})
}
