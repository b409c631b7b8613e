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

// AffectedItem is a product with the versions and the state of its vendor.
type AffectedItem struct {
	// Status is one of the Status constants below or empty.
	Status      string `xml:"affectedstatus,attr,omitempty"`
	Restriction string `xml:"restriction,attr,omitempty"`
	// Name is the vendor.
	Name         string          `xml:"Name,omitempty"`
	Product      string          `xml:"ProductName,omitempty"`
	CPEs         []DetailCPE     `xml:"Cpe"`
	Versions     []VersionNumber `xml:"VersionNumber"`
	Builds       []VersionNumber `xml:"BuildNumber"`
	Descriptions []string        `xml:"Description"`
}

// Values of AffectedItem.Status.
const (
	Vulnerable                 = "vulnerable"
	NotVulnerable              = "notvulnerable"
	Unknown                    = "unknown"
	VulnerableInvestigating    = "vulnerable_investigating"
	NotVulnerableInvestigating = "notvulnerable_investigating"
)

// DetailCPE is a Cpe element: a name in CPE 2.2.
type DetailCPE struct {
	Version string `xml:"version,attr"`
	Name    string `xml:",chardata"`
}

// VersionNumber is a text for people, or bounds, or both.
type VersionNumber struct {
	// Operator is eq, ne, gt, lt, ge, le or empty.
	Operator string `xml:"operator,attr,omitempty"`
	Text     string `xml:",chardata"`
	Begin    *Bound `xml:"RangeBegin"`
	End      *Bound `xml:"RangeEnd"`
}

// Bound is one end of a range.
type Bound struct {
	Operator string `xml:"operator,attr,omitempty"`
	Value    string `xml:",chardata"`
}

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

// SolutionItem is one way out; Type is fixed, workaround, migration, none or unknown.
type SolutionItem struct {
	Type         string   `xml:"solutiontype,attr,omitempty"`
	Descriptions []string `xml:"Description"`
	URLs         []string `xml:"URL"`
}

// ExploitItem is a known exploit; Type is exploit, poc, malware, senario (the spelling of the
// schema), none or unknown.
type ExploitItem struct {
	Type         string   `xml:"exploittype,attr,omitempty"`
	Descriptions []string `xml:"Description"`
	URLs         []string `xml:"URL"`
}

// RelatedItem points to a vendor's page, an advisory or a weakness.
type RelatedItem struct {
	// Type is vendor, advisory or cwe.
	Type        string `xml:"type,attr"`
	Origin      string `xml:"origin,attr,omitempty"`
	Name        string `xml:"Name,omitempty"`
	ID          string `xml:"VulinfoID,omitempty"`
	Title       string `xml:"Title,omitempty"`
	URL         string `xml:"URL,omitempty"`
	Description string `xml:"Description,omitempty"`
}

// CreditItem thanks a person or a body.
type CreditItem struct {
	Name         string   `xml:"Name,omitempty"`
	Descriptions []string `xml:"Description"`
}

// ContactItem is an address of the issuer; Type is person or organisation.
type ContactItem struct {
	Type         string   `xml:"contacttype,attr,omitempty"`
	Name         string   `xml:"Name,omitempty"`
	Descriptions []string `xml:"Description"`
	Emails       []string `xml:"Email"`
	Telephones   []string `xml:"Telephone"`
	Fax          string   `xml:"Fax,omitempty"`
	TimeZone     string   `xml:"TimeZone,omitempty"`
}

// HistoryItem is one revision.
type HistoryItem struct {
	Number       string   `xml:"HistoryNo,omitempty"`
	At           Date     `xml:"DateTime"`
	Published    Date     `xml:"Published"`
	Updated      Date     `xml:"Updated"`
	Descriptions []string `xml:"Description"`
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

// CVSS returns the scores, none if there are none.
func (v Vulinfo) CVSS() []CVSS {
	if v.Data.Impact == nil {
		return nil
	}
	return v.Data.Impact.CVSS
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

func (a *AffectedItem) clean() {
	trim(&a.Name, &a.Product)
	for i := range a.CPEs {
		trim(&a.CPEs[i].Name)
	}
	for _, list := range [][]VersionNumber{a.Versions, a.Builds} {
		for i := range list {
			trim(&list[i].Text)
			for _, b := range []*Bound{list[i].Begin, list[i].End} {
				if b != nil {
					trim(&b.Value)
				}
			}
		}
	}
}
