package jvn

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
