package iodef

import "time"

// EventData is one event of an incident (RFC 7970, section 3.14).
type EventData struct {
	Restriction    string
	ObservableID   string // version 2
	Description    []Text
	DetectTime     time.Time
	StartTime      time.Time
	EndTime        time.Time
	RecoveryTime   time.Time // version 2
	ReportTime     time.Time // version 2
	Contact        []Contact
	Discovery      []Discovery // version 2
	Assessment     *Assessment
	Method         []Method
	Flow           []Flow // JSON has the systems of all flows in one list
	Expectation    []Expectation
	Record         *Record
	EventData      []EventData
	AdditionalData []Extension
}

// Flow is the systems that took part together (section 3.16).
type Flow struct {
	System []System
}

func (e *EventData) walk(c *coder) {
	c.marking(&e.Restriction)
	c.observable(&e.ObservableID)
	c.texts("Description", &e.Description)
	e.times(c)
	many(c, "Contact", &e.Contact, (*Contact).walk)
	if c.has2("Discovery", len(e.Discovery) > 0) {
		many(c, "Discovery", &e.Discovery, (*Discovery).walk)
	}
	one(c, "Assessment", &e.Assessment, (*Assessment).walk)
	methods(c, &e.Method)
	e.flows(c)
	many(c, "Expectation", &e.Expectation, (*Expectation).walk)
	records(c, &e.Record)
	many(c, "EventData", &e.EventData, (*EventData).walk)
	extensions(c, "AdditionalData", &e.AdditionalData)
}

func (e *EventData) times(c *coder) {
	c.time("DetectTime", &e.DetectTime)
	c.time("StartTime", &e.StartTime)
	c.time("EndTime", &e.EndTime)
	if c.has2("RecoveryTime", !e.RecoveryTime.IsZero()) {
		c.time("RecoveryTime", &e.RecoveryTime)
	}
	if c.has2("ReportTime", !e.ReportTime.IsZero()) {
		c.time("ReportTime", &e.ReportTime)
	}
}

// flows is the class Flow, which JSON leaves out (RFC 8727, section 4).
func (e *EventData) flows(c *coder) {
	if c.form != JSON {
		many(c, "Flow", &e.Flow, (*Flow).walk)
		return
	}
	switch {
	case c.reading:
		var f Flow
		if many(c, "System", &f.System, (*System).walk); len(f.System) > 0 {
			e.Flow = []Flow{f}
		}
	case len(e.Flow) == 1:
		many(c, "System", &e.Flow[0].System, (*System).walk)
	case len(e.Flow) > 1:
		c.lose("Flow")
		var all []System
		for i := range e.Flow {
			all = append(all, e.Flow[i].System...)
		}
		many(c, "System", &all, (*System).walk)
	}
}

func (f *Flow) walk(c *coder) {
	many(c, "System", &f.System, (*System).walk)
	c.need("System", len(f.System) > 0)
}
