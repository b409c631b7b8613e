package iodef

import (
	"errors"
	"fmt"
	"strings"
)

// coder walks over the classes of the model, in one direction: when it reads, the values come
// from the tree at; when it writes, they are appended to buf. Each class has one walk method that
// names its parts in the order of the schema, so that the three forms and both directions cannot
// come apart.
type coder struct {
	form    Form
	reading bool
	path    []string

	buf   []byte
	open  bool // XML: the start tag still lacks its end
	first bool // JSON: no member is written yet
	err   error
	lost  map[string]int

	at    *node
	notes *notes
}

// maxNesting bounds what a caller's model may nest; a model that contains itself has no end.
const maxNesting = 48

func (c *coder) push(name string) { c.path = append(c.path, name) }
func (c *coder) pop()             { c.path = c.path[:len(c.path)-1] }

func (c *coder) where() string { return strings.Join(c.path, "/") }

// fail keeps the first reason for which the part cannot be written.
func (c *coder) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: "+format, append([]any{c.where()}, args...)...)
	}
}

// lose counts a value that the form cannot carry.
func (c *coder) lose(name string) {
	if c.lost == nil {
		c.lost = map[string]int{}
	}
	key := name
	if len(c.path) > 0 {
		key = c.path[len(c.path)-1] + "/" + name
	}
	if _, known := c.lost[key]; known || len(c.lost) < maxNotes {
		c.lost[key]++
	}
}

// need demands a part: reading notes that it is missing, writing fails.
func (c *coder) need(name string, present bool) {
	switch {
	case present:
	case c.reading:
		c.note(c.at, Missing, name, "", "")
	default:
		c.fail("%s is required", name)
	}
}

// has2 reports whether the form has a part that only version 2 knows, and counts it as lost if
// it has not.
func (c *coder) has2(name string, used bool) bool {
	if c.form != XML1 {
		return true
	}
	if used && !c.reading {
		c.lose(name)
	}
	return false
}

// xml reports whether the form is XML of either version.
func (c *coder) xml() bool { return c.form != JSON }

// enter begins an element or object for a class.
func (c *coder) enter(name string) bool {
	c.push(name)
	if len(c.path) > maxNesting {
		c.err = errors.Join(c.err, errors.New("classes are nested too deep"))
		c.pop()
		return false
	}
	return true
}

// many walks over a list of a class: repeated elements, or an array. It is small, as the other
// beginnings of fields are, so that the many empty ones of an event cost no call.
func many[T any](c *coder, name string, p *[]T, walk func(*T, *coder)) {
	if c.reading || len(*p) > 0 {
		manyMore(c, name, p, walk)
	}
}

func manyMore[T any](c *coder, name string, p *[]T, walk func(*T, *coder)) {
	if c.reading {
		for k := c.next(name, false, 0); k >= 0; k = c.next(name, false, k+1) {
			var item T
			inside(c, k, &item, walk)
			*p = append(*p, item)
		}
		return
	}
	c.beginList(name)
	for i := range *p {
		c.beginItem(name)
		if c.enter(name) {
			walk(&(*p)[i], c)
			c.pop()
		}
		c.end(name)
	}
	c.endList()
}

// one walks over an optional single class.
func one[T any](c *coder, name string, p **T, walk func(*T, *coder)) {
	if c.reading || *p != nil {
		oneMore(c, name, p, walk)
	}
}

func oneMore[T any](c *coder, name string, p **T, walk func(*T, *coder)) {
	if !c.reading {
		single(c, name, *p, walk)
		return
	}
	if k := c.only(name, false); k >= 0 {
		item := new(T)
		inside(c, k, item, walk)
		*p = item
	}
}

// single walks over a class that is there.
func single[T any](c *coder, name string, p *T, walk func(*T, *coder)) {
	if c.reading {
		if k := c.only(name, false); k >= 0 {
			inside(c, k, p, walk)
		}
		return
	}
	c.begin(name)
	if c.enter(name) {
		walk(p, c)
		c.pop()
	}
	c.end(name)
}

// inside walks over a class whose tree is child k.
func inside[T any](c *coder, k int, p *T, walk func(*T, *coder)) {
	parent := c.at
	c.at = &parent.kids[k]
	c.push(c.at.name)
	if c.at.scalar && c.form == JSON {
		c.note(c.at, Invalid, c.at.name, c.at.text, "")
	} else {
		walk(p, c)
		c.leftovers()
	}
	c.pop()
	c.at = parent
}
