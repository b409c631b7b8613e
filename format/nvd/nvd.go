// Package nvd reads answers of the vulnerability interface 2.0 of the National Vulnerability
// Database: descriptions, CVSS of every version, weaknesses, configurations with version ranges,
// references and CISA's fields. The feed files of the same shape are read too.
//
// Source: https://nvd.nist.gov/developers/vulnerabilities and its JSON schema 2.0.
package nvd

// StatusRejected is the value of Status of a rejected vulnerability.
const StatusRejected = "Rejected"

// Source is NVD's own name among the sources of scores and weaknesses.
const Source = "nvd@nist.gov"

// Page is the head of an answer. Times are as written; see Time.
type Page struct {
	ResultsPerPage int
	StartIndex     int
	TotalResults   int
	Format         string // "NVD_CVE"
	Version        string // "2.0"
	Timestamp      string
}

// Next returns the startIndex of the page after p, and false if p is the last one. It never goes
// back or stands still, whatever the answer claims, so that a walk over the pages ends.
func (p *Page) Next() (int, bool) {
	next := p.StartIndex + p.ResultsPerPage
	return next, p.StartIndex >= 0 && next > p.StartIndex && next < p.TotalResults
}

// Vulnerability is one vulnerability.
type Vulnerability struct {
	ID               string          `json:"id"`
	SourceIdentifier string          `json:"sourceIdentifier"`
	Published        string          `json:"published"`
	LastModified     string          `json:"lastModified"`
	Status           string          `json:"vulnStatus"`
	Descriptions     []Text          `json:"descriptions"`
	Metrics          Metrics         `json:"metrics"`
	Weaknesses       []Weakness      `json:"weaknesses"`
	Configurations   []Configuration `json:"configurations"`
	References       []Reference     `json:"references"`

	ExploitAdded   string `json:"cisaExploitAdd"` // day of the listing in KEV, YYYY-MM-DD
	ActionDue      string `json:"cisaActionDue"`
	RequiredAction string `json:"cisaRequiredAction"`
	KEVName        string `json:"cisaVulnerabilityName"`
}

// Text is a text with its language.
type Text struct {
	Lang  string `json:"lang"`
	Value string `json:"value"`
}

// Metrics holds the scores by version of CVSS.
type Metrics struct {
	V2  []Metric `json:"cvssMetricV2"`
	V30 []Metric `json:"cvssMetricV30"`
	V31 []Metric `json:"cvssMetricV31"`
	V40 []Metric `json:"cvssMetricV40"`
}

// All returns the scores of every version, the newest version first.
func (m *Metrics) All() []Metric {
	all := make([]Metric, 0, len(m.V40)+len(m.V31)+len(m.V30)+len(m.V2))
	return append(append(append(append(all, m.V40...), m.V31...), m.V30...), m.V2...)
}

// Metric is one score; Type is Primary or Secondary.
type Metric struct {
	Source string `json:"source"`
	Type   string `json:"type"`
	CVSS   struct {
		Version  string  `json:"version"`
		Vector   string  `json:"vectorString"`
		Score    float64 `json:"baseScore"`
		Severity string  `json:"baseSeverity"`
	} `json:"cvssData"`
}

// Weakness is a weakness by one source; a Value that is no CWE id, such as NVD-CWE-noinfo, says
// that there is none.
type Weakness struct {
	Source       string `json:"source"`
	Type         string `json:"type"`
	Descriptions []Text `json:"description"`
}

// Reference is a link.
type Reference struct {
	URL    string   `json:"url"`
	Source string   `json:"source"`
	Tags   []string `json:"tags"`
}
