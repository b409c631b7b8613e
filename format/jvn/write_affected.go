package jvn

import (
	"noroshi.dev/format/internal/markup"
)

func (a AffectedItem) element() markup.Element {
	e := vul("AffectedItem", "").With("restriction", a.Restriction).With("affectedstatus", a.Status)
	optional(&e, NamespaceVuldef, "Name", a.Name)
	optional(&e, NamespaceVuldef, "ProductName", a.Product)
	for _, c := range a.CPEs {
		e.Add(vul("Cpe", c.Name).With("version", c.Version))
	}
	for _, v := range a.Versions {
		e.Add(v.element("VersionNumber"))
	}
	for _, v := range a.Builds {
		e.Add(v.element("BuildNumber"))
	}
	texts(&e, "Description", a.Descriptions)
	return e
}

func (v VersionNumber) element(name string) markup.Element {
	e := vul(name, v.Text).With("operator", v.Operator)
	if v.Begin != nil {
		e.Add(vul("RangeBegin", v.Begin.Value).With("operator", v.Begin.Operator))
	}
	if v.End != nil {
		e.Add(vul("RangeEnd", v.End.Value).With("operator", v.End.Operator))
	}
	return e
}
