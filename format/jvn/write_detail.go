package jvn

import (
	"errors"

	"noroshi.dev/format/internal/markup"
)

// element builds a Vulinfo in the order of VULDEF 3.2.
func (v *Vulinfo) element() (markup.Element, error) {
	e := vul("Vulinfo", "").With("restriction", v.Restriction)
	if v.ID == "" {
		return e, errors.New("no number")
	}
	e.Add(vul("VulinfoID", v.ID))
	optional(&e, NamespaceVuldef, "VulinfoGID", v.GroupID)
	data, err := v.Data.element()
	e.Add(data)
	return e, err
}

func (d *Data) element() (markup.Element, error) {
	e := vul("VulinfoData", "").With("restriction", d.Restriction).With("severity", d.Severity).With("publication", d.Publication)
	optional(&e, NamespaceVuldef, "Title", d.Title)
	if d.Description != nil {
		e.Add(d.Description.element())
	}
	group(&e, "Affected", d.Affected, AffectedItem.element)
	if d.Impact != nil {
		impact, err := d.Impact.element()
		if err != nil {
			return e, err
		}
		e.Add(impact)
	}
	group(&e, "Solution", d.Solution, SolutionItem.element)
	group(&e, "Exploit", d.Exploit, ExploitItem.element)
	group(&e, "Related", d.Related, RelatedItem.element)
	group(&e, "Credit", d.Credit, CreditItem.element)
	group(&e, "Contact", d.Contact, ContactItem.element)
	group(&e, "History", d.History, HistoryItem.element)
	addDate(&e, NamespaceVuldef, "DateFirstPublished", d.FirstPublished)
	addDate(&e, NamespaceVuldef, "DateLastUpdated", d.LastUpdated)
	addDate(&e, NamespaceVuldef, "DatePublic", d.Public)
	return e, nil
}

func (d *Description) element() markup.Element {
	e := vul("VulinfoDescription", "").With("exploitrange", d.ExploitRange).With("vulnerabilitytype", d.VulnerabilityType)
	e.Add(vul("Overview", d.Overview))
	texts(&e, "Detail", d.Detail)
	group(&e, "Cwe", d.CWE, RelatedItem.element)
	return e
}

func (i *Impact) element() (markup.Element, error) {
	e := vul("Impact", "")
	for _, c := range i.CVSS {
		e.Add(c.element())
	}
	if len(i.Items) == 0 {
		return e, errors.New("an impact needs at least one item, scores alone are not valid")
	}
	for _, item := range i.Items {
		sub := vul("ImpactItem", "").With("severity", item.Severity).With("impacttype", item.Type)
		texts(&sub, "Description", item.Descriptions)
		e.Add(sub)
	}
	return e, nil
}

// element puts Base before Vector, as the schema demands and the documentation does not.
func (c CVSS) element() markup.Element {
	e := vul("Cvss", "").With("version", c.Version)
	if c.Severity != nil {
		e.Add(vul("Severity", c.Severity.Value).With("type", c.Severity.Type))
	}
	optional(&e, NamespaceVuldef, "Base", c.Base)
	optional(&e, NamespaceVuldef, "Vector", c.Vector)
	optional(&e, NamespaceVuldef, "Temp", c.Temporal)
	optional(&e, NamespaceVuldef, "Env", c.Environmental)
	return e
}

func vul(local, text string) markup.Element { return element(NamespaceVuldef, local, text) }

func texts(parent *markup.Element, local string, list []string) {
	for _, text := range list {
		parent.Add(vul(local, text))
	}
}

// group adds an element with one child for each item, or nothing for an empty list: the schema
// demands at least one child of each such element.
func group[T any](parent *markup.Element, local string, items []T, build func(T) markup.Element) {
	if len(items) == 0 {
		return
	}
	e := vul(local, "")
	for _, item := range items {
		e.Add(build(item))
	}
	parent.Add(e)
}
