// Package nvd reads answers of the vulnerability interface 2.0 of the National Vulnerability
// Database: descriptions, CVSS of every version, weaknesses, configurations with version ranges,
// references and CISA's fields. The feed files of the same shape are read too.
//
// Source: https://nvd.nist.gov/developers/vulnerabilities and its JSON schema 2.0.
package nvd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/internal/jsonlist"
	"noroshi.dev/format/version"
)

// MaxSize bounds the bytes of one document, MaxItems its vulnerabilities (a page has 2,000).
const (
	MaxSize  = 1 << 30
	MaxItems = 1_000_000
)

// Errors that Each wraps or reports with an item.
var (
	ErrTooLarge = errors.New("document larger than 1 GiB")
	ErrID       = errors.New("cve.id is not a CVE id")
)

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

// Configuration is a set of nodes, joined by Operator (AND or OR; empty is OR).
type Configuration struct {
	Operator string `json:"operator"`
	Negate   bool   `json:"negate"`
	Nodes    []Node `json:"nodes"`
}

// Node is a set of products, joined by Operator.
type Node struct {
	Operator string  `json:"operator"`
	Negate   bool    `json:"negate"`
	Matches  []Match `json:"cpeMatch"`
}

// Match is a product with a range of versions. Vulnerable is false for what the vulnerable product
// merely runs on.
type Match struct {
	Vulnerable     bool   `json:"vulnerable"`
	Criteria       string `json:"criteria"` // CPE 2.3 formatted string
	ID             string `json:"matchCriteriaId"`
	StartIncluding string `json:"versionStartIncluding"`
	StartExcluding string `json:"versionStartExcluding"`
	EndIncluding   string `json:"versionEndIncluding"`
	EndExcluding   string `json:"versionEndExcluding"`
}

// Range returns the bounds of m and whether it has any. Without them the version is the one of
// Criteria.
func (m *Match) Range() (version.Range, bool) {
	r := version.Range{Start: m.StartIncluding, End: m.EndIncluding}
	if m.StartExcluding != "" {
		r.Start, r.StartExcluded = m.StartExcluding, true
	}
	if m.EndExcluding != "" {
		r.End, r.EndExcluded = m.EndExcluding, true
	}
	return r, r.Start != "" || r.End != ""
}

// Time reads a time of the interface, which has no zone and means UTC. The zero time means that
// it is not readable.
func Time(s string) time.Time {
	for _, form := range [...]string{"2006-01-02T15:04:05.999999999", time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Item is a vulnerability with its place, or the reason why what stands there is none.
type Item struct {
	Vulnerability
	Offset int64
	Err    error
}

// Each reads an answer and hands every item to each, in the order of the document. A wrong item
// has Err set and the next one follows; a document that is not well-formed is an error. An error
// of each ends the reading.
func Each(data []byte, each func(*Item) error) (Page, error) {
	var page Page
	if len(data) > MaxSize {
		return page, fmt.Errorf("nvd: read: %w", ErrTooLarge)
	}
	whole := len(data)
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	mark := int64(whole - len(data))
	err := jsonlist.Each(data, "vulnerabilities", MaxItems, page.member, func(offset int64, value json.RawMessage) error {
		row := struct {
			CVE *Vulnerability `json:"cve"`
		}{}
		item := Item{Offset: mark + offset}
		row.CVE = &item.Vulnerability
		if item.Err = json.Unmarshal(value, &row); item.Err == nil && !cve.ValidID(item.ID) {
			item.Err = fmt.Errorf("%w: %.40q", ErrID, item.ID)
		}
		return each(&item)
	})
	if err != nil {
		return page, fmt.Errorf("nvd: read: %w", err)
	}
	return page, nil
}

func (p *Page) member(name string, value json.RawMessage) error {
	switch name {
	case "resultsPerPage":
		return json.Unmarshal(value, &p.ResultsPerPage)
	case "startIndex":
		return json.Unmarshal(value, &p.StartIndex)
	case "totalResults":
		return json.Unmarshal(value, &p.TotalResults)
	case "format":
		return json.Unmarshal(value, &p.Format)
	case "version":
		return json.Unmarshal(value, &p.Version)
	case "timestamp":
		return json.Unmarshal(value, &p.Timestamp)
	}
	return nil
}
