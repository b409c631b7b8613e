package kengine

import (
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/kengine/intake"
)

// SourceAnalyst is the source of assertions that a person of an organisation made.
const SourceAnalyst = "analyst"

// What happens to reports that match no product tag of an organisation that has tags.
const (
	UnmatchedList  = "list"  // they are decided and listed like the others
	UnmatchedClose = "close" // their tasks are closed with the cause "no asset"
)

// Policy says whose word counts for an organisation, and what happens to reports about products
// that it does not use.
type Policy struct {
	Sources   []string            `json:"sources"`           // classes of sources, the most trusted first
	Facts     map[string][]string `json:"facts,omitempty"`   // another order for single facts
	Unmatched string              `json:"unmatched"`         // UnmatchedList or UnmatchedClose
	Weights   *Weights            `json:"weights,omitempty"` // nil: the defaults; changed by SetWeights alone
}

// DefaultPolicy returns the policy of an organisation that has set none: its own analysts, then
// the catalogue of known exploited vulnerabilities, then authorised publishers, then the rest.
func DefaultPolicy() Policy {
	return Policy{Sources: SourceClasses(), Unmatched: UnmatchedList}
}

// SourceClasses returns the classes of sources, in the order of the default policy. The class
// of a source is its name up to the colon: that of "adp:CISA-ADP" is "adp".
func SourceClasses() []string {
	return []string{
		SourceAnalyst, intake.SourceKEV, "adp", intake.SourceCNA, intake.SourceNVD, intake.SourceJVN,
		"csaf", intake.SourceOSV, intake.SourceVRDA, intake.SourceEPSS,
	}
}

// rank returns the place of a source for a fact, 0 is trusted most. A class that the policy does
// not name comes after all that it names.
func (p *Policy) rank(fact, source string) int {
	order := p.Sources
	if own, ok := p.Facts[fact]; ok {
		order = own
	}
	class, _, _ := strings.Cut(source, ":")
	for i, name := range order {
		if name == source || name == class {
			return i
		}
	}
	return len(order)
}

// check names what is wrong with the policy, as a fault with its fields.
func (p *Policy) check() error {
	f := fault.New(fault.Invalid, "kengine.policy")
	if p.Unmatched != UnmatchedList && p.Unmatched != UnmatchedClose {
		f.Field("unmatched", "kengine.policy.unmatched")
	}
	seen := map[string]bool{}
	for _, name := range p.Sources {
		class, _, _ := strings.Cut(name, ":")
		if !slices.Contains(SourceClasses(), class) {
			f.Field("sources", "kengine.policy.source", "source", name)
		}
		if seen[name] {
			f.Field("sources", "kengine.policy.twice", "source", name)
		}
		seen[name] = true
	}
	return f.OrNil()
}

// isDefault reports whether p resolves as the default policy does, so that stored world values
// can be used as they are.
func (p *Policy) isDefault() bool {
	return len(p.Facts) == 0 && slices.Equal(p.Sources, SourceClasses())
}
