package version

import (
	"cmp"
	"strings"
)

// compareSemver orders by Semantic Versioning section 11: the core, then the identifiers of the
// pre-release; build metadata has no weight. The core goes through the generic rule, which gives
// the same order for three numbers and a sensible one for 1.2, 1.2.3.4 or 1.2.3rc1, so that one
// total order covers what records really hold.
func compareSemver(a, b string) int {
	mainA, preA := splitSemver(a)
	mainB, preB := splitSemver(b)
	if c := compareGeneric(mainA, mainB); c != 0 {
		return c
	}
	return comparePre(preA, preB)
}

func splitSemver(v string) (core string, pre []string) {
	v, _, _ = strings.Cut(v, "+")
	core, rest, found := strings.Cut(v, "-")
	if !found {
		return core, nil
	}
	return core, strings.Split(rest, ".")
}

func comparePre(a, b []string) int {
	// A version without pre-release is the later one: 1.0.0-rc.1 < 1.0.0.
	if len(a) == 0 || len(b) == 0 {
		return cmp.Compare(len(b), len(a))
	}
	for i := range min(len(a), len(b)) {
		if c := compareIdentifier(a[i], b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func compareIdentifier(a, b string) int {
	numA, numB := digits(a), digits(b)
	switch {
	case numA && numB:
		return compareNumber(a, b)
	case numA:
		return -1
	case numB:
		return 1
	default:
		return cmp.Compare(a, b)
	}
}
