package iodef

import "time"

// Document is an IODEF-Document (RFC 7970, section 3.1). It has at least one incident.
type Document struct {
	Lang            string // BCP 47; "en" is written where a form demands one
	FormatID        string
	PrivateEnumName string // version 2
	PrivateEnumID   string // version 2
	Incidents       []*Incident
	AdditionalData  []Extension // version 2

	// What the reader found out; a writer does not look at them.
	Form      Form
	Notes     []Note
	MoreNotes int // notes beyond the first thousand
}

// Incident is one incident (RFC 7970, section 3.2). Required are Purpose, ID with its name, a
// time of writing and a contact.
type Incident struct {
	Purpose      string // traceback, mitigation, reporting, watch (version 2), other or a word of one's own
	Status       string // new, in-progress, forwarded, resolved, future; version 2
	Lang         string
	Restriction  string // default private; white, green, amber, red only in version 2
	ObservableID string // version 2

	ID              IncidentID
	AlternativeID   *AlternativeID
	RelatedActivity []RelatedActivity // version 1 has one, of either incidents or URLs
	DetectTime      time.Time
	StartTime       time.Time
	EndTime         time.Time
	RecoveryTime    time.Time // version 2
	ReportTime      time.Time // version 1 demands it; GenerationTime stands in
	GenerationTime  time.Time // version 2 demands it; ReportTime stands in
	Description     []Text
	Discovery       []Discovery  // version 2
	Assessment      []Assessment // version 1 demands one; an Impact of type unknown stands in
	Method          []Method
	Contact         []Contact
	EventData       []EventData
	Indicator       []Indicator // version 2
	History         *History
	AdditionalData  []Extension
}

// IncidentID is the number of an incident in the tracking system of a team (section 3.4).
type IncidentID struct {
	ID          string
	Name        string // domain name of the team
	Instance    string
	Restriction string
}

// AlternativeID lists the numbers of the same incident with others (section 3.5).
type AlternativeID struct {
	Restriction string
	IncidentID  []IncidentID
}

// RelatedActivity points at other incidents, actors and campaigns (section 3.6).
type RelatedActivity struct {
	Restriction    string
	IncidentID     []IncidentID
	URL            []string
	ThreatActor    []ThreatActor // the rest is of version 2
	Campaign       []Campaign
	IndicatorID    []IndicatorID
	Confidence     *Confidence
	Description    []Text
	AdditionalData []Extension
}

// ThreatActor is who is behind an incident (section 3.7).
type ThreatActor struct {
	Restriction    string
	ThreatActorID  []string
	URL            []string
	Description    []Text
	AdditionalData []Extension
}

// Campaign is a series of attacks (section 3.8).
type Campaign struct {
	Restriction    string
	CampaignID     []string
	URL            []string
	Description    []Text
	AdditionalData []Extension
}

func (i *Incident) walk(c *coder) {
	i.head(c)
	many(c, "EventData", &i.EventData, (*EventData).walk)
	i.tail(c)
}

// head is what stands before the events.
func (i *Incident) head(c *coder) {
	c.word("purpose", wordsPurpose, &i.Purpose)
	if c.has2("status", i.Status != "") {
		c.word("status", wordsStatus, &i.Status)
	}
	c.lang(&i.Lang)
	c.marking(&i.Restriction)
	c.observable(&i.ObservableID)
	c.need("purpose", i.Purpose != "")
	single(c, "IncidentID", &i.ID, (*IncidentID).walk)
	c.need("IncidentID", !c.reading || i.ID != IncidentID{})
	one(c, "AlternativeID", &i.AlternativeID, (*AlternativeID).walk)
	i.related(c)
	i.times(c)
	c.texts("Description", &i.Description)
	if c.has2("Discovery", len(i.Discovery) > 0) {
		many(c, "Discovery", &i.Discovery, (*Discovery).walk)
	}
	i.assessments(c)
	methods(c, &i.Method)
	many(c, "Contact", &i.Contact, (*Contact).walk)
	c.need("Contact", len(i.Contact) > 0)
}

// tail is what stands behind the events.
func (i *Incident) tail(c *coder) {
	if c.has2("Indicator", len(i.Indicator) > 0) {
		indicators(c, &i.Indicator)
	}
	one(c, "History", &i.History, (*History).walk)
	extensions(c, "AdditionalData", &i.AdditionalData)
}

func (i *Incident) related(c *coder) {
	list := i.RelatedActivity
	if !c.reading && c.form == XML1 {
		if len(list) > 1 {
			c.lose("RelatedActivity")
			list = list[:1]
		}
		if len(list) == 1 && len(list[0].IncidentID) == 0 && len(list[0].URL) == 0 {
			c.lose("RelatedActivity")
			return
		}
		many(c, "RelatedActivity", &list, (*RelatedActivity).walk)
		return
	}
	many(c, "RelatedActivity", &i.RelatedActivity, (*RelatedActivity).walk)
}

func (i *Incident) times(c *coder) {
	c.time("DetectTime", &i.DetectTime)
	c.time("StartTime", &i.StartTime)
	c.time("EndTime", &i.EndTime)
	if c.has2("RecoveryTime", !i.RecoveryTime.IsZero()) {
		c.time("RecoveryTime", &i.RecoveryTime)
	}
	if c.form == XML1 {
		either(c, "ReportTime", &i.ReportTime, i.GenerationTime)
		return
	}
	c.time("ReportTime", &i.ReportTime)
	either(c, "GenerationTime", &i.GenerationTime, i.ReportTime)
}

// either is a required time for which another stands in when it is written.
func either(c *coder, name string, p *time.Time, other time.Time) {
	if !c.reading && p.IsZero() {
		p = &other
	}
	c.time(name, p)
	c.need(name, !p.IsZero())
}

func (i *Incident) assessments(c *coder) {
	if !c.reading && c.form == XML1 && len(i.Assessment) == 0 {
		list := []Assessment{{}}
		many(c, "Assessment", &list, (*Assessment).walk)
		return
	}
	many(c, "Assessment", &i.Assessment, (*Assessment).walk)
	if c.form == XML1 {
		c.need("Assessment", len(i.Assessment) > 0)
	}
}

func (i *IncidentID) walk(c *coder) {
	if c.reading || i.Name != "" {
		c.attr("name", &i.Name)
	}
	c.attr("instance", &i.Instance)
	c.marking(&i.Restriction)
	c.need("name", i.Name != "")
	c.content("id", &i.ID)
	c.need("text", i.ID != "")
}

func (a *AlternativeID) walk(c *coder) {
	c.marking(&a.Restriction)
	many(c, "IncidentID", &a.IncidentID, (*IncidentID).walk)
	c.need("IncidentID", len(a.IncidentID) > 0)
}

func (r *RelatedActivity) walk(c *coder) {
	c.marking(&r.Restriction)
	many(c, "IncidentID", &r.IncidentID, (*IncidentID).walk)
	if !c.reading && c.form == XML1 && len(r.IncidentID) > 0 && len(r.URL) > 0 {
		c.lose("URL")
	} else {
		c.urls(&r.URL)
	}
	if c.form == XML1 {
		c.need("IncidentID or URL", len(r.IncidentID)+len(r.URL) > 0)
	}
	if !c.has2("ThreatActor or the like", len(r.ThreatActor)+len(r.Campaign)+len(r.IndicatorID)+len(r.Description)+len(r.AdditionalData) > 0 || r.Confidence != nil) {
		return
	}
	many(c, "ThreatActor", &r.ThreatActor, (*ThreatActor).walk)
	many(c, "Campaign", &r.Campaign, (*Campaign).walk)
	many(c, "IndicatorID", &r.IndicatorID, (*IndicatorID).walk)
	one(c, "Confidence", &r.Confidence, (*Confidence).walk)
	if c.reading || c.form != JSON {
		c.texts("Description", &r.Description)
	} else {
		r.bare(c)
	}
	extensions(c, "AdditionalData", &r.AdditionalData)
}

// bare writes the descriptions without languages, for which the JSON schema has no room here.
func (r *RelatedActivity) bare(c *coder) {
	var list []string
	for _, t := range r.Description {
		if t != (Text{Value: t.Value}) {
			c.lose("Description/lang")
		}
		list = append(list, t.Value)
	}
	c.strings("Description", &list)
}

func (a *ThreatActor) walk(c *coder) {
	c.marking(&a.Restriction)
	c.strings("ThreatActorID", &a.ThreatActorID)
	c.urls(&a.URL)
	c.texts("Description", &a.Description)
	extensions(c, "AdditionalData", &a.AdditionalData)
}

func (a *Campaign) walk(c *coder) {
	c.marking(&a.Restriction)
	c.strings("CampaignID", &a.CampaignID)
	c.urls(&a.URL)
	c.texts("Description", &a.Description)
	extensions(c, "AdditionalData", &a.AdditionalData)
}
