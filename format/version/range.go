package version

import "strings"

// Range is a set of versions: one exact version, or everything between two bounds. The zero
// Range holds every version. Bounds "", "*" and, for the start, an included "0" are open.
type Range struct {
	// Kind names the order, as for Compare.
	Kind string
	// Exact, when set, is the only version of the range; the bounds are then not read.
	Exact string
	// Start is the first version; StartExcluded leaves it out.
	Start         string
	StartExcluded bool
	// End is the last version; EndExcluded leaves it out.
	End         string
	EndExcluded bool
}

// Contains reports whether v lies in the range. An empty v, which means that the version is not
// known, lies only in a range without bounds. A range of kind git with bounds holds nothing but
// the bounds it includes, because commits have no order of their own.
func (r Range) Contains(v string) bool {
	v = clean(v)
	if r.Exact != "" {
		return v != "" && Compare(r.Kind, v, r.Exact) == 0
	}
	if r.open() {
		return true
	}
	if v == "" {
		return false
	}
	if !Ordered(r.Kind) {
		return v == clean(r.Start) && !r.StartExcluded || v == clean(r.End) && !r.EndExcluded
	}
	return r.afterStart(v) && r.beforeEnd(v)
}

func (r Range) open() bool { return r.openStart() && openEnd(r.End) }

func (r Range) afterStart(v string) bool {
	if r.openStart() {
		return true
	}
	c := Compare(r.Kind, v, r.Start)
	return c > 0 || c == 0 && !r.StartExcluded
}

func (r Range) beforeEnd(v string) bool {
	if openEnd(r.End) {
		return true
	}
	c := Compare(r.Kind, v, r.End)
	return c < 0 || c == 0 && !r.EndExcluded
}

// openStart reports whether the range has no lower bound. A 0 that is left out is a bound.
func (r Range) openStart() bool { return openEnd(r.Start) || r.Start == "0" && !r.StartExcluded }

func openEnd(s string) bool { return s == "" || s == "*" }

// String writes the range with the comparators of the vers notation, without its scheme:
// "=1.2", ">=1.0|<2.0", or "*" for every version.
func (r Range) String() string {
	if r.Exact != "" {
		return "=" + r.Exact
	}
	var parts []string
	if !r.openStart() {
		parts = append(parts, bound(">", r.Start, r.StartExcluded))
	}
	if !openEnd(r.End) {
		parts = append(parts, bound("<", r.End, r.EndExcluded))
	}
	if len(parts) == 0 {
		return "*"
	}
	return strings.Join(parts, "|")
}

func bound(sign, v string, excluded bool) string {
	if excluded {
		return sign + v
	}
	return sign + "=" + v
}
