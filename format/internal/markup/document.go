package markup

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

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

func (d *document) declaration(p Prefix) {
	d.b.WriteString(" xmlns")
	if p.Prefix != "" {
		d.b.WriteString(":" + p.Prefix)
	}
	d.b.WriteString(`="` + escape(p.Namespace, true) + `"`)
}
