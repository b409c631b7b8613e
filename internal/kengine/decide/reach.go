package decide

import "noroshi.dev/format/ssvc"

// Unreachable says what a node answers without ever being asked: combinations
// of its inputs that no combination of the facts behind them gives, because
// other nodes decide some of its inputs, and outcomes that are never given.
type Unreachable struct {
	// Combinations is the number of such combinations of Of.
	Combinations, Of int
	// Examples are the first of them, at most ten, as FACT=VALUE by keys.
	Examples []string
	// Outcomes are the keys of values that no reachable combination gives.
	Outcomes []string
}

// maxUnreachable is how many examples Unreachable gives.
const maxUnreachable = 10

// Unreachable tells what of the node that decides a fact is never reached. It
// is false when there are too many combinations to tell, and when no node
// decides the fact.
func (c *Compiled) Unreachable(outcome ssvc.ID) (Unreachable, bool) {
	f := c.Model.Fact(outcome)
	if f < 0 || c.producer[f] < 0 {
		return Unreachable{}, false
	}
	n := &c.nodes[c.producer[f]]
	if n.cells == nil {
		return Unreachable{}, false
	}
	p := c.route(f)
	seen := make([]bool, len(n.cells))
	if len(p.shared) == 0 {
		c.reachAlone(n, seen)
	} else if !c.reachShared(&p, n, seen) {
		return Unreachable{}, false
	}
	u := Unreachable{Of: len(n.cells)}
	var given Set
	k := checker{c: c}
	for cell, ok := range seen {
		switch {
		case !ok:
			if u.Combinations++; len(u.Examples) < maxUnreachable {
				u.Examples = append(u.Examples, k.combination(n, cell))
			}
		case n.cells[cell] != undecided:
			given |= Of(int(n.cells[cell]))
		}
	}
	fact := c.Model.Facts[f]
	u.Outcomes = fact.Keys(fact.All() &^ given)
	return u, true
}

// reachAlone marks the reachable cells of a node of which no two inputs depend
// on the same fact: every combination of their reachable values.
func (c *Compiled) reachAlone(n *node, seen []bool) {
	sets := make([]Set, len(n.inputs))
	for i, f := range n.inputs {
		sets[i] = Full(n.sizes[i])
		if at := c.producer[f]; at >= 0 {
			sets[i] = c.reaches(&c.nodes[at])
		}
	}
	for cell := range seen {
		seen[cell] = true
		for i, s := range sets {
			seen[cell] = seen[cell] && s.Has(cell/n.strides[i]%n.sizes[i])
		}
	}
}

// reaches gives the outcomes of a node of which no two inputs depend on the
// same fact; one that is too large for a table counts with all its leaves.
func (c *Compiled) reaches(n *node) Set {
	if n.cells == nil {
		return n.reach
	}
	seen := make([]bool, len(n.cells))
	c.reachAlone(n, seen)
	var s Set
	for cell, ok := range seen {
		if ok && n.cells[cell] != undecided {
			s |= Of(int(n.cells[cell]))
		}
	}
	return s
}

// reachShared marks the cells that some combination of the facts behind the
// node gives; false when those are too many.
func (c *Compiled) reachShared(p *plan, n *node, seen []bool) bool {
	cells := 1
	for _, size := range p.sizes {
		if cells *= size; cells*len(p.nodes) > maxFlat {
			return false
		}
	}
	values := make([]uint8, len(c.Model.Facts))
	for all := range cells {
		for i, col := range p.inputs {
			values[c.inputs[col]] = uint8(all / p.strides[i] % p.sizes[i])
		}
		c.point(p, values)
		cell := 0
		for i, f := range n.inputs {
			if values[f] == undecided {
				cell = -1
				break
			}
			cell += int(values[f]) * n.strides[i]
		}
		if cell >= 0 {
			seen[cell] = true
		}
	}
	return true
}
