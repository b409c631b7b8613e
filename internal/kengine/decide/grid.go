package decide

import "slices"

// grid is a complete table over inputs whose equivalent values are one digit:
// values that give the same outcome whatever the other inputs are. An input
// that never matters is no digit at all.
type grid struct {
	digits []digit
	cells  []uint8 // mixed radix over the digits, the last one fastest
}

// digit is an input of a grid.
type digit struct {
	input   int // position in node.inputs
	ordinal bool
	values  []Set // of the fact, by position of the digit
}

// newGrid makes the grid of a complete node.
func newGrid(m Model, n *node) grid {
	g := grid{cells: n.cells}
	for i, f := range n.inputs {
		d := digit{input: i, ordinal: m.Facts[f].Scale == Ordinal}
		for v := range n.sizes[i] {
			d.values = append(d.values, Of(v))
		}
		g.digits = append(g.digits, d)
	}
	return g.merged()
}

// strides gives the step of each digit.
func (g grid) strides() []int {
	sizes := make([]int, len(g.digits))
	for i, d := range g.digits {
		sizes[i] = len(d.values)
	}
	return strides(sizes)
}

// merged joins equivalent values (of an ordinal fact only neighbours, so that
// thresholds stay thresholds) and drops digits of one value. Every tree of the
// merged grid is one of the whole, and the whole has none with fewer leaves: a
// tree that tells equivalent values apart may send both the way of the first.
func (g grid) merged() grid {
	out := grid{cells: g.cells, digits: slices.Clone(g.digits)}
	for i := 0; i < len(out.digits); {
		d := out.digits[i]
		stride := out.strides()[i]
		var kept []int // the first value of each new one
		var values []Set
		for v, set := range d.values {
			from := 0
			if d.ordinal {
				from = max(0, len(kept)-1)
			}
			at := slices.IndexFunc(kept[from:], func(k int) bool { return out.same(stride, len(d.values), k, v) })
			if at < 0 {
				kept, values = append(kept, v), append(values, set)
			} else {
				values[from+at] |= set
			}
		}
		out = out.keep(i, kept, values)
		if len(kept) == 1 {
			out.digits = slices.Delete(out.digits, i, i+1)
		} else {
			i++
		}
	}
	return out
}

// same reports whether two values of a digit give the same everywhere.
func (g grid) same(stride, size, a, b int) bool {
	for base := 0; base < len(g.cells); base += stride * size {
		x, y := g.cells[base+a*stride:], g.cells[base+b*stride:]
		if !slices.Equal(x[:stride], y[:stride]) {
			return false
		}
	}
	return true
}

// keep leaves only some values of a digit, in this order, and names them anew.
func (g grid) keep(i int, kept []int, values []Set) grid {
	size, stride := len(g.digits[i].values), g.strides()[i]
	out := grid{digits: slices.Clone(g.digits), cells: g.cells}
	out.digits[i].values = values
	if len(kept) == size {
		return out
	}
	out.cells = make([]uint8, 0, len(g.cells)/size*len(kept))
	for base := 0; base < len(g.cells); base += stride * size {
		for _, v := range kept {
			out.cells = append(out.cells, g.cells[base+v*stride:base+(v+1)*stride]...)
		}
	}
	return out
}

// part gives the grid in which a digit has only the marked positions.
func (g grid) part(i int, mask uint64) grid {
	kept := Set(mask).Positions()
	values := make([]Set, len(kept))
	for k, v := range kept {
		values[k] = g.digits[i].values[v]
	}
	return g.keep(i, kept, values)
}

// set gives the values of the fact at the marked positions of a digit.
func (d digit) set(mask uint64) Set {
	var s Set
	for _, v := range Set(mask).Positions() {
		s |= d.values[v]
	}
	return s
}
