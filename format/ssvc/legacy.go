package ssvc

import (
	"slices"
)

// Decision types of the calculator's trees.
const (
	LegacySimple  = "simple"
	LegacyComplex = "complex"
	LegacyFinal   = "final"
)

// LegacyTree is a tree of the older SSVC calculator (SSVC_Provision schema).
type LegacyTree struct {
	Title   string
	Lang    string
	Version string
	Roles   []string
	// Points are the decision points; the last one is the outcome, whatever
	// its type says.
	Points []LegacyPoint
	// Columns are positions in Points: the inputs of the table in the order of
	// Points, then the outcome.
	Columns []int
	// Rows hold one option position per column.
	Rows [][]int
}

// LegacyPoint is one decision point of a LegacyTree.
type LegacyPoint struct {
	Label string
	// Key is the letter of the vector form; may be empty.
	Key     string
	Type    string
	Options []LegacyOption
	// Children are the positions of the points from which a complex point follows.
	Children []int
}

// LegacyOption is one value of a LegacyPoint.
type LegacyOption struct {
	Label string
	// Key is the letter of the vector form; may be empty.
	Key         string
	Description string
	Color       string
	// Combinations lists the alternatives under which a complex point takes
	// this value; every condition of an alternative must hold.
	Combinations [][]LegacyCondition
}

// LegacyCondition says that a child has one of some options.
type LegacyCondition struct {
	// Child is a position in LegacyTree.Points.
	Child int
	// Options are positions in the options of the child.
	Options []int
}

// Point gives the position of the point with this label, or -1.
func (t LegacyTree) Point(label string) int {
	want := foldName(label)
	return slices.IndexFunc(t.Points, func(p LegacyPoint) bool { return foldName(p.Label) == want })
}

// Option gives the position of the option with this label, or -1.
func (p LegacyPoint) Option(label string) int {
	want := foldName(label)
	return slices.IndexFunc(p.Options, func(o LegacyOption) bool { return foldName(o.Label) == want })
}

// Outcome gives the outcome point.
func (t LegacyTree) Outcome() LegacyPoint { return t.Points[len(t.Points)-1] }

// Derive gives the option of a complex point for options of its children
// (parallel to Children); -1 when no combination matches.
func (p LegacyPoint) Derive(children []int) int {
	for o, option := range p.Options {
		for _, alternative := range option.Combinations {
			if p.holds(alternative, children) {
				return o
			}
		}
	}
	return -1
}

func (p LegacyPoint) holds(conds []LegacyCondition, children []int) bool {
	for _, c := range conds {
		i := slices.Index(p.Children, c.Child)
		if i < 0 || !slices.Contains(c.Options, children[i]) {
			return false
		}
	}
	return len(conds) > 0
}
