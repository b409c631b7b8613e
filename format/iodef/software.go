package iodef

import "strings"

// Software is an application or operating system (SoftwareType; RFC 7970, section 2.14). Vendor
// to ConfigID are the attributes of version 1; version 2 has them as a Description.
type Software struct {
	Vendor, Family, Name, Version, Patch string
	SWID, ConfigID                       string

	Reference   *SoftwareReference // version 2
	URL         []string           // version 1 has one
	Description []Text             // version 2; in version 1 the first stands in for the name
}

// SoftwareReference is a name in a registry of software. XML has room for Elements only, JSON for
// a value.
type SoftwareReference struct {
	SpecName string // custom, cpe, swid
	DType    string // bytes, integer, real, string, xml
	Value    string
	Elements []Element
}

func (s *Software) walk(c *coder) {
	if c.form == XML1 {
		s.walk1(c)
		return
	}
	description := s.Description
	if !c.reading {
		if name := s.title(); name != "" {
			description = append(Plain(name), description...)
		}
		if c.form == XML2 && s.Reference != nil && s.Reference.Value != "" {
			description = append(Plain(s.Reference.Value), description...)
		}
	}
	one(c, "SoftwareReference", &s.Reference, (*SoftwareReference).walk)
	c.urls(&s.URL)
	if c.texts("Description", &description); c.reading {
		s.Description = description
	}
}

// title is the attributes of version 1 in one line.
func (s *Software) title() string {
	return strings.Join(strings.Fields(strings.Join([]string{s.Vendor, s.Family, s.Name, s.Version, s.Patch}, " ")), " ")
}

func (s *Software) walk1(c *coder) {
	name := s.Name
	if !c.reading {
		switch {
		case name != "":
		case s.Reference != nil && s.Reference.Value != "":
			name = s.Reference.Value
		case len(s.Description) > 0:
			name = s.Description[0].Value
		}
		if s.Reference != nil && len(s.Reference.Elements) > 0 {
			c.lose("SoftwareReference")
		}
	}
	c.attr("swid", &s.SWID)
	c.attr("configid", &s.ConfigID)
	c.attr("vendor", &s.Vendor)
	c.attr("family", &s.Family)
	if c.attr("name", &name); c.reading {
		s.Name = name
	}
	c.attr("version", &s.Version)
	c.attr("patch", &s.Patch)
	links := s.URL
	if !c.reading && len(links) > 1 {
		c.lose("URL")
		links = links[:1]
	}
	if c.urls(&links); c.reading {
		s.URL = links
	}
}

func (r *SoftwareReference) walk(c *coder) {
	c.word("spec-name", wordsSpecName, &r.SpecName)
	c.word("dtype", wordsSoftwareDType, &r.DType)
	c.need("spec-name", r.SpecName != "")
	if c.reading || c.form == JSON {
		c.anything(&r.Value, &r.Elements)
		return
	}
	none := ""
	c.anything(&none, &r.Elements)
}
