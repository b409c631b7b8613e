package cpe

import (
	"strings"
	"unicode"
)

func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return '_'
	case unicode.IsControl(r):
		return -1
	default:
		return r
	}
}

// escape makes a plain text a component.
func escape(s string) string {
	if s == "-" {
		return `\-`
	}
	var b strings.Builder
	for _, r := range s {
		if !plain(r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plain reports whether a character stands for itself in a component.
func plain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.' || r > 0x7f
}

func unescape(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}
