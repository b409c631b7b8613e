package dtree

import (
	"math/bits"
	"strconv"
	"strings"
)

// Asked is one question on the way to an answer.
type Asked struct {
	Node      int
	Attribute int
	Known     uint64 // what the row says; 0 is unknown
	Way       Side   // SideBoth: the answer follows both branches, Heavier names the one that Explain goes on with
	Heavier   Side
	Values    uint64 // the values of the branch that Explain goes on with
	Part      float64
}

// Explain lists the questions from the root to the leaf with the greatest part of the answer.
func (t *Tree) Explain(row []uint64) []Asked {
	var path []Asked
	for i := 0; ; {
		n := &t.Nodes[i]
		if n.Leaf() {
			return path
		}
		left, right := t.ways(n, row)
		a := Asked{Node: i, Attribute: n.Attribute, Way: SideLeft, Heavier: SideLeft, Values: n.Left, Part: left}
		if n.Attribute < len(row) {
			a.Known = row[n.Attribute] & t.Schema.Attributes[n.Attribute].All()
		}
		if unknown(a.Known, len(t.Schema.Attributes[n.Attribute].Values)) {
			a.Known = 0
		}
		i = n.LeftChild
		if right > left {
			a.Way, a.Heavier, a.Values, a.Part = SideRight, SideRight, n.Right, right
			i = n.RightChild
		}
		if left > 0 && right > 0 {
			a.Way = SideBoth
		}
		path = append(path, a)
	}
}

// Path is what the questions from the root to a node leave of each attribute that they ask for.
type Path struct {
	Values  []uint64 // by attribute; all values where the path does not ask
	Unknown []bool   // whether an unknown fact can come here
	Asked   []bool
}

// Path describes the way to a node: the rule that it stands for.
func (t *Tree) Path(node int) Path {
	p := Path{Values: make([]uint64, len(t.Schema.Attributes)), Unknown: make([]bool, len(t.Schema.Attributes)), Asked: make([]bool, len(t.Schema.Attributes))}
	for a := range p.Values {
		p.Values[a], p.Unknown[a] = t.Schema.Attributes[a].All(), true
	}
	for i := node; t.Nodes[i].Parent >= 0; i = t.Nodes[i].Parent {
		up := &t.Nodes[t.Nodes[i].Parent]
		side, values := SideLeft, up.Left
		if up.RightChild == i {
			side, values = SideRight, up.Right
		}
		p.Values[up.Attribute] &= values
		p.Asked[up.Attribute] = true
		if up.Missing != SideBoth && up.Missing != side {
			p.Unknown[up.Attribute] = false
		}
	}
	return p
}

// Changed is one fact of a smallest change.
type Changed struct {
	Attribute int
	From      uint64 // what the row says; 0 is unknown
	To        int    // the value that it would need
}

// Change is the smallest change of facts that gives another answer: the fewest facts, then the fewest steps on
// ordinal ones, then the first leaf. It returns the class that it gives; class is -1 when no change gives another.
func (t *Tree) Change(row []uint64) (changes []Changed, class int) {
	now := t.Class(row)
	class = -1
	best := 0
	for i := range t.Nodes {
		n := &t.Nodes[i]
		if !n.Leaf() || n.Class == now {
			continue
		}
		list, steps, possible := t.towards(row, t.Path(i))
		if possible && (class < 0 || len(list) < len(changes) || len(list) == len(changes) && steps < best) {
			changes, class, best = list, n.Class, steps
		}
	}
	return changes, class
}

// towards lists what must change for the row to take the path with certainty.
func (t *Tree) towards(row []uint64, p Path) (list []Changed, steps int, possible bool) {
	for a, values := range p.Values {
		if !p.Asked[a] {
			continue
		}
		attr := &t.Schema.Attributes[a]
		from := uint64(0)
		if a < len(row) && !unknown(row[a], len(attr.Values)) {
			from = row[a] & attr.All()
		}
		if from != 0 && from&^values == 0 {
			continue
		}
		if from == 0 && t.Unknown == UnknownLearnt && p.Unknown[a] && t.learnt(a) {
			continue
		}
		if values == 0 {
			return nil, 0, false // only an unknown fact comes here
		}
		to, far := nearest(from, values, attr.Ordinal)
		list = append(list, Changed{Attribute: a, From: from, To: to})
		steps += far
	}
	return list, steps, true
}

// learnt tells whether every question about the attribute has a side for unknown.
func (t *Tree) learnt(a int) bool {
	for i := range t.Nodes {
		if t.Nodes[i].Attribute == a && t.Nodes[i].Missing == SideBoth {
			return false
		}
	}
	return true
}

func nearest(from, values uint64, ordinal bool) (to, far int) {
	to, far = bits.TrailingZeros64(values), 1
	if !ordinal || from == 0 {
		return to, far
	}
	at := bits.TrailingZeros64(from)
	far = MaxValues
	for m := values; m != 0; m &= m - 1 {
		v := bits.TrailingZeros64(m)
		if d := max(v-at, at-v); d < far {
			to, far = v, d
		}
	}
	return to, far
}

// Importance is how much of the mixture in the history each attribute explains: the fall of the Gini impurity at its
// questions, as shares that sum to 1; all are 0 for a tree without questions.
func (t *Tree) Importance() []float64 {
	share := make([]float64, len(t.Schema.Attributes))
	all := 0.0
	for i := range t.Nodes {
		n := &t.Nodes[i]
		if n.Leaf() {
			continue
		}
		fall := mixture(n) - mixture(&t.Nodes[n.LeftChild]) - mixture(&t.Nodes[n.RightChild])
		if fall > 0 {
			share[n.Attribute] += fall
			all += fall
		}
	}
	for a := range share {
		if all > 0 {
			share[a] /= all
		}
	}
	return share
}

func mixture(n *Node) float64 {
	if n.Weight == 0 {
		return 0
	}
	pure := 0.0
	for _, x := range n.Counts {
		pure += x * x
	}
	return n.Weight - pure/n.Weight
}

// Text writes the tree for people: one question or answer a line, indented by depth. Equal trees give equal text.
func (t *Tree) Text() string {
	var b strings.Builder
	if t.Abstained {
		b.WriteString("abstained: " + string(t.Reason) + "\n")
	}
	t.text(&b, 0, "")
	return b.String()
}

func (t *Tree) text(b *strings.Builder, i int, indent string) {
	n := &t.Nodes[i]
	if n.Leaf() {
		b.WriteString(indent + "-> " + t.Schema.Classes[n.Class] + " (" + number(n.Counts[n.Class]) + "/" + number(n.Weight) + ")\n")
		return
	}
	for _, way := range []struct {
		values uint64
		side   Side
		child  int
	}{{n.Left, SideLeft, n.LeftChild}, {n.Right, SideRight, n.RightChild}} {
		b.WriteString(indent + t.Schema.Attributes[n.Attribute].Name + " = " + t.names(n.Attribute, way.values, n.Missing == way.side) + "\n")
		t.text(b, way.child, indent+"  ")
	}
}

func (t *Tree) names(a int, mask uint64, missing bool) string {
	var names []string
	for v, name := range t.Schema.Attributes[a].Values {
		if mask>>v&1 == 1 {
			names = append(names, name)
		}
	}
	if missing {
		names = append(names, "?")
	}
	return strings.Join(names, ", ")
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
