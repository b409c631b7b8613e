package markup

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"noroshi.dev/format/internal/guard"
)

// Element is an XML element with its namespace. Text stands before the Children; where text and
// children are mixed in a document that is read, its parts are joined.
type Element struct {
	Name     xml.Name
	Attrs    []xml.Attr
	Text     string
	Children []Element
}

// New returns an element with text.
func New(namespace, local, text string) Element {
	return Element{Name: xml.Name{Space: namespace, Local: local}, Text: text}
}

// With returns a copy of e with an attribute of no namespace added, or e itself if value is empty.
func (e Element) With(local, value string) Element {
	if value == "" {
		return e
	}
	e.Attrs = append(slices.Clip(e.Attrs), xml.Attr{Name: xml.Name{Local: local}, Value: value})
	return e
}

// Add appends children and returns e for chaining.
func (e *Element) Add(children ...Element) *Element {
	e.Children = append(e.Children, children...)
	return e
}

// Attr returns the first attribute of that local name, without regard to case and namespace.
func (e Element) Attr(local string) string {
	for _, a := range e.Attrs {
		if strings.EqualFold(a.Name.Local, local) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// Child returns the first child of that local name, without regard to case and namespace.
func (e Element) Child(local string) (Element, bool) {
	for _, c := range e.Children {
		if strings.EqualFold(c.Name.Local, local) {
			return c, true
		}
	}
	return Element{}, false
}

// Value returns the text of the first child of that local name, trimmed.
func (e Element) Value(local string) string {
	c, _ := e.Child(local)
	return strings.TrimSpace(c.Text)
}

// maxElements bounds the tree of one record; each costs some hundred bytes of memory, far more
// than the few bytes that a hostile document needs for one.
const maxElements = 100_000

// Parse reads the element that start begins, to its end.
func Parse(g *guard.Reader, start xml.StartElement) (Element, error) {
	count := 0
	return parse(g, start, &count)
}

func parse(g *guard.Reader, start xml.StartElement, count *int) (Element, error) {
	if *count++; *count > maxElements {
		return Element{}, g.At(guard.ErrLimit)
	}
	e := Element{Name: start.Name, Attrs: start.Attr}
	var text strings.Builder
	for {
		token, err := g.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return e, g.At(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := parse(g, t, count)
			if err != nil {
				return e, err
			}
			e.Children = append(e.Children, child)
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			e.Text = text.String()
			if len(e.Children) > 0 {
				e.Text = strings.TrimSpace(e.Text)
			}
			return e, nil
		}
	}
}
