package jvn

import (
	"html"
	"strings"
)

// Handling is the marking of a document under the Traffic Light Protocol.
type Handling struct {
	Structures []MarkingStructure `xml:"http://data-marking.mitre.org/Marking-1 Marking>Marking_Structure"`
}

// MarkingStructure is one marking.
type MarkingStructure struct {
	Model string `xml:"marking_model_name,attr"`
	Color string `xml:"color,attr"`
}

// TLP returns the label, as "WHITE", or an empty text.
func (h Handling) TLP() string {
	for _, s := range h.Structures {
		if s.Color != "" && (s.Model == "" || strings.EqualFold(s.Model, "TLP")) {
			return strings.ToUpper(strings.TrimSpace(s.Color))
		}
	}
	return ""
}

// PlainText makes a text of JVN readable: escaped HTML loses its tags, list items and breaks
// become lines, a backslash followed by n becomes a new line.
func PlainText(s string) string {
	s = strings.ReplaceAll(s, `\n`, "\n")
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		n := tagLength(s[i:])
		if n < 0 {
			break // no tag ends any more; looking for its end at each sign would take for ever
		}
		if n == 0 {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteString(tagText(s[i : i+n]))
		s = s[i+n:]
	}
	b.WriteString(s)
	return strings.TrimSpace(html.UnescapeString(b.String()))
}

// tagLength returns the length of the tag at the head of s, 0 if it is only a less-than sign, and
// -1 if there is none because s has no end of a tag.
func tagLength(s string) int {
	if len(s) < 3 || s[1] != '/' && (s[1]|0x20 < 'a' || s[1]|0x20 > 'z') {
		return 0
	}
	if n := strings.IndexByte(s, '>'); n >= 0 {
		return n + 1
	}
	return -1
}

func tagText(tag string) string {
	name := strings.ToLower(strings.Trim(tag, "</> "))
	name, _, _ = strings.Cut(name, " ")
	switch {
	case name == "li" && tag[1] != '/':
		return "\n- "
	case name == "br", name == "p", name == "ul", name == "ol", name == "div":
		return "\n"
	default:
		return ""
	}
}
