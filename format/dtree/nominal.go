package dtree

import (
	"cmp"
	"math"
	"slices"
)

// nominal tries subsets of the codes that occur, unknown being one of them. For two classes the best subset is a
// cut of the codes in the order of the share of one class (Breiman and others, 1984): exact. For several classes
// the cuts of that order for each class are tried, then one code against the rest, and the best of all grows by
// moving single codes as long as that helps. The work is polynomial in the number of values.
func (f *finder) nominal(a int, b *branch) {
	if len(f.order) == 2 {
		f.scan(a, f.order, 0, b)
		return
	}
	if len(f.classes) <= 2 {
		f.byShare(f.classes[0])
		f.scan(a, f.other, 0, b)
		return
	}
	before := f.top
	f.top = split{attr: -1, score: math.Inf(-1)}
	f.single(a, b)
	if len(f.order) > 3 {
		for _, c := range f.classes {
			f.byShare(c)
			f.scan(a, f.other, 0, b)
		}
		f.climb(a, b)
	}
	if f.top.attr < 0 || !better(f.top.score, &before) {
		f.top = before
	}
}

// byShare puts the codes into f.other by the share of class c, equal ones in their own order.
func (f *finder) byShare(c int) {
	f.other = append(f.other[:0], f.order...)
	for _, v := range f.order {
		row := f.hist[v*f.k : v*f.k+f.k]
		n := 0.0
		for _, x := range row {
			n += x
		}
		f.share[v] = row[c] / n
	}
	slices.SortStableFunc(f.other, func(x, y int) int {
		if math.Abs(f.share[x]-f.share[y]) <= slack {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(f.share[x], f.share[y])
	})
}

// single tries each code against the rest.
func (f *finder) single(a int, b *branch) {
	for _, v := range f.order {
		clear(f.l)
		left, miss, size := f.add(a, v, 1, 0, false, 0)
		f.consider(a, left, miss, size, b)
	}
}

// climb moves the code that helps most from one side of the best split to the other, until none helps.
func (f *finder) climb(a int, b *branch) {
	n := f.g.size[a]
	on := func(s *split, v int) bool {
		return v < n && s.left>>v&1 == 1 || v == n && s.missing == SideLeft
	}
	for range 2 * len(f.order) { // each round raises the score; the bound keeps rounding from going round in circles
		from := f.top
		if from.attr < 0 {
			return
		}
		clear(f.l)
		left, miss, size := uint64(0), false, 0.0
		many := 0
		for _, v := range f.order {
			if on(&from, v) {
				left, miss, size = f.add(a, v, 1, left, miss, size)
				many++
			}
		}
		for _, v := range f.order {
			sign := 1.0
			if on(&from, v) {
				sign = -1
			}
			if many+int(sign) == 0 || many+int(sign) == len(f.order) {
				continue
			}
			l2, m2, s2 := f.add(a, v, sign, left, miss, size)
			f.consider(a, l2, m2, s2, b)
			f.add(a, v, -sign, l2, m2, s2)
		}
		if f.top.score == from.score {
			return
		}
	}
}
