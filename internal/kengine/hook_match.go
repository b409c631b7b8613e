package kengine

import (
	"slices"
	"strings"

	"noroshi.dev/internal/kengine/intake"
)

// index returns the key by which candidates are found: the CPE stem, else vendor and product,
// else the package URL without its version.
func (t *tagEntry) index() string {
	switch {
	case t.cpe != "":
		return "cpe " + stem(t.cpe)
	case t.purl != "":
		return "purl " + purlStem(t.purl)
	default:
		return "name " + name(t.vendor) + " " + name(t.product)
	}
}

// purlStem returns a package URL without version, qualifiers and subpath.
func purlStem(purl string) string {
	if i := strings.IndexAny(purl, "?#"); i >= 0 {
		purl = purl[:i]
	}
	if i := strings.LastIndexByte(purl, '@'); i > strings.LastIndexByte(purl, '/') {
		purl = purl[:i]
	}
	return strings.ToLower(purl)
}

// match returns the tags that a report with these products matches, in the order of the tags, and
// why. A tag with a release matches only products of which that release is not known to be
// unaffected.
func (x *tagIndex) match(products []intake.Product) []TagMatch {
	if !x.any() {
		return nil
	}
	var out []TagMatch
	for i := range products {
		p := &products[i]
		for _, key := range candidates(p) {
			for _, id := range x.by[key] {
				t := x.tags[id]
				reason, ok := t.reason(p, key)
				if ok && !slices.ContainsFunc(out, func(m TagMatch) bool { return m.Tag == id }) {
					out = append(out, TagMatch{Tag: id, Name: t.name, Reason: reason})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b TagMatch) int { return strings.Compare(a.Tag, b.Tag) })
	return out
}

// candidates returns the keys under which tags about a product may be found.
func candidates(p *intake.Product) []string {
	product := p.Product
	if product == "" {
		product = p.Package
	}
	keys := []string{
		"name " + name(p.Vendor) + " " + name(product),
		"name  " + name(product),
		"name " + name(p.Vendor) + " ",
	}
	for _, cpe := range p.CPEs {
		if s := stem(cpe); s != "" {
			keys = append(keys, "cpe "+s)
		}
	}
	if p.PURL != "" {
		keys = append(keys, "purl "+purlStem(p.PURL))
	}
	return keys
}

// reason says why the tag matches the product, and whether its release is affected.
func (t *tagEntry) reason(p *intake.Product, key string) (string, bool) {
	if t.release == "" {
		return strings.TrimSpace(key), true
	}
	status := p.Status(t.release)
	if status == "unaffected" {
		return "", false
	}
	return strings.TrimSpace(key) + " " + t.release + ": " + status, true
}
