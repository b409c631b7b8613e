package csaf

// Product is an entry of the product tree.
type Product struct {
	ID string
	// Name is the full product name.
	Name string
	// Vendor, Product, Version and VersionRange are the names of the branches on the way to the
	// product; a product that is not in a branch has none. VersionRange is a vers string
	// ("vers:semver/>=1.0|<2.0") or free text.
	Vendor, Product, Version, VersionRange string
	// Branches holds the other branches on the way, category to name.
	Branches map[string]string
	// CPE is a name in CPE 2.2 or 2.3.
	CPE   string
	PURLs []string
	// Parts is set for a product that combines others: the first is the part, the others are
	// what it is installed on or a component of. The names and identifiers of such a product are
	// those of its first part where it has none of its own.
	Parts []Part
}

// Part is a product within a combination. Relation is empty for the first one, else as
// installed_on or default_component_of.
type Part struct {
	ProductID string
	Relation  string
}

// Product returns the product with the id; ok is false if the document does not define it.
func (d *Document) Product(id string) (p Product, ok bool) {
	for i := range d.Products {
		if d.Products[i].ID == id {
			return d.Products[i], true
		}
	}
	return Product{}, false
}

// Index returns the products by id, for callers that look up many. Of two products with one id,
// which the standard forbids, the first counts.
func (d *Document) Index() map[string]*Product {
	index := make(map[string]*Product, len(d.Products))
	for i := range d.Products {
		if _, have := index[d.Products[i].ID]; !have {
			index[d.Products[i].ID] = &d.Products[i]
		}
	}
	return index
}
