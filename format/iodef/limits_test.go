package iodef

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// nested is events within one another, so many that depth elements are open in the innermost.
func nested(form Form, events int) string {
	if form == JSON {
		return inJSON(`,"EventData":[` + strings.Repeat(`{"EventData":[`, events-1) + `{}` + strings.Repeat(`]}`, events-1) + `]`)
	}
	return in2("", strings.Repeat("<EventData>", events)+strings.Repeat("</EventData>", events))
}

// Each limit accepts its edge and what lies below, and refuses the first beyond it.
func TestEdgesOfLimits(t *testing.T) {
	t.Parallel()
	kids := func(n int) string { return strings.Repeat("<Description/>", n) }
	empty := func(n int) string {
		return `{"version":"2.0","Incident":[` + strings.Repeat("{},", n-1) + `{}]}`
	}
	for _, tt := range []struct {
		name string
		edge int
		doc  func(n int) string
	}{
		// The document and the incident are open around the events.
		{"depth of elements", MaxDepth - 2, func(n int) string { return nested(XML2, n) }},
		// An event within a list opens two; around them are document, list and incident, and the last has none within.
		{"depth of values", MaxDepth - 2, func(n int) string { return nested(JSON, n) }},
		{"elements of a part", MaxPartNodes - 1, func(n int) string { return in2("", "<EventData>"+kids(n)+"</EventData>") }},
		{"values of a member", MaxPartNodes, func(n int) string {
			return inJSON(`,"Description":[` + strings.Repeat(`"",`, n-1) + `""]`)
		}},
		{"attributes count as elements", MaxPartNodes - 1, func(n int) string {
			return in2("", "<EventData restriction=\"red\">"+kids(n-1)+"</EventData>")
		}},
		{"incidents", MaxIncidents, func(n int) string { return head2 + strings.Repeat("<Incident/>", n) + "</IODEF-Document>" }},
		{"incidents of JSON", MaxIncidents, empty},
		{"blanks before the document", 4095, func(n int) string { return strings.Repeat(" ", n) + in2("", "") }},
		{"lines before the document of JSON", 4095, func(n int) string { return strings.Repeat("\n", n) + inJSON("") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{1, tt.edge - 1, tt.edge} {
				if _, err := Read(strings.NewReader(tt.doc(n))); err != nil {
					t.Errorf("%d of %d are refused: %.200v", n, tt.edge, err)
				}
			}
			if _, err := Read(strings.NewReader(tt.doc(tt.edge + 1))); !errors.Is(err, ErrLimit) {
				t.Errorf("%d: %.200v, want a limit of %d", tt.edge+1, err, tt.edge)
			}
		})
	}
}

// The bytes of a part are counted by what a decoder has asked for, so the edge is as wide as its
// buffers; a part begins anew, so that parts that are large together are taken.
func TestEdgesOfBytes(t *testing.T) {
	t.Parallel()
	const buffers = 1 << 17
	for _, tt := range []struct {
		name  string
		sizes []int
		want  bool
	}{
		{"below", []int{MaxPartBytes - buffers}, true},
		{"above", []int{MaxPartBytes + buffers}, false},
		{"two below", []int{MaxPartBytes - buffers, MaxPartBytes - buffers}, true},
		{"the second above", []int{1, MaxPartBytes + buffers}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var elements, members strings.Builder
			for i, n := range tt.sizes {
				text := strings.Repeat("x", n)
				elements.WriteString("<EventData><Description>" + text + "</Description></EventData>")
				fmt.Fprintf(&members, `,"X%d":"%s"`, i, text)
			}
			for form, doc := range map[Form]string{XML2: in2("", elements.String()), JSON: inJSON(members.String())} {
				_, err := Read(strings.NewReader(doc))
				if (err == nil) != tt.want || err != nil && !errors.Is(err, ErrLimit) {
					t.Errorf("%v: %.200v, want read = %v", form, err, tt.want)
				}
			}
		})
	}
}

// The choice of the caller bounds events of the first level alone, over all incidents.
func TestEdgesOfEvents(t *testing.T) {
	t.Parallel()
	two := strings.Repeat(`<Incident purpose="watch">`+id+made+who+`<EventData><EventData/></EventData><EventData/></Incident>`, 2)
	for _, tt := range []struct{ accepted, seen int }{{1, 1}, {3, 3}, {4, 4}, {5, 4}, {0, 4}, {-1, 4}} {
		seen := 0
		d, err := Stream(strings.NewReader(head2+two+"</IODEF-Document>"), Options{Events: tt.accepted}, func(*Incident, *EventData) error { seen++; return nil })
		if seen != tt.seen || (err == nil) != (tt.seen == 4) || err != nil && !errors.Is(err, ErrLimit) {
			t.Errorf("Events %d: %d events, %v, want %d", tt.accepted, seen, err, tt.seen)
		}
		if err != nil && !strings.Contains(err.Error(), fmt.Sprintf("more than %d EventData", tt.accepted)) {
			t.Errorf("Events %d: %v", tt.accepted, err)
		}
		if len(d.Incidents) == 0 || d.Incidents[0].ID.ID != "1" {
			t.Errorf("Events %d: the incident that was begun is not handed out", tt.accepted)
		}
	}
}

// Notes end at the thousandth; what follows is counted.
func TestEdgesOfNotes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, maxNotes - 1, maxNotes, maxNotes + 1, maxNotes + 7} {
		for _, doc := range []string{
			in2("", "<EventData>"+strings.Repeat("<x/>", n)+"</EventData>"),
			inJSON(`,"EventData":[{"x":[` + strings.TrimSuffix(strings.Repeat("1,", n), ",") + `]}]`),
		} {
			d := parsed(t, []byte(doc))
			if len(d.Notes) != min(n, maxNotes) || d.MoreNotes != max(0, n-maxNotes) {
				t.Errorf("%d faults: %d notes and %d more", n, len(d.Notes), d.MoreNotes)
			}
		}
	}
}

// A note holds at most 80 bytes of a value and cuts no letter.
func TestEdgesOfNotedValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value string
		want  int
	}{
		{strings.Repeat("x", 79), 79},
		{strings.Repeat("x", 80), 80},
		{strings.Repeat("x", 81), 80},
		{strings.Repeat("日", 26), 78},
		{strings.Repeat("日", 27), 78},
		{"xx" + strings.Repeat("日", 26), 80},
		{"x" + strings.Repeat("日", 27), 79},
		{strings.Repeat("𠮷", 20), 80},
		{strings.Repeat("𠮷", 21), 80},
		{"xyz" + strings.Repeat("𠮷", 20), 79},
	} {
		for _, doc := range []string{in2("<StartTime>"+tt.value+"</StartTime>", ""), inJSON(`,"StartTime":"` + tt.value + `"`)} {
			for _, n := range parsed(t, []byte(doc)).Notes {
				if n.Kind == Invalid && (len(n.Value) != tt.want || !strings.HasPrefix(tt.value, n.Value)) {
					t.Errorf("%q is noted as %q, %d bytes, want %d", tt.value, n.Value, len(n.Value), tt.want)
				}
			}
		}
	}
}

// The writer nests what a reader takes back and stops at a model without end.
func TestEdgesOfNesting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		events int
		want   bool
	}{{1, true}, {30, true}, {maxNesting - 1, true}, {maxNesting, false}, {200, false}} {
		for _, form := range []Form{XML1, XML2, JSON} {
			e := EventData{}
			for range tt.events - 1 {
				e = EventData{EventData: []EventData{e}}
			}
			i := reporter()
			i.EventData = []EventData{e}
			var b strings.Builder
			_, err := Write(&b, form, &Document{Incidents: []*Incident{i}})
			if (err == nil) != tt.want {
				t.Errorf("%v: %d events: %.200v, want written = %v", form, tt.events, err, tt.want)
			}
		}
	}
}
