package csaf

import (
	"encoding/json"
)

type rawRoot struct {
	Document        rawDocument        `json:"document"`
	Tree            rawTree            `json:"product_tree"`
	Vulnerabilities []rawVulnerability `json:"vulnerabilities"`
}

type rawDocument struct {
	Version      string      `json:"csaf_version"`
	Category     string      `json:"category"`
	Title        string      `json:"title"`
	Lang         string      `json:"lang"`
	SourceLang   string      `json:"source_lang"`
	Publisher    Publisher   `json:"publisher"`
	Tracking     Tracking    `json:"tracking"`
	Notes        []Note      `json:"notes"`
	References   []Reference `json:"references"`
	Distribution struct {
		Text string `json:"text"`
		TLP  struct {
			Label string `json:"label"`
		} `json:"tlp"`
	} `json:"distribution"`
	Severity struct {
		Text string `json:"text"`
	} `json:"aggregate_severity"`
}

type rawVulnerability struct {
	CVE          string           `json:"cve"`
	IDs          []rawID          `json:"ids"`
	Title        string           `json:"title"`
	CWE          *CWE             `json:"cwe"`
	CWEs         []CWE            `json:"cwes"`
	Notes        []Note           `json:"notes"`
	References   []Reference      `json:"references"`
	Status       Status           `json:"product_status"`
	Scores       []rawScore       `json:"scores"`
	Metrics      []rawMetric      `json:"metrics"`
	Threats      []rawThreat      `json:"threats"`
	Remediations []rawRemediation `json:"remediations"`
	Flags        []rawFlag        `json:"flags"`
	Involvements []Involvement    `json:"involvements"`
	Exploited    []rawExploited   `json:"first_known_exploitation_dates"`
	Disclosure   Time             `json:"disclosure_date"`
	Release      Time             `json:"release_date"`
	Discovery    Time             `json:"discovery_date"`
}

// targets names products directly and through groups.
type targets struct {
	Products []string `json:"product_ids"`
	Groups   []string `json:"group_ids"`
}

type rawID struct {
	targets
	System string `json:"system_name"`
	Text   string `json:"text"`
}

type rawThreat struct {
	targets
	Category string `json:"category"`
	Details  string `json:"details"`
	Date     Time   `json:"date"`
}

type rawRemediation struct {
	targets
	Category string `json:"category"`
	Details  string `json:"details"`
	URL      string `json:"url"`
	Date     Time   `json:"date"`
}

type rawFlag struct {
	targets
	Label string `json:"label"`
	Date  Time   `json:"date"`
}

type rawExploited struct {
	targets
	Date             Time `json:"date"`
	ExploitationDate Time `json:"exploitation_date"`
}

// rawScore is an entry of scores (2.0).
type rawScore struct {
	Products []string `json:"products"`
	V2       *rawCVSS `json:"cvss_v2"`
	V3       *rawCVSS `json:"cvss_v3"`
}

// rawMetric is an entry of metrics (2.1).
type rawMetric struct {
	Products []string `json:"products"`
	Source   string   `json:"source"`
	Content  struct {
		V2     *rawCVSS        `json:"cvss_v2"`
		V3     *rawCVSS        `json:"cvss_v3"`
		V4     *rawCVSS        `json:"cvss_v4"`
		EPSS   *EPSS           `json:"epss"`
		SSVC   json.RawMessage `json:"ssvc_v2"`
		Rating string          `json:"qualitative_severity_rating"`
	} `json:"content"`
}

type rawCVSS struct {
	Version  string   `json:"version"`
	Vector   string   `json:"vectorString"`
	Base     *float64 `json:"baseScore"`
	Severity string   `json:"baseSeverity"`
}
