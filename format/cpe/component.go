package cpe

import (
	"fmt"
	"strings"
	"unicode"
)

// splitUnescaped splits at colons that no backslash escapes.
func splitUnescaped(s string) []string {
	var parts []string
	begin := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ':':
			parts = append(parts, s[begin:i])
			begin = i + 1
		}
	}
	return append(parts, s[begin:])
}

// component checks a component and brings it into the one form in which equal ones are equal
// texts: lower case, escapes only where they are needed.
func component(s string) (string, error) {
	switch s {
	case "", Any:
		return Any, nil
	case NA, `\-`:
		return s, nil
	}
	core, prefix, suffix := cutWildcards(s)
	var b strings.Builder
	escaped := false
	for _, r := range core {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return "", fmt.Errorf("blank or control character in %q", s)
		case escaped:
			writeEscaped(&b, r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '*' || r == '?':
			return "", fmt.Errorf("wildcard %c inside %q; escape it by a backslash", r, s)
		default:
			writeEscaped(&b, r)
		}
	}
	if escaped {
		return "", fmt.Errorf("backslash at the end of %q", s)
	}
	out := b.String()
	if out == NA && prefix == "" && suffix == "" {
		return `\-`, nil
	}
	return prefix + out + suffix, nil
}

func writeEscaped(b *strings.Builder, r rune) {
	r = unicode.ToLower(r)
	if !plain(r) {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

// cutWildcards separates unescaped wildcards at the ends: one *, or any number of ?.
func cutWildcards(s string) (core, prefix, suffix string) {
	core = s
	if strings.HasPrefix(core, "*") {
		prefix, core = "*", core[1:]
	} else {
		core = strings.TrimLeft(core, "?")
		prefix = s[:len(s)-len(core)]
	}
	rest := core
	if strings.HasSuffix(core, "*") {
		core = core[:len(core)-1]
	} else {
		core = strings.TrimRight(core, "?")
	}
	// The first of the characters cut away may be escaped, then it belongs to the core.
	if cut := len(core); cut < len(rest) && oddBackslashes(core) {
		core = rest[:cut+1]
	}
	return core, prefix, rest[len(core):]
}

func oddBackslashes(s string) bool {
	n := len(s) - len(strings.TrimRight(s, `\`))
	return n%2 == 1
}
