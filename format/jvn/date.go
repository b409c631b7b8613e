package jvn

import (
	"encoding/xml"
	"strings"
	"time"
)

// Date is a point in time as a document writes it.
type Date struct {
	// Time is the instant, zero if the element is empty or cannot be read. A date without a
	// zone is Japanese time, in which JVN gives all dates.
	Time time.Time
	// Text is what was written.
	Text string
}

// Japan is the zone of the dates of JVN, nine hours before UTC, without summer time.
func Japan() *time.Location { return time.FixedZone("JST", 9*60*60) }

// NewDate returns the Date of an instant, written in Japanese time to the second.
func NewDate(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	t = t.In(Japan()).Truncate(time.Second)
	return Date{Time: t, Text: t.Format(time.RFC3339)}
}

// UnmarshalXML reads a date. A text that is no date is kept and gives the zero Time: one wrong
// date is no reason to refuse a record.
func (d *Date) UnmarshalXML(dec *xml.Decoder, start xml.StartElement) error {
	var text string
	if err := dec.DecodeElement(&text, &start); err != nil {
		return err
	}
	*d = parseDate(text)
	return nil
}

func parseDate(text string) Date {
	text = strings.TrimSpace(text)
	d := Date{Text: text}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02", "2006/01/02"} {
		if t, err := time.ParseInLocation(layout, text, Japan()); err == nil {
			d.Time = t
			break
		}
	}
	return d
}
