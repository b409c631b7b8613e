package jvn

// Detail is a VULDEF document.
type Detail struct {
	// Lang is the language of the texts, Version that of the schema ("3.2").
	Lang, Version string
	Vulinfos      []Vulinfo
	Handling      Handling
	Status        Status
}

// Vulinfo is one vulnerability.
type Vulinfo struct {
	// Restriction is "public" or "private"; the schema's default for a missing one is private.
	Restriction string `xml:"restriction,attr,omitempty"`
	ID          string `xml:"VulinfoID"`
	GroupID     string `xml:"VulinfoGID,omitempty"`
	Data        Data   `xml:"VulinfoData"`
}

// Data is what is known of a vulnerability. The order of the fields is that of the schema.
type Data struct {
	Restriction string `xml:"restriction,attr,omitempty"`
	Severity    string `xml:"severity,attr,omitempty"`
	// Publication is "open" or "close".
	Publication string         `xml:"publication,attr,omitempty"`
	Title       string         `xml:"Title,omitempty"`
	Description *Description   `xml:"VulinfoDescription"`
	Affected    []AffectedItem `xml:"Affected>AffectedItem"`
	Impact      *Impact        `xml:"Impact"`
	Solution    []SolutionItem `xml:"Solution>SolutionItem"`
	Exploit     []ExploitItem  `xml:"Exploit>ExploitItem"`
	Related     []RelatedItem  `xml:"Related>RelatedItem"`
	Credit      []CreditItem   `xml:"Credit>CreditItem"`
	Contact     []ContactItem  `xml:"Contact>ContactItem"`
	History     []HistoryItem  `xml:"History>HistoryItem"`
	// FirstPublished is the registration, LastUpdated the last change, Public the day on which
	// the vulnerability was made public.
	FirstPublished Date `xml:"DateFirstPublished"`
	LastUpdated    Date `xml:"DateLastUpdated"`
	Public         Date `xml:"DatePublic"`
}

// Description holds the texts on the vulnerability itself.
type Description struct {
	ExploitRange      string   `xml:"exploitrange,attr,omitempty"`
	VulnerabilityType string   `xml:"vulnerabilitytype,attr,omitempty"`
	Overview          string   `xml:"Overview"`
	Detail            []string `xml:"Detail"`
	// CWE lists the weaknesses; each has the type "cwe" and the identifier in ID.
	CWE []RelatedItem `xml:"Cwe>RelatedItem"`
}

// CVEs returns the CVE identifiers among the related items, each once, in their order.
func (v Vulinfo) CVEs() []string {
	var ids idList
	for _, r := range v.Data.Related {
		ids.add("CVE-", r.ID)
	}
	return ids
}

// CWEs returns the CWE identifiers of the description and the related items, each once.
func (v Vulinfo) CWEs() []string {
	var ids idList
	if v.Data.Description != nil {
		for _, r := range v.Data.Description.CWE {
			ids.add("CWE-", r.ID)
		}
	}
	for _, r := range v.Data.Related {
		ids.add("CWE-", r.ID)
	}
	return ids
}

// Overview returns the text of the overview, empty if there is none.
func (v Vulinfo) Overview() string {
	if v.Data.Description == nil {
		return ""
	}
	return v.Data.Description.Overview
}

func (v *Vulinfo) clean() {
	trim(&v.ID, &v.GroupID, &v.Data.Title)
	if v.Data.Description != nil {
		trim(&v.Data.Description.Overview)
	}
	for i := range v.Data.Affected {
		v.Data.Affected[i].clean()
	}
	for i := range v.Data.Related {
		r := &v.Data.Related[i]
		trim(&r.ID, &r.Name, &r.Title, &r.URL)
	}
	if v.Data.Impact == nil {
		return
	}
	for i := range v.Data.Impact.CVSS {
		c := &v.Data.Impact.CVSS[i]
		trim(&c.Base, &c.Vector, &c.Temporal, &c.Environmental)
		if c.Severity != nil {
			trim(&c.Severity.Value)
		}
	}
}
