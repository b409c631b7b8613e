package iodef

import "unicode/utf8"

// appendString writes a JSON string. What is no UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		ch := s[i]
		if ch >= 0x20 && ch != '"' && ch != '\\' && ch < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		if ch >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[from:i]...)
		b = appendEscape(b, ch)
		i += size
		from = i
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

func appendEscape(b []byte, ch byte) []byte {
	const hex = "0123456789abcdef"
	switch {
	case ch == '"' || ch == '\\':
		return append(b, '\\', ch)
	case ch == '\n':
		return append(b, '\\', 'n')
	case ch == '\t':
		return append(b, '\\', 't')
	case ch == '\r':
		return append(b, '\\', 'r')
	case ch < 0x20:
		return append(b, '\\', 'u', '0', '0', hex[ch>>4], hex[ch&15])
	default:
		return append(b, "\uFFFD"...)
	}
}
