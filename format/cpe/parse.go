package cpe

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrSyntax is wrapped by every error of Parse.
var ErrSyntax = errors.New("not a CPE name")

// Parse reads a name in either binding, told apart by its prefix, which is read in any case.
func Parse(s string) (Name, error) {
	s = strings.TrimSpace(s)
	n, err := parse(s)
	if err != nil {
		if len(s) > 100 {
			s = strings.ToValidUTF8(s[:100], "") + "…"
		}
		return Name{}, fmt.Errorf("cpe: %q: %w: %w", s, ErrSyntax, err)
	}
	return n, nil
}

func parse(s string) (Name, error) {
	if len(s) > MaxLength {
		return Name{}, fmt.Errorf("longer than %d bytes", MaxLength)
	}
	if !utf8.ValidString(s) {
		return Name{}, errors.New("not UTF-8")
	}
	switch {
	case len(s) >= 8 && strings.EqualFold(s[:8], "cpe:2.3:"):
		return parseFormatted(s[8:])
	case len(s) >= 5 && strings.EqualFold(s[:5], "cpe:/"):
		return parseURI(s[5:])
	default:
		return Name{}, errors.New(`begins neither with "cpe:/" nor with "cpe:2.3:"`)
	}
}

func parseFormatted(s string) (Name, error) {
	parts := splitUnescaped(s)
	// MyJVN cuts the name after vendor, product or version.
	if len(parts) < 2 || len(parts) > attributes {
		return Name{}, fmt.Errorf("%d components where %d are expected", len(parts), attributes)
	}
	n := New("", "", "", "")
	for i, p := range parts {
		v, err := component(p)
		if err != nil {
			return Name{}, fmt.Errorf("component %d: %w", i+1, err)
		}
		n[i] = v
	}
	return n, n.checkPart()
}

func (n Name) checkPart() error {
	switch n[Part] {
	case "a", "o", "h", Any, NA:
		return nil
	default:
		return fmt.Errorf("part %q is none of a, o, h", n[Part])
	}
}
