package ssvc

import (
	"slices"
	"strconv"
	"strings"
)

// Value is one value of a decision point.
type Value struct {
	Key        string `json:"key"`
	Name       string `json:"name"`
	Definition string `json:"definition"`
}

// DecisionPoint is one question with its values in ascending order.
type DecisionPoint struct {
	ID         ID
	Name       string
	Definition string
	// Values run from the lowest to the highest; the order is the meaning.
	Values []Value
}

// Index gives the position of the value with this key, or -1.
func (p DecisionPoint) Index(key string) int {
	return slices.IndexFunc(p.Values, func(v Value) bool { return v.Key == key })
}

// IndexByName gives the position of the value with this name, compared without
// case, spaces, hyphens and underscores, or -1.
func (p DecisionPoint) IndexByName(name string) int {
	want := foldName(name)
	return slices.IndexFunc(p.Values, func(v Value) bool { return foldName(v.Name) == want })
}

// Validate checks id, texts and values.
func (p DecisionPoint) Validate() error {
	if err := p.ID.check(); err != nil {
		return err
	}
	place := "decision point " + p.ID.String()
	if err := checkText(place, "name", p.Name); err != nil {
		return err
	}
	if err := checkText(place, "definition", p.Definition); err != nil {
		return err
	}
	if len(p.Values) == 0 || len(p.Values) > MaxValues {
		return fail(place, strconv.Itoa(len(p.Values))+" values", "give it 1 to "+strconv.Itoa(MaxValues))
	}
	seen := make(map[string]bool, len(p.Values))
	for i, v := range p.Values {
		at := place + " value " + strconv.Itoa(i)
		if !ValidKey(v.Key) {
			return fail(at, "key "+quote(v.Key)+" breaks the SSVC pattern", "use letters, digits and inner _")
		}
		if seen[v.Key] {
			return fail(at, "key "+quote(v.Key)+" is used twice", "give every value its own key")
		}
		seen[v.Key] = true
		if err := checkText(at, "name", v.Name); err != nil {
			return err
		}
		if err := checkText(at, "definition", v.Definition); err != nil {
			return err
		}
	}
	return nil
}

// Group is a DecisionPointGroup: a named list of decision points. The standard
// keeps it for compatibility; new documents use tables.
type Group struct {
	Name       string
	Definition string
	Version    string
	Points     []Column
}

// foldName makes names comparable: lower case, without spaces, hyphens and
// underscores. Other marks count, such as the star of Track*.
func foldName(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '_', '\t', '\u00a0':
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(s)))
}
