// Package kev reads CISA's catalogue of known exploited vulnerabilities, in its JSON and its CSV
// edition. Both give the same entries.
//
// Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog and its JSON schema.
package kev

import (
	"errors"
	"time"
)

// MaxEntries bounds the entries of one catalogue, which had 1,404 in August 2025.
const MaxEntries = 1_000_000

// MaxSize bounds the bytes of one catalogue.
const MaxSize = 256 << 20

// Errors that Each wraps or reports with an item.
var (
	ErrTooLarge = errors.New("catalogue larger than 256 MiB")
	ErrHeader   = errors.New("no header line with cveID and dateAdded")
	ErrID       = errors.New("cveID is not a CVE id")
	ErrDate     = errors.New("dateAdded is not a date YYYY-MM-DD")
)

// Catalog is the head of the JSON edition; the CSV edition has none.
type Catalog struct {
	Title    string
	Version  string // "2025.08.25"
	Released string // RFC 3339
	Count    int    // entries as the catalogue counts them
}

// Entry is one listing. Dates are YYYY-MM-DD.
type Entry struct {
	ID             string   `json:"cveID"`
	Vendor         string   `json:"vendorProject"`
	Product        string   `json:"product"`
	Name           string   `json:"vulnerabilityName"`
	DateAdded      string   `json:"dateAdded"`
	Description    string   `json:"shortDescription"`
	RequiredAction string   `json:"requiredAction"`
	DueDate        string   `json:"dueDate"`
	Ransomware     string   `json:"knownRansomwareCampaignUse"` // Known, Unknown or empty
	Notes          string   `json:"notes"`
	CWEs           []string `json:"cwes"` // empty where none is given
}

// Added returns DateAdded as a time, midnight UTC.
func (e *Entry) Added() (time.Time, error) { return time.Parse(time.DateOnly, e.DateAdded) }
