package jobs

import (
	"encoding/json"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Available State = "available" // to be run as soon as a worker is free
	Scheduled State = "scheduled" // to be run at its time
	Running   State = "running"
	Retryable State = "retryable" // failed, to be run again at its time
	Completed State = "completed"
	Cancelled State = "cancelled" // by an operator or by Drop
	Discarded State = "discarded" // all attempts used up
	Pending   State = "pending"
)

// Failure is one run that failed.
type Failure struct {
	At      time.Time
	Attempt int
	Error   string
	Trace   string // where it panicked, else empty
}

// Job is one job as an operator sees it. Times are UTC, zero if not yet.
type Job struct {
	ID          int64
	Kind, Queue string
	State       State
	Priority    int
	Attempt     int // runs begun
	MaxAttempts int
	Args        json.RawMessage
	CreatedAt   time.Time
	ScheduledAt time.Time
	AttemptedAt time.Time
	FinalizedAt time.Time
	Failures    []Failure // oldest first
}

func jobOf(r *rivertype.JobRow) Job {
	job := Job{
		ID: r.ID, Kind: r.Kind, Queue: r.Queue, State: State(r.State), Priority: r.Priority,
		Attempt: r.Attempt, MaxAttempts: r.MaxAttempts, Args: r.EncodedArgs,
		CreatedAt: r.CreatedAt.UTC(), ScheduledAt: r.ScheduledAt.UTC(),
		AttemptedAt: timeOf(r.AttemptedAt), FinalizedAt: timeOf(r.FinalizedAt),
	}
	for _, e := range r.Errors {
		job.Failures = append(job.Failures, Failure{At: e.At.UTC(), Attempt: e.Attempt, Error: e.Error, Trace: e.Trace})
	}
	return job
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
