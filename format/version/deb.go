package version

import (
	"cmp"
	"strings"
)

// compareDeb orders epoch:upstream-revision by Debian policy 5.6.12; a missing revision is 0.
func compareDeb(a, b string) int {
	epochA, a := epoch(a, ":")
	epochB, b := epoch(b, ":")
	if c := compareNumber(epochA, epochB); c != 0 {
		return c
	}
	upstreamA, revisionA := splitRevision(a)
	upstreamB, revisionB := splitRevision(b)
	if c := compareDebPart(upstreamA, upstreamB); c != 0 {
		return c
	}
	return compareDebPart(revisionA, revisionB)
}

func splitRevision(v string) (upstream, revision string) {
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return v[:i], v[i+1:]
	}
	return v, ""
}

// compareDebPart compares non-digits by weight and digits as numbers, alternately.
func compareDebPart(a, b string) int {
	for a != "" || b != "" {
		n, m := nonDigits(a), nonDigits(b)
		if c := compareWeights(a[:n], b[:m]); c != 0 {
			return c
		}
		a, b = a[n:], b[m:]
		n, m = leadingDigits(a), leadingDigits(b)
		if c := compareNumber(a[:n], b[:m]); c != 0 {
			return c
		}
		a, b = a[n:], b[m:]
	}
	return 0
}

func nonDigits(s string) int {
	n := 0
	for n < len(s) && !digit(s[n]) {
		n++
	}
	return n
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}

func compareWeights(a, b string) int {
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(weight(a, i), weight(b, i)); c != 0 {
			return c
		}
	}
	return 0
}

// weight orders ~ before the end of the part, the end before letters, letters before the rest.
func weight(s string, i int) int {
	switch {
	case i >= len(s):
		return 0
	case s[i] == '~':
		return -1
	case letter(s[i]):
		return int(s[i])
	default:
		return int(s[i]) + 256
	}
}
