package csaf

import "maps"

// rawTree is product_tree of both versions.
type rawTree struct {
	Branches      []rawBranch       `json:"branches"`
	Names         []rawName         `json:"full_product_names"`
	Groups        []rawGroup        `json:"product_groups"`
	Relationships []rawRelationship `json:"relationships"`
	Paths         []rawPath         `json:"product_paths"`
}

type rawBranch struct {
	Category string      `json:"category"`
	Name     string      `json:"name"`
	Product  *rawName    `json:"product"`
	Branches []rawBranch `json:"branches"`
}

type rawName struct {
	Name   string `json:"name"`
	ID     string `json:"product_id"`
	Helper struct {
		CPE   string   `json:"cpe"`
		PURL  string   `json:"purl"`
		PURLs []string `json:"purls"`
	} `json:"product_identification_helper"`
}

type rawGroup struct {
	ID       string   `json:"group_id"`
	Products []string `json:"product_ids"`
}

type rawRelationship struct {
	Category  string  `json:"category"`
	Name      rawName `json:"full_product_name"`
	Product   string  `json:"product_reference"`
	RelatesTo string  `json:"relates_to_product_reference"`
}

type rawPath struct {
	Begin    string  `json:"beginning_product_reference"`
	Name     rawName `json:"full_product_name"`
	Subpaths []struct {
		Category string `json:"category"`
		Next     string `json:"next_product_reference"`
	} `json:"subpaths"`
}

// products flattens the tree: names first, then branches depth first, then combinations.
func (t *rawTree) products() []Product {
	var list []Product
	for _, n := range t.Names {
		list = append(list, n.product())
	}
	for _, b := range t.Branches {
		list = b.collect(list, Product{})
	}
	for _, r := range t.Relationships {
		p := r.Name.product()
		p.Parts = []Part{{ProductID: r.Product}, {ProductID: r.RelatesTo, Relation: r.Category}}
		list = append(list, p)
	}
	for _, r := range t.Paths {
		p := r.Name.product()
		p.Parts = []Part{{ProductID: r.Begin}}
		for _, s := range r.Subpaths {
			p.Parts = append(p.Parts, Part{ProductID: s.Next, Relation: s.Category})
		}
		list = append(list, p)
	}
	inherit(list)
	return list
}

func (n *rawName) product() Product {
	p := Product{ID: n.ID, Name: n.Name, CPE: n.Helper.CPE, PURLs: n.Helper.PURLs}
	if n.Helper.PURL != "" {
		p.PURLs = append([]string{n.Helper.PURL}, p.PURLs...)
	}
	return p
}

// collect adds the products of the branch to list; path carries the names of the branches above.
func (b *rawBranch) collect(list []Product, path Product) []Product {
	switch b.Category {
	case "vendor":
		path.Vendor = b.Name
	case "product_name":
		path.Product = b.Name
	case "product_version":
		path.Version = b.Name
	case "product_version_range":
		path.VersionRange = b.Name
	default:
		path.Branches = with(path.Branches, b.Category, b.Name)
	}
	if b.Product != nil {
		p := b.Product.product()
		p.Vendor, p.Product, p.Version, p.VersionRange = path.Vendor, path.Product, path.Version, path.VersionRange
		p.Branches = path.Branches
		list = append(list, p)
	}
	for i := range b.Branches {
		list = b.Branches[i].collect(list, path)
	}
	return list
}

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

// maxBranches bounds the names kept of the branches on the way to a product.
const maxBranches = 16

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

// groupTable maps group ids to their products. left is how many references may still be made of
// groups: a short document can name a long group very often.
type groupTable struct {
	products map[string][]string
	left     int
}

func (t *rawTree) groups() *groupTable {
	table := &groupTable{products: map[string][]string{}, left: MaxReferences}
	for _, g := range t.Groups {
		table.products[g.ID] = append(table.products[g.ID], g.Products...)
	}
	return table
}

// resolve returns the products named, each once, in order. Once too many were made of groups,
// which document then reports, it resolves no more.
func (g *groupTable) resolve(t targets) []string {
	if len(t.Groups) == 0 || g.left < 0 {
		return t.Products
	}
	seen := map[string]bool{}
	var list []string
	add := func(ids []string) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				list = append(list, id)
			}
		}
	}
	add(t.Products)
	for _, id := range t.Groups {
		if g.left -= len(g.products[id]); g.left < 0 {
			break
		}
		add(g.products[id])
	}
	return list
}
