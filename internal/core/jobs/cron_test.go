package jobs_test

import (
	"testing"
	"time"

	"noroshi.dev/internal/core/jobs"
)

func TestCronNext(t *testing.T) {
	t.Parallel()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		line       string
		zone       *time.Location
		after, out string
	}{
		{"* * * * *", nil, "2026-11-18T05:00:30Z", "2026-11-18T05:01:00Z"},
		{"*/15 * * * *", nil, "2026-11-18T05:45:00Z", "2026-11-18T06:00:00Z"},
		{"30 9 * * *", tokyo, "2026-11-18T00:30:00Z", "2026-11-19T00:30:00Z"},
		{"30 9 * * *", tokyo, "2026-11-18T00:29:59Z", "2026-11-18T00:30:00Z"},
		{"0 0 1 1 *", nil, "2026-11-18T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"0 12 29 2 *", nil, "2026-11-18T00:00:00Z", "2028-02-29T12:00:00Z"},
		{"0 8 * * 1-5", nil, "2026-11-20T09:00:00Z", "2026-11-23T08:00:00Z"},
		{"0 8 * * 7", nil, "2026-11-20T09:00:00Z", "2026-11-22T08:00:00Z"},
		{"0 8 13 * 5", nil, "2026-11-01T09:00:00Z", "2026-11-06T08:00:00Z"},
		{"5,10-20/5 3 * * *", nil, "2026-11-01T03:10:00Z", "2026-11-01T03:15:00Z"},
		{"30 2 * * *", berlin, "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"}, // 02:30 does not exist on 29 March
		{"0 0 30 2 *", nil, "2026-11-18T00:00:00Z", "9999-12-31T00:00:00Z"},
	} {
		c, err := jobs.ParseCron(tc.line, tc.zone)
		if err != nil {
			t.Errorf("%s: %v", tc.line, err)
			continue
		}
		after, err := time.Parse(time.RFC3339, tc.after)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Next(after).Format(time.RFC3339); got != tc.out {
			t.Errorf("%s after %s = %s, want %s", tc.line, tc.after, got, tc.out)
		}
	}
}

func TestParseCronRefuses(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
		"a * * * *", "5-1 * * * *", "*/0 * * * *", "1,,2 * * * *", "-1 * * * *", "*/99999999999 * * * *",
	} {
		if c, err := jobs.ParseCron(line, nil); err == nil {
			t.Errorf("ParseCron(%q) = %v, want an error", line, c)
		}
	}
}

func FuzzParseCron(f *testing.F) {
	for _, line := range []string{"* * * * *", "5,10-20/5 3 1 2 0-7", "0 0 30 2 *"} {
		f.Add(line)
	}
	at := time.Date(2026, 11, 18, 5, 0, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, line string) {
		c, err := jobs.ParseCron(line, time.UTC)
		if err != nil {
			return
		}
		if next := c.Next(at); !next.After(at) || next.Second() != 0 {
			t.Errorf("Next(%q) = %v, not after %v", line, next, at)
		}
	})
}
