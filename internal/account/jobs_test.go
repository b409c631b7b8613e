package account

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
)

// chore is work that always fails.
type chore struct {
	N int `json:"n"`
}

// Kind implements jobs.Args.
func (chore) Kind() string { return "room.chore" }

// enqueue asks for chores, and returns the ids of all jobs, the newest first.
func (s *site) enqueue(n int, o jobs.EnqueueOptions) []int64 {
	s.t.Helper()
	err := s.db.InTx(s.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for i := range n {
			if err := s.jobs.Enqueue(ctx, tx, chore{i}, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	list, err := s.jobs.List(s.t.Context(), jobs.Filter{Limit: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return ids
}

// state is that of a job.
func (s *site) state(id int64) jobs.State {
	s.t.Helper()
	j, err := s.jobs.Get(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return j.State
}

// path is a deed on a job.
func jobPath(id int64, deed string) string { return fmt.Sprintf("/en/console/jobs/%d/%s", id, deed) }

func TestJobsPage(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		admin := s.admin()
		admin.get("/en/console/jobs").wants(t, "nothing yet", 200, "Nothing has been done in the background yet", `aria-label="State"`, `href="/en/console/jobs" aria-current="page"`)
		admin.get("/ja/console/jobs?part=troubled").wants(t, "nothing in trouble", 200, "この状態の処理はありません", "すべて表示")
		admin.get("/en/console/jobs?part=secret").wants(t, "an unknown part", 422)
		ids := s.enqueue(jobsShown+3, jobs.EnqueueOptions{At: time.Now().Add(time.Hour)})
		p := admin.get("/en/console/jobs").wants(t, "first page", 200, "room.chore", "scheduled", "0 / 12", "Older work", "Try now", "Cancel")
		if n := strings.Count(p.body, "data-row"); n != jobsShown {
			t.Errorf("%d rows on the first page", n)
		}
		p = admin.get("/en/console/jobs?before="+strconv.FormatInt(ids[jobsShown-1], 10)).wants(t, "second page", 200, "!Older work")
		if n := strings.Count(p.body, "data-row"); n != 3 {
			t.Errorf("%d rows on the second page", n)
		}
		admin.get("/en/console/jobs?kind=room.other").wants(t, "another kind", 200, "No work is in this state", "room.other")
		admin.get("/en/console/jobs?part=running").wants(t, "none runs", 200, "No work is in this state")
		admin.get("/en/console/jobs?part=waiting&kind=room.chore").wants(t, "waiting", 200, "scheduled")
	})
}

// TestJobDeeds walks a job from cancelled over tried again to failed, and looks at the record.
func TestJobDeeds(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		admin := s.admin()
		id := s.enqueue(1, jobs.EnqueueOptions{At: time.Now().Add(time.Hour), MaxAttempts: 1})[0]
		for _, step := range []struct {
			what, deed, says string
			want             jobs.State
		}{
			{"cancel", "cancel", "room.chore was cancelled", jobs.Cancelled},
			{"cancel twice", "cancel", "has gone on meanwhile", jobs.Cancelled},
			{"try again", "retry", "room.chore is tried again now", jobs.Available},
			{"try again what waits already", "retry", "has gone on meanwhile", jobs.Available},
		} {
			admin.post(jobPath(id, step.deed)).wants(t, step.what, 200, step.says)
			if got := s.state(id); got != step.want {
				t.Errorf("%s: %s, want %s", step.what, got, step.want)
			}
		}
		if err := s.jobs.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.until("the job has failed", func() bool { return s.state(id) == jobs.Discarded })
		if err := s.jobs.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		admin.get("/en/console/jobs?part=troubled").wants(t, "given up", 200, "given up", "the roof &lt;leaks&gt;", "1 failed try", "Try now", `!/cancel"`)
		admin.post(jobPath(id, "retry")).wants(t, "try what was given up", 200, "is tried again now")
		admin.post(jobPath(99999, "retry")).wants(t, "no such job", 404)
		admin.post("/en/console/jobs/x/cancel").wants(t, "no number", 404)
		var ops []string
		err := s.db.InRead(t.Context(), func(ctx context.Context, r storage.Runner) error {
			records, err := s.audit.List(ctx, r, audit.Filter{Room: "account", Object: strconv.FormatInt(id, 10), Limit: 10, WithDetails: true})
			for _, rec := range records {
				ops = append(ops, rec.Entry.Op+" "+rec.Entry.Details["kind"])
			}
			return err
		})
		if want := "[job.retry room.chore job.retry room.chore job.cancel room.chore]"; err != nil || fmt.Sprint(ops) != want {
			t.Errorf("audit: %v, %v, want %s", ops, err, want)
		}
	})
}

// TestJobsAreForOperators: an auditor reads the record and sees no jobs.
func TestJobsAreForOperators(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	admin := s.admin()
	id := s.enqueue(1, jobs.EnqueueOptions{})[0]
	link := admin.post("/en/console/people/invite", "login", "aud", "role", "auditor").wants(t, "invite", 200).link(t)
	auditor := s.browser()
	auditor.post(link+"/accept", "login", "aud", "name", "Aud", "password", good, "again", good).wants(t, "accept", 200, "!/console/jobs")
	auditor.get("/en/console/jobs").wants(t, "list", 403)
	auditor.post(jobPath(id, "cancel")).wants(t, "cancel", 403)
	if got := s.state(id); got != jobs.Available {
		t.Errorf("the job is %s", got)
	}
}

// until waits for a condition, at most a while.
func (s *site) until(what string, is func() bool) {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !is(); <-tick.C {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited too long: %s", what)
		}
	}
}
