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
	return w.work(WithTry(ctx, Try{Number: job.Attempt, Of: job.MaxAttempts}), job.Args)
}

// Try says which run of a job this is: 1 of 12, at last 12 of 12.
type Try struct{ Number, Of int }

// Last reports whether nothing is tried after this, as is so outside of a job.
func (t Try) Last() bool { return t.Number >= t.Of }

type tryKey struct{}

// WithTry returns a context of the run t, for those who run the work of a job themselves.
func WithTry(ctx context.Context, t Try) context.Context { return context.WithValue(ctx, tryKey{}, t) }

// ThisTry returns which run of its job a handler is in, zero outside of a job.
func ThisTry(ctx context.Context) Try {
	t, _ := ctx.Value(tryKey{}).(Try)
	return t
}

// Drop wraps the error of a handler for which another try is useless: the job
// is cancelled, and the error stays visible.
func Drop(err error) error { return river.JobCancel(err) }

// Later is returned by a handler that wants to be run again after d; it is no
// failure and uses up no attempt.
func Later(d time.Duration) error { return river.JobSnooze(d) }
