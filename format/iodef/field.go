package iodef

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// attr is an attribute or member with a text.
func (c *coder) attr(name string, p *string) {
	if c.reading || *p != "" {
		c.attrMore(name, p)
	}
}

func (c *coder) attrMore(name string, p *string) {
	if !c.reading {
		c.putAttr(name, *p)
		return
	}
	if v, k := c.value(name, true); k != nil {
		*p = v
	}
}

// word is an attribute from an enumeration; what lies outside goes by ext-value.
func (c *coder) word(name string, w *words, p *string) {
	if c.reading || *p != "" {
		c.wordMore(name, w, p)
	}
}

func (c *coder) wordMore(name string, w *words, p *string) {
	if c.reading {
		c.readWord(name, w, p)
		return
	}
	list, ext := w.in(c.form)
	v := *p
	switch {
	case list == "":
		c.lose(name)
	case has(list, v):
		c.putWord(name, v)
	case ext && v == "ext-value":
		c.putAttr(name, v)
	case ext:
		c.putAttr(name, "ext-value")
		c.putExtended(name, v)
	default:
		c.lose(name)
	}
}

func (c *coder) readWord(name string, w *words, p *string) {
	v, k := c.value(name, true)
	if k == nil {
		return
	}
	v = strings.TrimSpace(v)
	list, ext := w.in(c.form)
	*p = v
	switch {
	case v == "ext-value" && ext:
		if x, k := c.value("ext-"+name, true); k != nil && x != "" {
			*p = x
			return
		}
		c.note(k, Missing, "ext-"+name, "", "")
	case !has(list, v):
		c.note(k, Word, name, v, nearest(list, v))
	}
}

// marking is the attribute restriction (RFC 7970, section 3.3.1).
func (c *coder) marking(p *string) {
	if c.reading || *p != "" {
		c.markingMore(p)
	}
}

func (c *coder) markingMore(p *string) {
	if c.reading || c.form != XML1 || has(wordsRestriction.v1, *p) {
		c.word("restriction", wordsRestriction, p)
		return
	}
	v := marked(*p)
	c.lose("restriction")
	c.putAttr("restriction", v)
}

// observable is the attribute observable-id of version 2.
func (c *coder) observable(p *string) {
	if c.reading || *p != "" {
		c.ident("observable-id", p)
	}
}

// ident is an attribute of type xs:ID or xs:IDREF, of version 2.
func (c *coder) ident(name string, p *string) {
	switch {
	case !c.has2(name, *p != ""):
	case c.reading || *p == "" || ncname(*p):
		c.attr(name, p)
	default:
		c.lose(name)
	}
}

// lang is the attribute xml:lang, in version 1 and JSON lang.
func (c *coder) lang(p *string) {
	switch {
	case c.reading:
		c.attr("lang", p)
	case *p == "":
	case !language(*p):
		c.lose("lang")
	case c.form == XML2:
		c.putAttr("xml:lang", *p)
	default:
		c.putAttr("lang", *p)
	}
}

// content is the text of the element itself, in JSON a member.
func (c *coder) content(member string, p *string) {
	switch {
	case !c.reading && c.xml():
		c.putContent(*p)
	case !c.reading:
		c.putText(member, *p)
	case c.xml():
		*p = strings.TrimSpace(c.at.text)
	default:
		v, _ := c.value(member, false)
		*p = strings.TrimSpace(v)
	}
}

// text is a child with a text.
func (c *coder) text(name string, p *string) {
	if !c.reading {
		if *p != "" {
			c.putText(name, *p)
		}
		return
	}
	if i := c.only(name, false); i >= 0 {
		k := &c.at.kids[i]
		c.bare(k)
		*p = k.text
	}
}

// strings is a list of children with texts.
func (c *coder) strings(name string, p *[]string) {
	if c.reading || len(*p) > 0 {
		c.stringsMore(name, p)
	}
}

func (c *coder) stringsMore(name string, p *[]string) {
	if c.reading {
		for i := c.next(name, false, 0); i >= 0; i = c.next(name, false, i+1) {
			c.bare(&c.at.kids[i])
			*p = append(*p, c.at.kids[i].text)
		}
		return
	}
	c.beginList(name)
	for _, s := range *p {
		c.putItem(name, s)
	}
	c.endList()
}

// urls is the children URL; what is none is not written.
func (c *coder) urls(p *[]string) {
	const name = "URL"
	if c.reading {
		c.strings(name, p)
		return
	}
	good := *p
	for i, s := range *p {
		if _, err := url.Parse(s); err == nil {
			continue
		}
		good = append([]string(nil), (*p)[:i]...)
		for _, s := range (*p)[i:] {
			if _, err := url.Parse(s); err == nil {
				good = append(good, s)
			} else {
				c.lose(name)
			}
		}
		break
	}
	c.strings(name, &good)
}

// pattern is an optional child whose text has a pattern.
func (c *coder) pattern(name string, good func(string) bool, p *string) {
	if c.reading {
		if c.text(name, p); *p != "" {
			if *p = strings.TrimSpace(*p); !good(*p) {
				c.note(c.at, Invalid, name, *p, "")
				*p = ""
			}
		}
		return
	}
	if *p != "" && !good(*p) {
		c.fail("%s %q is not of its pattern", name, *p)
		return
	}
	c.text(name, p)
}

// time is a child with a time.
func (c *coder) time(name string, p *time.Time) {
	if c.reading || !p.IsZero() {
		c.timeMore(name, p)
	}
}

func (c *coder) timeMore(name string, p *time.Time) {
	if !c.reading {
		c.putTime(name, *p)
		return
	}
	i := c.only(name, false)
	if i < 0 {
		return
	}
	k := &c.at.kids[i]
	at, exact, err := instant(strings.TrimSpace(k.text))
	if err != nil {
		c.note(k, Invalid, name, k.text, "")
		return
	}
	if !exact {
		c.note(k, Doubtful, name, k.text, "")
	}
	*p = at
}

// integer is a child or attribute with an integer.
func (c *coder) integer(name string, attribute bool, p *Int) {
	if c.reading || p.Valid {
		c.integerMore(name, attribute, p)
	}
}

func (c *coder) integerMore(name string, attribute bool, p *Int) {
	if !c.reading {
		c.putInt(name, attribute, p.N)
		return
	}
	i := c.only(name, attribute)
	if i < 0 {
		return
	}
	k := &c.at.kids[i]
	n, err := strconv.ParseInt(strings.TrimSpace(k.text), 10, 64)
	if err != nil {
		c.note(k, Invalid, name, k.text, "")
		return
	}
	*p = Some(n)
}

// number is the content of the element itself as a number, in JSON a member.
func (c *coder) number(positive bool, p *float64) {
	const member = "value"
	if !c.reading {
		if math.IsNaN(*p) || math.IsInf(*p, 0) || positive && *p <= 0 {
			c.fail("%v cannot be the value", *p)
		}
		c.putNumber(member, *p)
		return
	}
	k := c.at
	if !c.xml() {
		i := c.only(member, false)
		if i < 0 {
			c.note(c.at, Missing, member, "", "")
			return
		}
		k = &c.at.kids[i]
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(k.text), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || positive && v <= 0 {
		c.note(k, Invalid, k.name, k.text, "")
		return
	}
	*p = v
}

// anything is a text followed by elements of any standard (xs:any).
func (c *coder) anything(text *string, elements *[]Element) {
	if !c.reading {
		c.putAnything(*text, *elements)
		return
	}
	if !c.xml() {
		*text, _ = c.value("value", false)
		return
	}
	for i := range c.at.kids {
		if k := &c.at.kids[i]; !k.attribute {
			k.used = true
			*elements = append(*elements, k.element())
		}
	}
	if *text = c.at.text; len(*elements) > 0 {
		*text = strings.TrimSpace(*text)
	}
}

// foreign is a list of elements of another standard, in XML only.
func (c *coder) foreign(space, name string, p *[]Element) {
	if c.reading {
		if c.xml() {
			for i := c.nextOf(name, space, false, 0); i >= 0; i = c.nextOf(name, space, false, i+1) {
				*p = append(*p, c.at.kids[i].element())
			}
		}
		return
	}
	if len(*p) > 0 && c.form != XML2 {
		c.lose(name)
		return
	}
	for _, e := range *p {
		c.putElement(e)
	}
}
