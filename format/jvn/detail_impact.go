package jvn

// Impact holds the scores and what an attacker can do.
type Impact struct {
	CVSS  []CVSS       `xml:"Cvss"`
	Items []ImpactItem `xml:"ImpactItem"`
}

// CVSS is a score in VULDEF. Base before Vector is the order of the schema.
type CVSS struct {
	// Version is 2.0, 3.0, 3.1 or 4.0.
	Version  string    `xml:"version,attr"`
	Severity *Severity `xml:"Severity"`
	// Base, Temporal and Environmental are numbers as written.
	Base          string `xml:"Base,omitempty"`
	Vector        string `xml:"Vector,omitempty"`
	Temporal      string `xml:"Temp,omitempty"`
	Environmental string `xml:"Env,omitempty"`
}

// Severity is a word from None to Critical, and the kind of score it belongs to (Base, Temp, Env).
type Severity struct {
	Type  string `xml:"type,attr"`
	Value string `xml:",chardata"`
}

// ImpactItem is one consequence.
type ImpactItem struct {
	Severity     string   `xml:"severity,attr,omitempty"`
	Type         string   `xml:"impacttype,attr,omitempty"`
	Descriptions []string `xml:"Description"`
}

// CVSS returns the scores, none if there are none.
func (v Vulinfo) CVSS() []CVSS {
	if v.Data.Impact == nil {
		return nil
	}
	return v.Data.Impact.CVSS
}
