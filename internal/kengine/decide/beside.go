package decide

import (
	"maps"
	"slices"
)

// MarkChanged marks what differs between two views of one fact, in both: an end at which the other says something
// else for at least one combination of facts, and a question that the other does not ask on the way of any such
// combination. Facts and values are the same where their keys are, so that versions of a model can be compared.
// The other view may be nil: nothing is marked.
func MarkChanged(a, b *View) {
	if a == nil || b == nil {
		return
	}
	a.markBeside(b)
	b.markBeside(a)
}

// region is what is known on the way to a place: values of facts by their keys.
type region map[string][]string

// markBeside marks the places of v that differ from the other view.
func (v *View) markBeside(other *View) {
	var walk func(n *ViewNode, at region)
	walk = func(n *ViewNode, at region) {
		if n.Fact == nil {
			n.Changed = other.saysElse(other.Root, at, v.Outcome.Keys(n.Result))
			return
		}
		n.Changed = !other.asks(other.Root, at, n.Fact.ID.String())
		for _, a := range n.Answers {
			walk(a.To, at.narrowed(n.Fact, a.Values))
		}
	}
	walk(v.Root, region{})
}

// narrowed is the region after an answer.
func (r region) narrowed(f *Fact, values Set) region {
	out, id := maps.Clone(r), f.ID.String()
	keys := f.Keys(values)
	if before, ok := r[id]; ok {
		keys = slices.DeleteFunc(keys, func(key string) bool { return !slices.Contains(before, key) })
	}
	out[id] = keys
	return out
}

// empty reports whether nothing can come here: some fact has no value left.
func (r region) empty() bool {
	for _, keys := range r {
		if len(keys) == 0 {
			return true
		}
	}
	return false
}

// saysElse reports whether somewhere in a region the view has another outcome, or none.
func (v *View) saysElse(n *ViewNode, at region, keys []string) bool {
	if n.Fact == nil {
		return !slices.Equal(v.Outcome.Keys(n.Result), keys)
	}
	reached := false
	for _, a := range n.Answers {
		in := at.narrowed(n.Fact, a.Values)
		if in.empty() {
			continue
		}
		reached = true
		if v.saysElse(a.To, in, keys) {
			return true
		}
	}
	return !reached
}

// asks reports whether the view asks for a fact somewhere in a region.
func (v *View) asks(n *ViewNode, at region, fact string) bool {
	if n.Fact == nil {
		return false
	}
	if n.Fact.ID.String() == fact {
		return true
	}
	for _, a := range n.Answers {
		if in := at.narrowed(n.Fact, a.Values); !in.empty() && v.asks(a.To, in, fact) {
			return true
		}
	}
	return false
}
