package version

import (
	"strings"
)

// Ranks of what can stand at one place of a version, in their order. The end of a version ranks
// between the words that announce a release and everything that comes after it.
const (
	rankDev = iota
	rankAlpha
	rankBeta
	rankMilestone
	rankCandidate
	rankSnapshot
	rankEnd
	rankWord
	rankNumber
)

// compareGeneric orders versions of no declared scheme: after an epoch ("2:" or "2!") a version is
// a row of numbers and words, separators only divide. Numbers compare as numbers and come after
// words; the words of preRank come before the end of the version, all others after it, so that
// 1.0-rc1 < 1.0 < 1.0a < 1.0.1. Zeros before a word or the end do not count: 1.0 equals 1.
func compareGeneric(a, b string) int {
	epochA, a := epoch(stripV(a), ":!")
	epochB, b := epoch(stripV(b), ":!")
	if c := compareNumber(epochA, epochB); c != 0 {
		return c
	}
	x, y := elements(a), elements(b)
	for i := range max(len(x), len(y)) {
		if c := compareElement(at(x, i), at(y, i)); c != 0 {
			return c
		}
	}
	return 0
}

func dropZeros(list []element) []element {
	for n := len(list); n > 0; n = len(list) {
		last := list[n-1]
		if last.rank != rankNumber || strings.Trim(last.text, "0") != "" {
			break
		}
		list = list[:n-1]
	}
	return list
}

// preRank gives the place of a word. Single letters a and b mean alpha and beta only in Python's
// scheme; elsewhere 1.0.2a is a later letter release, the commoner case in CVE records.
func preRank(word string) int {
	switch word {
	case "dev", "nightly":
		return rankDev
	case "alpha":
		return rankAlpha
	case "beta":
		return rankBeta
	case "milestone", "preview", "pre", "prerelease", "ea":
		return rankMilestone
	case "rc", "cr", "candidate":
		return rankCandidate
	case "snapshot":
		return rankSnapshot
	default:
		return rankWord
	}
}
