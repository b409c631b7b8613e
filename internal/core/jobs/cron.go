package jobs

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cron is a parsed crontab line.
type Cron struct {
	minute, hour, day, month, weekday uint64 // bit n: the value n matches
	anyDay, anyWeekday                bool
	zone                              *time.Location
}

// cronFields are the five fields with their bounds.
var cronFields = [...]struct {
	name     string
	low, top int
}{{"minute", 0, 59}, {"hour", 0, 23}, {"day", 1, 31}, {"month", 1, 12}, {"weekday", 0, 7}}

// ParseCron reads "minute hour day month weekday": each field is *, a number, a
// range a-b, a step (*/n or a-b/n) or a list of those; weekday 0 and 7 are
// Sunday. If day and weekday are both given, either suffices, as in crontab(5).
// zone nil means UTC.
func ParseCron(line string, zone *time.Location) (Cron, error) {
	fields := strings.Fields(line)
	if len(fields) != len(cronFields) {
		return Cron{}, fmt.Errorf("cron %q: %d fields, want minute hour day month weekday", line, len(fields))
	}
	var bits [len(cronFields)]uint64
	for i, f := range cronFields {
		var err error
		if bits[i], err = cronBits(fields[i], f.low, f.top); err != nil {
			return Cron{}, fmt.Errorf("cron %q: %s: %w", line, f.name, err)
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	return Cron{
		minute: bits[0], hour: bits[1], day: bits[2], month: bits[3], weekday: bits[4] | bits[4]>>7,
		anyDay: fields[2] == "*", anyWeekday: fields[4] == "*", zone: zone,
	}, nil
}

func cronBits(field string, low, top int) (uint64, error) {
	var bits uint64
	for part := range strings.SplitSeq(field, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		from, to, step := low, top, 1
		if span != "*" {
			a, b, ranged := strings.Cut(span, "-")
			if !ranged {
				b = a
			}
			var err1, err2 error
			from, err1 = strconv.Atoi(a)
			to, err2 = strconv.Atoi(b)
			if err1 != nil || err2 != nil || from < low || to > top || from > to {
				return 0, fmt.Errorf("%q is not within %d-%d", part, low, top)
			}
		}
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 || n > top {
				return 0, fmt.Errorf("%q has no step of 1-%d", part, top)
			}
			step = n
		}
		for v := from; v <= to; v += step {
			bits |= 1 << v
		}
	}
	return bits, nil
}

// cronHorizon ends the search for lines that never match, such as 30 February.
// From 29 February 2096 to the next one it is eight years.
const cronHorizon = 9 * 366 * 24 * time.Hour

// Next returns the first matching time after t, in UTC. A time that a change to
// summer time skips is left out; one that comes twice matches twice. A line
// that never matches gives the year 9999.
func (c Cron) Next(t time.Time) time.Time {
	end := t.Add(cronHorizon)
	for n := t.In(c.zone).Truncate(time.Minute).Add(time.Minute); n.Before(end); {
		switch {
		case c.month>>int(n.Month())&1 == 0 || !c.dayMatches(n):
			n = nextDay(n)
		case c.hour>>n.Hour()&1 == 0:
			n = n.Add(time.Duration(60-n.Minute()) * time.Minute)
		case c.minute>>n.Minute()&1 == 0:
			n = n.Add(time.Minute)
		default:
			return n.UTC()
		}
	}
	return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
}

// nextDay returns the first minute of the day after n. Where summer time begins at
// midnight, Date gives the last hour of the day before.
func nextDay(n time.Time) time.Time {
	next := time.Date(n.Year(), n.Month(), n.Day()+1, 0, 0, 0, 0, n.Location())
	for next.Day() == n.Day() {
		next = next.Add(30 * time.Minute)
	}
	return next
}

func (c Cron) dayMatches(n time.Time) bool {
	day, weekday := c.day>>n.Day()&1 == 1, c.weekday>>int(n.Weekday())&1 == 1
	switch {
	case c.anyDay:
		return weekday
	case c.anyWeekday:
		return day
	}
	return day || weekday
}
