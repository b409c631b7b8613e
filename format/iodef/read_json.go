package iodef

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"noroshi.dev/format/internal/guard"
)

// lines counts the lines of what is read and fails beyond a limit of bytes since the last mark.
type lines struct {
	r            io.Reader
	read, budget int64
	breaks       []int64 // line ends that no place has passed yet
	line         int
	start        int64 // where the line begins
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	if l.budget < 0 {
		return 0, fmt.Errorf("a part is larger than %d bytes: %w", MaxPartBytes, ErrLimit)
	}
	// The decoder asks for ever larger pieces, so the limit holds within one too.
	n, err := l.r.Read(p[:min(int64(len(p)), l.budget+1)])
	for i := 0; i < n; {
		j := bytes.IndexByte(p[i:n], '\n')
		if j < 0 {
			break
		}
		i += j + 1
		l.breaks = append(l.breaks, l.read+int64(i))
	}
	l.read += int64(n)
	l.budget -= int64(n)
	return n, err
}

func (l *lines) place(offset int64) (line, column int) {
	passed := 0
	for passed < len(l.breaks) && l.breaks[passed] <= offset {
		l.start = l.breaks[passed]
		passed++
	}
	l.line += passed
	l.breaks = append(l.breaks[:0], l.breaks[passed:]...)
	return l.line + 1, int(offset-l.start) + 1
}

// values reads JSON as nodes with their places.
type values struct {
	d     *json.Decoder
	in    *lines
	depth int
	c     *coder
}

// at gives err the place of what was read last.
func (v *values) at(err error) error {
	var placed *guard.Error
	if err == nil || errors.As(err, &placed) {
		return err
	}
	offset := v.d.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		// The decoder counts from the value, not from the document; the place of the value is near.
		err = errors.New(syntax.Error())
	}
	line, column := v.in.place(offset)
	return &guard.Error{Line: line, Column: column, Err: err}
}

func (v *values) token() (json.Token, error) {
	token, err := v.d.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, v.at(err)
	}
	switch token {
	case json.Delim('{'), json.Delim('['):
		if v.depth++; v.depth > 2*MaxDepth {
			return nil, v.at(fmt.Errorf("values nested deeper than %d: %w", 2*MaxDepth, ErrLimit))
		}
	case json.Delim('}'), json.Delim(']'):
		v.depth--
	}
	return token, nil
}

// key reads the name of the next member; "" and false is the end of the object.
func (v *values) key() (string, bool, error) {
	token, err := v.token()
	if err != nil {
		return "", false, err
	}
	name, ok := token.(string)
	return name, ok, nil
}

// member reads the value of a member into the kids of n: an array becomes several of them.
func (v *values) member(n *node, name string, count *int) error {
	token, err := v.token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return v.value(n, name, token, count)
	}
	for {
		if token, err = v.token(); err != nil || token == json.Delim(']') {
			return err
		}
		if token == json.Delim('[') {
			if err := v.skip(); err != nil {
				return err
			}
			bad := node{name: name}
			bad.line, bad.column = v.in.place(v.d.InputOffset())
			v.c.note(&bad, Invalid, name, "a list within a list", "")
			continue
		}
		if err := v.value(n, name, token, count); err != nil {
			return err
		}
	}
}

// value appends a kid for what token begins; null is none.
func (v *values) value(n *node, name string, token json.Token, count *int) error {
	if *count++; *count > MaxPartNodes {
		return v.at(fmt.Errorf("more than %d values: %w", MaxPartNodes, ErrLimit))
	}
	kid := node{name: name, scalar: true}
	kid.line, kid.column = v.in.place(v.d.InputOffset())
	switch t := token.(type) {
	case nil:
		return nil
	case string:
		kid.text = t
	case json.Number:
		kid.text = t.String()
	case bool:
		kid.text = strconv.FormatBool(t)
	default:
		kid.scalar = false
		if err := v.object(&kid, count); err != nil {
			return err
		}
	}
	n.kids = append(n.kids, kid)
	return nil
}

// object reads the members of an object whose brace is read.
func (v *values) object(n *node, count *int) error {
	for {
		name, more, err := v.key()
		if err != nil || !more {
			return err
		}
		if err := v.member(n, name, count); err != nil {
			return err
		}
	}
}

// skip reads to the end of what was opened last.
func (v *values) skip() error {
	for depth := v.depth; v.depth >= depth; {
		if _, err := v.token(); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) json(r io.Reader) error {
	s.c.form = JSON
	v := &values{in: &lines{r: r, budget: MaxPartBytes}, c: &s.c}
	v.d = json.NewDecoder(v.in)
	v.d.UseNumber()
	if _, err := v.token(); err != nil {
		return err
	}
	root := node{name: "IODEF-Document", line: 1, column: 1}
	s.c.push(root.name)
	for {
		name, more, err := v.key()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		v.mark()
		if name == "Incident" {
			err = v.items(name, func() error { return s.object(v) })
		} else {
			count := 0
			if err = v.member(&root, name, &count); err == nil {
				err = s.count(count)
			}
		}
		if err != nil {
			return v.at(err)
		}
	}
	s.root(&root)
	if _, err := v.d.Token(); !errors.Is(err, io.EOF) {
		return v.at(errors.New("something stands behind the end of the document"))
	}
	return nil
}

// root walks over the members of the document.
func (s *session) root(n *node) {
	s.c.at = n
	s.doc.walk(&s.c)
	extensions(&s.c, "AdditionalData", &s.doc.AdditionalData)
	s.c.leftovers()
	known := false
	for _, k := range n.kids {
		known = known || k.name == "version"
	}
	if !known {
		s.c.note(n, Missing, "version", "", "")
	}
	if len(s.doc.Incidents) == 0 {
		s.c.note(n, Missing, "Incident", "", "")
	}
}

func (v *values) mark() { v.in.budget = MaxPartBytes }

// items calls read for each object of a list, or for one that stands without a list.
func (v *values) items(name string, read func() error) error {
	token, err := v.token()
	if err != nil {
		return err
	}
	list := token == json.Delim('[')
	for {
		if list {
			v.mark()
			if token, err = v.token(); err != nil || token == json.Delim(']') {
				return err
			}
		}
		if token != json.Delim('{') {
			if err := v.wrong(name, token); err != nil {
				return err
			}
		} else if err := read(); err != nil {
			return err
		}
		if !list {
			return nil
		}
	}
}

// wrong notes a value that is no object.
func (v *values) wrong(name string, token json.Token) error {
	bad := node{name: name}
	bad.line, bad.column = v.in.place(v.d.InputOffset())
	v.c.note(&bad, Invalid, name, fmt.Sprint(token), "")
	if token == json.Delim('[') {
		return v.skip()
	}
	return nil
}

// object reads an incident whose brace is read.
func (s *session) object(v *values) error {
	tree := node{name: "Incident"}
	tree.line, tree.column = v.in.place(v.d.InputOffset())
	o, err := s.begin(tree)
	if err != nil {
		return err
	}
	for {
		v.mark()
		name, more, err := v.key()
		if err != nil {
			return err
		}
		if !more {
			s.end(o)
			return nil
		}
		if name == "EventData" {
			err = v.items(name, func() error { return s.eventObject(v, o) })
		} else {
			count := 0
			if err = v.member(&o.tree, name, &count); err == nil {
				err = s.count(count)
			}
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) eventObject(v *values, o *open) error {
	part := node{name: "EventData"}
	part.line, part.column = v.in.place(v.d.InputOffset())
	count := 0
	if err := v.object(&part, &count); err != nil {
		return err
	}
	return s.event(o, part)
}
