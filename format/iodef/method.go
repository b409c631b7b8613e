package iodef

import "time"

// Discovery says how an incident was found (RFC 7970, section 3.10; version 2).
type Discovery struct {
	Source           string // default unknown; nidps, siem, os-log, external-notification …
	Restriction      string
	Description      []Text
	Contact          []Contact
	DetectionPattern []DetectionPattern
}

// DetectionPattern is a configuration that finds it again (section 3.10.1). It has either
// Description or Configuration.
type DetectionPattern struct {
	Restriction   string
	ObservableID  string
	Application   Software
	Description   []Text
	Configuration []string
}

// Method is how the attack was done (section 3.11). The lists of elements are those of RFC 7203,
// kept as they are and written in version 2 XML only.
type Method struct {
	Restriction    string
	Reference      []Reference
	Description    []Text
	AttackPattern  []Element
	Vulnerability  []Element
	Weakness       []Element
	AdditionalData []Extension
}

// Reference is a vulnerability, tool or paper (section 3.11.1). In version 2 a name has the index
// of its registry (RFC 7495) and is an NCName; another name is written as the first Description.
type Reference struct {
	ObservableID string // version 2
	Name         Text   // the language is of version 1
	SpecIndex    Int    // version 2
	URL          []string
	Description  []Text
}

// History is a log (section 3.13).
type History struct {
	Restriction string
	Item        []HistoryItem
}

// HistoryItem is what somebody did (section 3.13.1). Action and DateTime are required.
type HistoryItem struct {
	Action         string
	Restriction    string
	ObservableID   string // version 2
	DateTime       time.Time
	IncidentID     *IncidentID
	Contact        *Contact
	Description    []Text
	DefinedCOA     []string // version 2
	AdditionalData []Extension
}

// Expectation is what the sender asks for (section 3.15).
type Expectation struct {
	Action       string // default other
	Severity     string // low, medium, high
	Restriction  string
	ObservableID string // version 2
	Description  []Text
	DefinedCOA   []string // version 2
	StartTime    time.Time
	EndTime      time.Time // the time it is due
	Contact      *Contact
}

func (d *Discovery) walk(c *coder) {
	c.word("source", wordsDiscovery, &d.Source)
	c.marking(&d.Restriction)
	c.texts("Description", &d.Description)
	many(c, "Contact", &d.Contact, (*Contact).walk)
	many(c, "DetectionPattern", &d.DetectionPattern, (*DetectionPattern).walk)
}

func (d *DetectionPattern) walk(c *coder) {
	c.marking(&d.Restriction)
	c.observable(&d.ObservableID)
	c.need("Application", !c.reading || c.at.has("Application"))
	single(c, "Application", &d.Application, (*Software).walk)
	c.texts("Description", &d.Description)
	if !c.reading && len(d.Description) > 0 && len(d.Configuration) > 0 {
		c.lose("DetectionConfiguration")
		return
	}
	c.strings("DetectionConfiguration", &d.Configuration)
	c.need("Description or DetectionConfiguration", c.form != JSON || len(d.Description)+len(d.Configuration) > 0)
}

func methods(c *coder, p *[]Method) {
	if c.reading || c.form != XML1 {
		many(c, "Method", p, (*Method).walk)
		return
	}
	for i := range *p {
		if m := &(*p)[i]; len(m.Reference)+len(m.Description) > 0 {
			single(c, "Method", m, (*Method).walk)
		} else {
			c.lose("Method")
		}
	}
}

func (m *Method) walk(c *coder) {
	c.marking(&m.Restriction)
	c.choice(c.form == XML1)
	many(c, "Reference", &m.Reference, (*Reference).walk)
	c.texts("Description", &m.Description)
	c.choice(false)
	if c.form == XML1 {
		c.need("Reference or Description", len(m.Reference)+len(m.Description) > 0)
	}
	c.foreign(namespaceSCI, "AttackPattern", &m.AttackPattern)
	c.foreign(namespaceSCI, "Vulnerability", &m.Vulnerability)
	c.foreign(namespaceSCI, "Weakness", &m.Weakness)
	extensions(c, "AdditionalData", &m.AdditionalData)
}

func (r *Reference) walk(c *coder) {
	c.observable(&r.ObservableID)
	if c.form == XML1 {
		name := r.Name
		if !c.reading && name.Value == "" {
			name = r.standIn()
		}
		if c.prose("ReferenceName", &name); c.reading {
			r.Name = name
		}
		c.need("ReferenceName", name.Value != "")
		c.urls(&r.URL)
		c.texts("Description", &r.Description)
		return
	}
	description := r.Description
	switch {
	case c.reading:
		r.readName(c)
	case r.SpecIndex.Valid && ncname(r.Name.Value):
		r.putName(c)
	case r.Name.Value != "":
		description = append([]Text{r.Name}, description...)
	}
	c.urls(&r.URL)
	if c.texts("Description", &description); c.reading {
		r.Description = description
	}
}

// standIn is a name for version 1, which demands one.
func (r *Reference) standIn() Text {
	switch {
	case len(r.Description) > 0:
		return r.Description[0]
	case len(r.URL) > 0:
		return Text{Value: r.URL[0]}
	default:
		return Text{}
	}
}

func (r *Reference) readName(c *coder) {
	space := ""
	if c.xml() {
		space = namespaceEnum
	}
	i := c.nextOf("ReferenceName", space, false, 0)
	if i < 0 {
		return
	}
	inside(c, i, r, func(r *Reference, c *coder) {
		c.integer("specIndex", true, &r.SpecIndex)
		if k := c.nextOf("ID", space, false, 0); k >= 0 {
			r.Name.Value = c.at.kids[k].text
		}
		c.need("specIndex", r.SpecIndex.Valid)
		c.need("ID", r.Name.Value != "")
	})
}

func (r *Reference) putName(c *coder) {
	c.begin("ReferenceName")
	if c.xml() {
		space := namespaceEnum
		c.attr("xmlns", &space)
	}
	c.integer("specIndex", true, &r.SpecIndex)
	c.text("ID", &r.Name.Value)
	c.end("ReferenceName")
}

func (h *History) walk(c *coder) {
	c.marking(&h.Restriction)
	many(c, "HistoryItem", &h.Item, (*HistoryItem).walk)
	c.need("HistoryItem", len(h.Item) > 0)
}

func (h *HistoryItem) walk(c *coder) {
	c.word("action", wordsAction, &h.Action)
	c.marking(&h.Restriction)
	c.observable(&h.ObservableID)
	c.need("action", h.Action != "")
	c.time("DateTime", &h.DateTime)
	c.need("DateTime", !h.DateTime.IsZero())
	one(c, "IncidentID", &h.IncidentID, (*IncidentID).walk)
	one(c, "Contact", &h.Contact, (*Contact).walk)
	c.texts("Description", &h.Description)
	if c.has2("DefinedCOA", len(h.DefinedCOA) > 0) {
		c.strings("DefinedCOA", &h.DefinedCOA)
	}
	extensions(c, "AdditionalData", &h.AdditionalData)
}

func (e *Expectation) walk(c *coder) {
	c.word("action", wordsAction, &e.Action)
	c.word("severity", wordsSeverity, &e.Severity)
	c.marking(&e.Restriction)
	c.observable(&e.ObservableID)
	c.texts("Description", &e.Description)
	if c.has2("DefinedCOA", len(e.DefinedCOA) > 0) {
		c.strings("DefinedCOA", &e.DefinedCOA)
	}
	c.time("StartTime", &e.StartTime)
	c.time("EndTime", &e.EndTime)
	one(c, "Contact", &e.Contact, (*Contact).walk)
}
