package iodef

// Assessment says what an incident means (RFC 7970, section 3.12). An Impact is required; where
// there is none, a SystemImpact of type unknown is written.
type Assessment struct {
	Occurrence       string // actual, potential
	Restriction      string
	ObservableID     string // version 2
	IncidentCategory []Text // version 2
	Impact           []Impact
	Counter          []Counter
	MitigatingFactor []Text // version 2
	Cause            []Text // version 2
	Confidence       *Confidence
	AdditionalData   []Extension
}

// Impact is exactly one of its fields; a list of them keeps their order.
type Impact struct {
	System   *SystemImpact
	Business *BusinessImpact // version 2
	Time     *TimeImpact
	Monetary *MonetaryImpact
	Intended *BusinessImpact // version 2
}

// SystemImpact is the technical impact (section 3.12.1), in version 1 Impact.
type SystemImpact struct {
	Severity    string // low, medium, high
	Completion  string // failed, succeeded
	Type        string // default unknown; the versions have different words
	Description []Text // version 1 has one
}

// BusinessImpact is the impact on an organisation (section 3.12.2).
type BusinessImpact struct {
	Severity    string // none, low, medium, high, unknown
	Type        string // default unknown
	Description []Text
}

// TimeImpact is lost time (section 3.12.3); Value is greater than 0.
type TimeImpact struct {
	Value    float64
	Severity string // low, medium, high
	Metric   string // labor, elapsed, downtime
	Duration string // second … year; default hour
}

// MonetaryImpact is lost money (section 3.12.4); Value is greater than 0.
type MonetaryImpact struct {
	Value    float64
	Severity string // low, medium, high
	Currency string // ISO 4217
}

// Confidence says how sure the author is (section 3.12.5). Version 1 has a Value only with the
// rating numeric.
type Confidence struct {
	Rating string // low, medium, high, numeric, unknown
	Value  float64
}

func (a *Assessment) walk(c *coder) {
	c.word("occurrence", wordsOccurrence, &a.Occurrence)
	c.marking(&a.Restriction)
	c.observable(&a.ObservableID)
	if c.has2("IncidentCategory", len(a.IncidentCategory) > 0) {
		c.texts("IncidentCategory", &a.IncidentCategory)
	}
	if c.reading {
		a.readImpacts(c)
		c.need("an impact", len(a.Impact) > 0)
	} else {
		a.putImpacts(c)
	}
	many(c, "Counter", &a.Counter, (*Counter).walk)
	if c.has2("MitigatingFactor", len(a.MitigatingFactor) > 0) {
		c.texts("MitigatingFactor", &a.MitigatingFactor)
	}
	if c.has2("Cause", len(a.Cause) > 0) {
		c.texts("Cause", &a.Cause)
	}
	one(c, "Confidence", &a.Confidence, (*Confidence).walk)
	extensions(c, "AdditionalData", &a.AdditionalData)
}

// readImpacts takes the choice in its order. JSON has a list of objects with one member each;
// lists under the names of the members, as the examples of a draft have, are taken too.
func (a *Assessment) readImpacts(c *coder) {
	c.choice(true)
	defer c.choice(false)
	for k := range c.at.kids {
		kid := &c.at.kids[k]
		if c.form == JSON && kid.name == "Impact" && !kid.used && !kid.scalar {
			kid.used = true
			parent := c.at
			c.at = kid
			for j := range kid.kids {
				a.readImpact(c, j)
			}
			c.leftovers()
			c.at = parent
			continue
		}
		a.readImpact(c, k)
	}
}

func (a *Assessment) readImpact(c *coder, k int) {
	kid := &c.at.kids[k]
	if kid.attribute || kid.foreign || kid.used {
		return
	}
	var i Impact
	switch name := kid.name; {
	case name == "SystemImpact" && c.form != XML1, name == "Impact" && c.form == XML1:
		i.System = taken(c, k, (*SystemImpact).walk)
	case name == "BusinessImpact" && c.form != XML1:
		i.Business = taken(c, k, (*BusinessImpact).walk)
	case name == "TimeImpact":
		i.Time = taken(c, k, (*TimeImpact).walk)
	case name == "MonetaryImpact":
		i.Monetary = taken(c, k, (*MonetaryImpact).walk)
	case name == "IntendedImpact" && c.form != XML1:
		i.Intended = taken(c, k, (*BusinessImpact).walk)
	default:
		return
	}
	a.Impact = append(a.Impact, i)
}

// taken reads the class of child k.
func taken[T any](c *coder, k int, walk func(*T, *coder)) *T {
	c.at.kids[k].used = true
	if c.xml() && k < c.at.last && !c.at.free {
		c.note(&c.at.kids[k], Order, c.at.kids[k].name, "", "")
	}
	c.at.last = max(c.at.last, k)
	item := new(T)
	inside(c, k, item, walk)
	return item
}

func (a *Assessment) putImpacts(c *coder) {
	if c.form == JSON {
		c.beginList("Impact")
	}
	before := len(c.buf)
	for i := range a.Impact {
		a.Impact[i].put(c)
	}
	if len(c.buf) == before {
		(&Impact{System: &SystemImpact{}}).put(c)
	}
	if c.form == JSON {
		c.endList()
	}
}

func (i *Impact) put(c *coder) {
	if c.form == XML1 && (i.Business != nil || i.Intended != nil) {
		c.lose("BusinessImpact")
		return
	}
	if c.form == JSON {
		c.beginItem("")
		defer c.end("")
	}
	switch {
	case i.System != nil && c.form == XML1:
		single(c, "Impact", i.System, (*SystemImpact).walk)
	case i.System != nil:
		single(c, "SystemImpact", i.System, (*SystemImpact).walk)
	case i.Business != nil:
		single(c, "BusinessImpact", i.Business, (*BusinessImpact).walk)
	case i.Time != nil:
		single(c, "TimeImpact", i.Time, (*TimeImpact).walk)
	case i.Monetary != nil:
		single(c, "MonetaryImpact", i.Monetary, (*MonetaryImpact).walk)
	case i.Intended != nil:
		single(c, "IntendedImpact", i.Intended, (*BusinessImpact).walk)
	default:
		c.fail("an Impact is empty")
	}
}

func (i *SystemImpact) walk(c *coder) {
	if c.form == XML1 {
		var t Text
		if !c.reading && len(i.Description) > 0 {
			t = i.Description[0]
		}
		if !c.reading && len(i.Description) > 1 {
			c.lose("Description")
		}
		c.lang(&t.Lang)
		c.word("severity", wordsSeverity, &i.Severity)
		c.word("completion", wordsCompletion, &i.Completion)
		c.defaulted("type", wordsImpact, "unknown", &i.Type)
		if c.content("", &t.Value); c.reading && t.Value != "" {
			i.Description = []Text{t}
		}
		return
	}
	c.word("severity", wordsSeverity, &i.Severity)
	c.word("completion", wordsCompletion, &i.Completion)
	c.defaulted("type", wordsImpact, "unknown", &i.Type)
	c.texts("Description", &i.Description)
}

// defaulted is a word with a default, which is always written and always read.
func (c *coder) defaulted(name string, w *words, standard string, p *string) {
	if !c.reading && *p == "" {
		p = &standard
	}
	if c.word(name, w, p); c.reading && *p == "" {
		*p = standard
	}
}

func (i *BusinessImpact) walk(c *coder) {
	c.word("severity", wordsBusinessSeverity, &i.Severity)
	c.defaulted("type", wordsBusiness, "unknown", &i.Type)
	c.texts("Description", &i.Description)
}

func (i *TimeImpact) walk(c *coder) {
	c.word("severity", wordsSeverity, &i.Severity)
	c.word("metric", wordsMetric, &i.Metric)
	c.word("duration", wordsDuration, &i.Duration)
	c.need("metric", i.Metric != "")
	c.number(true, &i.Value)
}

func (i *MonetaryImpact) walk(c *coder) {
	c.word("severity", wordsSeverity, &i.Severity)
	c.attr("currency", &i.Currency)
	c.number(true, &i.Value)
}

func (f *Confidence) walk(c *coder) {
	if !c.reading && c.form == XML1 && !has(wordsRating.v1, f.Rating) {
		unknown := "unknown"
		c.lose("rating")
		c.word("rating", wordsRating, &unknown)
		return
	}
	c.word("rating", wordsRating, &f.Rating)
	c.need("rating", f.Rating != "")
	switch {
	case c.form != XML1, f.Rating == "numeric":
		c.number(false, &f.Value)
	case !c.reading && f.Value != 0:
		c.lose("value")
	}
}
