package trust

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// Job is work that comes up at a time.
type Job struct {
	At    time.Time
	Due   time.Time // zero: none
	Rank  int       // more urgent is higher
	Hours float64
}

// Load is what became of jobs.
type Load struct {
	Jobs    int
	Hours   float64 // of all jobs
	Overdue int     // not done when due
	Done    int     // done by the end
	Left    float64 // hours not done by the end
	Peak    float64 // most hours that waited at once
}

// Simulate works jobs off, the highest rank first, then the earliest due, then the earliest come, with
// so many hours of work a day around the clock, until end. More urgent work interrupts less urgent. It
// begins with nothing to do.
func Simulate(jobs []Job, perDay float64, end time.Time) Load {
	jobs = slices.Clone(jobs)
	slices.SortStableFunc(jobs, func(a, b Job) int { return a.At.Compare(b.At) })
	s := shop{pace: perDay / 24}
	for _, j := range jobs {
		s.work(j.At)
		s.Jobs++
		s.Hours += j.Hours
		s.waits += j.Hours
		s.Peak = max(s.Peak, s.waits)
		heap.Push(&s.queue, waiting{Job: j, left: j.Hours, n: s.Jobs})
	}
	s.work(end)
	for _, w := range s.queue {
		s.Left += w.left
		if !w.Due.IsZero() && w.Due.Before(end) {
			s.Overdue++
		}
	}
	return s.Load
}

// shop works off what waits.
type shop struct {
	Load
	queue queue
	now   time.Time
	pace  float64 // hours of work in an hour
	waits float64 // hours in the queue
}

// work goes on until a time.
func (s *shop) work(until time.Time) {
	if s.now.IsZero() || s.now.After(until) {
		s.now = until
	}
	for len(s.queue) > 0 && s.pace > 0 {
		w := &s.queue[0]
		room := until.Sub(s.now).Hours() * s.pace
		if w.left > room {
			w.left -= room
			s.waits -= room
			break
		}
		s.now = s.now.Add(time.Duration(w.left / s.pace * float64(time.Hour)))
		s.waits -= w.left
		if !w.Due.IsZero() && s.now.After(w.Due) {
			s.Overdue++
		}
		s.Done++
		heap.Pop(&s.queue)
	}
	s.now = until
}

type waiting struct {
	Job
	left float64
	n    int
}

// queue is a heap of what waits, the next first.
type queue []waiting

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	a, b := &q[i], &q[j]
	return cmp.Or(cmp.Compare(b.Rank, a.Rank), dueOrder(a.Due, b.Due), cmp.Compare(a.n, b.n)) < 0
}

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	if w, ok := x.(waiting); ok {
		*q = append(*q, w)
	}
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// dueOrder puts what has no date last.
func dueOrder(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}
