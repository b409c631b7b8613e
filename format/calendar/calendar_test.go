package calendar

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func sample() Calendar {
	at := time.Date(2026, 4, 1, 18, 0, 0, 0, time.FixedZone("JST", 9*3600))
	return Calendar{
		Product: "-//noroshi//kengine//EN", Name: "対応, 期限", Refresh: time.Hour,
		Items: []Item{
			{
				Kind: Todo, UID: "1@csirt.example", Stamp: at, Sequence: 2, Summary: "CVE-2026-0001; 更新, 確認", Description: "一行目\r\n二行目 \\ 終\x00",
				URL: "https://csirt.example/ja/task/1?a=1,2;b", Created: at.Add(-time.Hour), Modified: at, Start: at, End: at.Add(24 * time.Hour),
				Status: InProcess, Priority: 1, Categories: []string{"Act, now", "", "KEV"}, Private: true, Alarms: []time.Duration{time.Hour},
			},
			{Kind: Event, UID: "2@csirt.example", Stamp: at, Start: at, End: at.AddDate(0, 0, 1), AllDay: true, Status: Confirmed},
		},
	}
}

func write(t *testing.T, c Calendar) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unfold gives back the content lines.
func unfold(s string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n ", ""), "\r\n"), "\r\n")
}

func TestWrite(t *testing.T) {
	t.Parallel()
	want := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//noroshi//kengine//EN", "CALSCALE:GREGORIAN",
		`NAME:対応\, 期限`, `X-WR-CALNAME:対応\, 期限`, "REFRESH-INTERVAL;VALUE=DURATION:PT60M",
		"BEGIN:VTODO", "UID:1@csirt.example", "DTSTAMP:20260401T090000Z", "CREATED:20260401T080000Z", "LAST-MODIFIED:20260401T090000Z", "SEQUENCE:2",
		"DTSTART:20260401T090000Z", "DUE:20260402T090000Z", `SUMMARY:CVE-2026-0001\; 更新\, 確認`, `DESCRIPTION:一行目\n二行目 \\ 終`,
		"URL:https://csirt.example/ja/task/1?a=1,2;b", "STATUS:IN-PROCESS", "PRIORITY:1", `CATEGORIES:Act\, now,KEV`, "CLASS:PRIVATE",
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER;RELATED=END:-PT60M", `DESCRIPTION:CVE-2026-0001\; 更新\, 確認`, "END:VALARM", "END:VTODO",
		"BEGIN:VEVENT", "UID:2@csirt.example", "DTSTAMP:20260401T090000Z", "SEQUENCE:0", "DTSTART;VALUE=DATE:20260401", "DTEND;VALUE=DATE:20260402", "STATUS:CONFIRMED", "END:VEVENT",
		"END:VCALENDAR",
	}
	got := write(t, sample())
	if diff := cmp.Diff(want, unfold(got)); diff != "" {
		t.Error(diff)
	}
	if got != write(t, sample()) {
		t.Error("two writings differ")
	}
}

func TestFolding(t *testing.T) {
	t.Parallel()
	c := sample()
	c.Items[0].Description = strings.Repeat("脆弱性", 100) + strings.Repeat("x", 200)
	got := write(t, c)
	checkLines(t, got)
	if !strings.Contains(strings.Join(unfold(got), "\n"), "DESCRIPTION:"+c.Items[0].Description) {
		t.Error("the text is not the same after unfolding")
	}
}

// checkLines holds every line to 75 octets of valid UTF-8 ended by CRLF.
func checkLines(t *testing.T, s string) {
	t.Helper()
	if !strings.HasSuffix(s, "\r\n") {
		t.Error("the last line has no end")
	}
	for _, line := range strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
	}
}

func TestAlarmWithoutSummary(t *testing.T) {
	t.Parallel()
	c := sample()
	c.Items = c.Items[1:]
	c.Items[0].Alarms = []time.Duration{-time.Hour}
	got := strings.Join(unfold(write(t, c)), "\n")
	if !strings.Contains(got, "TRIGGER;RELATED=START:-PT0M\nDESCRIPTION:-\n") {
		t.Errorf("alarm: %s", got)
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Calendar){
		"no product":          func(c *Calendar) { c.Product = "" },
		"no uid":              func(c *Calendar) { c.Items[0].UID = "" },
		"no UTF-8 in uid":     func(c *Calendar) { c.Items[0].UID = "a\xff" },
		"line end in uid":     func(c *Calendar) { c.Items[0].UID = "a\r\nX:1" },
		"uid twice":           func(c *Calendar) { c.Items[1].UID = c.Items[0].UID },
		"no stamp":            func(c *Calendar) { c.Items[0].Stamp = time.Time{} },
		"event without start": func(c *Calendar) { c.Items[1].Start = time.Time{} },
		"end before start":    func(c *Calendar) { c.Items[0].End = c.Items[0].Start.Add(-time.Second) },
		"priority":            func(c *Calendar) { c.Items[0].Priority = 10 },
		"status of an event":  func(c *Calendar) { c.Items[0].Status = Tentative },
		"status of a todo":    func(c *Calendar) { c.Items[1].Status = NeedsAction },
		"unknown status":      func(c *Calendar) { c.Items[0].Status = "DONE" },
		"relative url":        func(c *Calendar) { c.Items[0].URL = "/task/1" },
		"line end in url":     func(c *Calendar) { c.Items[0].URL = "https://a/\r\nX:1" },
		"alarm without due":   func(c *Calendar) { c.Items[0].End = time.Time{} },
	} {
		c := sample()
		change(&c)
		var b bytes.Buffer
		if err := Write(&b, c); err == nil || b.Len() > 0 {
			t.Errorf("%s: err = %v with %d bytes written", name, err, b.Len())
		}
	}
}

func FuzzWrite(f *testing.F) {
	f.Add("summary", "description")
	f.Add("\r\nBEGIN:VEVENT\r\n", strings.Repeat("𠮷", 40)+"\xff\u2028")
	f.Fuzz(func(t *testing.T, summary, category string) {
		c := sample()
		c.Items[0].Summary, c.Items[0].Categories = summary, []string{category, summary}
		got := write(t, c)
		checkLines(t, got)
		if n := strings.Count("\n"+strings.Join(unfold(got), "\n"), "\nBEGIN:VEVENT"); n != 1 {
			t.Fatalf("%d events after writing %q", n, summary)
		}
	})
}
