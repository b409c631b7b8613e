package csaf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"noroshi.dev/format/internal/guard"
)

// Limits of a document. Advisories of large distributors reach some tens of megabytes; the
// standard allows branches to nest 30 deep in 2.1 and sets no limit in 2.0.
const (
	MaxBytes = 64 << 20
	MaxDepth = 256
	// MaxReferences is how many references to products the groups of a document may stand for.
	MaxReferences = 5_000_000
)

// ErrVersion is wrapped when the document is JSON but not CSAF 2.0 or 2.1.
var ErrVersion = errors.New("not a CSAF 2.0 or 2.1 document")

// Read reads one document. Faults of syntax and wrong types are refused with line and column.
func Read(r io.Reader) (*Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("csaf: read: %w", err)
	}
	return Parse(data)
}

// Parse is Read on bytes that are already in memory.
func Parse(data []byte) (*Document, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("csaf: document larger than %d bytes: %w", MaxBytes, guard.ErrLimit)
	}
	var raw rawRoot
	if err := guard.DecodeJSON(data, guard.Limits{Bytes: MaxBytes, Depth: MaxDepth}, &raw); err != nil {
		return nil, fmt.Errorf("csaf: %w", err)
	}
	if v := raw.Document.Version; v != "2.0" && v != "2.1" {
		return nil, fmt.Errorf("csaf: document.csaf_version is %q: %w", v, ErrVersion)
	}
	return raw.document()
}

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

func (r *rawRoot) document() (*Document, error) {
	d := &Document{
		Version: r.Document.Version, Category: r.Document.Category, Title: r.Document.Title,
		Lang: r.Document.Lang, SourceLang: r.Document.SourceLang,
		TLP: r.Document.Distribution.TLP.Label, DistributionText: r.Document.Distribution.Text,
		Severity: r.Document.Severity.Text, Publisher: r.Document.Publisher, Tracking: r.Document.Tracking,
		Notes: r.Document.Notes, References: r.Document.References,
	}
	d.Products = r.Tree.products()
	groups := r.Tree.groups()
	for i := range r.Vulnerabilities {
		d.Vulnerabilities = append(d.Vulnerabilities, r.Vulnerabilities[i].vulnerability(groups))
	}
	if groups.left < 0 {
		return nil, fmt.Errorf("csaf: the product groups stand for more than %d references: %w", MaxReferences, guard.ErrLimit)
	}
	return d, nil
}

func (r *rawVulnerability) vulnerability(groups *groupTable) Vulnerability {
	v := Vulnerability{
		CVE: r.CVE, Title: r.Title, CWEs: r.CWEs, Notes: r.Notes, References: r.References,
		Status: r.Status, Involvements: r.Involvements, Disclosed: r.Disclosure, Discovered: r.Discovery,
	}
	if v.Disclosed.Text == "" {
		v.Disclosed = r.Release
	}
	if r.CWE != nil {
		v.CWEs = append(v.CWEs, *r.CWE)
	}
	v.Scores = r.scores()
	for _, id := range r.IDs {
		v.IDs = append(v.IDs, ID{id.System, id.Text, groups.resolve(id.targets)})
	}
	for _, t := range r.Threats {
		v.Threats = append(v.Threats, Threat{t.Category, t.Details, t.Date, groups.resolve(t.targets)})
	}
	for _, m := range r.Remediations {
		v.Remediations = append(v.Remediations, Remediation{m.Category, m.Details, m.URL, m.Date, groups.resolve(m.targets)})
	}
	for _, f := range r.Flags {
		v.Flags = append(v.Flags, Flag{f.Label, f.Date, groups.resolve(f.targets)})
	}
	for _, e := range r.Exploited {
		v.Exploited = append(v.Exploited, Exploitation{e.Date, e.ExploitationDate, groups.resolve(e.targets)})
	}
	return v
}

func (r *rawVulnerability) scores() []Score {
	var list []Score
	for _, s := range r.Scores {
		list = append(list, Score{Products: s.Products, CVSS: vectors(s.V2, s.V3)})
	}
	for _, m := range r.Metrics {
		c := m.Content
		list = append(list, Score{
			Products: m.Products, Source: m.Source, CVSS: vectors(c.V2, c.V3, c.V4),
			EPSS: c.EPSS, SSVC: c.SSVC, Rating: c.Rating,
		})
	}
	return list
}

func vectors(given ...*rawCVSS) []CVSS {
	var list []CVSS
	for _, c := range given {
		if c == nil {
			continue
		}
		base := -1.0
		if c.Base != nil {
			base = *c.Base
		}
		list = append(list, CVSS{Version: c.Version, Vector: c.Vector, Base: base, Severity: c.Severity})
	}
	return list
}
