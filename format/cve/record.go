package cve

// States of a record.
const (
	Published = "PUBLISHED"
	Rejected  = "REJECTED"
)

// DataType is the value of dataType that every record carries.
const DataType = "CVE_RECORD"

// Record is one CVE record as published.
type Record struct {
	DataType    string     `json:"dataType"`
	DataVersion string     `json:"dataVersion"`
	Metadata    Metadata   `json:"cveMetadata"`
	Containers  Containers `json:"containers"`
}

// Metadata is cveMetadata: who assigned the id, its state and dates. Dates are kept as written;
// ParseTime reads them.
type Metadata struct {
	ID                string `json:"cveId"`
	State             string `json:"state"`
	AssignerOrgID     string `json:"assignerOrgId"`
	AssignerShortName string `json:"assignerShortName"`
	DateReserved      string `json:"dateReserved"`
	DatePublished     string `json:"datePublished"`
	DateUpdated       string `json:"dateUpdated"`
	DateRejected      string `json:"dateRejected"`
	Serial            int    `json:"serial"`
}

// Containers holds the statements of the naming authority and of the other publishers.
type Containers struct {
	CNA Container   `json:"cna"`
	ADP []Container `json:"adp"`
}

// Container is what one organisation says. RejectedReasons and ReplacedBy occur only in a
// rejected record.
type Container struct {
	Provider        Provider      `json:"providerMetadata"`
	Title           string        `json:"title"`
	DatePublic      string        `json:"datePublic"`
	Descriptions    []Text        `json:"descriptions"`
	Affected        []Affected    `json:"affected"`
	ProblemTypes    []ProblemType `json:"problemTypes"`
	References      []Reference   `json:"references"`
	Metrics         []Metric      `json:"metrics"`
	Configurations  []Text        `json:"configurations"`
	Workarounds     []Text        `json:"workarounds"`
	Solutions       []Text        `json:"solutions"`
	Exploits        []Text        `json:"exploits"`
	Tags            []string      `json:"tags"`
	RejectedReasons []Text        `json:"rejectedReasons"`
	ReplacedBy      []string      `json:"replacedBy"`
}

// Provider names the organisation that wrote a container and when.
type Provider struct {
	OrgID       string `json:"orgId"`
	ShortName   string `json:"shortName"`
	DateUpdated string `json:"dateUpdated"`
}

// Text is a text with its BCP 47 language.
type Text struct {
	Lang  string `json:"lang"`
	Value string `json:"value"`
}

// ProblemType groups descriptions of one weakness.
type ProblemType struct {
	Descriptions []Weakness `json:"descriptions"`
}

// Weakness is one description of a weakness; CWE is empty where the text names none.
type Weakness struct {
	Lang        string `json:"lang"`
	CWE         string `json:"cweId"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

// Reference is a link with its tags. The tags added by an analyst (exploit, for one) tell what
// the analyst decided: they are no independent evidence for that decision.
type Reference struct {
	URL  string   `json:"url"`
	Name string   `json:"name"`
	Tags []string `json:"tags"`
}

// Metric is one score, in one of its forms or in several.
type Metric struct {
	Format    string `json:"format"`
	Scenarios []Text `json:"scenarios"`
	CVSSv2    *CVSS  `json:"cvssV2_0"`
	CVSSv30   *CVSS  `json:"cvssV3_0"`
	CVSSv31   *CVSS  `json:"cvssV3_1"`
	CVSSv4    *CVSS  `json:"cvssV4_0"`
	Other     *Other `json:"other"`
}

// CVSS is the part of a CVSS object that cannot be computed, and the score its writer claims.
type CVSS struct {
	Version      string  `json:"version"`
	Vector       string  `json:"vectorString"`
	BaseScore    float64 `json:"baseScore"`
	BaseSeverity string  `json:"baseSeverity"`
}

// Other is a metric of a type of its own, such as "ssvc", "kev", "SSVCv2.0" or the name of a
// vendor's scale. Content is the JSON object as it was written, a part of the decoded data.
type Other struct {
	Type    string `json:"type"`
	Content []byte `json:"content"`
}

// CVSS returns the CVSS objects of m, the newest version first; Version tells which each is, also
// where the record leaves it out. Most metrics have one, some have several.
func (m *Metric) CVSS() []CVSS {
	var all []CVSS
	for _, form := range [...]struct {
		score   *CVSS
		version string
	}{{m.CVSSv4, "4.0"}, {m.CVSSv31, "3.1"}, {m.CVSSv30, "3.0"}, {m.CVSSv2, "2.0"}} {
		if form.score != nil {
			score := *form.score
			score.Version = form.version
			all = append(all, score)
		}
	}
	return all
}
