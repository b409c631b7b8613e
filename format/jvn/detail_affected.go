package jvn

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
