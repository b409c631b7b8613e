package calendar

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// Write writes c. A calendar that breaks a rule of RFC 5545 is refused before the first byte.
func Write(w io.Writer, c Calendar) error {
	if err := c.check(); err != nil {
		return err
	}
	var l lines
	l.add("BEGIN", "VCALENDAR")
	l.add("VERSION", "2.0")
	l.text("PRODID", c.Product)
	l.add("CALSCALE", "GREGORIAN")
	if c.Name != "" {
		// NAME is RFC 7986; programs older than it read the other one.
		l.text("NAME", c.Name)
		l.text("X-WR-CALNAME", c.Name)
	}
	if c.Refresh > 0 {
		// RFC 7986 demands more than nothing.
		l.add("REFRESH-INTERVAL;VALUE=DURATION", minutes(max(c.Refresh, time.Minute)))
	}
	for i := range c.Items {
		c.Items[i].write(&l)
	}
	l.add("END", "VCALENDAR")
	_, err := io.WriteString(w, l.b.String())
	return err
}

func (i *Item) write(l *lines) {
	name, end := "VTODO", "DUE"
	if i.Kind == Event {
		name, end = "VEVENT", "DTEND"
	}
	l.add("BEGIN", name)
	l.text("UID", i.UID)
	l.instant("DTSTAMP", i.Stamp)
	l.instant("CREATED", i.Created)
	l.instant("LAST-MODIFIED", i.Modified)
	l.add("SEQUENCE", strconv.Itoa(i.Sequence))
	i.when(l, "DTSTART", i.Start)
	i.when(l, end, i.End)
	l.text("SUMMARY", i.Summary)
	l.text("DESCRIPTION", i.Description)
	if i.URL != "" {
		l.add("URL", i.URL)
	}
	if i.Status != "" {
		l.add("STATUS", i.Status)
	}
	if i.Kind == Todo {
		l.instant("COMPLETED", i.CompletedAt)
	}
	if i.Priority > 0 {
		l.add("PRIORITY", strconv.Itoa(i.Priority))
	}
	l.list("CATEGORIES", i.Categories)
	if i.Private {
		l.add("CLASS", "PRIVATE")
	}
	i.alarms(l)
	l.add("END", name)
}

func (i *Item) when(l *lines, name string, t time.Time) {
	switch {
	case t.IsZero():
	case i.AllDay:
		l.add(name+";VALUE=DATE", i.written(t))
	default:
		l.add(name, i.written(t))
	}
}

// written is the text of Start or End; the texts sort as the times do.
func (i *Item) written(t time.Time) string {
	if i.AllDay {
		return t.Format("20060102")
	}
	return t.UTC().Format("20060102T150405Z")
}

func (i *Item) alarms(l *lines) {
	related := "START"
	if i.Kind == Todo {
		related = "END"
	}
	for _, before := range i.Alarms {
		l.add("BEGIN", "VALARM")
		l.add("ACTION", "DISPLAY")
		l.add("TRIGGER;RELATED="+related, "-"+minutes(before))
		// RFC 5545 demands a text, even if the item has none.
		if i.Summary == "" {
			l.add("DESCRIPTION", "-")
		}
		l.text("DESCRIPTION", i.Summary)
		l.add("END", "VALARM")
	}
}

// minutes writes a duration in whole minutes, the one unit that needs no other beside it.
func minutes(d time.Duration) string {
	return fmt.Sprintf("PT%dM", max(int64(d/time.Minute), 0))
}
