package purl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a package URL.
func Parse(s string) (PURL, error) {
	p, err := parse(strings.TrimSpace(s))
	if err != nil {
		if len(s) > 100 {
			s = strings.ToValidUTF8(s[:100], "") + "…"
		}
		return PURL{}, fmt.Errorf("purl: %q: %w: %w", s, ErrSyntax, err)
	}
	return p, nil
}

// parse takes the parts from the right, as the specification tells, because a colon, an at sign
// and a slash may stand in more than one part.
func parse(s string) (PURL, error) {
	var p PURL
	if len(s) > MaxLength {
		return p, fmt.Errorf("longer than %d bytes", MaxLength)
	}
	scheme, rest, found := strings.Cut(s, ":")
	if !found || !strings.EqualFold(scheme, "pkg") {
		return p, errors.New(`does not begin with "pkg:"`)
	}
	rest = strings.TrimLeft(rest, "/")
	var err error
	if rest, err = p.takeSubpath(rest); err != nil {
		return p, err
	}
	if rest, err = p.takeQualifiers(rest); err != nil {
		return p, err
	}
	kind, rest, found := strings.Cut(rest, "/")
	if !found || !validType(kind) {
		return p, fmt.Errorf("type %q", kind)
	}
	p.Type = strings.ToLower(kind)
	rest = strings.Trim(rest, "/")
	// An at sign at the head of a segment belongs to it, as in npm's "@scope/name".
	if i := strings.LastIndexByte(rest, '@'); i > 0 && rest[i-1] != '/' {
		if p.Version, err = url.PathUnescape(rest[i+1:]); err != nil {
			return p, err
		}
		rest = rest[:i]
	}
	if err := p.takeName(strings.TrimRight(rest, "/")); err != nil {
		return p, err
	}
	if err := p.checkText(); err != nil {
		return p, err
	}
	p.normalize()
	return p, nil
}

// checkText refuses what percent-encoding can hide: bytes that are no UTF-8, which the
// specification demands, and control characters, which no database keeps and no log wants.
func (p *PURL) checkText() error {
	texts := []string{p.Namespace, p.Name, p.Version, p.Subpath}
	for _, q := range p.Qualifiers {
		texts = append(texts, q.Value)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("part %q holds control characters or is not UTF-8", text)
		}
	}
	return nil
}

// validType accepts letters, digits, dot, plus and minus, not beginning with a digit.
func validType(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case c >= 'a' && c <= 'z':
		case i > 0 && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == '-' || s[i] == '+'):
		default:
			return false
		}
	}
	return s != ""
}

func validKey(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
		case i > 0 && (c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'):
		default:
			return false
		}
	}
	return s != ""
}
