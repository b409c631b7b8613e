package sbom

import (
	"slices"
	"strings"
)

// rawPackage is a package of SPDX 2.
type rawPackage struct {
	ID         string `json:"SPDXID"`
	Name       string `json:"name"`
	Version    string `json:"versionInfo"`
	Supplier   string `json:"supplier"`
	Originator string `json:"originator"`
	Purpose    string `json:"primaryPackagePurpose"`
	References []struct {
		Type    string `json:"referenceType"`
		Locator string `json:"referenceLocator"`
	} `json:"externalRefs"`
}

func (r *rawJSON) spdx() (*Document, error) {
	d := &Document{Format: SPDX, Version: strings.TrimPrefix(r.SPDXVersion, "SPDX-"), Name: r.Name}
	described := map[string]bool{}
	for _, id := range r.described() {
		described[id] = true
	}
	for _, wanted := range []bool{true, false} {
		for i := range r.Packages {
			p := &r.Packages[i]
			if described[p.ID] != wanted {
				continue
			}
			if err := d.add(p.component()); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// described returns the ids of the packages that the document is about.
func (r *rawJSON) described() []string {
	ids := slices.Clone(r.Describes)
	for _, rel := range r.Relations {
		switch rel.Kind {
		case "DESCRIBES":
			ids = append(ids, rel.To)
		case "DESCRIBED_BY":
			ids = append(ids, rel.From)
		}
	}
	return ids
}

func (p *rawPackage) component() Component {
	c := Component{Type: p.Purpose, Name: p.Name, Version: known(p.Version), Vendor: first(actor(p.Supplier), actor(p.Originator))}
	for _, ref := range p.References {
		locator := strings.TrimSpace(ref.Locator)
		switch {
		case locator == "":
		case ref.Type == "purl" && c.PURL == "":
			c.PURL = locator
		case ref.Type == "cpe22Type" || ref.Type == "cpe23Type":
			c.CPEs = append(c.CPEs, locator)
		}
	}
	return c
}

// known reads the words of SPDX for "nothing" as nothing.
func known(s string) string {
	if s == "NOASSERTION" || s == "NONE" {
		return ""
	}
	return strings.TrimSpace(s)
}

// actor takes the name out of "Organization: Example (mail@example.org)".
func actor(s string) string {
	s = known(s)
	for _, kind := range []string{"Organization:", "Person:", "Tool:"} {
		s = strings.TrimPrefix(s, kind)
	}
	if i := strings.LastIndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}
