package csaf

import (
	"encoding/json"
	"slices"
	"time"
)

// Document is an advisory, whatever its version was.
type Document struct {
	// Version is the version of the standard, "2.0" or "2.1".
	Version string
	// Category names the profile, as csaf_security_advisory or csaf_vex.
	Category   string
	Title      string
	Lang       string
	SourceLang string
	// TLP is the label of distribution, in 2.0 possibly WHITE, in 2.1 CLEAR; empty if absent.
	TLP string
	// DistributionText is the free text on distribution.
	DistributionText string
	// Severity is the issuer's own word for the severity of the whole.
	Severity        string
	Publisher       Publisher
	Tracking        Tracking
	Notes           []Note
	References      []Reference
	Products        []Product
	Vulnerabilities []Vulnerability
}

// Publisher issued the document.
type Publisher struct {
	Category         string `json:"category"`
	Name             string `json:"name"`
	Namespace        string `json:"namespace"`
	ContactDetails   string `json:"contact_details"`
	IssuingAuthority string `json:"issuing_authority"`
}

// Tracking identifies the document and its revision.
type Tracking struct {
	ID      string   `json:"id"`
	Aliases []string `json:"aliases"`
	// Status is draft, interim or final.
	Status string `json:"status"`
	// Version is that of the document, an integer or a semantic version.
	Version string     `json:"version"`
	Current Time       `json:"current_release_date"`
	Initial Time       `json:"initial_release_date"`
	History []Revision `json:"revision_history"`
}

// Revision is an entry of the history.
type Revision struct {
	Date    Time   `json:"date"`
	Number  string `json:"number"`
	Summary string `json:"summary"`
}

// Note is a text; Category is description, details, faq, general, legal_disclaimer, other or
// summary.
type Note struct {
	Category string `json:"category"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	Audience string `json:"audience"`
}

// Reference is an address; Category is self or external.
type Reference struct {
	Category string `json:"category"`
	Summary  string `json:"summary"`
	URL      string `json:"url"`
}

// Product is an entry of the product tree.
type Product struct {
	ID string
	// Name is the full product name.
	Name string
	// Vendor, Product, Version and VersionRange are the names of the branches on the way to the
	// product; a product that is not in a branch has none. VersionRange is a vers string
	// ("vers:semver/>=1.0|<2.0") or free text.
	Vendor, Product, Version, VersionRange string
	// Branches holds the other branches on the way, category to name.
	Branches map[string]string
	// CPE is a name in CPE 2.2 or 2.3.
	CPE   string
	PURLs []string
	// Parts is set for a product that combines others: the first is the part, the others are
	// what it is installed on or a component of. The names and identifiers of such a product are
	// those of its first part where it has none of its own.
	Parts []Part
}

// Part is a product within a combination. Relation is empty for the first one, else as
// installed_on or default_component_of.
type Part struct {
	ProductID string
	Relation  string
}

// Vulnerability is one vulnerability of the document.
type Vulnerability struct {
	CVE   string
	IDs   []ID
	Title string
	CWEs  []CWE
	Notes []Note
	// References are those of the vulnerability; the document has its own.
	References []Reference
	Status     Status
	Scores     []Score
	Threats    []Threat
	// Remediations are ways out, in the order of the document.
	Remediations []Remediation
	Flags        []Flag
	Involvements []Involvement
	// Exploited lists when exploitation was first known (2.1).
	Exploited []Exploitation
	// Disclosed is disclosure_date of 2.1 or release_date of 2.0.
	Disclosed, Discovered Time
}

// ID is a number in another system than CVE. Products, if not empty, are the only ones it is for
// (2.1).
type ID struct {
	System   string
	Text     string
	Products []string
}

// CWE is a weakness.
type CWE struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Status lists product ids by state.
type Status struct {
	FirstAffected      []string `json:"first_affected"`
	KnownAffected      []string `json:"known_affected"`
	LastAffected       []string `json:"last_affected"`
	KnownNotAffected   []string `json:"known_not_affected"`
	FirstFixed         []string `json:"first_fixed"`
	Fixed              []string `json:"fixed"`
	Recommended        []string `json:"recommended"`
	UnderInvestigation []string `json:"under_investigation"`
	Unknown            []string `json:"unknown"`
}

// States a product can be in, the groups of section 3.2.3.9 of the standard.
const (
	Affected           = "affected"
	NotAffected        = "not_affected"
	Fixed              = "fixed"
	UnderInvestigation = "under_investigation"
	Unknown            = "unknown"
)

// Of returns the state of a product: one of the constants, or empty if the status does not name
// it. A document may contradict itself; affected then wins, before under investigation, fixed,
// not affected and unknown, because it is the state that asks for work.
func (s Status) Of(product string) string {
	for _, group := range []struct {
		state string
		lists [][]string
	}{
		{Affected, [][]string{s.FirstAffected, s.KnownAffected, s.LastAffected}},
		{UnderInvestigation, [][]string{s.UnderInvestigation}},
		{Fixed, [][]string{s.FirstFixed, s.Fixed}},
		{NotAffected, [][]string{s.KnownNotAffected}},
		{Unknown, [][]string{s.Unknown}},
	} {
		for _, list := range group.lists {
			if slices.Contains(list, product) {
				return group.state
			}
		}
	}
	return ""
}

// Score is what a metrics or scores element says about products.
type Score struct {
	Products []string
	// Source is the address of who scored; empty means the document's issuer.
	Source string
	// CVSS holds a vector for each version of CVSS given.
	CVSS []CVSS
	EPSS *EPSS
	// SSVC is a SelectionList of SSVC 2.0 as written, nil if there is none.
	SSVC json.RawMessage
	// Rating is the qualitative severity rating: none, low, medium, high or critical.
	Rating string
}

// CVSS is one vector with its score.
type CVSS struct {
	// Version is 2.0, 3.0, 3.1 or 4.0.
	Version string
	Vector  string
	// Base is the base score, negative if absent; Severity its word, as CRITICAL.
	Base     float64
	Severity string
}

// EPSS is the exploit prediction as written, numbers in texts between "0" and "1".
type EPSS struct {
	Probability string `json:"probability"`
	Percentile  string `json:"percentile"`
	Timestamp   Time   `json:"timestamp"`
}

// Threat is knowledge on exploitation, impact or targets; Category is exploit_status, impact or
// target_set.
type Threat struct {
	Category string
	Details  string
	Date     Time
	Products []string
}

// Remediation is one way out; Category as vendor_fix, mitigation, workaround, none_available.
type Remediation struct {
	Category string
	Details  string
	URL      string
	Date     Time
	Products []string
}

// Flag is a machine-readable reason why products are not affected.
type Flag struct {
	Label    string
	Date     Time
	Products []string
}

// Involvement tells what a party does about the vulnerability.
type Involvement struct {
	Party   string `json:"party"`
	Status  string `json:"status"`
	Summary string `json:"summary"`
	Contact string `json:"contact"`
	Date    Time   `json:"date"`
}

// Exploitation tells since when exploitation is known.
type Exploitation struct {
	// Date is when it became known, ExploitationDate when it happened.
	Date, ExploitationDate Time
	Products               []string
}

// Time is a date-time as written; an unreadable one has the zero Time.
type Time struct {
	time.Time
	Text string
}

// UnmarshalJSON keeps the text and reads it as RFC 3339 where it can.
func (t *Time) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &t.Text); err != nil {
		return err
	}
	t.Time = time.Time{}
	if at, err := time.Parse(time.RFC3339, t.Text); err == nil {
		t.Time = at
	}
	return nil
}

// MarshalJSON writes the text as it was read.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.Text) }

// Product returns the product with the id; ok is false if the document does not define it.
func (d *Document) Product(id string) (p Product, ok bool) {
	for i := range d.Products {
		if d.Products[i].ID == id {
			return d.Products[i], true
		}
	}
	return Product{}, false
}

// Index returns the products by id, for callers that look up many. Of two products with one id,
// which the standard forbids, the first counts.
func (d *Document) Index() map[string]*Product {
	index := make(map[string]*Product, len(d.Products))
	for i := range d.Products {
		if _, have := index[d.Products[i].ID]; !have {
			index[d.Products[i].ID] = &d.Products[i]
		}
	}
	return index
}
