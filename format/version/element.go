package version

import (
	"cmp"
	"strings"
)

// element is a number or a lower-case word of a version.
type element struct {
	rank int
	text string
}

func at(list []element, i int) element {
	if i < len(list) {
		return list[i]
	}
	return element{rank: rankEnd}
}

func compareElement(a, b element) int {
	if c := cmp.Compare(a.rank, b.rank); c != 0 {
		return c
	}
	switch a.rank {
	case rankNumber:
		return compareNumber(a.text, b.text)
	case rankWord:
		return cmp.Compare(a.text, b.text)
	default:
		return 0
	}
}

func elements(v string) []element {
	var list []element
	for v != "" {
		n := runLength(v)
		if n == 0 {
			v = v[1:]
			continue
		}
		if text := v[:n]; digit(text[0]) {
			list = append(list, element{rankNumber, text})
		} else {
			text = strings.ToLower(text)
			list = append(dropZeros(list), element{preRank(text), text})
		}
		v = v[n:]
	}
	return dropZeros(list)
}

// runLength returns the length of the run of digits or of letters at the head of v. Bytes beyond
// ASCII count as letters: a Japanese word in a version is a word.
func runLength(v string) int {
	class := classOf(v[0])
	if class == 0 {
		return 0
	}
	n := 1
	for n < len(v) && classOf(v[n]) == class {
		n++
	}
	return n
}

func classOf(c byte) int {
	switch {
	case digit(c):
		return 1
	case letter(c), c >= 0x80:
		return 2
	default:
		return 0
	}
}
