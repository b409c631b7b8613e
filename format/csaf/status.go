package csaf

import (
	"slices"
)

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
