package cve

import (
	"slices"
	"strings"

	"noroshi.dev/format/version"
)

// Entry is one statement about versions, of whatever source: the versions of Range have Status,
// unless one of Changes came into force before them.
type Entry struct {
	version.Range
	Status  string   `json:"status"`
	Changes []Change `json:"changes,omitempty"`
}

// Decide returns the status of version v: "affected", "unaffected" or "unknown".
//
// The entries are read in order. A single version decides when v equals it; a range decides when
// v lies between its bounds by the order of its kind, with the last change at or before v. If no
// entry holds v the answer is defaultStatus, or unknown. Commits have no order: where a range of
// commits might have held v, the answer is unknown instead of the default.
func Decide(entries []Entry, defaultStatus, v string) string {
	v = strings.TrimSpace(v)
	undecided := false
	for i := range entries {
		if status, hit := entries[i].Match(v); hit {
			return known(status)
		}
		undecided = undecided || entries[i].Exact == "" && !version.Ordered(entries[i].Kind)
	}
	if undecided {
		return StatusUnknown
	}
	return known(defaultStatus)
}

// Match returns the status that e gives to v, and whether it holds v at all.
func (e *Entry) Match(v string) (string, bool) {
	if !e.holds(v) {
		return "", false
	}
	if len(e.Changes) == 0 || e.Exact != "" || !version.Ordered(e.Kind) {
		return e.Status, true
	}
	changes := slices.Clone(e.Changes)
	slices.SortStableFunc(changes, func(a, b Change) int { return version.Compare(e.Kind, a.At, b.At) })
	status := e.Status
	for _, c := range changes {
		if version.Compare(e.Kind, c.At, v) <= 0 {
			status = c.Status
		}
	}
	return status, true
}

// holds is Contains with one more rule: an end such as 6.1.* stands for the highest version that
// begins with 6.1, which no order of versions expresses.
func (e *Entry) holds(v string) bool {
	stem, wild := strings.CutSuffix(e.End, ".*")
	if e.Exact != "" || !wild || !version.Ordered(e.Kind) {
		return e.Contains(v)
	}
	if v = strings.TrimSpace(v); v == "" {
		return false // not known which version, as in Contains
	}
	from := e.Range
	from.End = ""
	if from.Start != "" && !from.Contains(v) {
		return false
	}
	return v == stem || strings.HasPrefix(v, stem+".") || version.Compare(e.Kind, v, stem) < 0
}

// appendTo appends the entries that a version of a record means.
func (e *Version) appendTo(entries []Entry) []Entry {
	if e.LessThan == "" && e.LessThanOrEqual == "" {
		if e.Version == "" {
			return entries
		}
		return append(entries, Entry{Range: version.Range{Kind: e.order(), Exact: e.Version}, Status: e.Status})
	}
	base := Entry{Range: version.Range{Kind: e.order(), Start: start(e.Version)}, Status: e.Status, Changes: e.Changes}
	if e.LessThan != "" {
		below := base
		below.End, below.EndExcluded = e.LessThan, true
		entries = append(entries, below)
	}
	if e.LessThanOrEqual != "" {
		base.End = e.LessThanOrEqual
		entries = append(entries, base)
	}
	return entries
}

// order returns the kind of order; the type that names the commit of a fix is one of commits.
func (e *Version) order() string {
	if e.VersionType == "original_commit_for_fix" {
		return version.Git
	}
	return e.VersionType
}

// start returns the lower bound. Records converted from the older format write "unspecified"
// where they know none.
func start(v string) string {
	if v == "unspecified" {
		return ""
	}
	return v
}

func known(status string) string {
	if status == StatusAffected || status == StatusUnaffected {
		return status
	}
	return StatusUnknown
}
