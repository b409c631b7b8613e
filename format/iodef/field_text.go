package iodef

// texts is a list of texts in languages.
func (c *coder) texts(name string, p *[]Text) {
	if c.reading || len(*p) > 0 {
		c.textsMore(name, p)
	}
}

func (c *coder) textsMore(name string, p *[]Text) {
	if c.reading {
		for i := c.next(name, false, 0); i >= 0; i = c.next(name, false, i+1) {
			*p = append(*p, c.readText(i))
		}
		return
	}
	c.beginList(name)
	for i := range *p {
		c.putProse(name, true, &(*p)[i])
	}
	c.endList()
}

// textsMax1 is texts of which version 1 allows one.
func (c *coder) textsMax1(name string, p *[]Text) {
	list := *p
	if !c.reading && c.form == XML1 && len(list) > 1 {
		c.lose(name)
		list = list[:1]
		c.texts(name, &list)
		return
	}
	c.texts(name, p)
}

// prose is one text in a language.
func (c *coder) prose(name string, p *Text) {
	if !c.reading {
		c.putProse(name, false, p)
		return
	}
	if i := c.only(name, false); i >= 0 {
		*p = c.readText(i)
	}
}

func (c *coder) readText(i int) Text {
	var t Text
	parent := c.at
	c.at = &parent.kids[i]
	if c.at.scalar {
		t.Value = c.at.text
	} else {
		c.push(c.at.name)
		t.walk(c)
		c.leftovers()
		c.pop()
	}
	c.at = parent
	return t
}

// walk is the class itself: its attributes and its text.
func (t *Text) walk(c *coder) {
	c.lang(&t.Lang)
	if c.has2("translation-id", t.TranslationID != "") {
		c.attr("translation-id", &t.TranslationID)
	}
	switch {
	case !c.reading:
		if c.xml() {
			c.putContent(t.Value)
		} else {
			c.putText("value", t.Value)
		}
	case c.xml():
		t.Value = c.at.text
	default:
		t.Value, _ = c.value("value", false)
	}
}

// putProse writes a text; JSON has a short form for one without language.
func (c *coder) putProse(name string, inList bool, t *Text) {
	if c.form == JSON && t.Lang == "" && t.TranslationID == "" {
		if inList {
			c.putItem(name, t.Value)
		} else {
			c.putText(name, t.Value)
		}
		return
	}
	if inList {
		c.beginItem(name)
	} else {
		c.begin(name)
	}
	t.walk(c)
	c.end(name)
}
