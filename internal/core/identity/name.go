package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"noroshi.dev/internal/core/fault"
)

// maxName is the longest name of a person, organisation, token or passkey in characters.
const maxName = 120

// canonical returns the one form of a sign-in or organisation name: NFKC, case
// folded, without spaces at the ends. Limits and uniqueness work on it, so that
// neither width nor case makes a second account or a fresh set of tries.
func canonical(name string) string {
	return strings.TrimSpace(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name))))
}

// checkName adds what is wrong with a displayed name to f.
func checkName(f *fault.Error, field, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		f.Field(field, "identity.required")
	case utf8.RuneCountInString(name) > maxName:
		f.Field(field, "identity.too_long", "max", maxName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsFunc(name, isFormat):
		f.Field(field, "identity.characters")
	}
}

// checkLogin adds what is wrong with a sign-in name to f: it is what a person
// types, a mail address or a short name, so it has no spaces.
func checkLogin(f *fault.Error, field, login string) {
	checkName(f, field, login)
	if len(f.Fields) == 0 && strings.ContainsFunc(strings.TrimSpace(login), unicode.IsSpace) {
		f.Field(field, "identity.characters")
	}
}

// isFormat reports invisible characters (direction marks, zero width), which
// make two names look alike.
func isFormat(r rune) bool { return unicode.Is(unicode.Cf, r) }
