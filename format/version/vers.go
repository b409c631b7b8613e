package version

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// ErrVers is wrapped by every error of ParseVers.
var ErrVers = errors.New("not a version range specifier")

// maxConstraints bounds a specifier; real ones have fewer than a hundred.
const maxConstraints = 1000

// constraint is a comparator with a version.
type constraint struct{ sign, version string }

// ParseVers reads a version range specifier ("vers:npm/>=1.0.0|<2.0.0|5.1.0"), as CSAF uses it, or
// its constraints alone (">=1.0|<2.0"), whose order is then Generic. "vers:all/*" is every version.
// The ranges returned are in the order of their versions and do not overlap; a version is in the
// specifier if it is in one of them.
func ParseVers(s string) ([]Range, error) {
	kind, list, err := split(s)
	if err != nil {
		return nil, fmt.Errorf("version: %w: %w", ErrVers, err)
	}
	if len(list) == 1 && list[0].version == "*" {
		return []Range{{Kind: kind}}, nil
	}
	slices.SortStableFunc(list, func(a, b constraint) int { return Compare(kind, a.version, b.version) })
	var exact, without, bounds []constraint
	for i, c := range list {
		switch {
		case c.version == "*" || i > 0 && Compare(kind, list[i-1].version, c.version) == 0:
			return nil, fmt.Errorf("version: %w: %q stands beside others or twice", ErrVers, c.version)
		case c.sign == "=":
			exact = append(exact, c)
		case c.sign == "!=":
			without = append(without, c)
		default:
			bounds = append(bounds, c)
		}
	}
	ranges := intervals(kind, bounds)
	if len(bounds) == 0 && len(exact) == 0 {
		ranges = []Range{{Kind: kind}}
	}
	ranges = exclude(ranges, without)
	ranges = append(ranges, outside(kind, exact, ranges)...)
	slices.SortStableFunc(ranges, func(a, b Range) int {
		// Words such as rc come before the empty version, but nothing before an open start.
		if c := truth(lowest(a) != "") - truth(lowest(b) != ""); c != 0 {
			return c
		}
		return Compare(kind, lowest(a), lowest(b))
	})
	return ranges, nil
}

func split(s string) (kind string, list []constraint, err error) {
	rest := strings.Join(strings.Fields(s), "")
	if len(rest) > 64<<10 {
		return "", nil, errors.New("longer than 64 KiB")
	}
	if len(rest) >= 5 && strings.EqualFold(rest[:5], "vers:") {
		var found bool
		if kind, rest, found = strings.Cut(rest[5:], "/"); !found || kind == "" {
			return "", nil, errors.New(`no scheme; write "vers:<scheme>/<constraints>"`)
		}
	}
	parts := strings.Split(strings.Trim(rest, "|"), "|")
	if len(parts) > maxConstraints {
		return "", nil, fmt.Errorf("more than %d constraints", maxConstraints)
	}
	for _, p := range parts {
		c, err := parseConstraint(p)
		if err != nil {
			return "", nil, err
		}
		list = append(list, c)
	}
	return strings.ToLower(kind), list, nil
}

func parseConstraint(s string) (constraint, error) {
	c := constraint{sign: "="}
	for _, sign := range []string{">=", "<=", "!=", ">", "<", "="} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			c.sign, s = sign, rest
			break
		}
	}
	// The signs may stand in a version only as percent-encoded.
	if strings.ContainsAny(s, "<>=!|") {
		return c, fmt.Errorf("constraint %q", s)
	}
	v, err := url.PathUnescape(s)
	if err != nil {
		return c, err
	}
	v = clean(v)
	if v == "" || v == "*" && c.sign != "=" {
		return c, fmt.Errorf("constraint %q", s)
	}
	c.version = v
	return c, nil
}
