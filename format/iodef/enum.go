package iodef

import "strings"

// words is an enumeration: the words of both versions, separated by blanks, and whether each can
// be extended by ext-value.
type words struct {
	v1, v2     string
	ext1, ext2 bool
}

func (w *words) in(f Form) (list string, ext bool) {
	if f == XML1 {
		return w.v1, w.ext1
	}
	return w.v2, w.ext2
}

// has finds a word in a list without cutting the list up.
func has(list, word string) bool {
	n := len(word)
	if n == 0 || strings.Contains(word, " ") {
		return false
	}
	for i := 0; i+n <= len(list); i++ {
		if list[i] == word[0] && list[i:i+n] == word && (i+n == len(list) || list[i+n] == ' ') {
			return true
		}
		for i < len(list) && list[i] != ' ' {
			i++
		}
	}
	return false
}

// nearest returns the word of the list that is the fewest letters away, or "" if none is near.
func nearest(list, word string) string {
	if len(word) > 40 {
		return ""
	}
	word = strings.ToLower(word)
	best, found := max(2, len(word)/3)+1, ""
	for known := range strings.FieldsSeq(list) {
		if d := distance(strings.ToLower(known), word); d < best {
			best, found = d, known
		}
	}
	return found
}

// distance counts the bytes to insert, delete or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// marked brings a restriction to the words of version 1; what it does not know becomes the
// strictest.
func marked(word string) string {
	switch word {
	case "white":
		return "public"
	case "partner", "green", "amber":
		return "need-to-know"
	default:
		return "private"
	}
}
