package vrda

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
)

// products returns the product names, CPE before package URL, each once.
func (d *Data) products() []string {
	var list []string
	seen := map[string]bool{}
	for _, a := range d.Vulinfo.Affected {
		for _, name := range append(append([]string{}, a.CPEs...), a.PURLs...) {
			if !seen[name] {
				seen[name] = true
				list = append(list, name)
			}
		}
	}
	return list
}

func (d *Data) element() (Element, error) {
	if d.Vulinfo.ID == "" || d.Provider.ID == "" && d.Provider.Name == "" {
		return Element{}, errors.New("vrda: number and provider of the data are required")
	}
	for _, f := range d.Vulinfo.Facts {
		if f.Key == "" {
			return Element{}, fmt.Errorf("vrda: %s: a fact has no key", d.Vulinfo.ID)
		}
		// Read would leave it out, so that a known fact became an unknown one.
		if slices.ContainsFunc(f.Values, func(v Value) bool { return v.Key == "" }) {
			return Element{}, fmt.Errorf("vrda: %s: a value of the fact %s has no key", d.Vulinfo.ID, f.Key)
		}
	}
	root := leaf("VrdaData", "").With("version", ProfileVersion)
	if d.Lang != "" {
		root.Attrs = append(root.Attrs, xml.Attr{Name: xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"}, Value: d.Lang})
	}
	root.Add(leaf("VrdaDataProvider", "").With("id", d.Provider.ID).With("name", d.Provider.Name).With("url", d.Provider.URL))
	optional(&root, "VrdaDataSourceType", d.SourceType)
	root.Add(d.Vulinfo.element())
	root.Add(d.Extra...)
	return root, nil
}

func (v *Vulinfo) element() Element {
	e := leaf("Vulinfo", "")
	e.Add(leaf("VulinfoID", v.ID))
	if v.Revision > 0 {
		e.Add(leaf("VulinfoRevision", itoa(v.Revision)))
	}
	data := leaf("VulinfoData", "")
	optional(&data, "Title", v.Title)
	if v.Overview != "" {
		description := leaf("VulinfoDescription", "")
		data.Add(*description.Add(leaf("Overview", v.Overview)))
	}
	group(&data, "Affected", v.Affected, Affected.element)
	group(&data, "FactAnalysis", v.Facts, Fact.element)
	group(&data, "Related", v.Related, Related.element)
	date(&data, "DatePublic", v.Public)
	date(&data, "DateFirstPublished", v.Published)
	date(&data, "DateLastUpdated", v.Updated)
	e.Add(data)
	e.Add(v.Extra...)
	return e
}

func (a Affected) element() Element {
	e := leaf("AffectedItem", "").With("affectedstatus", a.Status)
	optional(&e, "Name", a.Vendor)
	optional(&e, "ProductName", a.Product)
	for _, list := range []struct {
		name  string
		texts []string
	}{{"Cpe", a.CPEs}, {"Purl", a.PURLs}, {"VersionNumber", a.Versions}} {
		for _, text := range list.texts {
			optional(&e, list.name, text)
		}
	}
	return e
}

func (f Fact) element() Element {
	e := leaf("Fact", "").With("namespace", f.Namespace).With("key", f.Key).With("version", f.Version)
	e = e.With("source", f.Source).With("evidence", f.Evidence).With("observed", stamp(f.Observed))
	for _, v := range f.Values {
		e.Add(leaf("Value", v.Key).With("label", v.Label))
	}
	return e
}

func (r Related) element() Element {
	e := leaf("RelatedItem", "").With("type", r.Type).With("title", r.Title)
	optional(&e, "URL", r.URL)
	return e
}
