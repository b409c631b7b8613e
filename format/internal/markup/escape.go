package markup

// escape writes text for XML. In attributes line ends and tabs are kept as references, because a
// reader would turn them into spaces.
func escape(s string, attribute bool) string { return string(Append(nil, s, attribute)) }

// legal reports whether XML 1.0 can carry the character (production 2).
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
}

// validName accepts the ASCII part of NCName and every letter beyond ASCII.
func validName(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r >= 0xc0 && r != 0xd7 && r != 0xf7 && r < 0xfffe && (r < 0x2000 || r >= 0x3001):
		case i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.'):
		default:
			return false
		}
	}
	return s != ""
}
