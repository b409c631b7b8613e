package ssvc

import (
	"cmp"
	"slices"
	"strings"
)

// DefaultVersion is the version of an object that states none (schema default).
const DefaultVersion = "0.0.1"

// ValidVersion reports whether s is a semantic version.
func ValidVersion(s string) bool { return len(s) <= maxKey && reVersion.MatchString(s) }

// CompareVersions orders two semantic versions by precedence (Semantic
// Versioning 2.0.0, section 11): major, minor and patch number, then a release
// after its pre-releases, identifiers of digits by number. What precedence does
// not tell apart (build metadata) is ordered by text, so that only equal
// versions compare as equal.
func CompareVersions(a, b string) int {
	coreA, preA := splitVersion(a)
	coreB, preB := splitVersion(b)
	for i := range coreA {
		if c := compareNumbers(coreA[i], coreB[i]); c != 0 {
			return c
		}
	}
	if (preA == "") != (preB == "") {
		if preA == "" {
			return 1
		}
		return -1
	}
	return cmp.Or(slices.CompareFunc(strings.Split(preA, "."), strings.Split(preB, "."), compareIdentifiers), strings.Compare(a, b))
}

// splitVersion gives major, minor and patch number as written, and the
// pre-release part.
func splitVersion(s string) (core [3]string, pre string) {
	s, _, _ = strings.Cut(s, "+")
	s, pre, _ = strings.Cut(s, "-")
	copy(core[:], strings.SplitN(s, ".", 3))
	return core, pre
}

// compareNumbers compares digits of any length without leading zeros.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func compareIdentifiers(a, b string) int {
	switch digitsA, digitsB := allDigits(a), allDigits(b); {
	case digitsA && digitsB:
		return compareNumbers(a, b)
	case digitsA:
		return -1
	case digitsB:
		return 1
	}
	return strings.Compare(a, b)
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
