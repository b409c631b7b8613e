package csaf

import "maps"

// with returns a copy of m with one more entry: branches beside each other must not share.
// Beyond maxBranches, more than the standard has categories, it returns m: a hostile document must
// not make each of its products carry a long way.
func with(m map[string]string, key, value string) map[string]string {
	if _, have := m[key]; !have && len(m) >= maxBranches {
		return m
	}
	grown := make(map[string]string, len(m)+1)
	maps.Copy(grown, m)
	grown[key] = value
	return grown
}

// maxParts bounds how far inheritance follows combinations of combinations; a circle, which the
// standard forbids, ends there.
const maxParts = 8

// inherit gives combinations the names and identifiers of their first part.
func inherit(list []Product) {
	at := make(map[string]int, len(list))
	for i, p := range list {
		if _, have := at[p.ID]; !have {
			at[p.ID] = i
		}
	}
	for i := range list {
		p := &list[i]
		part := *p
		for range maxParts {
			if len(part.Parts) == 0 {
				break
			}
			next, ok := at[part.Parts[0].ProductID]
			if !ok {
				break
			}
			part = list[next]
			p.take(part)
		}
	}
}

func (p *Product) take(from Product) {
	if p.Vendor == "" && p.Product == "" {
		p.Vendor, p.Product = from.Vendor, from.Product
	}
	if p.Version == "" && p.VersionRange == "" {
		p.Version, p.VersionRange = from.Version, from.VersionRange
	}
	if p.CPE == "" && len(p.PURLs) == 0 {
		p.CPE, p.PURLs = from.CPE, from.PURLs
	}
}
