package iodef

// Contact is a person or organisation (RFC 7970, section 3.9). Role and Type are required.
type Contact struct {
	Role           string // creator, reporter, admin, tech, provider, abuse, irt, cc, vendor, victim …
	Type           string // person, organization
	Restriction    string
	Name           []Text // version 1 has one
	Title          []Text // version 2
	Description    []Text
	RegistryHandle []RegistryHandle
	PostalAddress  []PostalAddress // version 1 has one
	Email          []Email
	Telephone      []Telephone // in version 1 those of type fax are Fax, of which it has one
	Timezone       string      // Z, +09:00
	Contact        []Contact
	AdditionalData []Extension
}

// RegistryHandle is a handle in an Internet registry (section 3.9.1).
type RegistryHandle struct {
	Handle   string
	Registry string // internic, apnic, arin, lacnic, ripe, afrinic, local
}

// PostalAddress is an address for letters (section 3.9.2).
type PostalAddress struct {
	Type        string // street, mailing; version 2
	Address     Text
	Description []Text // version 1 has one, without language
}

// Email is a mail address (section 3.9.3).
type Email struct {
	Type        string // direct, hotline; version 2
	To          string
	Description []Text // version 1 has one, without language
}

// Telephone is a telephone or fax number (section 3.9.4).
type Telephone struct {
	Type        string // wired, mobile, fax, hotline; version 2
	Number      string
	Description []Text // version 1 has one, without language
}

func (p *Contact) walk(c *coder) {
	c.word("role", wordsRole, &p.Role)
	c.word("type", wordsContact, &p.Type)
	c.marking(&p.Restriction)
	c.need("role", p.Role != "")
	c.need("type", p.Type != "")
	c.textsMax1("ContactName", &p.Name)
	if c.has2("ContactTitle", len(p.Title) > 0) {
		c.texts("ContactTitle", &p.Title)
	}
	c.texts("Description", &p.Description)
	many(c, "RegistryHandle", &p.RegistryHandle, (*RegistryHandle).walk)
	p.address(c)
	many(c, "Email", &p.Email, (*Email).walk)
	p.phones(c)
	c.pattern("Timezone", timezone, &p.Timezone)
	many(c, "Contact", &p.Contact, (*Contact).walk)
	extensions(c, "AdditionalData", &p.AdditionalData)
}

func (p *Contact) address(c *coder) {
	list := p.PostalAddress
	if !c.reading && c.form == XML1 && len(list) > 1 {
		c.lose("PostalAddress")
		list = list[:1]
		many(c, "PostalAddress", &list, (*PostalAddress).walk)
		return
	}
	many(c, "PostalAddress", &p.PostalAddress, (*PostalAddress).walk)
}

func (p *Contact) phones(c *coder) {
	if c.form != XML1 {
		many(c, "Telephone", &p.Telephone, (*Telephone).walk)
		return
	}
	if c.reading {
		many(c, "Telephone", &p.Telephone, (*Telephone).walk)
		var fax *Telephone
		if one(c, "Fax", &fax, (*Telephone).walk); fax != nil {
			fax.Type = "fax"
			p.Telephone = append(p.Telephone, *fax)
		}
		return
	}
	var fax *Telephone
	for i := range p.Telephone {
		t := &p.Telephone[i]
		switch {
		case t.Type != "fax":
			single(c, "Telephone", t, (*Telephone).walk)
		case fax == nil:
			fax = t
		default:
			c.lose("Fax")
		}
	}
	one(c, "Fax", &fax, (*Telephone).walk)
}

func (h *RegistryHandle) walk(c *coder) {
	if c.form == JSON && !c.reading && h.Registry == "" {
		local := "local" // the JSON schema demands one
		c.word("registry", wordsRegistry, &local)
	} else {
		c.word("registry", wordsRegistry, &h.Registry)
	}
	c.content("handle", &h.Handle)
}

func (a *PostalAddress) walk(c *coder) {
	if c.form == XML1 {
		c.lang(&a.Address.Lang)
		meaning(c, a.Type, &a.Description)
		old(c, &a.Address.Value)
		return
	}
	c.word("type", wordsPostal, &a.Type)
	c.prose("PAddress", &a.Address)
	c.need("PAddress", a.Address.Value != "")
	c.texts("Description", &a.Description)
}

func (m *Email) walk(c *coder) {
	if c.form == XML1 {
		meaning(c, m.Type, &m.Description)
		old(c, &m.To)
		return
	}
	c.word("type", wordsEmail, &m.Type)
	c.text("EmailTo", &m.To)
	c.need("EmailTo", m.To != "")
	c.texts("Description", &m.Description)
}

func (t *Telephone) walk(c *coder) {
	if c.form == XML1 {
		kind := t.Type
		if kind == "fax" {
			kind = ""
		}
		meaning(c, kind, &t.Description)
		old(c, &t.Number)
		return
	}
	c.word("type", wordsTelephone, &t.Type)
	c.text("TelephoneNumber", &t.Number)
	c.need("TelephoneNumber", t.Number != "")
	c.texts("Description", &t.Description)
}

// meaning is the attribute of version 1 for what version 2 says in type and Description.
func meaning(c *coder, kind string, p *[]Text) {
	var s string
	if !c.reading {
		if kind != "" {
			c.lose("type")
		}
		if len(*p) > 0 {
			s = (*p)[0].Value
		}
		if len(*p) > 1 || len(*p) == 1 && (*p)[0] != (Text{Value: s}) {
			c.lose("Description")
		}
	}
	if c.attr("meaning", &s); c.reading && s != "" {
		*p = Plain(s)
	}
}

// old is the text of a class that version 2 gave a child for it.
func old(c *coder, p *string) {
	c.content("", p)
	c.need("text", *p != "")
}
