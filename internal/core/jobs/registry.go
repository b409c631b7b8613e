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
