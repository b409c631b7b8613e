package decide

import (
	"slices"
	"strconv"
	"strings"
)

// treeFits bounds depth and size of a tree before anything walks it deeply.
func (r *resolver) treeFits(place string, root Branch) bool {
	count := 0
	var fits func(Branch, int) bool
	fits = func(b Branch, depth int) bool {
		if count++; count > MaxBranches || depth > MaxDepth {
			return false
		}
		for _, a := range b.Answers {
			if !fits(a.Then, depth+1) {
				return false
			}
		}
		return true
	}
	if !fits(root, 0) {
		r.add(Error, KeyNodeLarge, place, strconv.Itoa(MaxBranches)+" / depth "+strconv.Itoa(MaxDepth))
		return false
	}
	return true
}

// tree resolves a tree node and, where it has not too many combinations,
// flattens it to cells.
func (r *resolver) tree(place string, n Node, b *node) {
	sets := make([]Set, len(b.inputs))
	for i, size := range b.sizes {
		sets[i] = Full(size)
	}
	before := len(r.findings)
	b.tree = r.branch(place, nil, *n.Tree, b, sets)
	if slices.ContainsFunc(r.findings[before:], func(f Finding) bool { return f.Severity == Error }) {
		return
	}
	for cell := range b.cells {
		b.cells[cell] = b.leaf(cell)
	}
}

// leaf walks the tree for one combination.
func (n *node) leaf(cell int) uint8 {
	at := n.tree
	for at != nil && at.sets != nil {
		v := cell / n.strides[at.input] % n.sizes[at.input]
		i := slices.IndexFunc(at.sets, func(s Set) bool { return s.Has(v) })
		if i < 0 {
			return undecided
		}
		at = at.next[i]
	}
	if at == nil {
		return undecided
	}
	return at.outcome
}

// branch resolves one branch. The sets are the values still possible on the
// way here, by which branches that no report can reach are found.
func (r *resolver) branch(place string, path []string, src Branch, n *node, sets []Set) *branch {
	where := strings.Join(path, " / ")
	if src.Leaf() {
		v := r.value(place, where, n.outcome, src.Outcome)
		if v < 0 {
			return nil
		}
		n.reach |= 1 << v
		return &branch{outcome: uint8(v)}
	}
	input := slices.Index(n.inputs, r.index[src.Ask])
	fact := r.model.Facts[n.inputs[input]]
	b := &branch{input: input}
	var given Set
	for i, a := range src.Answers {
		s, label := r.answer(place, where, a, fact, given, i == len(src.Answers)-1)
		given |= s
		here := append(slices.Clone(path), fact.ID.Key+"="+label)
		if s&sets[input] == 0 {
			r.add(Warning, KeyDeadBranch, place, strings.Join(here, " / "))
		}
		saved := sets[input]
		sets[input] &= s
		b.sets = append(b.sets, s)
		b.next = append(b.next, r.branch(place, here, a.Then, n, sets))
		sets[input] = saved
	}
	if rest := sets[input] &^ given; rest != 0 {
		r.add(Gap, KeyAnswerMissing, place, where+" "+fact.ID.Key, strings.Join(fact.Keys(rest), ", "))
	}
	if b.sets == nil {
		b.sets = []Set{}
	}
	return b
}

// answer gives the set of one answer; no values in the last one means the rest.
func (r *resolver) answer(place, where string, a Answer, fact Fact, given Set, last bool) (Set, string) {
	if len(a.Values) == 0 {
		if !last {
			r.add(Error, KeyValueUnknown, place, where, "(otherwise before the end)", fact.ID.String())
		}
		return fact.All() &^ given, "…"
	}
	var s Set
	for _, key := range a.Values {
		v := r.value(place, where, r.index[fact.ID], key)
		if v < 0 {
			continue
		}
		if (given | s).Has(v) {
			r.add(Error, KeyAnswerTwice, place, where+" "+fact.ID.Key, key)
		}
		s |= 1 << v
	}
	return s, strings.Join(a.Values, "|")
}
