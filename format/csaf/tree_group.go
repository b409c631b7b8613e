package csaf

type rawGroup struct {
	ID       string   `json:"group_id"`
	Products []string `json:"product_ids"`
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
