package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// Period is the time of which statistics tell.
type Period struct {
	From, To time.Time      // To is excluded
	Zone     *time.Location // in which days begin; nil: UTC
}

// maxPeriod bounds a period.
const maxPeriod = 3 * 366 * 24 * time.Hour

// Statistics tells how the work of an organisation goes. Each figure comes with the filter of the
// list that shows its rows.
type Statistics struct {
	Period   Period
	Days     []DayCount      // every day of the period
	Outcomes []DecisionCount // of tasks that came up in the period
	Rulings  []RulingCount   // rulings in force that were made in the period, by decision
	Ages     []AgeCount      // tasks that await a ruling now, the youngest first
}

// DayCount is how many reports came on a day.
type DayCount struct {
	Day             time.Time // its beginning
	Received        int64     // came in here
	Published       int64     // were published by their source
	ReceivedFilter  string    // of the report list
	PublishedFilter string    // of the report list
}

// DecisionCount is how many tasks of a decision have an outcome: the ruled one, else the only one that
// the model leaves.
type DecisionCount struct {
	Decision     string // key
	DecisionName decide.Text
	Outcome      Outcome // zero: several are still possible
	Ruled        int64   // a person said so
	Recommended  int64   // the model said so and nobody has ruled
	Filter       string  // of the task list
}

// RulingCount is how often people ruled as the model said, and how long it took. Total is the sum of
// Confirmed, Settled and Overruled.
type RulingCount struct {
	Decision        string
	DecisionName    decide.Text
	Total           int64
	Confirmed       int64         // the only outcome that the model left
	Settled         int64         // one of several that the model left: the analyst decided
	Overruled       int64         // an outcome that the model had ruled out
	Reasons         []ReasonCount // of the overruled
	Median          time.Duration // from the task to its ruling
	P90             time.Duration // nine of ten took no longer
	Filter          string        // of the task list
	ConfirmedFilter string        // of the task list
	SettledFilter   string        // of the task list
	OverruledFilter string        // of the task list
}

// Rate returns the part of all rulings that overruled the model, 0 to 1.
func (r *RulingCount) Rate() float64 {
	if r.Total == 0 {
		return 0
	}
	return float64(r.Overruled) / float64(r.Total)
}

// ReasonCount is how often a reason was given for overruling.
type ReasonCount struct {
	Reason Reason
	Count  int64
	Filter string // of the task list
}

// AgeCount is how many tasks have awaited a ruling for so long.
type AgeCount struct {
	From, To time.Duration // To is excluded; 0: no end
	Count    int64
	Filter   string // of the task list
}

// Statistics returns the figures of the actor's organisation for a period. It needs
// PermStatisticsRead.
func (s *Service) Statistics(ctx context.Context, a identity.Actor, p Period) (Statistics, error) {
	if p.Zone == nil {
		p.Zone = time.UTC
	}
	out := Statistics{Period: p}
	if err := s.may(a, PermStatisticsRead()); err != nil {
		return Statistics{}, err
	}
	if !p.From.Before(p.To) || p.To.Sub(p.From) > maxPeriod {
		return out, fault.New(fault.Invalid, "kengine.statistics").Field("from", "kengine.statistics.period")
	}
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		models, err := s.ActiveModels(ctx, r, a.Organisation)
		if err != nil {
			return err
		}
		names := &namer{models: models}
		for _, part := range []func(context.Context, storage.Runner, string, *namer) error{out.countDays, out.countOutcomes, out.countRulings} {
			if err := part(ctx, r, a.Organisation, names); err != nil {
				return err
			}
		}
		return out.countAges(ctx, r, a.Organisation, s.Clock.Now())
	})
	if err != nil {
		return out, fmt.Errorf("kengine: statistics: %w", err)
	}
	return out, nil
}

// between writes a span of time for a filter.
func between(field string, from, to time.Time) string {
	var parts []string
	if !from.IsZero() {
		parts = append(parts, field+":>="+from.UTC().Format(time.RFC3339))
	}
	if !to.IsZero() {
		parts = append(parts, field+":<"+to.UTC().Format(time.RFC3339))
	}
	return strings.Join(parts, " ")
}

// slot is the time in which the database counts where clocks change within a period: every zone of
// today is a multiple of it away from UTC.
const slot = 15 * time.Minute

// slot returns the time in which the database counts from the beginning of the first day, in
// microseconds: a whole day if all days are as long, which leaves few rows to read.
func (s *Statistics) slot(end time.Time) int64 {
	const day = 24 * time.Hour
	for i := range s.Days {
		next := end
		if i+1 < len(s.Days) {
			next = s.Days[i+1].Day
		}
		if next.Sub(s.Days[i].Day) != day {
			return slot.Microseconds()
		}
	}
	return day.Microseconds()
}

// countDays counts in slots and sums them up to days, whose length differs where clocks change.
func (s *Statistics) countDays(ctx context.Context, r storage.Runner, _ string, _ *namer) error {
	p := s.Period
	from := p.From.In(p.Zone)
	day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, p.Zone)
	for day.Before(p.To) {
		next := day.AddDate(0, 0, 1)
		s.Days = append(s.Days, DayCount{Day: day, ReceivedFilter: between("received", day, next), PublishedFilter: between("published", day, next)})
		day = next
	}
	first, width := s.Days[0].Day.UnixMicro(), s.slot(day)
	for _, c := range []struct {
		query string
		add   func(*DayCount, int64)
	}{
		{`SELECT (received - ?) / ?, COUNT(*) FROM kengine_report WHERE received >= ? AND received < ? GROUP BY 1`, func(d *DayCount, n int64) { d.Received += n }},
		{`SELECT (published - ?) / ?, COUNT(*) FROM kengine_report WHERE published >= ? AND published < ? GROUP BY 1`, func(d *DayCount, n int64) { d.Published += n }},
	} {
		rows, err := storage.List(ctx, r, scanCounted, c.query, first, width, first, day.UnixMicro())
		if err != nil {
			return err
		}
		for _, row := range rows {
			at := time.UnixMicro(first + row[0]*width)
			i, exact := slices.BinarySearchFunc(s.Days, at, func(d DayCount, t time.Time) int { return d.Day.Compare(t) })
			if !exact {
				i--
			}
			c.add(&s.Days[i], row[1])
		}
	}
	return nil
}

func scanCounted(scan func(...any) error) ([2]int64, error) {
	var v [2]int64
	err := scan(&v[0], &v[1])
	return v, err
}

// countAges counts the tasks that await a ruling.
func (s *Statistics) countAges(ctx context.Context, r storage.Runner, organisation string, now time.Time) error {
	const day = 24 * time.Hour
	bounds := []time.Duration{0, day, 7 * day, 30 * day, 90 * day}
	now = now.Truncate(time.Second)
	args := []any{}
	for i, b := range bounds {
		c := AgeCount{From: b}
		var from, to time.Time
		if i+1 < len(bounds) {
			c.To = bounds[i+1]
			from = now.Add(-c.To)
			args = append(args, from.UnixMicro())
		}
		if i > 0 {
			to = now.Add(-b)
		}
		c.Filter = strings.TrimSpace("is:open " + between("created", from, to))
		s.Ages = append(s.Ages, c)
	}
	rows, err := storage.List(ctx, r, scanCounted, `SELECT CASE WHEN created >= ? THEN 0 WHEN created >= ? THEN 1 WHEN created >= ? THEN 2
		WHEN created >= ? THEN 3 ELSE 4 END, COUNT(*) FROM kengine_task WHERE organisation = ? AND state = 'open' AND rest = 0 GROUP BY 1`,
		append(args, organisation)...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		s.Ages[row[0]].Count = row[1]
	}
	return nil
}
