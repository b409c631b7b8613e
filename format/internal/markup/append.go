package markup

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Append appends s with the characters of markup escaped, as Write does; a text without any is
// copied in pieces and nothing is allocated.
func Append(b []byte, s string, attribute bool) []byte {
	from := 0
	for i := 0; i < len(s); {
		ch := s[i]
		if plain(ch) && (!attribute || ch != '"') {
			i++
			continue
		}
		r, n := rune(ch), 1
		if ch >= utf8.RuneSelf {
			if r, n = utf8.DecodeRuneInString(s[i:]); legal(r) && (r != utf8.RuneError || n > 1) {
				i += n
				continue
			}
		}
		b = append(b, s[from:i]...)
		b = reference(b, r, attribute)
		i += n
		from = i
	}
	return append(b, s[from:]...)
}

// plain accepts the bytes that stand for themselves in a text.
func plain(ch byte) bool {
	return ch >= 0x20 && ch < utf8.RuneSelf && ch != '&' && ch != '<' && ch != '>'
}

func reference(b []byte, r rune, attribute bool) []byte {
	switch {
	case r == '&':
		return append(b, "&amp;"...)
	case r == '<':
		return append(b, "&lt;"...)
	case r == '>':
		return append(b, "&gt;"...)
	case r == '"':
		return append(b, "&quot;"...)
	case r == '\r', attribute && (r == '\n' || r == '\t'):
		b = append(b, "&#"...)
		b = strconv.AppendInt(b, int64(r), 10)
		return append(b, ';')
	case r == '\n' || r == '\t':
		return append(b, byte(r))
	default:
		return utf8.AppendRune(b, utf8.RuneError)
	}
}

// AppendElement appends e without indentation, for an enclosing document whose default namespace
// is scope. Namespaces of attributes are declared where they occur.
func AppendElement(b []byte, e Element, scope string) ([]byte, error) {
	if !validName(e.Name.Local) {
		return b, fmt.Errorf("markup: %q is no name of an element", e.Name.Local)
	}
	b = append(append(b, '<'), e.Name.Local...)
	if e.Name.Space != scope {
		scope = e.Name.Space
		b = append(Append(append(b, ` xmlns="`...), scope, true), '"')
	}
	for i, a := range e.Attrs {
		if !validName(a.Name.Local) {
			return b, fmt.Errorf("markup: %q is no name of an attribute", a.Name.Local)
		}
		for _, before := range e.Attrs[:i] {
			if before.Name == a.Name {
				return b, fmt.Errorf("markup: element %s has the attribute %s twice", e.Name.Local, a.Name.Local)
			}
		}
		b = appendAttr(b, i, a.Name.Space, a.Name.Local, a.Value)
	}
	if e.Text == "" && len(e.Children) == 0 {
		return append(b, "/>"...), nil
	}
	b = Append(append(b, '>'), e.Text, false)
	for _, child := range e.Children {
		var err error
		if b, err = AppendElement(b, child, scope); err != nil {
			return b, err
		}
	}
	return append(append(append(b, "</"...), e.Name.Local...), '>'), nil
}

func appendAttr(b []byte, i int, space, local, value string) []byte {
	b = append(b, ' ')
	switch space {
	case "":
	case xmlNamespace:
		b = append(b, "xml:"...)
	default:
		prefix := "a" + strconv.Itoa(i)
		b = append(append(append(b, "xmlns:"...), prefix...), `="`...)
		b = append(Append(b, space, true), `" `...)
		b = append(append(b, prefix...), ':')
	}
	b = append(append(b, local...), `="`...)
	return append(Append(b, value, true), '"')
}
