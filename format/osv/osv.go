package osv

import (
	"encoding/json"
	"time"
)

// Record is one vulnerability.
type Record struct {
	SchemaVersion string `json:"schema_version"`
	// ID is the number in the database it comes from, as GHSA-… or CVE-….
	ID        string `json:"id"`
	Modified  Time   `json:"modified"`
	Published Time   `json:"published"`
	// Withdrawn is set when the record is not valid any more.
	Withdrawn Time `json:"withdrawn"`
	// Aliases are other numbers of the same vulnerability; Upstream those of which this one is
	// a consequence; Related looser ones.
	Aliases    []string    `json:"aliases"`
	Upstream   []string    `json:"upstream"`
	Related    []string    `json:"related"`
	Summary    string      `json:"summary"`
	Details    string      `json:"details"`
	Severity   []Severity  `json:"severity"`
	Affected   []Affected  `json:"affected"`
	References []Reference `json:"references"`
}

// Severity is a score: Type is CVSS_V2, CVSS_V3, CVSS_V4 or Ubuntu, Score the vector or word.
type Severity struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

// Reference is an address; Type is ADVISORY, FIX, WEB and so on.
type Reference struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// Affected is a package with its affected versions.
type Affected struct {
	Package  Package    `json:"package"`
	Severity []Severity `json:"severity"`
	Ranges   []Range    `json:"ranges"`
	// Versions are affected besides those in Ranges.
	Versions []string `json:"versions"`
}

// Package names a package in an ecosystem, as npm, PyPI, Go, Debian:12.
type Package struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	PURL      string `json:"purl"`
}

// Range is a row of events.
type Range struct {
	// Type is SEMVER, ECOSYSTEM or GIT.
	Type string `json:"type"`
	// Repo is the repository of a GIT range.
	Repo   string  `json:"repo"`
	Events []Event `json:"events"`
}

// Event is one event; exactly one of its fields is set.
type Event struct {
	Introduced   string `json:"introduced"`
	Fixed        string `json:"fixed"`
	LastAffected string `json:"last_affected"`
	Limit        string `json:"limit"`
}

// Time is a date-time as written; an unreadable one has the zero Time.
type Time struct {
	time.Time
	Text string
}

// UnmarshalJSON keeps the text and reads it as RFC 3339 where it can; null is the zero value.
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

// CVEs returns the CVE numbers among id, aliases and upstream, each once.
func (r *Record) CVEs() []string {
	var list []string
	seen := map[string]bool{}
	for _, ids := range [][]string{{r.ID}, r.Aliases, r.Upstream} {
		for _, id := range ids {
			if len(id) > 4 && id[:4] == "CVE-" && !seen[id] {
				seen[id] = true
				list = append(list, id)
			}
		}
	}
	return list
}
