package dtree

import "math"

// dice is a small generator of numbers whose order will never change (splitmix64): the folds of a history, and
// so its tree, stay the same with every version of the language.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

func shuffle[T any](d *dice, v []T) {
	for i := len(v) - 1; i > 0; i-- {
		j := d.below(i + 1)
		v[i], v[j] = v[j], v[i]
	}
}

// deal spreads the cases over the folds, each class by itself, and returns the weight of each unit in each fold
// (held[u*folds+f]). A unit of w cases is like w rows of one case: what does not divide evenly is dealt by chance.
func (c *cases) deal(folds int, seed uint64) []float64 {
	held := make([]float64, len(c.class)*folds)
	d := dice(seed)
	per := make([][]int32, len(c.schema.Classes))
	for u, w := range c.weight {
		whole := math.Floor(w)
		each := math.Floor(whole / float64(folds))
		for f := range folds {
			held[u*folds+f] = each
		}
		rest := int(whole - each*float64(folds))
		for range rest {
			per[c.class[u]] = append(per[c.class[u]], int32(u))
		}
	}
	at := 0
	for _, units := range per {
		shuffle(&d, units)
		for _, u := range units {
			held[int(u)*folds+at%folds]++
			at++
		}
	}
	c.dealParts(held, folds, &d, at)
	return held
}

// dealParts deals the fractions that ageing and weights leave.
func (c *cases) dealParts(held []float64, folds int, d *dice, at int) {
	var parts []int32
	for u, w := range c.weight {
		if w != math.Floor(w) {
			parts = append(parts, int32(u))
		}
	}
	shuffle(d, parts)
	for _, u := range parts {
		held[int(u)*folds+at%folds] += c.weight[u] - math.Floor(c.weight[u])
		at++
	}
}

// foldsOf is how many folds and how many repeats fit the history.
func (c *cases) foldsOf(o Options) (folds, repeats int) {
	folds, repeats = o.Folds, o.Repeats
	if folds == 0 {
		folds = 10
	}
	pieces := 0
	for _, w := range c.weight {
		pieces += int(min(math.Ceil(w), 1e6))
		if pieces >= 1e6 {
			break
		}
	}
	folds = min(folds, pieces)
	if repeats == 0 {
		repeats = min(10, max(1, 2000/max(1, pieces)))
	}
	return folds, repeats
}
