package calendar

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// event and todo are the smallest items that are valid.
func event() Item {
	return Item{Kind: Event, UID: "e@x", Stamp: at("2026-04-01T00:00:00Z"), Start: at("2026-04-02T00:00:00Z")}
}

func todo() Item { return Item{Kind: Todo, UID: "t@x", Stamp: at("2026-04-01T00:00:00Z")} }

func TestItemsThatBreakARuleAreRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		item   Item
		change func(*Item)
		want   string // empty: it is taken
	}{
		"the smallest event":                  {event(), func(*Item) {}, ""},
		"the smallest task":                   {todo(), func(*Item) {}, ""},
		"no uid":                              {todo(), func(i *Item) { i.UID = "" }, "no usable uid"},
		"a uid with a line end":               {todo(), func(i *Item) { i.UID = "a\nb" }, "no usable uid"},
		"a uid that is no UTF-8":              {todo(), func(i *Item) { i.UID = "\xff" }, "no usable uid"},
		"no stamp":                            {todo(), func(i *Item) { i.Stamp = time.Time{} }, "no stamp"},
		"an event without start":              {event(), func(i *Item) { i.Start = time.Time{} }, "an event without start"},
		"an end before the start":             {event(), func(i *Item) { i.End = i.Start.Add(-time.Second) }, "the end is before the start"},
		"an event that ends at its start":     {event(), func(i *Item) { i.End = i.Start }, "an event ends when it starts"},
		"less than a second is not written":   {event(), func(i *Item) { i.End = i.Start.Add(time.Second - 1) }, "an event ends when it starts"},
		"an event of a second":                {event(), func(i *Item) { i.End = i.Start.Add(time.Second) }, ""},
		"a whole day that ends on itself":     {event(), func(i *Item) { i.AllDay, i.End = true, i.Start.Add(9*time.Hour) }, "give the day after the last one"},
		"a whole day that ends the day after": {event(), func(i *Item) { i.AllDay, i.End = true, i.Start.AddDate(0, 0, 1) }, ""},
		"a task due when it begins":           {todo(), func(i *Item) { i.Start, i.End = i.Stamp, i.Stamp }, ""},
		"a task due before it begins":         {todo(), func(i *Item) { i.Start, i.End = i.Stamp, i.Stamp.Add(-time.Hour) }, "the end is before the start"},
		"a sequence below 0":                  {todo(), func(i *Item) { i.Sequence = -1 }, "sequence -1 is negative"},
		"priority 9":                          {todo(), func(i *Item) { i.Priority = 9 }, ""},
		"priority 10":                         {todo(), func(i *Item) { i.Priority = 10 }, "priority 10 is not within 0 and 9"},
		"priority -1":                         {todo(), func(i *Item) { i.Priority = -1 }, "priority -1 is not within 0 and 9"},
		"a state of tasks on an event":        {event(), func(i *Item) { i.Status = NeedsAction }, `status "NEEDS-ACTION" does not fit the kind`},
		"a state of events on a task":         {todo(), func(i *Item) { i.Status = Confirmed }, `status "CONFIRMED" does not fit the kind`},
		"a state that nobody knows":           {todo(), func(i *Item) { i.Status = "DONE" }, `status "DONE" does not fit the kind`},
		"cancelled fits both":                 {event(), func(i *Item) { i.Status = Cancelled }, ""},
		"an alarm of a task without due time": {todo(), func(i *Item) { i.Alarms = []time.Duration{time.Hour} }, "an alarm without a time to refer to"},
		"an alarm of an event":                {event(), func(i *Item) { i.Alarms = []time.Duration{time.Hour} }, ""},
		"a relative address":                  {todo(), func(i *Item) { i.URL = "/case/1" }, `url "/case/1" is not absolute`},
		"an address with a line end":          {todo(), func(i *Item) { i.URL = "https://x/\r\nATTACH:y" }, "is not absolute"},
		"an address that is no UTF-8":         {todo(), func(i *Item) { i.URL = "https://x/" + strings.Repeat("\x80", 200) }, "is not absolute"},
		"an address of Japanese":              {todo(), func(i *Item) { i.URL = "https://x/事案" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.change(&tt.item)
			var b strings.Builder
			err := Write(&b, Calendar{Product: "-//x//y//EN", Items: []Item{tt.item}})
			if tt.want == "" && err != nil {
				t.Errorf("Write() = %v, want that it is taken", err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "calendar: item 1 (") || b.Len() > 0) {
				t.Errorf("Write() = %v after %d bytes, want a text with %q", err, b.Len(), tt.want)
			}
		})
	}
}

func TestCalendarIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		c    Calendar
		want string
	}{
		"no product":  {Calendar{Items: []Item{todo()}}, "calendar: no product identifier"},
		"a uid twice": {Calendar{Product: "p", Items: []Item{todo(), event(), todo()}}, "calendar: item 3: uid t@x occurs twice"},
	} {
		if err := Write(io.Discard, tt.c); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// A run of bytes that are no beginning of a character made folding go on for ever.
func TestFoldingEndsWhateverTheBytes(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"continuation bytes": strings.Repeat("\x80", 1000), "four-byte characters": strings.Repeat("𠮷", 300), "mixed": strings.Repeat("a\x80𠮷", 200), "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := make(chan string, 1)
			go func() {
				var l lines
				l.add("X", value)
				done <- l.b.String()
			}()
			select {
			case text := <-done:
				if got := strings.ReplaceAll(text, "\r\n ", ""); got != "X:"+value+"\r\n" {
					t.Errorf("unfolded %q", got)
				}
				for _, line := range strings.Split(text, "\r\n") {
					if len(line) > maxLine {
						t.Errorf("a line of %d octets", len(line))
					}
					if utf8.ValidString(value) && !utf8.ValidString(line) {
						t.Errorf("a character is cut: %q", line)
					}
				}
			case <-time.After(10 * time.Second):
				t.Fatal("did not end within 10s")
			}
		})
	}
}

// Lines of 74 to 76 octets: the longest that is not folded has 75.
func TestFoldingAtTheLimit(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{74: 1, 75: 1, 76: 2, 75 + 74: 2, 75 + 74 + 1: 3} {
		var l lines
		l.add("X", strings.Repeat("a", n-2))
		if got := strings.Count(l.b.String(), "\r\n"); got != want {
			t.Errorf("%d octets are %d lines, want %d", n, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`a,b;c\d`: `a\,b\;c\\d`, "a\nb": `a\nb`, "a\r\nb": `a\nb`, "a\rb": `a\nb`, "a\tb": "a\tb", "a\x00b\x7f": "ab", "a:b\"": `a:b"`, "\xff": "�", "": "", `\n`: `\\n`,
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPropertiesAreWritten(t *testing.T) {
	t.Parallel()
	jst := time.FixedZone("JST", 9*60*60)
	for name, tt := range map[string]struct {
		item Item
		edit func(*Item)
		want string // a line; after "no " one that must not be there
	}{
		"times in UTC":                       {event(), func(i *Item) { i.Start = time.Date(2026, 4, 2, 9, 0, 0, 0, jst) }, "DTSTART:20260402T000000Z"},
		"dates in their own zone":            {event(), func(i *Item) { i.AllDay, i.Start = true, time.Date(2026, 4, 2, 1, 0, 0, 0, jst) }, "DTSTART;VALUE=DATE:20260402"},
		"the end of a task is DUE":           {todo(), func(i *Item) { i.End = i.Stamp }, "DUE:20260401T000000Z"},
		"the end of an event is DTEND":       {event(), func(i *Item) { i.End = i.Start.Add(time.Hour) }, "DTEND:20260402T010000Z"},
		"no end at all":                      {event(), func(*Item) {}, "no DTEND"},
		"when a task was done":               {todo(), func(i *Item) { i.CompletedAt = i.Stamp }, "COMPLETED:20260401T000000Z"},
		"an event is never done":             {event(), func(i *Item) { i.CompletedAt = i.Stamp }, "no COMPLETED"},
		"undefined priority":                 {todo(), func(*Item) {}, "no PRIORITY"},
		"categories, each escaped":           {todo(), func(i *Item) { i.Categories = []string{"a,b", "", "c"} }, `CATEGORIES:a\,b,c`},
		"empty categories":                   {todo(), func(i *Item) { i.Categories = []string{""} }, "no CATEGORIES"},
		"private":                            {todo(), func(i *Item) { i.Private = true }, "CLASS:PRIVATE"},
		"an alarm of a task before its end":  {todo(), func(i *Item) { i.End, i.Alarms = i.Stamp, []time.Duration{90 * time.Minute} }, "TRIGGER;RELATED=END:-PT90M"},
		"an alarm of an event before start":  {event(), func(i *Item) { i.Alarms = []time.Duration{24 * time.Hour} }, "TRIGGER;RELATED=START:-PT1440M"},
		"an alarm is rounded to a minute":    {event(), func(i *Item) { i.Alarms = []time.Duration{119 * time.Second} }, "TRIGGER;RELATED=START:-PT1M"},
		"an alarm after the time is at it":   {event(), func(i *Item) { i.Alarms = []time.Duration{-time.Hour} }, "TRIGGER;RELATED=START:-PT0M"},
		"the text of an alarm is never away": {event(), func(i *Item) { i.Alarms = []time.Duration{0} }, "DESCRIPTION:-"},
		"the revision":                       {todo(), func(i *Item) { i.Sequence = 7 }, "SEQUENCE:7"},
		"no created time":                    {todo(), func(*Item) {}, "no CREATED"},
		"an address as it is":                {todo(), func(i *Item) { i.URL = "https://x/a;b,c" }, "URL:https://x/a;b,c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.edit(&tt.item)
			var b strings.Builder
			if err := Write(&b, Calendar{Product: "p", Items: []Item{tt.item}}); err != nil {
				t.Fatal(err)
			}
			if absent, no := strings.CutPrefix(tt.want, "no "); no {
				if strings.Contains(b.String(), "\r\n"+absent) {
					t.Errorf("%s is written:\n%s", absent, b.String())
				}
			} else if !strings.Contains(b.String(), "\r\n"+tt.want+"\r\n") {
				t.Errorf("no line %s in:\n%s", tt.want, b.String())
			}
		})
	}
}

func TestRefreshIsNeverNothing(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{time.Second: "PT1M", time.Minute: "PT1M", 90 * time.Second: "PT1M", 12 * time.Hour: "PT720M", 0: "", -time.Hour: ""} {
		var b strings.Builder
		if err := Write(&b, Calendar{Product: "p", Refresh: d, Items: []Item{todo()}}); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(b.String(), "REFRESH-INTERVAL;VALUE=DURATION:")
		if got, _, _ := strings.Cut(rest, "\r\n"); got != want {
			t.Errorf("refresh of %v is %q, want %q", d, got, want)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

func TestWritePassesTheErrorOn(t *testing.T) {
	t.Parallel()
	if err := Write(failing{}, Calendar{Product: "p", Items: []Item{todo()}}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Write() = %v", err)
	}
}

func ExampleWrite_allDay() {
	day := time.Date(2026, 4, 29, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	err := Write(&b, Calendar{Product: "-//noroshi//EN", Items: []Item{{Kind: Event, UID: "1@x", Stamp: day, Start: day, End: day.AddDate(0, 0, 1), AllDay: true}}})
	for _, line := range strings.Split(b.String(), "\r\n") {
		if strings.HasPrefix(line, "DT") {
			fmt.Println(line)
		}
	}
	fmt.Println(err)
	// Output:
	// DTSTAMP:20260429T000000Z
	// DTSTART;VALUE=DATE:20260429
	// DTEND;VALUE=DATE:20260430
	// <nil>
}
