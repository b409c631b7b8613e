package csaf

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

// maxBranches bounds the names kept of the branches on the way to a product.
const maxBranches = 16
