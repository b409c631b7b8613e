package markup

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Prefix binds a prefix to a namespace; the empty prefix is the default namespace.
type Prefix struct{ Prefix, Namespace string }

// Write writes root as a document in UTF-8 with the given prefixes declared at the root, in their
// order. Other namespaces that occur get the prefixes ns1, ns2 and so on. Elements without text
// are indented by two spaces.
func Write(w io.Writer, root Element, prefixes []Prefix) error {
	d := &document{
		elements:   map[string]string{"": ""},
		attributes: map[string]string{"": "", xmlNamespace: "xml"},
	}
	for _, p := range prefixes {
		if err := d.given(p); err != nil {
			return err
		}
	}
	if err := d.collect(root); err != nil {
		return err
	}
	d.b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	d.write(root, 0, "")
	d.b.WriteString("\n")
	_, err := io.WriteString(w, d.b.String())
	return err
}

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

// document is one writing. An attribute needs a prefix to have a namespace, an element may have
// the default one, so the prefixes of the two are kept apart.
type document struct {
	b                    strings.Builder
	declared             []Prefix
	elements, attributes map[string]string
	made                 int
}

func (d *document) declare(p Prefix) {
	d.declared = append(d.declared, p)
	if _, have := d.elements[p.Namespace]; !have {
		d.elements[p.Namespace] = p.Prefix
	}
	if p.Prefix != "" {
		d.attributes[p.Namespace] = p.Prefix
	}
}

// given declares a prefix of the caller, who may name one twice: XML may not.
func (d *document) given(p Prefix) error {
	for _, have := range d.declared {
		if have == p {
			return nil
		}
		if have.Prefix == p.Prefix {
			return fmt.Errorf("markup: prefix %q stands for %s and for %s", p.Prefix, have.Namespace, p.Namespace)
		}
	}
	d.declare(p)
	return nil
}

// fresh returns a prefix that nobody has.
func (d *document) fresh() string {
	for {
		d.made++
		name := fmt.Sprintf("ns%d", d.made)
		if !slices.ContainsFunc(d.declared, func(p Prefix) bool { return p.Prefix == name }) {
			return name
		}
	}
}

// collect checks the names and finds the namespaces without prefix, in document order.
func (d *document) collect(e Element) error {
	if err := d.name(e.Name, d.elements); err != nil {
		return err
	}
	seen := map[xml.Name]bool{}
	for _, a := range e.Attrs {
		if err := d.name(a.Name, d.attributes); err != nil {
			return err
		}
		if seen[a.Name] {
			return fmt.Errorf("markup: element %s has the attribute %s twice", e.Name.Local, a.Name.Local)
		}
		seen[a.Name] = true
	}
	for _, c := range e.Children {
		if err := d.collect(c); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) name(n xml.Name, known map[string]string) error {
	if !validName(n.Local) {
		return fmt.Errorf("markup: %q is no name of an element or attribute", n.Local)
	}
	if _, ok := known[n.Space]; !ok {
		d.declare(Prefix{d.fresh(), n.Space})
	}
	return nil
}

// write writes e; scope is the default namespace that holds around it.
func (d *document) write(e Element, level int, scope string) {
	d.b.WriteString("<" + qualified(e.Name, d.elements))
	if level == 0 {
		for _, p := range d.declared {
			d.declaration(p)
			if p.Prefix == "" {
				scope = p.Namespace
			}
		}
	}
	if d.elements[e.Name.Space] == "" && e.Name.Space != scope {
		scope = e.Name.Space
		d.declaration(Prefix{Namespace: scope})
	}
	for _, a := range e.Attrs {
		d.b.WriteString(" " + qualified(a.Name, d.attributes) + `="` + escape(a.Value, true) + `"`)
	}
	if e.Text == "" && len(e.Children) == 0 {
		d.b.WriteString("/>")
		return
	}
	d.b.WriteString(">" + escape(e.Text, false))
	for _, c := range e.Children {
		if e.Text == "" {
			d.b.WriteString("\n" + strings.Repeat("  ", level+1))
		}
		d.write(c, level+1, scope)
	}
	if e.Text == "" && len(e.Children) > 0 {
		d.b.WriteString("\n" + strings.Repeat("  ", level))
	}
	d.b.WriteString("</" + qualified(e.Name, d.elements) + ">")
}

func (d *document) declaration(p Prefix) {
	d.b.WriteString(" xmlns")
	if p.Prefix != "" {
		d.b.WriteString(":" + p.Prefix)
	}
	d.b.WriteString(`="` + escape(p.Namespace, true) + `"`)
}

func qualified(n xml.Name, prefixes map[string]string) string {
	if p := prefixes[n.Space]; p != "" {
		return p + ":" + n.Local
	}
	return n.Local
}

// escape writes text for XML. In attributes line ends and tabs are kept as references, because a
// reader would turn them into spaces.
func escape(s string, attribute bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\r':
			b.WriteString("&#13;")
		case attribute && r == '"':
			b.WriteString("&quot;")
		case attribute && (r == '\n' || r == '\t'):
			fmt.Fprintf(&b, "&#%d;", r)
		case !legal(r) || r == utf8.RuneError && n == 1:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// legal reports whether XML 1.0 can carry the character (production 2).
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
}

// validName accepts the ASCII part of NCName and every letter beyond ASCII.
func validName(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r >= 0xc0 && r != 0xd7 && r != 0xf7 && r < 0xfffe && (r < 0x2000 || r >= 0x3001):
		case i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.'):
		default:
			return false
		}
	}
	return s != ""
}
