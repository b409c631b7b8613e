package kengine

import (
	"context"
	"slices"
	"time"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// Pace is how much of a model's work an organisation has done, measured on its finished tasks.
type Pace struct {
	Finished int     // tasks
	Days     float64 // from the first of them to now, at least paceLeast
	PerDay   float64 // hours of work a day
}

// The time over which the pace is measured.
const (
	paceDays  = 90
	paceLeast = 7
)

// Known reports whether enough tasks were finished to foretell by them.
func (p *Pace) Known() bool { return p.Finished >= trust.Enough && p.PerDay > 0 }

// Workload is the work that reports make.
type Workload struct {
	Tasks int     // with something to do
	Hours float64 // of them, and of what is undecided
	// Load tells what would have become overdue at the measured pace; zero unless Pace.Known.
	Load trust.Load
}

// replayReports decides the reports of the scope and counts the work.
func (s *Service) replayReports(ctx context.Context, r storage.Runner, organisation string, out *Replay, from, to *loaded, weights *Weights) error {
	now := s.Clock.Now()
	var since time.Time
	if out.Scope.Days > 0 {
		since = now.AddDate(0, 0, -out.Scope.Days)
	}
	h, err := s.history(ctx, r, organisation, from, to, since)
	if err != nil {
		return err
	}
	out.Reports = len(h.keys)
	for _, idle := range h.idle {
		if idle {
			out.Idle++
		}
	}
	if out.Pace, err = s.pace(ctx, r, organisation, out.Model.Key, to, weights, now); err != nil {
		return err
	}
	after := to.decideColumns(h.after, len(h.keys))
	var before [][]decide.Set
	if from != nil {
		before = from.decideColumns(h.before, len(h.keys))
		w := h.workload(from, before, out, weights, now)
		out.Before = &w
	}
	out.After = h.workload(to, after, out, weights, now)
	for d := range out.Decisions {
		out.Decisions[d].Outcomes = h.outcomes(d, before, after, out.Decisions[d].Decision, weights)
	}
	return nil
}

// pace measures the finished tasks of a model.
func (s *Service) pace(ctx context.Context, r storage.Runner, organisation, key string, to *loaded, weights *Weights, now time.Time) (Pace, error) {
	type finished struct {
		decision, ruled string
		n, first        int64
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (finished, error) {
		var v finished
		err := scan(&v.decision, &v.ruled, &v.n, &v.first)
		return v, err
	}, `SELECT t.decision, t.ruled, COUNT(*), MIN(h.at) FROM kengine_history h JOIN kengine_task t ON t.id = h.task
		WHERE t.organisation = ? AND h.what = ? AND NOT h.undone AND h.at >= ? GROUP BY 1, 2`,
		organisation, string(ActFinish), now.AddDate(0, 0, -paceDays).UnixMicro())
	if err != nil {
		return Pace{}, err
	}
	var p Pace
	hours := 0.0
	first := now.UnixMicro()
	for _, v := range rows {
		for d := range to.Model.Decisions {
			decision := key + "/" + to.Model.Decisions[d].Key
			fact := to.OutcomeFact(d)
			at := fact.Index(v.ruled)
			if v.decision != decision || at < 0 {
				continue
			}
			p.Finished += int(v.n)
			hours += float64(v.n) * weights.HoursOf(decision, to.outcome(d, fact.Values[at]))
			first = min(first, v.first)
		}
	}
	p.Days = max(now.Sub(time.UnixMicro(first)).Hours()/24, paceLeast)
	p.PerDay = hours / p.Days
	return p, nil
}

// work is what a set of outcomes means.
type work struct {
	rank  int
	due   time.Duration // 0: none
	hours float64
}

// workOf gives the work of a set of outcomes: rank and due date as the work list orders it, the mean of
// the hours.
func (l *loaded) workOf(d int, set decide.Set, decision string, weights *Weights) work {
	var w work
	start := time.Unix(0, 0)
	r := (&Active{loaded: l}).recommend(d, set, start)
	if w.rank = r.rank; !r.due.IsZero() {
		w.due = r.due.Sub(start)
	}
	outcomes := l.outcomesOf(d, set)
	for _, o := range outcomes {
		w.hours += weights.HoursOf(decision, o) / float64(len(outcomes))
	}
	return w
}

// workload sums up the work of a version and works it off at the measured pace.
func (h *replay) workload(l *loaded, sets [][]decide.Set, out *Replay, weights *Weights, now time.Time) Workload {
	var w Workload
	var jobs []trust.Job
	for d := range sets {
		decision := out.Model.Key + "/" + l.Model.Decisions[d].Key
		of := map[decide.Set]work{}
		for i, set := range sets[d] {
			if h.idle[i] {
				continue
			}
			x, ok := of[set]
			if !ok {
				x = l.workOf(d, set, decision, weights)
				of[set] = x
			}
			w.Hours += x.hours
			if x.rank == 0 {
				continue
			}
			w.Tasks++
			j := trust.Job{At: time.UnixMicro(h.received[i]), Rank: x.rank, Hours: x.hours}
			if x.due > 0 {
				j.Due = j.At.Add(x.due)
			}
			jobs = append(jobs, j)
		}
	}
	if out.Pace.Known() {
		w.Load = trust.Simulate(jobs, out.Pace.PerDay, now)
	}
	return w
}

// outcomes counts reports by outcome, by both versions.
func (h *replay) outcomes(d int, before, after [][]decide.Set, decision string, weights *Weights) []WorkCount {
	fact := h.to.OutcomeFact(d)
	out := make([]WorkCount, len(fact.Values)+1)
	for i, v := range fact.Values {
		out[len(fact.Values)-1-i].Outcome = h.to.outcome(d, v)
	}
	at := func(key string) int {
		if i := fact.Index(key); i >= 0 {
			return len(fact.Values) - 1 - i
		}
		return len(fact.Values)
	}
	if h.from != nil {
		if old := h.from.Model.Decision(h.to.Model.Decisions[d].Key); old >= 0 {
			h.count(h.from, old, before[old], decision, weights, func(key string, n int, hours float64) {
				c := &out[at(key)]
				c.Before, c.HoursBefore = c.Before+n, c.HoursBefore+hours
			})
		}
	}
	h.count(h.to, d, after[d], decision, weights, func(key string, n int, hours float64) {
		c := &out[at(key)]
		c.After, c.HoursAfter = c.After+n, c.HoursAfter+hours
	})
	return out
}

// count calls add for each set of outcomes; of several the key is empty.
func (h *replay) count(l *loaded, d int, sets []decide.Set, decision string, weights *Weights, add func(key string, n int, hours float64)) {
	n := map[decide.Set]int{}
	for i, set := range sets {
		if !h.idle[i] {
			n[set]++
		}
	}
	all := make([]decide.Set, 0, len(n))
	for set := range n {
		all = append(all, set)
	}
	slices.Sort(all) // sums in one order are the same each time
	for _, set := range all {
		key := ""
		if one, ok := set.Single(); ok {
			key = l.OutcomeFact(d).Values[one].Key
		}
		add(key, n[set], float64(n[set])*l.workOf(d, set, decision, weights).hours)
	}
}
