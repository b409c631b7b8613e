package kengine

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/kengine/decide"
)

// namer gives decisions and outcomes their names.
type namer struct{ models []Active }

func (n *namer) decision(key string) (decide.Text, *Active, int) {
	for i := range n.models {
		for d := range n.models[i].Model.Decisions {
			if n.models[i].decisionKey(d) == key {
				return n.models[i].Model.Decisions[d].Name, &n.models[i], d
			}
		}
	}
	return decide.Text{EN: key, JA: key}, nil, -1
}

func (n *namer) outcome(decision, key string) Outcome {
	_, m, d := n.decision(decision)
	if m != nil {
		if i := m.OutcomeFact(d).Index(key); i >= 0 {
			return m.outcome(d, m.OutcomeFact(d).Values[i])
		}
	}
	return Outcome{Key: key, Name: decide.Text{EN: key, JA: key}}
}

// countOutcomes counts tasks by decision and outcome; the highest outcome of a decision comes first.
func (s *Statistics) countOutcomes(ctx context.Context, r storage.Runner, organisation string, names *namer) error {
	type row struct {
		decision, outcome, ruled string
		n                        int64
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
		var v row
		err := scan(&v.decision, &v.outcome, &v.ruled, &v.n)
		return v, err
	}, `SELECT decision, outcome, ruled, COUNT(*) FROM kengine_task WHERE organisation = ? AND created >= ? AND created < ? GROUP BY 1, 2, 3`,
		organisation, s.Period.From.UnixMicro(), s.Period.To.UnixMicro())
	if err != nil {
		return err
	}
	span := between("created", s.Period.From, s.Period.To)
	for _, v := range rows {
		key := cmp.Or(v.ruled, v.outcome)
		i := slices.IndexFunc(s.Outcomes, func(o DecisionCount) bool { return o.Decision == v.decision && o.Outcome.Key == key })
		if i < 0 {
			c := DecisionCount{Decision: v.decision}
			c.DecisionName, _, _ = names.decision(v.decision)
			about := "is:all decision:" + v.decision + " " + span
			if key == "" {
				c.Filter = about + " is:unruled is:undecided"
			} else {
				c.Outcome = names.outcome(v.decision, key)
				quoted := filter.Expr{Kind: filter.Term, Field: "ruled", Value: key}.String()
				c.Filter = about + " (" + quoted + " OR (is:unruled outcome" + strings.TrimPrefix(quoted, "ruled") + "))"
			}
			s.Outcomes, i = append(s.Outcomes, c), len(s.Outcomes)
		}
		if v.ruled != "" {
			s.Outcomes[i].Ruled += v.n
		} else {
			s.Outcomes[i].Recommended += v.n
		}
	}
	slices.SortFunc(s.Outcomes, func(a, b DecisionCount) int {
		return cmp.Or(strings.Compare(a.Decision, b.Decision), cmp.Compare(names.place(b), names.place(a)), strings.Compare(a.Outcome.Key, b.Outcome.Key))
	})
	return nil
}

// place is the position of an outcome in its decision; what is undecided comes last.
func (n *namer) place(c DecisionCount) int {
	_, m, d := n.decision(c.Decision)
	if m == nil || c.Outcome.Key == "" {
		return -1
	}
	return m.OutcomeFact(d).Index(c.Outcome.Key)
}

// countRulings counts the rulings in force and measures how long they took.
func (s *Statistics) countRulings(ctx context.Context, r storage.Runner, organisation string, names *namer) error {
	type row struct {
		decision string
		reason   Reason
		verdict  string
		took     int64
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
		var v row
		err := scan(&v.decision, &v.reason, &v.verdict, &v.took)
		return v, err
	}, `SELECT u.decision, u.reason, `+verdict+`, u.at - t.created FROM kengine_ruling u JOIN kengine_task t ON t.ruling = u.id AND t.ruling <> ''
		WHERE u.organisation = ? AND u.at >= ? AND u.at < ?`, organisation, s.Period.From.UnixMicro(), s.Period.To.UnixMicro())
	if err != nil {
		return err
	}
	took := map[string][]int64{}
	verdicts := map[string]map[string]int64{}
	overruled := map[string]map[Reason]int64{}
	for _, v := range rows {
		took[v.decision] = append(took[v.decision], v.took)
		if overruled[v.decision] == nil {
			overruled[v.decision], verdicts[v.decision] = map[Reason]int64{}, map[string]int64{}
		}
		verdicts[v.decision][v.verdict]++
		if v.verdict == verdictOverruled {
			overruled[v.decision][v.reason]++
		}
	}
	span := between("ruling", s.Period.From, s.Period.To)
	for decision, times := range took {
		c := RulingCount{Decision: decision, Total: int64(len(times)), Filter: "is:all decision:" + decision + " " + span}
		c.DecisionName, _, _ = names.decision(decision)
		c.Confirmed, c.Settled, c.Overruled = verdicts[decision][verdictConfirmed], verdicts[decision][verdictSettled], verdicts[decision][verdictOverruled]
		c.ConfirmedFilter, c.SettledFilter = c.Filter+" verdict:"+verdictConfirmed, c.Filter+" verdict:"+verdictSettled
		c.OverruledFilter = c.Filter + " verdict:" + verdictOverruled
		for _, reason := range Reasons() {
			if n := overruled[decision][reason]; n > 0 {
				c.Reasons = append(c.Reasons, ReasonCount{Reason: reason, Count: n, Filter: c.OverruledFilter + " reason:" + string(reason)})
			}
		}
		slices.Sort(times)
		c.Median, c.P90 = quantile(times, 50), quantile(times, 90)
		s.Rulings = append(s.Rulings, c)
	}
	slices.SortFunc(s.Rulings, func(a, b RulingCount) int { return strings.Compare(a.Decision, b.Decision) })
	return nil
}

// quantile returns the nearest rank of sorted microseconds: the smallest that percent of them do not
// exceed.
func quantile(sorted []int64, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*percent + 99) / 100
	return time.Duration(sorted[max(rank, 1)-1]) * time.Microsecond
}

// What a ruling was to the outcomes that the model left at its time.
const (
	verdictConfirmed = "confirmed" // the only one
	verdictSettled   = "settled"   // one of several: the analyst decided
	verdictOverruled = "overruled" // none of them
)

// verdict says what a ruling u was; keys of outcomes have no blanks.
const verdict = `CASE WHEN u.recommended = u.outcome THEN 'confirmed'
	WHEN REPLACE(' ' || u.recommended || ' ', ' ' || u.outcome || ' ', '') <> ' ' || u.recommended || ' ' THEN 'settled' ELSE 'overruled' END`

// rulingTerms are fields of the task list about the ruling in force: ruled (its outcome), reason,
// verdict, and ruling (when it was made).
func rulingTerms(now time.Time) map[string]term {
	inside := func(inner term) term {
		return func(w *storage.Where, e filter.Expr) error {
			var part storage.Where
			if err := inner(&part, e); err != nil {
				return err
			}
			w.And("t.ruling IN (SELECT u.id FROM kengine_ruling u WHERE u.organisation = t.organisation AND "+part.Cond()+")", part.Args()...)
			return nil
		}
	}
	return map[string]term{
		"ruled":  equals("t.ruled", same),
		"reason": inside(equals("u.reason", strings.ToLower)), "verdict": inside(equals("("+verdict+")", strings.ToLower)),
		"ruling": inside(moment("u.at", 0, now)),
	}
}

// StatTable is one part of the statistics as a table for CSV and JSON.
type StatTable struct {
	Name   string // days, outcomes, rulings, ages
	Header []string
	Rows   [][]string
}

// Tables returns the statistics as tables: dates as 2026-11-23, durations in hours.
func (s *Statistics) Tables() []StatTable {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	hours := func(d time.Duration) string { return strconv.FormatFloat(d.Hours(), 'f', 2, 64) }
	days := StatTable{Name: "days", Header: []string{"day", "received", "published"}}
	for _, d := range s.Days {
		days.Rows = append(days.Rows, []string{d.Day.Format(time.DateOnly), n(d.Received), n(d.Published)})
	}
	outcomes := StatTable{Name: "outcomes", Header: []string{"decision", "outcome", "ruled", "recommended"}}
	for _, o := range s.Outcomes {
		outcomes.Rows = append(outcomes.Rows, []string{o.Decision, o.Outcome.Key, n(o.Ruled), n(o.Recommended)})
	}
	rulings := StatTable{Name: "rulings", Header: []string{"decision", "rulings", "confirmed", "settled", "overruled", "median_hours", "p90_hours"}}
	for _, reason := range Reasons() {
		rulings.Header = append(rulings.Header, string(reason))
	}
	for _, r := range s.Rulings {
		row := []string{r.Decision, n(r.Total), n(r.Confirmed), n(r.Settled), n(r.Overruled), hours(r.Median), hours(r.P90)}
		for _, reason := range Reasons() {
			var count int64
			if i := slices.IndexFunc(r.Reasons, func(c ReasonCount) bool { return c.Reason == reason }); i >= 0 {
				count = r.Reasons[i].Count
			}
			row = append(row, n(count))
		}
		rulings.Rows = append(rulings.Rows, row)
	}
	ages := StatTable{Name: "ages", Header: []string{"from_hours", "to_hours", "open"}}
	for _, a := range s.Ages {
		ages.Rows = append(ages.Rows, []string{hours(a.From), hours(a.To), n(a.Count)})
	}
	return []StatTable{days, outcomes, rulings, ages}
}
