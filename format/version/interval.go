package version

import (
	"slices"
)

// intervals pairs lower and upper bounds, which are sorted. Of several lower bounds in a row the
// first opens the range, of several upper ones the last closes it, as the specification
// simplifies such rows.
func intervals(kind string, bounds []constraint) []Range {
	var list []Range
	open := Range{Kind: kind}
	started, ended := false, false
	for _, c := range bounds {
		if c.sign[0] == '<' {
			open.End, open.EndExcluded, ended = c.version, c.sign == "<", true
			continue
		}
		if ended {
			list = append(list, open)
			open, started, ended = Range{Kind: kind}, false, false
		}
		if !started {
			open.Start, open.StartExcluded, started = c.version, c.sign == ">", true
		}
	}
	if started || ended {
		list = append(list, open)
	}
	return list
}

// exclude takes versions out of the ranges, by cutting the one that holds each in two. Both are
// sorted, so one walk over them suffices.
func exclude(ranges []Range, without []constraint) []Range {
	var list []Range
	rest := slices.Clone(ranges)
	for _, c := range without {
		for len(rest) > 0 && !rest[0].beforeEnd(c.version) {
			list, rest = append(list, rest[0]), rest[1:]
		}
		if len(rest) == 0 {
			break
		}
		if !rest[0].Contains(c.version) {
			continue
		}
		before := rest[0]
		before.End, before.EndExcluded = c.version, true
		if !before.void() {
			list = append(list, before)
		}
		rest[0].Start, rest[0].StartExcluded = c.version, true
		if rest[0].void() {
			rest = rest[1:]
		}
	}
	return append(list, rest...)
}

// outside returns the exact versions that lie in none of the ranges; both are sorted.
func outside(kind string, exact []constraint, ranges []Range) []Range {
	var list []Range
	for _, c := range exact {
		for len(ranges) > 0 && !ranges[0].beforeEnd(c.version) {
			ranges = ranges[1:]
		}
		if len(ranges) == 0 || !ranges[0].Contains(c.version) {
			list = append(list, Range{Kind: kind, Exact: c.version})
		}
	}
	return list
}

// void reports whether the bounds leave nothing between them.
func (r Range) void() bool {
	if r.openStart() || openEnd(r.End) {
		return false
	}
	c := Compare(r.Kind, r.Start, r.End)
	return c > 0 || c == 0 && (r.StartExcluded || r.EndExcluded)
}

func lowest(r Range) string {
	if r.Exact != "" {
		return r.Exact
	}
	return r.Start
}
