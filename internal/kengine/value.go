package kengine

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Value is the current value of one fact of a report: the word of the source that the policy
// trusts most, with where and when it comes from.
type Value struct {
	Fact      string
	Values    []string // what is still possible, at least one
	Source    string   // as in Assertion, or "tag:…", "set:…" and "default" for filled-in values
	Assertion string   // id of the assertion, empty for a filled-in value
	Evidence  string
	Raw       string
	Observed  time.Time
	Reason    string // why a filled-in value holds, for people
}

// Filled reports whether no source said the value: a product tag, a default set or the fact's
// own default gave it.
func (v *Value) Filled() bool { return v.Assertion == "" }

// Clash is a fact about which two sources say what cannot both be true.
type Clash struct {
	Fact  string  `json:"fact"`
	Sides []Value `json:"sides"` // the current word of each source, strongest first
}

// entry is one claim with all that decides about its weight.
type entry struct {
	claim *Claim
	by    *Assertion
	rank  int
}

// resolve returns the current values of a report, sorted by fact, and the clashes. Assertions
// that have expired at now count for nothing; of one source its latest word counts. The order of
// the assertions does not matter.
func resolve(assertions []Assertion, p *Policy, now time.Time) ([]Value, []Clash) {
	entries := make([]entry, 0, 16)
	for i := range assertions {
		a := &assertions[i]
		if !a.Expires.IsZero() && !a.Expires.After(now) {
			continue
		}
		for j := range a.Claims {
			c := &a.Claims[j]
			entries = append(entries, entry{claim: c, by: a, rank: p.rank(c.Fact, a.Source)})
		}
	}
	slices.SortFunc(entries, stronger)
	values := make([]Value, 0, len(entries))
	var clashes []Clash
	for start := 0; start < len(entries); {
		end := start + 1
		for end < len(entries) && entries[end].claim.Fact == entries[start].claim.Fact {
			end++
		}
		if sides := latest(entries[start:end]); len(sides) > 0 {
			values = append(values, sides[0].value())
			if clash(sides) {
				clashes = append(clashes, newClash(sides))
			}
		}
		start = end
	}
	return values, clashes
}

// stronger sorts by fact, then by the trust of the policy, then the newest first; the rest only
// makes the order total.
func stronger(a, b entry) int {
	return cmp.Or(
		strings.Compare(a.claim.Fact, b.claim.Fact),
		cmp.Compare(a.rank, b.rank),
		b.by.Observed.Compare(a.by.Observed),
		strings.Compare(a.by.Source, b.by.Source),
		b.by.Recorded.Compare(a.by.Recorded),
		strings.Compare(a.by.ID, b.by.ID),
		slices.Compare(a.claim.Values, b.claim.Values),
		strings.Compare(a.claim.Raw, b.claim.Raw),
	)
}

// latest keeps the newest word of each source, in the order given, which has the newest of one
// source first. A newest word without values takes back what its source said.
func latest(group []entry) []entry {
	kept := group[:1]
	for _, e := range group[1:] {
		if !slices.ContainsFunc(kept, func(k entry) bool { return k.by.Source == e.by.Source }) {
			kept = append(kept, e)
		}
	}
	return slices.DeleteFunc(kept, func(e entry) bool { return len(e.claim.Values) == 0 })
}

// clash reports whether two of the sides exclude each other.
func clash(sides []entry) bool {
	for i := range sides {
		for j := i + 1; j < len(sides); j++ {
			if disjoint(sides[i].claim.Values, sides[j].claim.Values) {
				return true
			}
		}
	}
	return false
}

func disjoint(a, b []string) bool {
	for _, v := range a {
		if slices.Contains(b, v) {
			return false
		}
	}
	return true
}

func newClash(sides []entry) Clash {
	c := Clash{Fact: sides[0].claim.Fact, Sides: make([]Value, len(sides))}
	for i := range sides {
		c.Sides[i] = sides[i].value()
	}
	return c
}

func (e *entry) value() Value {
	return Value{
		Fact: e.claim.Fact, Values: e.claim.Values, Source: e.by.Source, Assertion: e.by.ID,
		Evidence: e.by.Evidence, Raw: e.claim.Raw, Observed: e.by.Observed,
	}
}
