package iodef

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Writer writes a document as a stream: each event is appended to a buffer that goes out at 64
// KiB, so that memory does not grow and an event costs no allocation. It is not safe for
// concurrent use.
type Writer struct {
	w       io.Writer
	c       coder
	head    Document
	current *Incident
	any     bool // an incident was begun
	events  bool // JSON: the list of events is open
	err     error
}

const flushAt = 64 << 10

// NewWriter returns a writer of a document with the attributes and AdditionalData of head; its
// incidents are not written. Nothing goes out before Begin.
func NewWriter(w io.Writer, form Form, head *Document) *Writer {
	d := *head
	if d.Lang != "" && !language(d.Lang) {
		d.Lang = ""
	}
	return &Writer{w: w, head: d, c: coder{form: form, buf: make([]byte, 0, flushAt+flushAt/4)}}
}

// Begin ends the incident before and writes all of i that stands before its events, then the
// events it has. What stands behind them is written at the next Begin or Close, so i must not
// change until then. A part that the form demands and i lacks is an error, and nothing of i is
// written.
func (w *Writer) Begin(i *Incident) error {
	if w.err != nil {
		return w.err
	}
	if err := w.finish(); err != nil {
		return err
	}
	err := w.attempt(func(c *coder) {
		if !w.any {
			w.prologue(c)
		}
		if c.xml() {
			c.shut()
			c.buf = append(c.buf, '\n')
			c.tag("Incident")
		} else {
			c.comma()
			c.buf = append(c.buf, "\n{"...)
			c.first = true
		}
		c.push("Incident")
		i.head(c)
		c.pop()
	})
	if err != nil {
		return fmt.Errorf("iodef: write incident: %w", err)
	}
	w.any, w.current, w.events = true, i, false
	for k := range i.EventData {
		if err := w.Event(&i.EventData[k]); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) prologue(c *coder) {
	if !c.xml() {
		c.buf = append(c.buf, '{')
		c.first = true
		w.head.walk(c)
		c.beginList("Incident")
		return
	}
	c.buf = append(c.buf, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"...)
	c.tag("IODEF-Document")
	space := c.form.namespace()
	c.attr("xmlns", &space)
	w.head.walk(c)
}

// Event writes one event of the incident that was begun. An event that lacks what the form
// demands is an error, and nothing of it is written; the stream goes on.
func (w *Writer) Event(e *EventData) error {
	if err := w.ready(); err != nil {
		return err
	}
	c := &w.c
	mark, state := len(c.buf), w.state()
	w.separate()
	c.push("Incident")
	c.push("EventData")
	if c.xml() {
		c.tag("EventData")
	} else {
		c.buf = append(c.buf, '{')
		c.first = true
	}
	e.walk(c)
	c.end("EventData")
	c.path = c.path[:0]
	if c.err != nil {
		err := c.err
		c.err = nil
		c.buf = c.buf[:mark]
		w.restore(state)
		return fmt.Errorf("iodef: write event: %w", err)
	}
	return w.flush(flushAt)
}

// state is what separate changes.
type state struct{ open, first, events bool }

func (w *Writer) state() state    { return state{w.c.open, w.c.first, w.events} }
func (w *Writer) restore(s state) { w.c.open, w.c.first, w.events = s.open, s.first, s.events }

func (w *Writer) ready() error {
	if w.err != nil {
		return w.err
	}
	if w.current == nil {
		return errors.New("iodef: write event: no incident was begun")
	}
	return nil
}

// separate goes to a new line, for an event.
func (w *Writer) separate() {
	c := &w.c
	switch {
	case c.xml():
		c.shut()
	case !w.events:
		c.beginList("EventData")
		c.first = false
		w.events = true
	default:
		c.buf = append(c.buf, ',')
	}
	c.buf = append(c.buf, '\n')
}

// attempt runs a piece of writing and takes it back if it fails.
func (w *Writer) attempt(f func(*coder)) error {
	c := &w.c
	mark, state := len(c.buf), w.state()
	f(c)
	err := c.err
	c.err = nil
	c.path = c.path[:0]
	if err != nil {
		c.buf = c.buf[:mark]
		w.restore(state)
	}
	return err
}

// finish ends the incident that is open.
func (w *Writer) finish() error {
	if w.current == nil {
		return nil
	}
	err := w.attempt(func(c *coder) {
		if w.events {
			c.endList()
		}
		c.push("Incident")
		w.current.tail(c)
		c.pop()
		c.end("Incident")
	})
	if err != nil {
		w.err = fmt.Errorf("iodef: write incident: %w", err)
		return w.err
	}
	w.current, w.events = nil, false
	return w.flush(flushAt)
}

// Close ends the document and hands the last bytes over; it does not close the underlying writer.
// A document without incidents is an error.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	if !w.any {
		return errors.New("iodef: write document: both standards demand an incident")
	}
	if err := w.finish(); err != nil {
		return err
	}
	err := w.attempt(func(c *coder) {
		c.endList()
		if c.has2("AdditionalData", len(w.head.AdditionalData) > 0) {
			extensions(c, "AdditionalData", &w.head.AdditionalData)
		}
		if c.xml() {
			c.buf = append(c.buf, '\n')
		}
		c.end("IODEF-Document")
		c.buf = append(c.buf, '\n')
	})
	if err != nil {
		w.err = fmt.Errorf("iodef: write document: %w", err)
		return w.err
	}
	err = w.flush(0)
	if w.err == nil {
		w.err = errors.New("iodef: write: the document is closed")
	}
	return err
}

// flush hands the buffer over once it holds more than least bytes.
func (w *Writer) flush(least int) error {
	if len(w.c.buf) <= least {
		return nil
	}
	_, err := w.w.Write(w.c.buf)
	w.c.buf = w.c.buf[:0]
	if err != nil {
		w.err = fmt.Errorf("iodef: write: %w", err)
		return w.err
	}
	return nil
}

// Loss is a part that could not be carried, and how often.
type Loss struct {
	Name  string // class and part, as System/virtual
	Count int
}

// Lost returns what the form could not carry so far, sorted by name.
func (w *Writer) Lost() []Loss {
	var list []Loss
	for name, n := range w.c.lost {
		list = append(list, Loss{name, n})
	}
	slices.SortFunc(list, func(a, b Loss) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Write writes a whole document and returns what the form could not carry.
func Write(out io.Writer, form Form, d *Document) ([]Loss, error) {
	w := NewWriter(out, form, d)
	for _, i := range d.Incidents {
		if err := w.Begin(i); err != nil {
			return w.Lost(), err
		}
	}
	err := w.Close()
	return w.Lost(), err
}
