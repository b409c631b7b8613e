package identity

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"noroshi.dev/internal/core/fault"
)

// The bounds of a password in characters after NFKC, and in bytes as it arrives.
const (
	MinPassword      = 12
	MaxPassword      = 256
	maxPasswordBytes = 4 * MaxPassword
)

//go:embed words.txt
var commonWords string

// checkPassword adds what is wrong with a new password to f. There are no rules
// about kinds of characters and no forced changes (ASVS 6.2.5, 6.2.10); what is
// common, a run, or made of the person's and the product's names is refused.
func checkPassword(f *fault.Error, field, password string, context ...string) {
	text := norm.NFKC.String(password)
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		f.Field(field, "identity.characters")
	case n < MinPassword:
		f.Field(field, "identity.password_short", "min", MinPassword)
	case n > MaxPassword || len(password) > maxPasswordBytes:
		f.Field(field, "identity.too_long", "max", MaxPassword)
	case guessable(text, context):
		f.Field(field, "identity.password_common")
	}
}

// leastSteps is how many characters must remain that nobody can foresee.
const leastSteps = 6

// guessable reports whether little of the password remains once common words,
// names of the context, repeats and runs are taken out.
func guessable(text string, context []string) bool {
	rest := plainLetters(text)
	words := strings.Fields(commonWords)
	for _, c := range context {
		for _, part := range strings.FieldsFunc(canonical(c), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(part) >= 3 {
				words = append(words, plainLetters(part))
			}
		}
	}
	for _, w := range words {
		rest = strings.ReplaceAll(rest, w, " ")
	}
	return distinctSteps(rest) < leastSteps || distinctSteps(canonical(text)) < leastSteps
}

// plainLetters folds case and the usual substitutions (p@ssw0rd).
func plainLetters(s string) string {
	return strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i").
		Replace(canonical(s))
}

// distinctSteps counts the characters that do not simply repeat or continue a
// run: aaaa and abcdef and 987654 count as two, spaces as none.
func distinctSteps(s string) int {
	runes := []rune(strings.ReplaceAll(s, " ", ""))
	count, seen := 0, map[rune]int{}
	for i, r := range runes {
		step := rune(2)
		if i > 0 {
			step = r - runes[i-1]
		}
		if seen[r]++; seen[r] > 2 || i > 1 && step >= -1 && step <= 1 && step == runes[i-1]-runes[i-2] {
			continue
		}
		count++
	}
	return count
}
