package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

type worker[A Args] struct {
	river.WorkerDefaults[A]
	options Options
	work    func(ctx context.Context, a A) error
}

// Timeout implements river.Worker.
func (w *worker[A]) Timeout(*river.Job[A]) time.Duration {
	if w.options.Timeout > 0 {
		return w.options.Timeout
	}
	return DefaultTimeout
}

// Work implements river.Worker.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	return w.work(ctx, job.Args)
}

// Drop wraps the error of a handler for which another try is useless: the job
// is cancelled, and the error stays visible.
func Drop(err error) error { return river.JobCancel(err) }

// Later is returned by a handler that wants to be run again after d; it is no
// failure and uses up no attempt.
func Later(d time.Duration) error { return river.JobSnooze(d) }
