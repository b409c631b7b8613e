package cpe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
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

// parseURI reads the binding of CPE 2.2 after its prefix.
func parseURI(s string) (Name, error) {
	parts := strings.Split(s, ":")
	if len(parts) > 7 {
		return Name{}, fmt.Errorf("%d components where at most 7 are expected", len(parts))
	}
	n := New("", "", "", "")
	for i, p := range parts {
		if i == Edition && strings.HasPrefix(p, "~") {
			if err := n.unpack(p); err != nil {
				return Name{}, err
			}
			continue
		}
		v, err := uriComponent(p)
		if err != nil {
			return Name{}, fmt.Errorf("component %d: %w", i+1, err)
		}
		n[i] = v
	}
	return n, n.checkPart()
}

// unpack reads the packed edition "~edition~sw_edition~target_sw~target_hw~other".
func (n *Name) unpack(s string) error {
	parts := strings.Split(s[1:], "~")
	if len(parts) > 5 {
		return fmt.Errorf("packed edition of %d parts where at most 5 are expected", len(parts))
	}
	for i, p := range parts {
		v, err := uriComponent(p)
		if err != nil {
			return fmt.Errorf("component %d, packed part %d: %w", Edition+1, i+1, err)
		}
		n[[...]int{Edition, SWEdition, TargetSW, TargetHW, Other}[i]] = v
	}
	return nil
}

// uriComponent turns a percent-encoded component into that of a formatted string.
func uriComponent(s string) (string, error) {
	switch strings.TrimSpace(s) {
	case "", Any:
		return Any, nil
	case NA:
		return NA, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '%' {
			r, size := utf8.DecodeRuneInString(s[i:])
			literal(&b, r)
			i += size
			continue
		}
		if i+3 > len(s) {
			return "", fmt.Errorf("cut percent-encoding in %q", s)
		}
		c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil || c >= 0x80 {
			return "", fmt.Errorf("wrong percent-encoding %q", s[i:i+3])
		}
		switch c {
		case 1:
			b.WriteByte('?')
		case 2:
			b.WriteByte('*')
		default:
			b.WriteByte('\\')
			b.WriteByte(byte(c))
		}
		i += 3
	}
	return component(b.String())
}

// literal writes a character of a URI that is not percent-encoded. Stars are wildcards, as the
// queries of MyJVN use them; other punctuation ought to be encoded and stands for itself.
func literal(b *strings.Builder, r rune) {
	if !plain(r) && r != '*' && !unicode.IsSpace(r) {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

// URI returns the binding of CPE 2.2, with the packed edition where attributes of 2.3 are set.
func (n Name) URI() string {
	parts := make([]string, 0, 7)
	for i := Part; i <= Language; i++ {
		parts = append(parts, bindURI(n.get(i)))
	}
	if extended := n.get(SWEdition) + n.get(TargetSW) + n.get(TargetHW) + n.get(Other); extended != "****" {
		packed := ""
		for _, i := range []int{Edition, SWEdition, TargetSW, TargetHW, Other} {
			packed += "~" + bindURI(n.get(i))
		}
		parts[Edition] = packed
	}
	return "cpe:/" + strings.TrimRight(strings.Join(parts, ":"), ":")
}

func bindURI(v string) string {
	switch v {
	case Any:
		return ""
	case NA:
		return NA
	case `\-`:
		return "%2d"
	}
	var b strings.Builder
	escaped := false
	for _, r := range v {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == '?':
			b.WriteString("%01")
		case !escaped && r == '*':
			b.WriteString("%02")
		case plain(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "%%%02x", r)
		}
		escaped = false
	}
	return b.String()
}
