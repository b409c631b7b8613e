package iodef

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	head1 = `<IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-1.0" version="1.00" lang="en">`
	head2 = `<IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-2.0" version="2.00" xml:lang="en">`
	id    = `<IncidentID name="n">1</IncidentID>`
	made  = `<GenerationTime>2026-01-16T00:05:00Z</GenerationTime>`
	who   = `<Contact role="creator" type="person"/>`
	foot  = `</Incident></IODEF-Document>`
)

// in2 is an incident of version 2 with a part before and behind the contact.
func in2(before, behind string) string {
	return head2 + `<Incident purpose="watch">` + id + made + before + who + behind + foot
}

func inJSON(members string) string {
	return `{"version":"2.0","Incident":[{"purpose":"watch","IncidentID":{"id":"1","name":"n"},"GenerationTime":"2026-01-16T00:05:00Z",` +
		`"Contact":[{"role":"creator","type":"person"}]` + members + `}]}`
}

// Each document has one fault and gives the one note; none is refused.
func TestNotes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ doc, want string }{
		"an element nobody knows":      {in2("", "<Weather>fine</Weather>"), "IODEF-Document/Incident: Weather is not known here and was skipped"},
		"an attribute nobody knows":    {strings.Replace(in2("", ""), "<Incident ", `<Incident mood="good" `, 1), "Incident: mood is not known"},
		"an extension within":          {in2("", `<x:y xmlns:x="urn:x"><x:z/></x:y>`), "Incident: y is not known"},
		"an element beside incidents":  {strings.Replace(in2("", ""), "<Incident ", "<Note><a/></Note><Incident ", 1), "IODEF-Document: Note is not known"},
		"a time that is none":          {in2("<Description/>", "<EventData><DetectTime>soon</DetectTime></EventData>"), `EventData: DetectTime "soon" cannot be read`},
		"a time without a zone":        {in2("", "<EventData><DetectTime>2026-01-16T00:05:00</DetectTime></EventData>"), `is not written as the standard says`},
		"a word that is nearly one":    {strings.Replace(in2("", ""), `"watch"`, `"Wach"`, 1), `purpose "Wach" is no word of the standard; did you mean "watch"?`},
		"an extension without word":    {strings.Replace(in2("", ""), `"watch"`, `"ext-value"`, 1), `ext-purpose is missing`},
		"no contact":                   {strings.Replace(in2("", ""), who, "", 1), "Incident: Contact is missing"},
		"no number":                    {strings.Replace(in2("", ""), id, "", 1), "Incident: IncidentID is missing"},
		"a second number":              {strings.Replace(in2("", ""), id, id+id, 1), "IncidentID may stand here once"},
		"a wrong place":                {in2("", "<Description>late</Description>"), "Contact stands in the wrong place"},
		"another spelling":             {in2("", `<eventdata/>`), "eventdata is not known"},
		"a port that is no number":     {in2("", `<EventData><Flow><System><Node><Address category="asn">1</Address></Node><Service><Port>http</Port></Service></System></Flow></EventData>`), `Service: Port "http" cannot be read`},
		"ports that are no list":       {in2("", `<EventData><Flow><System><Node><Address category="asn">1</Address></Node><Service><Portlist>1-</Portlist></Service></System></Flow></EventData>`), `Portlist "1-" cannot be read`},
		"a wrong namespace":            {strings.Replace(in2("", ""), "iodef-2.0", "iodef-3.0", 1), `namespace "urn:ietf:params:xml:ns:iodef-3.0" is no known version`},
		"a wrong version":              {strings.Replace(in2("", ""), "2.00", "2.01", 1), `version "2.01" is no known version; did you mean "2.00"?`},
		"no incident":                  {head2 + "</IODEF-Document>", "Incident is missing"},
		"version 1 without a language": {strings.Replace(head1, ` lang="en"`, "", 1) + `<Incident purpose="other">` + id + `<ReportTime>2026-01-16T00:05:00Z</ReportTime><Assessment><Impact/></Assessment>` + who + foot, "lang is missing"},
		"elements in a text":           {in2("<Description>a<b>c</b></Description>", ""), "Description: b is not known"},
		"JSON: a member nobody knows":  {inJSON(`,"Weather":["fine"]`), "Incident: Weather is not known"},
		"JSON: a list in a list":       {inJSON(`,"Description":[["a",{"b":[1]}],"c"]`), "a list within a list"},
		"JSON: a text for an object":   {inJSON(`,"EventData":["x"]`), `EventData "x" cannot be read`},
		"JSON: a text for a class":     {inJSON(`,"History":"x"`), `History "x" cannot be read`},
		"JSON: no version":             {strings.Replace(inJSON(""), `"version":"2.0",`, "", 1), "version is missing"},
		"JSON: no incident":            {`{"version":"2.0"}`, "Incident is missing"},
		"JSON: a number that is none":  {inJSON(`,"Assessment":[{"Impact":[{"MonetaryImpact":{"value":"much"}}]}]`), `value "much" cannot be read`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Read(strings.NewReader(tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Notes) != 1 || !strings.Contains(d.Notes[0].String(), tt.want) || d.Notes[0].Line < 1 {
				t.Errorf("notes %v, want %q", d.Notes, tt.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<EventData>", 40) + strings.Repeat("</EventData>", 40)
	for name, tt := range map[string]struct {
		doc, want string
		is        error
	}{
		"nothing":               {"", "the document is empty", ErrKind},
		"a text":                {"hello", "begins with 'h'", ErrKind},
		"other XML":             {"<html/>", "root element html", ErrKind},
		"only blanks":           {strings.Repeat(" ", 5000), "blanks", ErrLimit},
		"an entity":             {`<!DOCTYPE a [<!ENTITY x "y">]>` + in2("", ""), "remove the DOCTYPE", nil},
		"an external document":  {`<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">` + in2("", ""), "remove the DOCTYPE", nil},
		"a cut document":        {in2("", "")[:200], "unexpected EOF", nil},
		"deep elements":         {in2("", deep), "nested deeper than 32", ErrLimit},
		"a large part":          {in2("<Description>"+strings.Repeat("x", MaxPartBytes+1<<17)+"</Description>", ""), "larger than", ErrLimit},
		"many elements":         {in2("", "<EventData>"+strings.Repeat("<a/>", MaxPartNodes)+"</EventData>"), "more than 100000 elements", ErrLimit},
		"a second document":     {in2("", "") + "<a/>", "after the end", nil},
		"an unknown charset":    {`<?xml version="1.0" encoding="ebcdic"?>` + in2("", ""), "use UTF-8", nil},
		"JSON: deep values":     {inJSON(`,"EventData":[` + strings.Repeat(`{"EventData":[`, 40) + strings.Repeat(`]}`, 40) + `]`), "nested deeper than 64", ErrLimit},
		"JSON: a large value":   {inJSON(`,"Status":"` + strings.Repeat("x", MaxPartBytes+1<<20) + `"`), "larger than", ErrLimit},
		"JSON: many values":     {inJSON(`,"Description":[` + strings.Repeat(`"",`, MaxPartNodes) + `""]`), "more than 100000 values", ErrLimit},
		"JSON: cut":             {inJSON("")[:50], "unexpected EOF", nil},
		"JSON: something after": {inJSON("") + "{}", "behind the end", nil},
		"JSON: bad syntax":      {"{\n\"version\": ?}", "line 2, column", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(tt.doc))
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("Read() = %.300v, want %s", err, tt.want)
			}
		})
	}
	boom := errors.New("boom")
	if _, err := Read(iotest.TimeoutReader(iotest.ErrReader(boom))); !errors.Is(err, boom) {
		t.Errorf("Read() = %v, want the error of the reader", err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	events := strings.Repeat("<EventData/>", 11)
	seen := 0
	_, err := Stream(strings.NewReader(in2("", events)), Options{Events: 10}, func(*Incident, *EventData) error { seen++; return nil })
	if !errors.Is(err, ErrLimit) || seen != 10 {
		t.Errorf("%d events, %v, want 10 and a limit", seen, err)
	}
	d, err := Read(strings.NewReader(in2("", strings.Repeat("<x/>", 1500))))
	if err != nil || len(d.Notes) != maxNotes || d.MoreNotes != 500 {
		t.Errorf("%d notes and %d more, %v", len(d.Notes), d.MoreNotes, err)
	}
	var b strings.Builder
	b.WriteString(head2)
	for range MaxIncidents + 1 {
		b.WriteString("<Incident/>")
	}
	if _, err := Read(strings.NewReader(b.String() + "</IODEF-Document>")); !errors.Is(err, ErrLimit) {
		t.Errorf("too many incidents: %v", err)
	}
}

func TestStreamStopsOnAnError(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	for _, doc := range []string{in2("", "<EventData/><EventData/>"), inJSON(`,"EventData":[{},{}]`)} {
		seen := 0
		_, err := Stream(strings.NewReader(doc), Options{}, func(*Incident, *EventData) error { seen++; return stop })
		if !errors.Is(err, stop) || seen != 1 {
			t.Errorf("%d events, then %v", seen, err)
		}
	}
}

// A document may be in the charsets of old Japanese mail, without a namespace and with a mark.
func TestTolerance(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"Shift_JIS":            "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>" + in2("<Description>\x93\xfa\x96\x7b</Description>", ""),
		"EUC-JP":               "<?xml version=\"1.0\" encoding=\"EUC-JP\"?>" + in2("<Description>\xc6\xfc\xcb\xdc</Description>", ""),
		"a byte order mark":    "\xef\xbb\xbf" + in2("<Description>日本</Description>", ""),
		"a prefix":             strings.NewReplacer("</", "</i:", "<", "<i:", "xmlns=", "xmlns:i=").Replace(in2("<Description>日本</Description>", "")),
		"a schema location":    strings.Replace(in2("<Description>日本</Description>", ""), " version", ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://192.0.2.1/x.xsd" version`, 1),
		"JSON":                 inJSON(`,"Description":["日本"]`),
		"JSON, one for a list": inJSON(`,"Description":"日本"`),
		"JSON, in an object":   inJSON(`,"Description":[{"value":"日本"}]`),
		"JSON, with nulls":     inJSON(`,"Description":[null,"日本"],"History":null`),
	} {
		d, err := Read(strings.NewReader(doc))
		if err != nil || len(d.Notes) > 0 || len(d.Incidents) != 1 || len(d.Incidents[0].Description) != 1 || d.Incidents[0].Description[0].Value != "日本" {
			t.Errorf("%s: %v, notes %v", name, err, d.Notes)
		}
	}
}

// In JSON the members of an incident stand in any order; the function gets what came before.
func TestEventsBeforeTheRest(t *testing.T) {
	t.Parallel()
	doc := `{"version":"2.0","Incident":[{"EventData":[{"DetectTime":"2026-01-16T00:05:00Z"}],"purpose":"watch",` +
		`"IncidentID":{"id":"1","name":"n"},"GenerationTime":"2026-01-16T00:05:00Z","Contact":[{"role":"creator","type":"person"}]}]}`
	seen := ""
	d, err := Stream(strings.NewReader(doc), Options{}, func(i *Incident, e *EventData) error {
		seen += fmt.Sprint(i.ID.ID, e.DetectTime.Year())
		return nil
	})
	if err != nil || seen != "2026" || d.Incidents[0].ID.ID != "1" || len(d.Notes) > 0 {
		t.Errorf("saw %q, then %+v, %v, %v", seen, d.Incidents[0].ID, d.Notes, err)
	}
}

func TestPlacesOfJSON(t *testing.T) {
	t.Parallel()
	d, err := Read(strings.NewReader("{\"version\": \"2.0\",\n\n\"Incident\": [{\n  \"purpose\": \"wach\"}]}"))
	if err != nil || len(d.Notes) == 0 || d.Notes[0].Line != 4 || d.Notes[0].Near != "watch" {
		t.Errorf("%v, %v", d.Notes, err)
	}
}
