package jvn

import (
	"encoding/xml"
	"html"
	"strconv"
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

// Handling is the marking of a document under the Traffic Light Protocol.
type Handling struct {
	Structures []MarkingStructure `xml:"http://data-marking.mitre.org/Marking-1 Marking>Marking_Structure"`
}

// MarkingStructure is one marking.
type MarkingStructure struct {
	Model string `xml:"marking_model_name,attr"`
	Color string `xml:"color,attr"`
}

// TLP returns the label, as "WHITE", or an empty text.
func (h Handling) TLP() string {
	for _, s := range h.Structures {
		if s.Color != "" && (s.Model == "" || strings.EqualFold(s.Model, "TLP")) {
			return strings.ToUpper(strings.TrimSpace(s.Color))
		}
	}
	return ""
}

// Status tells how a call of MyJVN went and which part of the hits the answer holds.
type Status struct {
	Version, Method, Lang string
	// ReturnCode is 0 for success; ErrorCode and ErrorMessage say more when it is not.
	ReturnCode              string
	ErrorCode, ErrorMessage string
	// Total counts the hits, Returned those in this answer, First is the position of the first
	// one from 1, Max the limit of the method. Each is -1 when the answer does not say.
	Total, Returned, First, Max int
	// Parameters holds all other attributes, the echo of the request.
	Parameters map[string]string
}

// OK reports whether the call succeeded. A document without Status, as a file is, is OK too.
func (s Status) OK() bool { return s.ReturnCode == "0" || s.ReturnCode == "" }

// Next returns the startItem of the next page; ok is false on the last one.
func (s Status) Next() (start int, ok bool) {
	if s.First < 1 || s.Returned < 1 || s.First+s.Returned > s.Total {
		return 0, false
	}
	return s.First + s.Returned, true
}

// noStatus is the Status of a document that has none.
func noStatus() Status {
	return Status{Total: -1, Returned: -1, First: -1, Max: -1, Parameters: map[string]string{}}
}

func newStatus(e xml.StartElement) Status {
	s := noStatus()
	for _, a := range e.Attr {
		v := strings.TrimSpace(a.Value)
		switch a.Name.Local {
		case "version":
			s.Version = v
		case "method":
			s.Method = v
		case "lang":
			s.Lang = v
		case "retCd":
			s.ReturnCode = v
		case "errCd":
			s.ErrorCode = v
		case "errMsg":
			s.ErrorMessage = v
		case "totalRes":
			s.Total = number(v)
		case "totalResRet":
			s.Returned = number(v)
		case "firstRes":
			s.First = number(v)
		case "retMax":
			s.Max = number(v)
		default:
			s.Parameters[a.Name.Local] = v
		}
	}
	return s
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// PlainText makes a text of JVN readable: escaped HTML loses its tags, list items and breaks
// become lines, a backslash followed by n becomes a new line.
func PlainText(s string) string {
	s = strings.ReplaceAll(s, `\n`, "\n")
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		n := tagLength(s[i:])
		if n < 0 {
			break // no tag ends any more; looking for its end at each sign would take for ever
		}
		if n == 0 {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteString(tagText(s[i : i+n]))
		s = s[i+n:]
	}
	b.WriteString(s)
	return strings.TrimSpace(html.UnescapeString(b.String()))
}

// tagLength returns the length of the tag at the head of s, 0 if it is only a less-than sign, and
// -1 if there is none because s has no end of a tag.
func tagLength(s string) int {
	if len(s) < 3 || s[1] != '/' && (s[1]|0x20 < 'a' || s[1]|0x20 > 'z') {
		return 0
	}
	if n := strings.IndexByte(s, '>'); n >= 0 {
		return n + 1
	}
	return -1
}

func tagText(tag string) string {
	name := strings.ToLower(strings.Trim(tag, "</> "))
	name, _, _ = strings.Cut(name, " ")
	switch {
	case name == "li" && tag[1] != '/':
		return "\n- "
	case name == "br", name == "p", name == "ul", name == "ol", name == "div":
		return "\n"
	default:
		return ""
	}
}
