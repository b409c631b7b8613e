package version

import (
	"cmp"
	"strings"
)

// compareRPM orders epoch:version-release as rpm does.
func compareRPM(a, b string) int {
	epochA, a := epoch(a, ":")
	epochB, b := epoch(b, ":")
	if c := compareNumber(epochA, epochB); c != 0 {
		return c
	}
	versionA, releaseA, hasA := strings.Cut(a, "-")
	versionB, releaseB, hasB := strings.Cut(b, "-")
	if c := compareRPMPart(versionA, versionB); c != 0 {
		return c
	}
	// A bound without release stands before all releases of that version.
	if !hasA || !hasB {
		return cmp.Compare(truth(hasA), truth(hasB))
	}
	return compareRPMPart(releaseA, releaseB)
}

// compareRPMPart compares runs of digits and letters in turn; ~ sorts before everything, also
// before the end, ^ after the end but before any other run; digits are newer than letters.
func compareRPMPart(a, b string) int {
	for {
		a, b = strings.TrimLeftFunc(a, rpmSeparator), strings.TrimLeftFunc(b, rpmSeparator)
		markA, markB := rpmMark(a), rpmMark(b)
		if markA != markB {
			return cmp.Compare(markA, markB)
		}
		switch markA {
		case markEnd:
			return 0
		case markTilde, markCaret:
			a, b = a[1:], b[1:]
			continue
		}
		n, m := asciiRun(a), asciiRun(b)
		if c := compareRun(a[:n], b[:m]); c != 0 {
			return c
		}
		a, b = a[n:], b[m:]
	}
}

const (
	markTilde = iota
	markEnd
	markCaret
	markLetters
	markDigits
)

func rpmMark(s string) int {
	switch {
	case s == "":
		return markEnd
	case s[0] == '~':
		return markTilde
	case s[0] == '^':
		return markCaret
	case digit(s[0]):
		return markDigits
	default:
		return markLetters
	}
}

func rpmSeparator(r rune) bool {
	return r > 0x7f || !digit(byte(r)) && !letter(byte(r)) && r != '~' && r != '^'
}

// asciiRun is the length of the leading run of one class.
func asciiRun(s string) int {
	class := digit(s[0])
	n := 1
	for n < len(s) && digit(s[n]) == class && (class || letter(s[n])) {
		n++
	}
	return n
}

func compareRun(a, b string) int {
	if digit(a[0]) {
		return compareNumber(a, b)
	}
	return cmp.Compare(a, b)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
