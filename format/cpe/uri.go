package cpe

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
