package dtree

import "math/bits"

// region is what a leaf answers: its class for the values that a path leaves of each attribute.
type region struct {
	leaf    int
	class   int
	allowed []uint64
}

// regions lists the leaves that some combination of known values comes to.
func (t *Tree) regions() []region {
	var list []region
	allowed := make([]uint64, len(t.Schema.Attributes))
	for a := range allowed {
		allowed[a] = t.Schema.Attributes[a].All()
	}
	var walk func(i int)
	walk = func(i int) {
		n := &t.Nodes[i]
		if n.Leaf() {
			list = append(list, region{i, n.Class, append([]uint64(nil), allowed...)})
			return
		}
		was := allowed[n.Attribute]
		for _, side := range [...]struct {
			values uint64
			to     int
		}{{n.Left, n.LeftChild}, {n.Right, n.RightChild}} {
			if allowed[n.Attribute] = was & side.values; allowed[n.Attribute] != 0 {
				walk(side.to)
			}
		}
		allowed[n.Attribute] = was
	}
	walk(0)
	return list
}

// below tells whether some combination of x has another one in y that the demands of the schema place above it: not
// lower in any attribute with a demand, and the same in all others.
func (s *Schema) below(x, y *region) bool {
	for a := range s.Attributes {
		p, q := x.allowed[a], y.allowed[a]
		switch s.Attributes[a].Monotone {
		case 1:
			if bits.TrailingZeros64(p) >= bits.Len64(q) {
				return false
			}
		case -1:
			if bits.TrailingZeros64(q) >= bits.Len64(p) {
				return false
			}
		default:
			if p&q == 0 {
				return false
			}
		}
	}
	return true
}

// demands tells whether any attribute has a monotone demand.
func (s *Schema) demands() bool {
	for a := range s.Attributes {
		if s.Attributes[a].Monotone != 0 {
			return true
		}
	}
	return false
}

// offender is the change of the weakest evidence that breaks a monotone demand: against a leaf that was not changed if
// there is one, else against a change whose evidence is not weaker. It is -1 where no change breaks any.
func (r *reviser) offender() int {
	if len(r.changes) == 0 || !r.tree.Schema.demands() {
		return -1
	}
	change := map[int]int{}
	for i := range r.changes {
		change[r.changes[i].Node] = i
	}
	regions := r.tree.regions()
	if worst := r.weakest(regions, change, false); worst >= 0 {
		return worst
	}
	return r.weakest(regions, change, true)
}

// weakest looks for the offender among pairs of a change and a leaf that was changed, or was not.
func (r *reviser) weakest(regions []region, change map[int]int, both bool) int {
	s, worst := &r.tree.Schema, -1
	for x := range regions {
		i, changed := change[regions[x].leaf]
		if !changed || worst >= 0 && r.changes[i].Chance <= r.changes[worst].Chance {
			continue
		}
		for y := range regions {
			p, q := &regions[x], &regions[y]
			j, other := change[q.leaf]
			if p.class == q.class || other != both || both && r.changes[j].Chance > r.changes[i].Chance {
				continue
			}
			if p.class > q.class && s.below(p, q) || p.class < q.class && s.below(q, p) {
				worst = i
				break
			}
		}
	}
	return worst
}
