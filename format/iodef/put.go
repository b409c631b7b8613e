package iodef

import (
	"math"
	"strconv"
	"time"

	"noroshi.dev/format/internal/markup"
)

// The put methods append to the buffer: XML attributes go into the open start tag, everything
// else closes it first.

func (c *coder) shut() {
	if c.open {
		c.buf = append(c.buf, '>')
		c.open = false
	}
}

func (c *coder) tag(name string) {
	c.shut()
	c.buf = append(c.buf, '<')
	c.buf = append(c.buf, name...)
	c.open = true
}

func (c *coder) comma() {
	if !c.first {
		c.buf = append(c.buf, ',')
	}
	c.first = false
}

func (c *coder) key(name string) {
	c.comma()
	c.buf = append(c.buf, '"')
	c.buf = append(c.buf, name...)
	c.buf = append(c.buf, '"', ':')
}

func (c *coder) begin(name string) {
	if c.xml() {
		c.tag(name)
		return
	}
	c.key(name)
	c.buf = append(c.buf, '{')
	c.first = true
}

func (c *coder) end(name string) {
	switch {
	case !c.xml():
		c.buf = append(c.buf, '}')
		c.first = false
	case c.open:
		c.buf = append(c.buf, '/', '>')
		c.open = false
	default:
		c.buf = append(c.buf, '<', '/')
		c.buf = append(c.buf, name...)
		c.buf = append(c.buf, '>')
	}
}

func (c *coder) beginList(name string) {
	if !c.xml() {
		c.key(name)
		c.buf = append(c.buf, '[')
		c.first = true
	}
}

func (c *coder) endList() {
	if !c.xml() {
		c.buf = append(c.buf, ']')
		c.first = false
	}
}

func (c *coder) beginItem(name string) {
	if c.xml() {
		c.tag(name)
		return
	}
	c.comma()
	c.buf = append(c.buf, '{')
	c.first = true
}

func (c *coder) putItem(name, s string) {
	if c.xml() {
		c.tag(name)
		c.putContent(s)
		c.end(name)
		return
	}
	c.comma()
	c.buf = appendString(c.buf, s)
}

func (c *coder) putAttr(name, s string) {
	if !c.xml() {
		c.key(name)
		c.buf = appendString(c.buf, s)
		return
	}
	c.buf = append(c.buf, ' ')
	c.buf = append(c.buf, name...)
	c.buf = append(c.buf, '=', '"')
	c.buf = markup.Append(c.buf, s, true)
	c.buf = append(c.buf, '"')
}

// putWord is putAttr for a value without characters of markup.
func (c *coder) putWord(name, s string) {
	if !c.xml() {
		c.key(name)
		c.buf = append(append(append(c.buf, '"'), s...), '"')
		return
	}
	c.buf = append(append(append(c.buf, ' '), name...), '=', '"')
	c.buf = append(append(c.buf, s...), '"')
}

func (c *coder) putExtended(name, s string) { c.putAttr("ext-"+name, s) }

func (c *coder) putContent(s string) {
	if s != "" {
		c.shut()
		c.buf = markup.Append(c.buf, s, false)
	}
}

func (c *coder) putText(name, s string) {
	if !c.xml() {
		c.key(name)
		c.buf = appendString(c.buf, s)
		return
	}
	c.tag(name)
	c.putContent(s)
	c.end(name)
}

func (c *coder) putTime(name string, at time.Time) {
	if y := at.Year(); y < 1 || y > 9999 {
		c.fail("%s is in the year %d", name, y)
		return
	}
	if c.xml() {
		c.tag(name)
		c.shut()
	} else {
		c.key(name)
		c.buf = append(c.buf, '"')
	}
	c.buf = appendTime(c.buf, at)
	if c.xml() {
		c.end(name)
	} else {
		c.buf = append(c.buf, '"')
	}
}

// appendTime writes RFC 3339. A zone with seconds, as times before 1900 have, is written in UTC,
// since neither form can carry it.
func appendTime(b []byte, at time.Time) []byte {
	if _, zone := at.Zone(); zone%60 != 0 {
		at = at.UTC()
	}
	return at.AppendFormat(b, time.RFC3339Nano)
}

func (c *coder) putInt(name string, attribute bool, n int64) {
	switch {
	case !c.xml():
		c.key(name)
		c.buf = strconv.AppendInt(c.buf, n, 10)
	case attribute:
		c.buf = append(c.buf, ' ')
		c.buf = append(c.buf, name...)
		c.buf = append(c.buf, '=', '"')
		c.buf = strconv.AppendInt(c.buf, n, 10)
		c.buf = append(c.buf, '"')
	default:
		c.tag(name)
		c.shut()
		c.buf = strconv.AppendInt(c.buf, n, 10)
		c.end(name)
	}
}

func (c *coder) putNumber(member string, v float64) {
	if c.xml() {
		c.shut()
	} else {
		c.key(member)
	}
	c.buf = appendNumber(c.buf, v)
}

func appendNumber(b []byte, v float64) []byte {
	if a := math.Abs(v); a == 0 || a >= 1e-6 && a < 1e15 {
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'e', -1, 64)
}

func (c *coder) putAnything(text string, elements []Element) {
	if c.xml() {
		c.putContent(text)
		for _, e := range elements {
			c.putElement(e)
		}
		return
	}
	c.key("value")
	if len(elements) == 0 {
		c.buf = appendString(c.buf, text)
		return
	}
	all := []byte(text)
	for _, e := range elements {
		var err error
		if all, err = markup.AppendElement(all, e, ""); err != nil {
			c.fail("%w", err)
		}
	}
	c.buf = appendString(c.buf, string(all))
}

func (c *coder) putElement(e Element) {
	c.shut()
	var err error
	if c.buf, err = markup.AppendElement(c.buf, e, c.form.namespace()); err != nil {
		c.fail("%w", err)
	}
}
