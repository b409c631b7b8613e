package decide

import (
	"strconv"
	"strings"
)

// Check tells everything that is worth knowing about a model: structural
// errors (which keep it from being compiled), gaps (which keep it from being
// activated: missing combinations, actions, answers) and warnings (duplicates,
// broken order, outcomes and branches that are never reached, inputs that never
// matter). Findings come in a fixed order; counts are exact, one example each.
func Check(m Model) []Finding {
	c, findings := build(m)
	if c == nil {
		return findings
	}
	k := checker{c: c, findings: findings}
	for i := range c.nodes {
		k.node(&c.nodes[i])
	}
	k.served()
	k.reachable()
	k.texts()
	return k.findings
}

// Ready reports whether the findings allow activation: no error and no gap.
func Ready(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity != Warning {
			return false
		}
	}
	return true
}

type checker struct {
	c        *Compiled
	findings []Finding
}

func (k *checker) add(s Severity, key, place string, args ...string) {
	k.findings = append(k.findings, Finding{Severity: s, Key: key, Place: place, Args: args})
}

func (k *checker) fact(i int) Fact { return k.c.Model.Facts[i] }

func (k *checker) node(n *node) {
	place := k.fact(n.outcome).ID.String()
	for v := range n.size {
		if !n.reach.Has(v) {
			k.add(Warning, KeyUnreachable, place, k.fact(n.outcome).Values[v].Key)
		}
	}
	if n.cells == nil {
		return // a tree this large is checked branch by branch only
	}
	missing, example := 0, -1
	for cell, o := range n.cells {
		if o == undecided {
			if missing++; example < 0 {
				example = cell
			}
		}
	}
	if missing > 0 {
		k.add(Gap, KeyMissing, place, strconv.Itoa(missing), k.combination(n, example))
	}
	for i, f := range n.inputs {
		if n.changesBy(i) == 0 {
			k.add(Warning, KeyIdle, place, k.fact(f).ID.String())
		}
	}
	k.order(n)
}

// changesBy counts neighbouring cells that differ only in one input and in the
// outcome.
func (n *node) changesBy(input int) int {
	changed := 0
	for cell, o := range n.cells {
		v := cell / n.strides[input] % n.sizes[input]
		if v+1 < n.sizes[input] && n.cells[cell+n.strides[input]] != o {
			changed++
		}
	}
	return changed
}

// order counts places where a higher value of an ordinal input gives a lower
// value of an ordinal outcome.
func (k *checker) order(n *node) {
	if k.fact(n.outcome).Scale != Ordinal {
		return
	}
	count, low, high := 0, 0, 0
	for cell, o := range n.cells {
		for i, stride := range n.strides {
			if k.fact(n.inputs[i]).Scale != Ordinal || cell/stride%n.sizes[i] == n.sizes[i]-1 {
				continue
			}
			up := n.cells[cell+stride]
			if o == undecided || up == undecided || up >= o {
				continue
			}
			if count++; count == 1 {
				low, high = cell, cell+stride
			}
		}
	}
	if count > 0 {
		out := k.fact(n.outcome)
		k.add(Warning, KeyOrder, out.ID.String(), strconv.Itoa(count),
			k.combination(n, low), out.Values[n.cells[low]].Key, k.combination(n, high), out.Values[n.cells[high]].Key)
	}
}

func (k *checker) combination(n *node, cell int) string {
	parts := make([]string, len(n.inputs))
	for i, f := range n.inputs {
		v := cell / n.strides[i] % n.sizes[i]
		parts[i] = k.fact(f).ID.Key + "=" + k.fact(f).Values[v].Key
	}
	return strings.Join(parts, " ")
}

// served finds nodes that lead to no decision.
func (k *checker) served() {
	used := make([]bool, len(k.c.nodes))
	for _, p := range k.c.decisions {
		for _, i := range p.nodes {
			used[i] = true
		}
	}
	for i, ok := range used {
		if !ok {
			k.add(Warning, KeyNodeUnused, k.fact(k.c.nodes[i].outcome).ID.String())
		}
	}
}

// reachable finds outcomes that the last node could give but the whole graph
// never does.
func (k *checker) reachable() {
	all := k.c.Decide(nil)
	for d, o := range all {
		n := k.c.nodes[k.c.producer[k.c.decisions[d].fact]]
		if !o.Exact {
			continue
		}
		for _, v := range (n.reach &^ o.Set).Positions() {
			k.add(Warning, KeyUnreachable, k.c.Model.Decisions[d].Key, k.fact(n.outcome).Values[v].Key)
		}
	}
}

// texts finds what a person would see empty.
func (k *checker) texts() {
	for _, f := range k.c.Model.Facts {
		k.text(f.ID.String(), "name", f.Name)
		for _, v := range f.Values {
			k.text(f.ID.String(), v.Key, v.Name)
		}
	}
	for _, d := range k.c.Model.Decisions {
		k.text(d.Key, "name", d.Name)
		for _, a := range d.Actions {
			k.text(d.Key, a.Outcome, a.Do)
		}
	}
}

func (k *checker) text(place, what string, t Text) {
	for _, l := range [...]struct{ lang, text string }{{"ja", t.JA}, {"en", t.EN}} {
		if l.text == "" {
			k.add(Warning, KeyTextMissing, place, what, l.lang)
		}
	}
}
