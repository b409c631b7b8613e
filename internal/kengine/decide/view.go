package decide

import "fmt"

// View is a node drawn as a tree: questions, answers, leaves.
//
//	Exploitation -- none ----> Automatable -- no --> track  (120)
//	             \- active --> act (7)
type View struct {
	// Outcome is the fact decided.
	Outcome Fact
	Root    *ViewNode
	// Leaves counts the leaves, Depth the questions on the longest way.
	Leaves, Depth int
}

// ViewNode is a question or a leaf of a View.
type ViewNode struct {
	// Fact is nil at a leaf.
	Fact *Fact
	// Answers lead on, in the order of the branch.
	Answers []ViewAnswer
	// Result is the outcome value of a leaf, else empty.
	Result Set
	// Count is the number of reports that can come here; a report with unknown
	// facts counts in every place it can come to.
	Count int
	// OnPath says that the report of interest can come here.
	OnPath bool
	// Changed says that another version differs here, see MarkChanged.
	Changed bool
	// Row is the position of the node from top to bottom, in leaves: a leaf has
	// its own, a question stands in the middle of its answers.
	Row float64
	// Level is the number of questions before this place.
	Level int
}

// ViewAnswer is one way on.
type ViewAnswer struct {
	Values Set
	To     *ViewNode
}

// Label gives the values of the answer in words.
func (n *ViewNode) Label(i int, lang string) string { return n.Fact.Words(n.Answers[i].Values, lang) }

// View draws the node that decides a fact as a tree; a table is grown into one
// first. The position of the fact in Model.Facts is given. It fails where Grow
// does, and for a fact that no node decides.
func (c *Compiled) View(fact int) (*View, error) {
	at := c.Model.Node(c.Model.Facts[fact].ID)
	if at < 0 {
		return nil, fmt.Errorf("decide: view %s: no node decides it", c.Model.Facts[fact].ID)
	}
	b, err := c.Model.Grow(c.Model.Nodes[at])
	if err != nil {
		return nil, err
	}
	v := &View{Outcome: c.Model.Facts[fact]}
	v.Root = v.draw(c, b, 0)
	return v, nil
}

func (v *View) draw(c *Compiled, b Branch, level int) *ViewNode {
	n := &ViewNode{Level: level}
	v.Depth = max(v.Depth, level)
	if b.Leaf() {
		n.Result, _ = v.Outcome.Set(b.Outcome)
		n.Row = float64(v.Leaves)
		v.Leaves++
		return n
	}
	f := c.Model.Facts[c.Model.Fact(b.Ask)]
	n.Fact = &f
	var given Set
	for _, a := range b.Answers {
		s, _ := f.Set(a.Values...)
		if len(a.Values) == 0 {
			s = f.All() &^ given
		}
		given |= s
		n.Answers = append(n.Answers, ViewAnswer{Values: s, To: v.draw(c, a.Then, level+1)})
	}
	if len(n.Answers) > 0 {
		n.Row = (n.Answers[0].To.Row + n.Answers[len(n.Answers)-1].To.Row) / 2
	}
	return n
}

// Count adds n reports to the places of a view that they can come to, given
// what is known of the inputs of the model by column.
func (c *Compiled) Count(v *View, columns [][]Set, n int) {
	row := make([]Set, len(c.inputs))
	for r := range n {
		for i := range row {
			row[i] = 0
			if i < len(columns) && columns[i] != nil {
				row[i] = columns[i][r]
			}
		}
		facts := c.viewFacts(v, row)
		v.Root.visit(c, facts, func(at *ViewNode) { at.Count++ })
	}
}

// Places returns the places of a view that one report can come to, parents before children.
func (c *Compiled) Places(v *View, in []Set) []*ViewNode {
	var out []*ViewNode
	v.Root.visit(c, c.viewFacts(v, in), func(at *ViewNode) { out = append(out, at) })
	return out
}

// Mark marks the places of a view that one report can come to.
func (c *Compiled) Mark(v *View, in []Set) {
	facts := c.viewFacts(v, in)
	v.Root.visit(c, facts, func(at *ViewNode) { at.OnPath = true })
}

func (c *Compiled) viewFacts(v *View, in []Set) []Set {
	p := c.route(c.Model.Fact(v.Outcome.ID))
	return c.exactFacts(&p, c.normal(in))
}

func (n *ViewNode) visit(c *Compiled, facts []Set, see func(*ViewNode)) {
	see(n)
	if n.Fact == nil {
		return
	}
	f := c.Model.Fact(n.Fact.ID)
	saved := facts[f]
	for _, a := range n.Answers {
		if facts[f] = saved & a.Values; facts[f] != 0 {
			a.To.visit(c, facts, see)
		}
	}
	facts[f] = saved
}

// Walk visits all places of a view, parents before children.
func (v *View) Walk(visit func(*ViewNode)) {
	var walk func(*ViewNode)
	walk = func(n *ViewNode) {
		visit(n)
		for _, a := range n.Answers {
			walk(a.To)
		}
	}
	walk(v.Root)
}

// Widest gives the longest label of the answers of one level in characters,
// by which a drawing spaces its columns; a character outside Latin counts as
// two.
func (v *View) Widest(level int, lang string) int {
	widest := 0
	v.Walk(func(n *ViewNode) {
		if n.Level != level || n.Fact == nil {
			return
		}
		for i := range n.Answers {
			w := 0
			for _, r := range n.Label(i, lang) {
				if w++; r > 0x2e7f {
					w++
				}
			}
			widest = max(widest, w)
		}
	})
	return widest
}
