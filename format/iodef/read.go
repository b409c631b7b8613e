package iodef

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/internal/guard"
)

// Limits of the reader. Beyond them reading ends with an error that wraps ErrLimit.
const (
	// MaxDepth is the deepest nesting of elements; of JSON values twice that.
	MaxDepth = 32
	// MaxPartBytes is the largest EventData or other child of an incident.
	MaxPartBytes = 8 << 20
	// MaxPartNodes is the largest number of elements and attributes of such a part.
	MaxPartNodes = 100_000
	// MaxHeadNodes is the largest number of elements and attributes outside of EventData.
	MaxHeadNodes = 1_000_000
	// MaxEvents is the default of Options.Events.
	MaxEvents = 1_000_000
	// MaxIncidents is the largest number of incidents in a document.
	MaxIncidents = 10_000
)

var (
	// ErrLimit is wrapped by every error that a limit caused.
	ErrLimit = guard.ErrLimit
	// ErrKind is wrapped when the document is no IODEF.
	ErrKind = errors.New("neither an IODEF-Document in XML nor IODEF in JSON")
)

// Options are the choices of a reading.
type Options struct {
	Events int // how many EventData are accepted on the first level; 0 is MaxEvents
}

// Read reads a document of any form with all its events. What the reader could not take as it
// stands is in the Notes; an error is returned for what is not well-formed, is no IODEF or
// exceeds a limit, and then the document holds what came before.
func Read(r io.Reader) (*Document, error) {
	return Stream(r, Options{}, func(i *Incident, e *EventData) error {
		i.EventData = append(i.EventData, *e)
		return nil
	})
}

// Stream reads a document of any form and calls each for every EventData on the first level, with
// the incident as far as it was read: in XML that is all but History and AdditionalData, in JSON
// what stands before. The incidents of the document that is returned are complete but for these
// events. An error of each ends the reading and is returned.
func Stream(r io.Reader, o Options, each func(*Incident, *EventData) error) (*Document, error) {
	if o.Events <= 0 {
		o.Events = MaxEvents
	}
	in := bufio.NewReader(r)
	first, err := leading(in)
	if err != nil {
		return &Document{}, fmt.Errorf("iodef: %w", err)
	}
	s := &session{each: each, options: o, doc: &Document{}, c: coder{reading: true, notes: &notes{}}}
	switch first {
	case '<':
		err = s.xml(in)
	case '{':
		err = s.json(in)
	default:
		err = fmt.Errorf("the text begins with %q: %w", first, ErrKind)
	}
	s.doc.Form, s.doc.Notes, s.doc.MoreNotes = s.c.form, s.c.notes.list, s.c.notes.more
	if err != nil {
		return s.doc, fmt.Errorf("iodef: %w", err)
	}
	return s.doc, nil
}

// leading returns the first byte that is no blank and leaves it unread, behind a byte order mark.
// The blanks stay too, since places count them.
func leading(in *bufio.Reader) (byte, error) {
	b, err := in.Peek(3)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return 0, err
	case bytes.Equal(b, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3)
	case len(b) > 1 && utf16(b[0], b[1]):
		return 0, fmt.Errorf("the document is in UTF-16; use UTF-8: %w", ErrKind)
	}
	for n := 1; n <= in.Size(); n++ {
		b, err := in.Peek(n)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if err != nil {
			return 0, fmt.Errorf("the document is empty: %w", ErrKind)
		}
		if last := b[n-1]; last != ' ' && last != '\t' && last != '\n' && last != '\r' {
			return last, nil
		}
	}
	return 0, fmt.Errorf("the document begins with %d blanks: %w", in.Size(), ErrLimit)
}

// utf16 reports whether a document begins with the mark of UTF-16 or with a letter of it.
func utf16(a, b byte) bool {
	return a == 0xfe && b == 0xff || a == 0xff && b == 0xfe || a == 0 && b != 0 || a != 0 && b == 0
}

// session is one reading.
type session struct {
	each    func(*Incident, *EventData) error
	options Options
	doc     *Document
	c       coder
	events  int
	nodes   int // outside of events
}

// open is an incident that is being read.
type open struct {
	incident *Incident
	tree     node // all but the events; one kid stands for them
	events   int  // its index, or -1
}

func (s *session) begin(tree node) (*open, error) {
	if len(s.doc.Incidents) >= MaxIncidents {
		return nil, fmt.Errorf("more than %d incidents: %w", MaxIncidents, ErrLimit)
	}
	o := &open{incident: &Incident{}, tree: tree, events: -1}
	s.doc.Incidents = append(s.doc.Incidents, o.incident)
	s.c.push("Incident")
	return o, nil
}

// count adds nodes that stand outside of events.
func (s *session) count(nodes int) error {
	if s.nodes += nodes; s.nodes > MaxHeadNodes {
		return fmt.Errorf("more than %d elements outside of EventData: %w", MaxHeadNodes, ErrLimit)
	}
	return nil
}

// event hands an event on.
func (s *session) event(o *open, part node) error {
	if s.events++; s.events > s.options.Events {
		return fmt.Errorf("more than %d EventData: %w", s.options.Events, ErrLimit)
	}
	if o.events < 0 {
		o.events = len(o.tree.kids)
		o.tree.kids = append(o.tree.kids, node{name: "EventData", line: part.line, column: part.column})
		s.c.notes.quiet = true
		s.walk(o)
		s.c.notes.quiet = false
		forget(&o.tree)
	}
	var e EventData
	s.c.push("EventData")
	s.c.at = &part
	e.walk(&s.c)
	s.c.leftovers()
	s.c.pop()
	return s.each(o.incident, &e)
}

// end completes the incident.
func (s *session) end(o *open) {
	s.walk(o)
	s.c.pop()
}

func (s *session) walk(o *open) {
	i, c := o.incident, &s.c
	*i = Incident{EventData: i.EventData}
	c.at = &o.tree
	i.head(c)
	if o.events >= 0 {
		mark := &o.tree.kids[o.events]
		mark.used = true
		if c.xml() && o.events < o.tree.last {
			c.note(mark, Order, mark.name, "", "")
		}
		o.tree.last = max(o.tree.last, o.events)
	}
	i.tail(c)
	c.leftovers()
}

// forget makes a tree as if nobody had walked over it.
func forget(n *node) {
	n.used, n.free, n.last = false, false, 0
	for i := range n.kids {
		forget(&n.kids[i])
	}
}

// walk is the attributes of the document.
func (d *Document) walk(c *coder) {
	version := "2.00"
	switch c.form {
	case XML1:
		version = "1.00"
	case JSON:
		version = "2.0"
	case XML2:
	}
	want := version
	c.attr("version", &version)
	if c.reading && version != want {
		c.note(c.at, Namespace, "version", version, want)
	}
	if !c.reading && d.Lang == "" {
		standard := "en"
		c.lang(&standard)
	} else {
		c.lang(&d.Lang)
	}
	if c.form == XML1 {
		c.need("lang", !c.reading || d.Lang != "")
		c.attr("formatid", &d.FormatID)
	} else {
		c.attr("format-id", &d.FormatID)
	}
	if c.has2("private-enum-name", d.PrivateEnumName != "" || d.PrivateEnumID != "") {
		c.attr("private-enum-name", &d.PrivateEnumName)
		c.attr("private-enum-id", &d.PrivateEnumID)
	}
}

// extension takes an AdditionalData of the document.
func (s *session) extension(part node) {
	var e Extension
	s.c.push(part.name)
	s.c.at = &part
	e.walk(&s.c)
	s.c.leftovers()
	s.c.pop()
	s.doc.AdditionalData = append(s.doc.AdditionalData, e)
}
