package iodef

import (
	"strings"
	"time"
)

// Indicator is something by which an incident can be found (RFC 7970, section 3.29; version 2).
// It has exactly one of Observable, ObservableRef, Expression and Reference.
type Indicator struct {
	Restriction   string
	ID            IndicatorID
	AlternativeID []AlternativeIndicatorID
	Description   []Text
	StartTime     time.Time
	EndTime       time.Time
	Confidence    *Confidence
	Contact       []Contact
	Observable    *Observable
	ObservableRef string // the observable-id of a class of this document
	Expression    *IndicatorExpression
	Reference     *IndicatorReference
	NodeRole      []NodeRole
	AttackPhase   []AttackPhase
	References    []Reference
	Additional    []Extension
}

// IndicatorID is a number of an indicator (section 3.29.1). ID is an NCName.
type IndicatorID struct {
	ID, Name, Version string
}

// AlternativeIndicatorID lists the numbers of the same indicator with others (section 3.29.2).
type AlternativeIndicatorID struct {
	Restriction string
	ID          []IndicatorID
}

// Observable is exactly one of its fields behind the restriction (section 3.29.3).
type Observable struct {
	Restriction      string
	System           *System
	Address          *Address
	DomainData       *DomainData
	Service          *Service
	EmailData        *EmailData
	Registry         *RegistryKeys // WindowsRegistryKeysModified
	FileData         *FileData
	CertificateData  *CertificateData
	RegistryHandle   *RegistryHandle
	RecordData       *RecordData
	EventData        *EventData
	Incident         *Incident
	Expectation      *Expectation
	Reference        *Reference
	Assessment       *Assessment
	DetectionPattern *DetectionPattern
	HistoryItem      *HistoryItem
	BulkObservable   *BulkObservable
	AdditionalData   []Extension
}

// BulkObservable is many values of one type, one a line (section 3.29.3.1).
type BulkObservable struct {
	Type       string // ipv4-addr, domain-name, file-hash …
	Hash       *Hash  // how the values are made; or Format
	Format     []Extension
	List       []string
	Additional []Extension
}

// IndicatorExpression joins observables (section 3.29.4). XML may mix the four lists in any
// order, which is not kept.
type IndicatorExpression struct {
	Operator      string // not, and, or, xor; default and
	Expression    []IndicatorExpression
	Observable    []Observable
	ObservableRef []string
	Reference     []IndicatorReference
	Confidence    *Confidence
	Additional    []Extension
}

// IndicatorReference points at an indicator of this document (UID) or of another (EUID)
// (section 3.29.6).
type IndicatorReference struct {
	UID, EUID, Version string
}

// AttackPhase is a phase of an attack (section 3.29.7).
type AttackPhase struct {
	ID          []string
	URL         []string
	Description []Text
	Additional  []Extension
}

// indicators is the class IndicatorData, of which JSON has the indicators alone.
func indicators(c *coder, p *[]Indicator) {
	switch {
	case c.form == JSON:
		many(c, "Indicator", p, (*Indicator).walk)
	case c.reading || len(*p) > 0:
		single(c, "IndicatorData", p, func(p *[]Indicator, c *coder) {
			many(c, "Indicator", p, (*Indicator).walk)
			c.need("Indicator", len(*p) > 0)
		})
	}
}

func (i *Indicator) walk(c *coder) {
	c.marking(&i.Restriction)
	single(c, "IndicatorID", &i.ID, (*IndicatorID).walk)
	c.need("IndicatorID", !c.reading || i.ID != IndicatorID{})
	many(c, "AlternativeIndicatorID", &i.AlternativeID, (*AlternativeIndicatorID).walk)
	c.texts("Description", &i.Description)
	c.time("StartTime", &i.StartTime)
	c.time("EndTime", &i.EndTime)
	one(c, "Confidence", &i.Confidence, (*Confidence).walk)
	many(c, "Contact", &i.Contact, (*Contact).walk)
	i.what(c)
	many(c, "NodeRole", &i.NodeRole, (*NodeRole).walk)
	many(c, "AttackPhase", &i.AttackPhase, (*AttackPhase).walk)
	many(c, "Reference", &i.References, (*Reference).walk)
	extensions(c, "AdditionalData", &i.Additional)
}

func (i *Indicator) what(c *coder) {
	c.choice(true)
	one(c, "Observable", &i.Observable, (*Observable).walk)
	var refs []string
	if i.ObservableRef != "" {
		refs = []string{i.ObservableRef}
	}
	if c.form == JSON {
		c.ident("uid-ref", &i.ObservableRef)
	} else if observableRefs(c, &refs); len(refs) > 0 {
		i.ObservableRef = refs[0]
	}
	one(c, "IndicatorExpression", &i.Expression, (*IndicatorExpression).walk)
	one(c, "IndicatorReference", &i.Reference, (*IndicatorReference).walk)
	c.choice(false)
	n := 0
	for _, set := range []bool{i.Observable != nil, i.ObservableRef != "", i.Expression != nil, i.Reference != nil} {
		if set {
			n++
		}
	}
	c.need("one of Observable, ObservableReference, IndicatorExpression, IndicatorReference", n == 1 || c.reading && n > 1)
}

// observableRefs is the class ObservableReference, in JSON a list of texts.
func observableRefs(c *coder, p *[]string) {
	if c.form == JSON {
		c.strings("uid-ref", p)
		return
	}
	many(c, "ObservableReference", p, func(s *string, c *coder) { c.ident("uid-ref", s) })
}

func (i *IndicatorID) walk(c *coder) {
	c.attr("name", &i.Name)
	c.attr("version", &i.Version)
	c.need("name", i.Name != "")
	c.need("version", i.Version != "")
	c.content("id", &i.ID)
	c.need("an NCName as text", c.reading && i.ID != "" || ncname(i.ID))
}

func (a *AlternativeIndicatorID) walk(c *coder) {
	c.marking(&a.Restriction)
	many(c, "IndicatorID", &a.ID, (*IndicatorID).walk)
	c.need("IndicatorID", len(a.ID) > 0)
}

func (o *Observable) walk(c *coder) {
	c.marking(&o.Restriction)
	c.choice(true)
	one(c, "System", &o.System, (*System).walk)
	one(c, "Address", &o.Address, (*Address).walk)
	one(c, "DomainData", &o.DomainData, (*DomainData).walk)
	one(c, "Service", &o.Service, (*Service).walk)
	one(c, "EmailData", &o.EmailData, (*EmailData).walk)
	one(c, "WindowsRegistryKeysModified", &o.Registry, (*RegistryKeys).walk)
	one(c, "FileData", &o.FileData, (*FileData).walk)
	one(c, "CertificateData", &o.CertificateData, (*CertificateData).walk)
	one(c, "RegistryHandle", &o.RegistryHandle, (*RegistryHandle).walk)
	one(c, "RecordData", &o.RecordData, (*RecordData).walk)
	one(c, "EventData", &o.EventData, (*EventData).walk)
	one(c, "Incident", &o.Incident, (*Incident).walk)
	one(c, "Expectation", &o.Expectation, (*Expectation).walk)
	one(c, "Reference", &o.Reference, (*Reference).walk)
	one(c, "Assessment", &o.Assessment, (*Assessment).walk)
	one(c, "DetectionPattern", &o.DetectionPattern, (*DetectionPattern).walk)
	one(c, "HistoryItem", &o.HistoryItem, (*HistoryItem).walk)
	one(c, "BulkObservable", &o.BulkObservable, (*BulkObservable).walk)
	extensions(c, "AdditionalData", &o.AdditionalData)
	c.choice(false)
	c.need("one observable", o.count() == 1 || c.reading && o.count() > 1)
}

func (o *Observable) count() int {
	n := 0
	for _, set := range []bool{
		o.System != nil, o.Address != nil, o.DomainData != nil, o.Service != nil, o.EmailData != nil, o.Registry != nil,
		o.FileData != nil, o.CertificateData != nil, o.RegistryHandle != nil, o.RecordData != nil, o.EventData != nil,
		o.Incident != nil, o.Expectation != nil, o.Reference != nil, o.Assessment != nil, o.DetectionPattern != nil,
		o.HistoryItem != nil, o.BulkObservable != nil, len(o.AdditionalData) > 0,
	} {
		if set {
			n++
		}
	}
	return n
}

func (b *BulkObservable) walk(c *coder) {
	c.word("type", wordsBulk, &b.Type)
	c.need("type", b.Type != "")
	if c.reading || b.Hash != nil || len(b.Format) > 0 {
		single(c, "BulkObservableFormat", b, func(b *BulkObservable, c *coder) {
			one(c, "Hash", &b.Hash, (*Hash).walk)
			if c.reading || b.Hash == nil {
				extensions(c, "AdditionalData", &b.Format)
			}
		})
	}
	b.list(c)
	extensions(c, "AdditionalData", &b.Additional)
}

// list is one text with a line for each value. The examples of a draft have it as a JSON list.
func (b *BulkObservable) list(c *coder) {
	if !c.reading {
		all := strings.Join(b.List, "\n")
		c.need("BulkObservableList", all != "")
		c.text("BulkObservableList", &all)
		return
	}
	var parts []string
	c.strings("BulkObservableList", &parts)
	for _, part := range parts {
		for line := range strings.Lines(part) {
			if line = strings.TrimSpace(line); line != "" {
				b.List = append(b.List, line)
			}
		}
	}
	c.need("BulkObservableList", len(b.List) > 0)
}

func (e *IndicatorExpression) walk(c *coder) {
	c.word("operator", wordsOperator, &e.Operator)
	c.choice(true)
	many(c, "IndicatorExpression", &e.Expression, (*IndicatorExpression).walk)
	many(c, "Observable", &e.Observable, (*Observable).walk)
	observableRefs(c, &e.ObservableRef)
	many(c, "IndicatorReference", &e.Reference, (*IndicatorReference).walk)
	one(c, "Confidence", &e.Confidence, (*Confidence).walk)
	extensions(c, "AdditionalData", &e.Additional)
	c.choice(false)
	c.need("an observable or reference", c.form == JSON || len(e.Expression)+len(e.Observable)+len(e.ObservableRef)+len(e.Reference) > 0)
}

func (r *IndicatorReference) walk(c *coder) {
	c.ident("uid-ref", &r.UID)
	if c.reading || r.UID == "" {
		c.attr("euid-ref", &r.EUID)
	}
	c.attr("version", &r.Version)
	c.need("uid-ref or euid-ref", r.UID != "" || r.EUID != "")
}

func (a *AttackPhase) walk(c *coder) {
	c.strings("AttackPhaseID", &a.ID)
	c.urls(&a.URL)
	c.texts("Description", &a.Description)
	extensions(c, "AdditionalData", &a.Additional)
}
