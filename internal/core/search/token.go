package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxTokens    = 16383 // positions that a tsvector keeps; the same limit on SQLite keeps answers equal
	maxPositions = 255   // of one token in one text, for the same reason
	maxWordRunes = 64    // longer words are cut: nobody types a base64 blob
	cjk          = 0x2E80
)

type class uint8

const (
	gap  class = iota // ends words and runs
	word              // letter, digit or mark of a script that writes spaces
	run               // letter of a script that does not
)

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' {
			return word
		}
		return gap
	case !unicode.In(r, unicode.L, unicode.N, unicode.M):
		return gap
	case r < cjk:
		return word
	}
	return run
}

// Tokens returns the tokens of a text in the order of their positions, at most
// 16,383 of them.
func Tokens(text string) []string { return tokens(text, true) }

// tokens makes the tokens; with ended false the last run does not say that it
// ends there, because in a query more characters may follow it in the text.
func tokens(text string, ended bool) []string {
	text = folded(text)
	out := make([]string, 0, len(text)/4+1)
	for i := 0; i < len(text) && len(out) < maxTokens; {
		r, size := utf8.DecodeRuneInString(text[i:])
		c := classOf(r)
		if c == gap {
			i += size
			continue
		}
		end := i + size
		for end < len(text) {
			r, size := utf8.DecodeRuneInString(text[end:])
			if classOf(r) != c {
				break
			}
			end += size
		}
		if c == word {
			out = append(out, cut(text[i:end]))
		} else {
			out = appendRun(out, text[i:end], ended || end < len(text))
		}
		i = end
	}
	return out[:min(len(out), maxTokens)]
}

// folded returns a text in which no difference is left that a search shall not see: compatible
// forms, and capital letters. Small letters compose where their capitals do not (h with a line
// below), and some are of another class than these (Cherokee), so nothing is looked at before.
func folded(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	return norm.NFKC.String(strings.ToLower(norm.NFKC.String(text)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cut returns the first 64 characters of a word.
func cut(s string) string {
	if len(s) <= maxWordRunes {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > maxWordRunes {
			return s[:i]
		}
	}
	return s
}

// appendRun adds the overlapping pairs of a run and, if it has ended, its last
// character, so that a search for one character finds it there as well. The
// pairs share the memory of s.
func appendRun(out []string, s string, ended bool) []string {
	before, at := 0, 0
	n := 0
	for i := range s {
		if n >= 2 {
			out = append(out, s[before:i])
		}
		before, at = at, i
		n++
	}
	if n >= 2 {
		out = append(out, s[before:])
	}
	if ended || n == 1 {
		out = append(out, s[at:])
	}
	return out
}
