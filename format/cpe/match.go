package cpe

import "strings"

// Relation tells how the set of products that one name stands for lies to that of another
// (NISTIR 7696, table 6-2).
type Relation int

// The relations of a source to a target.
const (
	// Undefined: the names do not tell, as when the target has wildcards.
	Undefined Relation = iota
	Disjoint
	Equal
	// Subset: every product of the source is one of the target.
	Subset
	// Superset: every product of the target is one of the source.
	Superset
)

// String returns the name of the relation.
func (r Relation) String() string {
	switch r {
	case Disjoint:
		return "disjoint"
	case Equal:
		return "equal"
	case Subset:
		return "subset"
	case Superset:
		return "superset"
	default:
		return "undefined"
	}
}

// Compare returns the relation of source to target (NISTIR 7696 section 6.2): disjoint if any
// attribute is, else equal, subset or superset if all attributes are that or equal.
func Compare(source, target Name) Relation {
	result := Equal
	for i := range source {
		r := compareAttribute(source.get(i), target.get(i))
		switch {
		case r == Disjoint:
			return Disjoint
		case r == Equal:
		case r == Undefined, result != Equal && result != r:
			result = Undefined
		case result == Equal:
			result = r
		}
	}
	return result
}

// Covers reports whether every product of target is one of source: "cpe:/a:vendor" covers each
// product of that vendor.
func Covers(source, target Name) bool {
	r := Compare(source, target)
	return r == Superset || r == Equal
}

// Related reports whether the names can mean the same product: they are not disjoint.
func Related(a, b Name) bool {
	return Compare(a, b) != Disjoint && Compare(b, a) != Disjoint
}

// compareAttribute is table 6-2 for one attribute.
func compareAttribute(source, target string) Relation {
	switch {
	case source == target && !wild(source):
		return Equal
	case wild(target):
		return Undefined
	case source == Any:
		return Superset
	case target == Any:
		return Subset
	case source == NA || target == NA:
		return Disjoint
	case matches(source, target):
		return Superset
	default:
		return Disjoint
	}
}

// wild reports whether a component has wildcards; Any is a logical value and not one.
func wild(v string) bool {
	if v == Any || !strings.ContainsAny(v, "*?") {
		return false
	}
	_, prefix, suffix := cutWildcards(v)
	return prefix != "" || suffix != ""
}

// matches reports whether the pattern holds the value: a star stands for any characters, each
// question mark for none or one.
func matches(pattern, value string) bool {
	core, prefix, suffix := cutWildcards(pattern)
	want, have := []rune(unescape(core)), []rune(unescape(value))
	before, after := room(prefix, len(have)), room(suffix, len(have))
	for at := 0; at <= before && at+len(want) <= len(have); at++ {
		if len(have)-at-len(want) <= after && string(have[at:at+len(want)]) == string(want) {
			return true
		}
	}
	return false
}

// room is the number of characters that wildcards may stand for.
func room(wildcards string, longest int) int {
	if wildcards == "*" {
		return longest
	}
	return len(wildcards)
}
