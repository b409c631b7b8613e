package csaf

import (
	"encoding/json"
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
