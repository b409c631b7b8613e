package account

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// jobsShown is how many jobs a page of the list shows.
const jobsShown = 50

// jobsForm is what the page of jobs shows, all of it in the address.
type jobsForm struct {
	Part   string `form:"part,oneof=|troubled|waiting|running|done|cancelled"`
	Kind   string `form:"kind,max=100"`
	Before int64  `form:"before,min=0,max=9223372036854775807"`
}

// jobParts are the parts of the list and the states of jobs in them.
func jobParts() []struct {
	name   string
	states []jobs.State
} {
	return []struct {
		name   string
		states []jobs.State
	}{
		{"", nil},
		{"troubled", []jobs.State{jobs.Retryable, jobs.Discarded}},
		{"waiting", []jobs.State{jobs.Available, jobs.Scheduled, jobs.Pending}},
		{"running", []jobs.State{jobs.Running}},
		{"done", []jobs.State{jobs.Completed}},
		{"cancelled", []jobs.State{jobs.Cancelled}},
	}
}

func (f jobsForm) filter() jobs.Filter {
	out := jobs.Filter{Before: f.Before, Limit: jobsShown + 1}
	if f.Kind != "" {
		out.Kinds = []string{f.Kind}
	}
	for _, p := range jobParts() {
		if p.name == f.Part {
			out.States = p.states
		}
	}
	return out
}

// jobsView is the page of the work in the background.
type jobsView struct {
	Form    jobsForm
	Jobs    []jobs.Job
	Older   string // cursor
	Trouble ui.Trouble
}

func (s *Service) jobsPage(w http.ResponseWriter, r *http.Request) error {
	v := jobsView{Trouble: ui.Trouble{Status: http.StatusOK}}
	if err := web.Decode(r, &v.Form); err != nil {
		if v.Trouble, err = web.FormError(r, err); err != nil {
			return err
		}
	} else if v.Jobs, err = s.jobs.List(r.Context(), v.Form.filter()); err != nil {
		return err
	}
	if len(v.Jobs) > jobsShown {
		v.Jobs = v.Jobs[:jobsShown]
		v.Older = strconv.FormatInt(v.Jobs[jobsShown-1].ID, 10)
	}
	return web.Render(w, r, v.Trouble.Status, ui.Page{Title: web.T(r, "account.jobs.title")}, jobsBody(v))
}

// retryable reports whether a job may be run at once: what is done is not done twice by hand.
func retryable(j jobs.Job) bool {
	return slices.Contains([]jobs.State{jobs.Retryable, jobs.Scheduled, jobs.Discarded, jobs.Cancelled}, j.State)
}

// cancellable reports whether a job has still to be done.
func cancellable(j jobs.Job) bool {
	return slices.Contains([]jobs.State{jobs.Available, jobs.Scheduled, jobs.Retryable, jobs.Running, jobs.Pending}, j.State)
}

func (s *Service) retryJob(ctx context.Context, tx *storage.Tx, id int64) error {
	return s.jobs.Retry(ctx, tx, id)
}

func (s *Service) cancelJob(ctx context.Context, tx *storage.Tx, id int64) error {
	return s.jobs.Cancel(ctx, tx, id)
}

// jobDeed does something to a job whose state allows it, and records it with the job.
func (s *Service) jobDeed(op string, allowed func(jobs.Job) bool, deed func(context.Context, *storage.Tx, int64) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
		if err != nil {
			return fault.New(fault.NotFound, "jobs.job", r.PathValue("n"))
		}
		job, err := s.jobs.Get(r.Context(), id)
		if err != nil {
			return err
		}
		back := web.URL(r, "/console/jobs")
		if !allowed(job) {
			return web.SeeOtherWarned(w, r, back, "account.jobs.over", "kind", job.Kind)
		}
		err = s.db.InTx(r.Context(), func(ctx context.Context, tx *storage.Tx) error {
			if err := deed(ctx, tx, id); err != nil {
				return err
			}
			return s.audit.Append(ctx, tx, audit.Entry{
				Actor: web.Actor(r).Audit(), Room: "account", Op: "job." + op, Object: strconv.FormatInt(id, 10), Request: web.RequestID(ctx),
				Details: map[string]string{"kind": job.Kind},
			})
		})
		if err != nil {
			return err
		}
		return web.SeeOther(w, r, back, "account.jobs.did_"+op, "kind", job.Kind)
	}
}
