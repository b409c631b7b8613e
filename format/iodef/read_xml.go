package iodef

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"noroshi.dev/format/internal/guard"
)

// tree reads elements as nodes with their places.
type tree struct {
	g     *guard.Reader
	space string // the namespace of the document
}

// start is the node of an element without its content.
func (t *tree) start(e xml.StartElement) node {
	n := node{name: e.Name.Local, space: e.Name.Space, foreign: e.Name.Space != t.space}
	n.line, n.column = t.g.Place()
	n.kids = make([]node, 0, len(e.Attr))
	for _, a := range e.Attr {
		n.kids = append(n.kids, node{
			name: a.Name.Local, space: a.Name.Space, text: a.Value, line: n.line, column: n.column,
			attribute: true, foreign: a.Name.Space != "" && a.Name.Space != t.space && a.Name.Space != namespaceXML,
		})
	}
	return n
}

// parse reads an element to its end and counts its nodes.
func (t *tree) parse(e xml.StartElement, count *int) (node, error) {
	n := t.start(e)
	if *count += 1 + len(n.kids); *count > MaxPartNodes {
		return n, t.g.At(fmt.Errorf("more than %d elements and attributes: %w", MaxPartNodes, ErrLimit))
	}
	var text strings.Builder
	for {
		token, err := t.g.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return n, t.g.At(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			kid, err := t.parse(token, count)
			if err != nil {
				return n, err
			}
			n.kids = append(n.kids, kid)
		case xml.CharData:
			if n.text == "" && text.Len() == 0 {
				n.text = string(token)
				continue
			}
			if text.Len() == 0 {
				text.WriteString(n.text)
			}
			text.Write(token)
		case xml.EndElement:
			if text.Len() > 0 {
				n.text = text.String()
			}
			return n, nil
		}
	}
}

func (s *session) xml(r io.Reader) error {
	t := &tree{g: guard.XML(r, guard.Limits{Bytes: MaxPartBytes, Depth: MaxDepth}, nil)}
	root, err := t.g.Root()
	if err != nil {
		return err
	}
	if root.Name.Local != "IODEF-Document" {
		return t.g.At(fmt.Errorf("root element %s: %w", root.Name.Local, ErrKind))
	}
	t.space = root.Name.Space
	n := t.start(root)
	s.c.push(root.Name.Local)
	s.detect(&n)
	s.c.at = &n
	s.doc.walk(&s.c)
	s.c.leftovers()
	if err := s.document(t); err != nil {
		return t.g.At(err)
	}
	if len(s.doc.Incidents) == 0 {
		s.c.note(&n, Missing, "Incident", "", "")
	}
	return t.g.Finish()
}

// detect finds the form by namespace, or else by version.
func (s *session) detect(root *node) {
	s.c.form = XML2
	switch root.space {
	case Namespace1:
		s.c.form = XML1
	case Namespace2:
	default:
		near := Namespace2
		for _, a := range root.kids {
			if a.name == "version" && strings.HasPrefix(strings.TrimSpace(a.text), "1") {
				s.c.form, near = XML1, Namespace1
			}
		}
		s.c.note(root, Namespace, "namespace", root.space, near)
	}
}

// document reads the children of the root.
func (s *session) document(t *tree) error {
	behind := false
	for {
		t.g.Mark()
		start, err := t.g.Start()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch name := start.Name.Local; {
		case name == "Incident" && start.Name.Space == t.space:
			if behind {
				n := t.start(start)
				s.c.note(&n, Order, name, "", "")
			}
			err = s.incident(t, start)
		case name == "AdditionalData" && start.Name.Space == t.space && s.c.form == XML2:
			behind = true
			count := 0
			var n node
			if n, err = t.parse(start, &count); err == nil {
				s.extension(n)
				err = s.count(count)
			}
		default:
			n := t.start(start)
			s.c.note(&n, Unknown, name, "", "")
			err = t.g.Skip()
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) incident(t *tree, start xml.StartElement) error {
	o, err := s.begin(t.start(start))
	if err != nil {
		return err
	}
	for {
		t.g.Mark()
		start, err := t.g.Start()
		if errors.Is(err, io.EOF) {
			s.end(o)
			return nil
		}
		if err != nil {
			return err
		}
		count := 0
		part, err := t.parse(start, &count)
		if err != nil {
			return err
		}
		if part.name == "EventData" && !part.foreign {
			err = s.event(o, part)
		} else {
			o.tree.kids = append(o.tree.kids, part)
			err = s.count(count)
		}
		if err != nil {
			return err
		}
	}
}
