package vrda

import (
	"strings"
)

func newVulinfo(e Element) Vulinfo {
	v := Vulinfo{}
	for _, c := range e.Children {
		switch c.Name.Local {
		case "VulinfoID":
			v.ID = strings.TrimSpace(c.Text)
			v.Revision = max(v.Revision, number(c.Attr("revision")))
		case "VulinfoRevision", "Revision":
			v.Revision = number(strings.TrimSpace(c.Text))
		case "VulinfoData":
			v.data(c)
		default:
			v.Extra = append(v.Extra, c)
		}
	}
	return v
}

func (v *Vulinfo) data(e Element) {
	for _, c := range e.Children {
		text := strings.TrimSpace(c.Text)
		switch c.Name.Local {
		case "Title":
			v.Title = text
		case "VulinfoDescription":
			v.Overview = first(c.Value("Overview"), text)
		case "Affected":
			for _, item := range c.Children {
				v.Affected = append(v.Affected, newAffected(item))
			}
		case "FactAnalysis":
			v.Facts = append(v.Facts, facts(c)...)
		case "Related":
			for _, item := range c.Children {
				v.Related = append(v.Related, Related{Type: item.Attr("type"), Title: first(item.Attr("title"), item.Value("Name"), item.Value("Title")), URL: first(item.Value("URL"), strings.TrimSpace(item.Text))})
			}
		case "DatePublic":
			v.Public = instant(text)
		case "DateFirstPublished":
			v.Published = instant(text)
		case "DateLastUpdated":
			v.Updated = instant(text)
		default:
			v.Extra = append(v.Extra, c)
		}
	}
}

func newAffected(e Element) Affected {
	a := Affected{Status: e.Attr("affectedstatus"), Vendor: first(e.Value("Name"), e.Value("VendorName")), Product: e.Value("ProductName")}
	for _, c := range e.Children {
		text := strings.TrimSpace(c.Text)
		switch {
		case text == "":
		case strings.EqualFold(c.Name.Local, "cpe"):
			a.CPEs = append(a.CPEs, text)
		case strings.EqualFold(c.Name.Local, "purl"):
			a.PURLs = append(a.PURLs, text)
		case c.Name.Local == "VersionNumber":
			a.Versions = append(a.Versions, text)
		}
	}
	// A product may be given as a bare name.
	if text := strings.TrimSpace(e.Text); strings.HasPrefix(text, "cpe:") {
		a.CPEs = append(a.CPEs, text)
	}
	return a
}
