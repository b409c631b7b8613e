package decide

import (
	"slices"

	"noroshi.dev/format/ssvc"
)

// Text is a text in Japanese and English.
type Text struct {
	JA string `yaml:"ja,omitempty"`
	EN string `yaml:"en,omitempty"`
}

// In gives the text in the language ("ja" or "en"), or in the other one where
// this one is missing.
func (t Text) In(lang string) string {
	first, second := t.EN, t.JA
	if lang == "ja" {
		first, second = t.JA, t.EN
	}
	if first == "" {
		return second
	}
	return first
}

// Scale says whether the order of a fact's values has a meaning.
type Scale string

// The scales. Ordinal values run from low to high.
const (
	Ordinal Scale = "ordinal"
	Nominal Scale = "nominal"
)

// Scope says for whom a value of a fact holds.
type Scope string

// The scopes: the same for all, for one organisation, for one asset of it.
// Only facts of scope World are ever shared.
const (
	World        Scope = "world"
	Organisation Scope = "organisation"
	Asset        Scope = "asset"
)

// FactValue is one value of a fact.
type FactValue struct {
	Key        string `yaml:"key"`
	Name       Text   `yaml:"name"`
	Definition Text   `yaml:"definition,omitempty"`
}

// Default is what to assume of a fact when nobody has said anything, and why.
type Default struct {
	// Values are keys of the values assumed possible.
	Values []string `yaml:"values"`
	Why    Text     `yaml:"why"`
}

// Fact is one item of analysis (SSVC: decision point). A fact is never changed
// once used; a change is a new version.
type Fact struct {
	ID         ssvc.ID
	Name       Text
	Definition Text
	// Question is how the analysis form asks for it.
	Question Text
	// Values in ascending order, at most MaxValues.
	Values []FactValue
	Scale  Scale
	Scope  Scope
	// Default is nil when there is nothing reasonable to assume.
	Default *Default
	// Derived facts come from rules or feeds and are never asked. Facts that a
	// node of the model decides need no mark.
	Derived bool
}

// Index gives the position of the value with this key, or -1.
func (f Fact) Index(key string) int {
	return slices.IndexFunc(f.Values, func(v FactValue) bool { return v.Key == key })
}

// All gives the set of all values: nothing is known.
func (f Fact) All() Set { return Full(len(f.Values)) }

// Set gives the set of the values with these keys; false when a key is unknown.
func (f Fact) Set(keys ...string) (Set, bool) {
	var s Set
	for _, k := range keys {
		i := f.Index(k)
		if i < 0 {
			return 0, false
		}
		s |= 1 << i
	}
	return s, true
}

// Keys gives the keys of the values in a set.
func (f Fact) Keys(s Set) []string {
	keys := make([]string, 0, s.Len())
	for _, i := range s.Positions() {
		if i < len(f.Values) {
			keys = append(keys, f.Values[i].Key)
		}
	}
	return keys
}

// Assumed gives the set of the default, or all values when there is none.
func (f Fact) Assumed() Set {
	if f.Default == nil {
		return f.All()
	}
	s, _ := f.Set(f.Default.Values...)
	return s.known(len(f.Values))
}

// Words gives the names of the values in a set, joined for reading.
func (f Fact) Words(s Set, lang string) string {
	joint := " or "
	if lang == "ja" {
		joint = "または"
	}
	out := ""
	for i, p := range (s & f.All()).Positions() {
		if i > 0 {
			out += joint
		}
		out += f.Values[p].Name.In(lang)
	}
	return out
}
