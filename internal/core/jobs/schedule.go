package jobs

import (
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

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

type everyMultiple time.Duration

// Next implements river.PeriodicSchedule.
func (e everyMultiple) Next(t time.Time) time.Time {
	return t.UTC().Truncate(time.Duration(e)).Add(time.Duration(e))
}
