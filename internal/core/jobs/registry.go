package jobs

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/riverqueue/river"
)

// Args are the arguments of a job: a struct that JSON can carry. They hold ids,
// never secrets, and never what is under embargo: operators can read them.
type Args interface {
	// Kind is the stable name of the work, for example "kengine.import".
	Kind() string
}

// DefaultTimeout is how long one run may take if Options name no time: longer
// than a feed needs on a slow line.
const DefaultTimeout = 5 * time.Minute

// DefaultAttempts spreads the tries over about ten hours (attempt^4 seconds apart).
const DefaultAttempts = 12

// Options say how jobs of a kind are run. The zero value is good.
type Options struct {
	Timeout     time.Duration // of one run; 0 means DefaultTimeout
	MaxAttempts int           // runs before the job is given up; 0 means DefaultAttempts
	Queue       string        // a queue of its own keeps slow work from holding up the rest
	Workers     int           // of that queue in one process; 0 means 100. 1 runs one job at a time
	Priority    int           // 1 (first) to 4; 0 means 1
	// Unique drops a job while an equal one (kind and arguments) waits or runs.
	// A change made after the equal one has begun is not seen by it: then
	// enqueue with EnqueueOptions.At or let the handler look again.
	Unique bool
}

// Registry holds the kinds of work of all rooms and when they repeat.
type Registry struct {
	kinds    map[string]Options
	add      []func(*river.Workers) error
	periodic []*river.PeriodicJob
	errs     []error
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry { return &Registry{kinds: map[string]Options{}} }

var kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// Register adds a kind of work and the function that does it. A mistake, such
// as a kind registered twice, is reported by Start.
func Register[A Args](r *Registry, o Options, work func(ctx context.Context, a A) error) {
	var zero A
	kind := zero.Kind()
	if _, twice := r.kinds[kind]; twice || !kindPattern.MatchString(kind) {
		r.errs = append(r.errs, fmt.Errorf("jobs: kind %q is registered twice or not of the form room.work", kind))
		return
	}
	r.kinds[kind] = o
	r.add = append(r.add, func(w *river.Workers) error {
		return river.AddWorkerSafely(w, &worker[A]{options: o, work: work})
	})
}

// Every runs a job at every multiple of d (so an hourly one at the full hour,
// UTC), once for all replicas. A time at which nothing ran is not made up for.
func (r *Registry) Every(a Args, d time.Duration) {
	if d < time.Second {
		r.errs = append(r.errs, fmt.Errorf("jobs: %s every %v: the shortest interval is 1s", a.Kind(), d))
		return
	}
	r.repeat(a, everyMultiple(d))
}

// Cron runs a job at the times of a five-field crontab line (see ParseCron) in
// a zone, once for all replicas.
func (r *Registry) Cron(a Args, line string, zone *time.Location) {
	c, err := ParseCron(line, zone)
	if err != nil {
		r.errs = append(r.errs, fmt.Errorf("jobs: %s: %w", a.Kind(), err))
		return
	}
	r.repeat(a, c)
}

func (r *Registry) repeat(a Args, s river.PeriodicSchedule) {
	r.periodic = append(r.periodic, river.NewPeriodicJob(s, func() (river.JobArgs, *river.InsertOpts) {
		o := r.kinds[a.Kind()]
		o.Unique = true // a slow run must not pile up repetitions behind it
		return a, insertOpts(o, EnqueueOptions{})
	}, nil))
}

// check returns every mistake of the registrations.
func (r *Registry) check() error { return errors.Join(r.errs...) }

// queues returns the queues and how many workers each has.
func (r *Registry) queues() map[string]river.QueueConfig {
	out := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}}
	for _, o := range r.kinds {
		if o.Queue == "" {
			continue
		}
		n := o.Workers
		if n <= 0 {
			n = maxWorkers
		}
		out[o.Queue] = river.QueueConfig{MaxWorkers: max(n, out[o.Queue].MaxWorkers)}
	}
	return out
}

// longest returns the longest time that any run may take.
func (r *Registry) longest() time.Duration {
	d := DefaultTimeout
	for _, o := range r.kinds {
		d = max(d, o.Timeout)
	}
	return d
}

type everyMultiple time.Duration

// Next implements river.PeriodicSchedule.
func (e everyMultiple) Next(t time.Time) time.Time {
	return t.UTC().Truncate(time.Duration(e)).Add(time.Duration(e))
}

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
