package markup

import (
	"encoding/xml"
	"io"
	"strings"
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

func qualified(n xml.Name, prefixes map[string]string) string {
	if p := prefixes[n.Space]; p != "" {
		return p + ":" + n.Local
	}
	return n.Local
}
