package cpe

import (
	"fmt"
	"strings"
)

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
