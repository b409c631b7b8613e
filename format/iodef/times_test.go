package iodef

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Each form of a time is read as the instant it means, noted as doubtful or refused.
func TestTimesAreRead(t *testing.T) {
	t.Parallel()
	const exact, doubtful, none = Kind(0), Doubtful, Invalid
	for _, tt := range []struct {
		in, want string // want in UTC
		kind     Kind
	}{
		{"2026-01-15T09:30:00Z", "2026-01-15T09:30:00Z", exact},
		{"2026-01-15T09:30:00+09:00", "2026-01-15T00:30:00Z", exact},
		{"2026-01-15T09:30:00-09:30", "2026-01-15T19:00:00Z", exact},
		{"2026-01-15T09:30:00+14:00", "2026-01-14T19:30:00Z", exact},
		{"2026-01-15T09:30:00-14:00", "2026-01-15T23:30:00Z", exact},
		{"2026-01-15T09:30:00+00:00", "2026-01-15T09:30:00Z", exact},
		{"2026-01-15T09:30:00-00:00", "2026-01-15T09:30:00Z", exact},
		{"2026-01-15T09:30:00.5Z", "2026-01-15T09:30:00.5Z", exact},
		{"2026-01-15T09:30:00.123456789Z", "2026-01-15T09:30:00.123456789Z", exact},
		{"2026-01-15T09:30:00.1234567899Z", "2026-01-15T09:30:00.123456789Z", exact},
		{"2026-01-15T09:30:00.000Z", "2026-01-15T09:30:00Z", exact},
		{"  2026-01-15T09:30:00Z\n", "2026-01-15T09:30:00Z", exact},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", exact},
		{"0001-01-01T00:00:01Z", "0001-01-01T00:00:01Z", exact},
		{"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z", exact},
		{"2026-01-15T09:30:00", "2026-01-15T09:30:00Z", doubtful},
		{"2026-01-15T09:30:00.25", "2026-01-15T09:30:00.25Z", doubtful},
		{"2026-01-15 09:30:00", "2026-01-15T09:30:00Z", doubtful},
		{"2026-01-15 09:30:00+09:00", "2026-01-15T00:30:00Z", doubtful},
		{"2026-01-15", "2026-01-15T00:00:00Z", doubtful},
		{"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", doubtful},
		{"", "", none},
		{"   ", "", none},
		{"2026-01-15T09:30Z", "", none},
		{"2026-01-15T24:00:00Z", "", none},
		{"2026-12-31T23:59:60Z", "", none},
		{"2026-01-15T09:60:00Z", "", none},
		{"2026-02-29T00:00:00Z", "", none},
		{"2026-13-01T00:00:00Z", "", none},
		{"2026-00-01T00:00:00Z", "", none},
		{"2026-01-32T00:00:00Z", "", none},
		{"2026-01-15T09:30:00+0900", "", none},
		{"2026-01-15T09:30:00+09", "", none},
		{"2026-01-15T09:30:00 JST", "", none},
		{"2026-01-15T09:30:00+25:00", "", none},
		{"-0001-01-01T00:00:00Z", "", none},
		{"10000-01-01T00:00:00Z", "", none},
		{"26-01-15T09:30:00Z", "", none},
		{"15/Jan/2026:09:30:00 +0900", "", none},
		{"令和8年1月15日", "", none},
		{"1768469400", "", none},
	} {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			element := "<EventData>\n<DetectTime>" + tt.in + "</DetectTime></EventData>"
			v1 := strings.NewReplacer(Namespace2, Namespace1, "2.00", "1.00", "xml:lang", "lang", "GenerationTime", "ReportTime", "watch", "other", "</Incident>", "</Incident>").Replace(in2("<Assessment><Impact/></Assessment>", element))
			for form, doc := range map[Form]string{XML1: v1, XML2: in2("", element), JSON: inJSON(",\n" + `"EventData":[{"DetectTime":"` + strings.TrimSpace(tt.in) + `"}]`)} {
				d := parsed(t, []byte(doc))
				if d.Form != form {
					t.Fatalf("read as %v", d.Form)
				}
				if at := d.Incidents[0].EventData[0].DetectTime; tt.want == "" && !at.IsZero() || tt.want != "" && at.UTC().Format(time.RFC3339Nano) != tt.want {
					t.Errorf("%v: read %v, want %s", form, at, tt.want)
				}
				switch {
				case tt.kind == exact && len(d.Notes) > 0:
					t.Errorf("%v: notes %v", form, d.Notes)
				case tt.kind != exact && (len(d.Notes) != 1 || d.Notes[0].Kind != tt.kind || d.Notes[0].Name != "DetectTime" || d.Notes[0].Line != 2):
					t.Errorf("%v: notes %v, want one of kind %d in line 2", form, d.Notes, tt.kind)
				}
			}
		})
	}
}

// A time is written in its own zone if the forms can say it, and else in UTC.
func TestTimesAreWritten(t *testing.T) {
	t.Parallel()
	zone := func(seconds int) *time.Location { return time.FixedZone("", seconds) }
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC), "2026-01-15T09:30:00Z"},
		{time.Date(2026, 1, 15, 9, 30, 0, 0, zone(9*3600)), "2026-01-15T09:30:00+09:00"},
		{time.Date(2026, 1, 15, 9, 30, 0, 0, zone(-(3*3600 + 1800))), "2026-01-15T09:30:00-03:30"},
		{time.Date(2026, 1, 15, 9, 30, 0, 0, zone(5*3600+45*60)), "2026-01-15T09:30:00+05:45"},
		{time.Date(2026, 1, 15, 9, 30, 0, 0, zone(9*3600+1)), "2026-01-15T00:29:59Z"},
		{time.Date(2026, 1, 15, 9, 30, 0, 0, zone(-59)), "2026-01-15T09:30:59Z"},
		{time.Date(2026, 1, 15, 9, 30, 0, 1, time.UTC), "2026-01-15T09:30:00.000000001Z"},
		{time.Date(2026, 1, 15, 9, 30, 0, 500_000_000, time.UTC), "2026-01-15T09:30:00.5Z"},
		{time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), "0001-01-01T00:00:00.000000001Z"},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), "9999-12-31T23:59:59Z"},
		{time.Date(2016, 12, 31, 23, 59, 60, 0, time.UTC), "2017-01-01T00:00:00Z"},
		{time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), "1970-01-01T00:00:00Z"},
	} {
		for _, form := range []Form{XML1, XML2, JSON} {
			doc, _ := part(t, form, func(i *Incident) { i.EventData = []EventData{{DetectTime: tt.at}} })
			if !strings.Contains(doc, tt.want) {
				t.Errorf("%v: no %s in\n%s", form, tt.want, doc)
			}
			if back := parsed(t, []byte(doc)).Incidents[0].EventData[0].DetectTime; !back.Equal(tt.at) {
				t.Errorf("%v: %v comes back as %v", form, tt.at, back)
			}
		}
	}
}

// A year of other than four digits is refused wherever the time stands, before anything goes out.
func TestYearsThatNoFormHolds(t *testing.T) {
	t.Parallel()
	for _, year := range []int{-1, 0, 10_000, 292_277_026_596} {
		at := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		for name, change := range map[string]func(*Incident){
			"DetectTime":     func(i *Incident) { i.DetectTime = at },
			"StartTime":      func(i *Incident) { i.StartTime = at },
			"EndTime":        func(i *Incident) { i.EndTime = at },
			"ReportTime":     func(i *Incident) { i.ReportTime = at },
			"GenerationTime": func(i *Incident) { i.GenerationTime = at },
			"DateTime":       func(i *Incident) { i.History = &History{Item: []HistoryItem{{Action: "other", DateTime: at}}} },
		} {
			i := reporter()
			change(i)
			_, err := Write(&strings.Builder{}, XML2, &Document{Incidents: []*Incident{i}})
			if want := fmt.Sprintf("%s is in the year %d", name, at.Year()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Write() = %v, want %s", err, want)
			}
		}
	}
}

// Each version demands another time of writing; the other one stands in, and never both are lacking.
func TestTimesOfWriting(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	later := at.Add(time.Hour)
	for _, tt := range []struct {
		report, generation time.Time
		form               Form
		want, no           string
	}{
		{at, time.Time{}, XML1, "<ReportTime>2026-01-15T00", "GenerationTime"},
		{time.Time{}, later, XML1, "<ReportTime>2026-01-15T01", "GenerationTime"},
		{at, later, XML1, "<ReportTime>2026-01-15T00", "GenerationTime"},
		{at, time.Time{}, XML2, "<GenerationTime>2026-01-15T00", "T01:00"},
		{time.Time{}, later, XML2, "<GenerationTime>2026-01-15T01", "ReportTime"},
		{at, later, XML2, "<GenerationTime>2026-01-15T01", "<GenerationTime>2026-01-15T00"},
		{at, time.Time{}, JSON, `"GenerationTime":"2026-01-15T00`, "T01:00"},
		{time.Time{}, later, JSON, `"GenerationTime":"2026-01-15T01`, "ReportTime"},
		{at, later, JSON, `"GenerationTime":"2026-01-15T01`, `"GenerationTime":"2026-01-15T00`},
	} {
		doc, _ := part(t, tt.form, func(i *Incident) { i.ReportTime, i.GenerationTime = tt.report, tt.generation })
		if !strings.Contains(doc, tt.want) || strings.Contains(doc, tt.no) {
			t.Errorf("%v: want %s and no %s in\n%s", tt.form, tt.want, tt.no, doc)
		}
	}
	for _, form := range []Form{XML1, XML2, JSON} {
		i := reporter()
		i.GenerationTime = time.Time{}
		if _, err := Write(&strings.Builder{}, form, &Document{Incidents: []*Incident{i}}); err == nil || !strings.Contains(err.Error(), "Time is required") {
			t.Errorf("%v: Write() = %v, want a time", form, err)
		}
	}
}
