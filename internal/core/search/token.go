package search

import (
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
	text = norm.NFKC.String(text)
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
			out = append(out, lowered(text[i:end]))
		} else {
			out = appendRun(out, text[i:end], ended || end < len(text))
		}
		i = end
	}
	return out[:min(len(out), maxTokens)]
}

// lowered returns a word in lower case, cut to 64 characters.
func lowered(s string) string {
	plain := len(s) <= maxWordRunes
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] < utf8.RuneSelf && (s[i] < 'A' || s[i] > 'Z')
	}
	if plain {
		return s
	}
	b := make([]byte, 0, len(s))
	n := 0
	for _, r := range s {
		if n++; n > maxWordRunes {
			break
		}
		b = utf8.AppendRune(b, unicode.ToLower(r))
	}
	return string(b)
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
