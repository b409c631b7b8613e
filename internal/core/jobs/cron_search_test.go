package jobs

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// Where summer time begins at midnight, the day after has no midnight; the search hung there.
func TestCronPassesDaysWithoutMidnight(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ zone, line, from, want string }{
		"São Paulo, noon of the day after":   {"America/Sao_Paulo", "0 12 5 11 *", "2018-11-03T10:00:00-03:00", "2018-11-05T12:00:00-02:00"},
		"São Paulo, the day itself":          {"America/Sao_Paulo", "30 1 4 11 *", "2018-11-03T10:00:00-03:00", "2018-11-04T01:30:00-02:00"},
		"São Paulo, a midnight that is none": {"America/Sao_Paulo", "0 0 * * *", "2018-11-03T10:00:00-03:00", "2018-11-05T00:00:00-02:00"},
		"Beirut, a weekday":                  {"Asia/Beirut", "0 9 * * 1", "2021-03-27T10:00:00+02:00", "2021-03-29T09:00:00+03:00"},
		"Havana, the month after":            {"America/Havana", "0 0 1 4 *", "2021-03-01T00:00:00-05:00", "2021-04-01T00:00:00-04:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			c, err := ParseCron(tt.line, zone)
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.Parse(time.RFC3339, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			got := make(chan time.Time, 1)
			go func() { got <- c.Next(from) }()
			select {
			case next := <-got:
				if text := next.In(zone).Format(time.RFC3339); text != tt.want {
					t.Errorf("Next(%s) = %s, want %s", tt.from, text, tt.want)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("Next() did not return within 10s")
			}
		})
	}
}

func TestCronFindsTheLeapDayAfterACenturyWithoutOne(t *testing.T) {
	t.Parallel()
	c, err := ParseCron("0 0 29 2 *", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := c.Next(time.Date(2096, 3, 1, 0, 0, 0, 0, time.UTC))
	if want := time.Date(2104, 2, 29, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("Next() = %v, want %v", got, want)
	}
}

// Every time that Next returns matches its line, lies after the start, and no minute between the
// two matches.
func TestCronNextIsTheFirstMatch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	zone := time.FixedZone("JST", 9*60*60)
	for range 200 {
		line := fmt.Sprintf("%d-%d/7 */%d * * %d", r.IntN(30), 30+r.IntN(30), 1+r.IntN(23), r.IntN(8))
		c, err := ParseCron(line, zone)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Unix(r.Int64N(4e9), 0)
		next := c.Next(from)
		if !next.After(from) || !c.matches(next) {
			t.Errorf("%q: Next(%v) = %v", line, from, next)
		}
		for at := from.Truncate(time.Minute).Add(time.Minute); at.Before(next); at = at.Add(time.Minute) {
			if c.matches(at) {
				t.Errorf("%q: Next(%v) = %v, but %v matches before it", line, from, next, at)
				break
			}
		}
	}
}

// matches is the plain reading of the five fields.
func (c Cron) matches(t time.Time) bool {
	t = t.In(c.zone)
	return c.minute>>t.Minute()&1 == 1 && c.hour>>t.Hour()&1 == 1 && c.month>>int(t.Month())&1 == 1 && c.dayMatches(t)
}

func ExampleParseCron() {
	c, err := ParseCron("30 8 * * 1-5", time.FixedZone("JST", 9*60*60))
	if err != nil {
		fmt.Println(err)
		return
	}
	friday := time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)
	fmt.Println(c.Next(friday).Format(time.RFC3339))
	// Output: 2026-04-05T23:30:00Z
}
