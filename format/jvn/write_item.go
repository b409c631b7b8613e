package jvn

import (
	"noroshi.dev/format/internal/markup"
)

func (s SolutionItem) element() markup.Element {
	e := vul("SolutionItem", "").With("solutiontype", s.Type)
	texts(&e, "Description", s.Descriptions)
	texts(&e, "URL", s.URLs)
	return e
}

func (x ExploitItem) element() markup.Element {
	e := vul("ExploitItem", "").With("exploittype", x.Type)
	texts(&e, "Description", x.Descriptions)
	texts(&e, "URL", x.URLs)
	return e
}

func (r RelatedItem) element() markup.Element {
	e := vul("RelatedItem", "").With("origin", r.Origin).With("type", r.Type)
	optional(&e, NamespaceVuldef, "Name", r.Name)
	optional(&e, NamespaceVuldef, "VulinfoID", r.ID)
	optional(&e, NamespaceVuldef, "Title", r.Title)
	optional(&e, NamespaceVuldef, "URL", r.URL)
	optional(&e, NamespaceVuldef, "Description", r.Description)
	return e
}

func (c CreditItem) element() markup.Element {
	e := vul("CreditItem", "")
	optional(&e, NamespaceVuldef, "Name", c.Name)
	texts(&e, "Description", c.Descriptions)
	return e
}

func (c ContactItem) element() markup.Element {
	e := vul("ContactItem", "").With("contacttype", c.Type)
	optional(&e, NamespaceVuldef, "Name", c.Name)
	texts(&e, "Description", c.Descriptions)
	texts(&e, "Email", c.Emails)
	texts(&e, "Telephone", c.Telephones)
	optional(&e, NamespaceVuldef, "Fax", c.Fax)
	optional(&e, NamespaceVuldef, "TimeZone", c.TimeZone)
	return e
}

func (h HistoryItem) element() markup.Element {
	e := vul("HistoryItem", "")
	optional(&e, NamespaceVuldef, "HistoryNo", h.Number)
	addDate(&e, NamespaceVuldef, "DateTime", h.At)
	addDate(&e, NamespaceVuldef, "Published", h.Published)
	addDate(&e, NamespaceVuldef, "Updated", h.Updated)
	texts(&e, "Description", h.Descriptions)
	return e
}
