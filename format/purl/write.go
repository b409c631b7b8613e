package purl

import (
	"fmt"
	"strings"
)

// String returns the canonical form.
func (p PURL) String() string {
	var b strings.Builder
	b.WriteString("pkg:" + p.Type + "/")
	if p.Namespace != "" {
		b.WriteString(encodePath(p.Namespace) + "/")
	}
	b.WriteString(encode(p.Name))
	if p.Version != "" {
		b.WriteString("@" + encode(p.Version))
	}
	for i, q := range p.Qualifiers {
		b.WriteString(map[bool]string{true: "?", false: "&"}[i == 0])
		b.WriteString(q.Key + "=" + encode(q.Value))
	}
	if p.Subpath != "" {
		b.WriteString("#" + encodePath(p.Subpath))
	}
	return b.String()
}

func encodePath(s string) string {
	list := strings.Split(s, "/")
	for i := range list {
		list[i] = encode(list[i])
	}
	return strings.Join(list, "/")
}

// encode percent-encodes all but letters, digits, and the marks . - _ ~ and the colon.
func encode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if l := c | 0x20; l >= 'a' && l <= 'z' || c >= '0' && c <= '9' || strings.IndexByte(".-_~:", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
