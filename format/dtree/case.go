package dtree

import (
	"cmp"
	"math/bits"
	"slices"
)

// cases is a history in the form that is fast to count: equal rows are one unit, facts are small numbers, and
// the units stand in an order of their own, so that the order of rows does not matter.
type cases struct {
	schema Schema
	// size is the number of values of each attribute. A code below it is a value, size itself is unknown, and
	// size+1+i is sets[i], a set of values that are still possible.
	size   []int
	codes  [][]uint16
	sets   [][]uint64
	class  []uint8
	weight []float64
	total  float64
	// rank orders the classes by weight, the commonest first: it decides between equals.
	rank []int
}

// gather makes cases of data that Check accepted.
func gather(d Data, o Options) *cases {
	w := d.weights(o.HalfLife)
	c := &cases{schema: d.Schema, size: make([]int, len(d.Columns)), sets: make([][]uint64, len(d.Columns))}
	raw := make([][]uint16, len(d.Columns))
	for a, col := range d.Columns {
		c.size[a] = len(d.Schema.Attributes[a].Values)
		raw[a], c.sets[a] = encodeColumn(col, c.size[a])
	}
	order := c.order(raw, d.Class, w)
	c.merge(raw, d.Class, w, order)
	c.rank = make([]int, len(d.Schema.Classes))
	per := make([]float64, len(d.Schema.Classes))
	for u, class := range c.class {
		per[class] += c.weight[u]
		c.total += c.weight[u]
	}
	byWeight := make([]int, len(per))
	for i := range byWeight {
		byWeight[i] = i
	}
	slices.SortStableFunc(byWeight, func(x, y int) int { return cmp.Compare(per[y], per[x]) })
	for at, class := range byWeight {
		c.rank[class] = at
	}
	return c
}

func encodeColumn(col []uint64, n int) (codes []uint16, sets []uint64) {
	all := allOf(n)
	for _, mask := range col {
		if mask &= all; !unknown(mask, n) && mask&(mask-1) != 0 {
			sets = append(sets, mask)
		}
	}
	slices.Sort(sets)
	sets = slices.Compact(sets)
	sets = sets[:min(len(sets), maxSets)]
	codes = make([]uint16, len(col))
	for i, mask := range col {
		mask &= all
		switch {
		case unknown(mask, n):
			codes[i] = uint16(n)
		case mask&(mask-1) == 0:
			codes[i] = uint16(bits.TrailingZeros64(mask))
		default:
			if at, known := slices.BinarySearch(sets, mask); known {
				codes[i] = uint16(n + 1 + at)
			} else {
				codes[i] = uint16(n)
			}
		}
	}
	return codes, sets
}

// maxSets bounds the sets of one attribute so that a code fits 16 bits; rows beyond it count as unknown.
const maxSets = 1<<16 - MaxValues - 2

// order sorts the rows that have weight by their facts, then class, then weight: by counting, column by column.
func (c *cases) order(raw [][]uint16, class []uint8, w []float64) []int32 {
	rows := make([]int32, 0, len(class))
	for i := range class {
		if w[i] > 0 {
			rows = append(rows, int32(i))
		}
	}
	if !uniform(w) {
		slices.SortStableFunc(rows, func(x, y int32) int { return cmp.Compare(w[x], w[y]) })
	}
	other := make([]int32, len(rows))
	start := make([]int32, 1<<16)
	rows, other = countSort(rows, other, start[:MaxClasses+2], func(r int32) int { return int(class[r]) })
	for a, col := range slices.Backward(raw) {
		rows, other = countSort(rows, other, start[:c.size[a]+3+len(c.sets[a])], func(r int32) int { return int(col[r]) })
	}
	return rows
}

func uniform(w []float64) bool {
	for _, x := range w {
		if x != w[0] {
			return false
		}
	}
	return true
}

func countSort(rows, into, start []int32, key func(int32) int) (sorted, free []int32) {
	clear(start)
	for _, r := range rows {
		start[key(r)+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	for _, r := range rows {
		k := key(r)
		into[start[k]] = r
		start[k]++
	}
	return into, rows
}

// merge makes one unit of each run of equal rows.
func (c *cases) merge(raw [][]uint16, class []uint8, w []float64, order []int32) {
	c.codes = make([][]uint16, len(raw))
	firsts := make([]int32, 0, len(order))
	for i, r := range order {
		if i > 0 && same(raw, class, order[i-1], r) {
			c.weight[len(c.weight)-1] += w[r]
			continue
		}
		firsts = append(firsts, r)
		c.class = append(c.class, class[r])
		c.weight = append(c.weight, w[r])
	}
	for a, col := range raw {
		c.codes[a] = make([]uint16, len(firsts))
		for u, r := range firsts {
			c.codes[a][u] = col[r]
		}
	}
}

func same(raw [][]uint16, class []uint8, x, y int32) bool {
	if class[x] != class[y] {
		return false
	}
	for _, col := range slices.Backward(raw) {
		if col[x] != col[y] {
			return false
		}
	}
	return true
}

// mask is what a unit says about an attribute; 0 is unknown.
func (c *cases) mask(a int, u int32) uint64 {
	code := int(c.codes[a][u])
	switch n := c.size[a]; {
	case code < n:
		return 1 << code
	case code == n:
		return 0
	default:
		return c.sets[a][code-n-1]
	}
}
