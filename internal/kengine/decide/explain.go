package decide

import (
	"slices"
	"strings"

	"noroshi.dev/format/ssvc"
)

// Step is one step of the way to an outcome.
type Step struct {
	// Fact is what was looked at.
	Fact ssvc.ID
	// Values are those still possible.
	Values Set
	// Decided steps are results of a node, the others inputs.
	Decided bool
	// Depth is the number of nodes between the step and the decision; the
	// outcome of the decision has depth 0.
	Depth int
}

// Explanation says how a decision follows from what is known.
type Explanation struct {
	// Decision is the position in Model.Decisions.
	Decision int
	Outcome  Outcome
	// Steps list, node by node in order of computation, the facts that the node
	// looked at and then what it decided. A tree node lists only the questions
	// on the way that was taken. Each fact occurs once.
	Steps []Step
	// Open are the columns of unknown inputs that can still change the outcome.
	Open []int
}

// Explain gives the way to one decision (by position in Model.Decisions).
func (c *Compiled) Explain(decision int, in []Set) Explanation {
	known := c.normal(in)
	w := newScratch(c)
	p := &c.decisions[decision]
	e := Explanation{Decision: decision, Outcome: c.decide(decision, known, w)}
	if e.Outcome.Set.Len() > 1 {
		e.Open = c.Matters(decision, known)
	}
	facts := c.exactFacts(p, known)
	depth := c.depths(p)
	seen := make([]bool, len(c.Model.Facts))
	for _, i := range p.nodes {
		n := &c.nodes[i]
		for _, f := range n.visited(facts) {
			if seen[f] {
				continue
			}
			seen[f] = true
			e.Steps = append(e.Steps, Step{
				Fact: c.Model.Facts[f].ID, Values: facts[f], Decided: c.producer[f] >= 0, Depth: depth[n.outcome] + 1,
			})
		}
		if !seen[n.outcome] {
			seen[n.outcome] = true
			e.Steps = append(e.Steps, Step{
				Fact: c.Model.Facts[n.outcome].ID, Values: facts[n.outcome], Decided: true, Depth: depth[n.outcome],
			})
		}
	}
	return e
}

// exactFacts gives what is possible of every fact that the plan touches; each
// decided fact is computed by a plan of its own, so that it is exact too.
func (c *Compiled) exactFacts(p *plan, known []Set) []Set {
	facts := make([]Set, len(c.Model.Facts))
	for col, f := range c.inputs {
		facts[f] = known[col]
	}
	w := newScratch(c)
	for _, i := range p.nodes {
		f := c.nodes[i].outcome
		own := c.route(f)
		facts[f] = c.propagate(&own, known, w).Set
	}
	return facts
}

// depths gives the number of nodes between each decided fact and the decision.
func (c *Compiled) depths(p *plan) []int {
	depth := make([]int, len(c.Model.Facts))
	for _, i := range slices.Backward(p.nodes) {
		n := &c.nodes[i]
		for _, f := range n.inputs {
			depth[f] = max(depth[f], depth[n.outcome]+1)
		}
	}
	return depth
}

// visited gives the facts that a node looks at: all inputs of a table, the
// questions on the possible ways through a tree.
func (n *node) visited(facts []Set) []int {
	if n.tree == nil {
		return n.inputs
	}
	var seen []int
	sets := make([]Set, len(n.inputs))
	for i, f := range n.inputs {
		sets[i] = facts[f]
	}
	n.tree.visit(n, sets, func(f int) {
		if !slices.Contains(seen, f) {
			seen = append(seen, f)
		}
	})
	return seen
}

func (b *branch) visit(n *node, sets []Set, see func(int)) {
	if b == nil || b.sets == nil {
		return
	}
	see(n.inputs[b.input])
	saved := sets[b.input]
	for i, s := range b.sets {
		if sets[b.input] = saved & s; sets[b.input] != 0 {
			b.next[i].visit(n, sets, see)
		}
	}
	sets[b.input] = saved
}

// Lines puts an explanation into words, one line per step.
//
//	悪用の状況：実証コードあり
//	→ 人への影響：中
func (c *Compiled) Lines(e Explanation, lang string) []string {
	lines := make([]string, len(e.Steps))
	for i, s := range e.Steps {
		lines[i] = c.Line(s, lang)
	}
	return lines
}

// Line puts one step into words.
func (c *Compiled) Line(s Step, lang string) string {
	f := c.Model.Facts[c.Model.Fact(s.Fact)]
	var b strings.Builder
	if s.Decided {
		b.WriteString("→ ")
	}
	b.WriteString(f.Name.In(lang))
	colon, unknown, nothing := ": ", "unknown", "not decided"
	if lang == "ja" {
		colon, unknown, nothing = "：", "不明", "決まりません"
	}
	b.WriteString(colon)
	switch {
	case s.Values == 0:
		b.WriteString(nothing)
	case s.Values == f.All() && s.Values.Len() > 1:
		b.WriteString(unknown)
	default:
		b.WriteString(f.Words(s.Values, lang))
	}
	return b.String()
}
