package iodef

import (
	"encoding/xml"
	"strings"
)

// node is an element, attribute or JSON member of a document that is read.
type node struct {
	name, space string
	text        string
	kids        []node
	line        int
	column      int
	attribute   bool
	scalar      bool // JSON: a string, number or boolean
	foreign     bool // an element or attribute of another namespace
	used        bool
	free        bool // the order of the kids does not matter
	last        int  // the furthest kid that was taken
}

// element is n as XML that is kept.
func (n *node) element() Element {
	e := Element{Name: xml.Name{Space: n.space, Local: n.name}, Text: n.text}
	for i := range n.kids {
		k := &n.kids[i]
		k.used = true
		if k.attribute {
			e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Space: k.space, Local: k.name}, Value: k.text})
		} else {
			e.Children = append(e.Children, k.element())
		}
	}
	return e
}

// has reports whether there is a kid of that name, however it is spelled.
func (n *node) has(name string) bool {
	for i := range n.kids {
		if same(n.kids[i].name, name) {
			return true
		}
	}
	return false
}

// same compares names of equal length and takes case, hyphen and underscore for one another.
func same(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x == y || (x == '-' || x == '_') && (y == '-' || y == '_') {
			continue
		}
		if x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z' {
			return false
		}
	}
	return true
}

// next takes the next kid of that name from an index on, or returns -1.
func (c *coder) next(name string, attribute bool, from int) int {
	return c.nextOf(name, "", attribute, from)
}

// nextOf is next for a namespace of another standard.
func (c *coder) nextOf(name, space string, attribute bool, from int) int {
	for i := from; i < len(c.at.kids); i++ {
		k := &c.at.kids[i]
		if len(k.name) != len(name) || k.used || !same(k.name, name) {
			continue
		}
		if c.xml() && (k.attribute != attribute || space == "" && k.foreign || space != "" && k.space != space) {
			continue
		}
		k.used = true
		if k.name != name {
			c.note(k, Spelling, k.name, "", name)
		}
		if c.xml() && !attribute {
			if i < c.at.last && !c.at.free {
				c.note(k, Order, k.name, "", "")
			}
			c.at.last = max(c.at.last, i)
		}
		return i
	}
	return -1
}

// only takes the one kid of that name; more of them are noted.
func (c *coder) only(name string, attribute bool) int {
	found := c.next(name, attribute, 0)
	if found < 0 {
		return -1
	}
	for more := c.next(name, attribute, found+1); more >= 0; more = c.next(name, attribute, more+1) {
		c.note(&c.at.kids[more], Repeated, name, "", "")
	}
	return found
}

// value returns the text of a single kid, trimmed where blanks cannot matter.
func (c *coder) value(name string, attribute bool) (string, *node) {
	i := c.only(name, attribute)
	if i < 0 {
		return "", nil
	}
	k := &c.at.kids[i]
	c.bare(k)
	return k.text, k
}

// bare notes what stands below a kid that should have a text alone.
func (c *coder) bare(k *node) {
	for i := range k.kids {
		if child := &k.kids[i]; !child.used && !ignorable(child) {
			child.used = true
			c.note(child, Unknown, child.name, "", "")
		}
	}
}

// choice lets the kids stand in any order from here until the returned function is called.
func (c *coder) choice(free bool) {
	if c.reading {
		c.at.free = free
	}
}

// leftovers notes what no part took.
func (c *coder) leftovers() {
	for i := range c.at.kids {
		k := &c.at.kids[i]
		if k.used || ignorable(k) {
			continue
		}
		c.note(k, Unknown, k.name, "", "")
	}
}

// ignorable accepts the attributes that say how to validate, which are never followed.
func ignorable(k *node) bool {
	return k.attribute && (k.space == namespaceXSI || k.space == namespaceXML && k.name != "lang" || strings.EqualFold(k.name, "xmlns"))
}
