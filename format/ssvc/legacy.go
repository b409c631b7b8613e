package ssvc

import (
	"slices"
	"strconv"
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

type wireTree struct {
	Title  string              `json:"title"`
	Lang   string              `json:"lang"`
	Ver    string              `json:"version"`
	Roles  []string            `json:"roles"`
	Points []wireLegacyPoint   `json:"decision_points"`
	Rows   []map[string]string `json:"decisions_table"`
}

type wireLegacyPoint struct {
	Label    string             `json:"label"`
	Key      string             `json:"key"`
	Type     string             `json:"decision_type"`
	Options  []wireLegacyOption `json:"options"`
	Children []struct {
		Label string `json:"label"`
	} `json:"children"`
}

type wireLegacyOption struct {
	Label        string                  `json:"label"`
	Key          string                  `json:"key"`
	Description  string                  `json:"description"`
	Color        string                  `json:"color"`
	Combinations [][]wireLegacyCondition `json:"child_combinations"`
}

type wireLegacyCondition struct {
	Child  string   `json:"child_label"`
	Labels []string `json:"child_option_labels"`
}

// ParseLegacyTree reads a tree of the older calculator. Labels are compared
// without regard to case, spaces, hyphens and underscores; keys may be absent
// and are not used to find anything, because published files hold wrong ones.
func ParseLegacyTree(data []byte) (LegacyTree, error) {
	var w wireTree
	if err := decode("legacy tree", data, &w); err != nil {
		return LegacyTree{}, err
	}
	t := LegacyTree{Title: w.Title, Lang: w.Lang, Version: w.Ver, Roles: w.Roles}
	if len(w.Points) < 2 || len(w.Points) > MaxPoints {
		return LegacyTree{}, fail("legacy tree", strconv.Itoa(len(w.Points))+" decision points", "give it 2 to "+strconv.Itoa(MaxPoints))
	}
	at := labels{points: map[string]int{}}
	for _, p := range w.Points {
		point, options, err := p.point()
		if err != nil {
			return LegacyTree{}, err
		}
		if _, twice := at.points[foldName(p.Label)]; twice {
			return LegacyTree{}, fail("legacy tree point "+quote(p.Label), "occurs twice", "give every point its own label")
		}
		at.points[foldName(p.Label)] = len(t.Points)
		at.options = append(at.options, options)
		t.Points = append(t.Points, point)
	}
	for i, p := range w.Points {
		if err := t.link(at, i, p); err != nil {
			return LegacyTree{}, err
		}
	}
	if err := t.readRows(at, w.Rows); err != nil {
		return LegacyTree{}, err
	}
	return t, nil
}

// labels find points and their options by folded label, so that reading the
// rows does not fold every label of the tree for every cell.
type labels struct {
	points  map[string]int
	options []map[string]int // by point
}

func (l labels) point(label string) int {
	if p, ok := l.points[foldName(label)]; ok {
		return p
	}
	return -1
}

func (l labels) option(point int, label string) int {
	if o, ok := l.options[point][foldName(label)]; ok {
		return o
	}
	return -1
}

// point gives the point without its links, and its options by folded label.
func (w wireLegacyPoint) point() (LegacyPoint, map[string]int, error) {
	place := "legacy tree point " + quote(w.Label)
	p := LegacyPoint{Label: w.Label, Key: w.Key, Type: w.Type}
	if err := checkText(place, "label", w.Label); err != nil {
		return p, nil, err
	}
	if !slices.Contains([]string{LegacySimple, LegacyComplex, LegacyFinal}, w.Type) {
		return p, nil, fail(place, "decision_type is "+quote(w.Type), "use simple, complex or final")
	}
	if len(w.Options) == 0 || len(w.Options) > MaxValues {
		return p, nil, fail(place, strconv.Itoa(len(w.Options))+" options", "give it 1 to "+strconv.Itoa(MaxValues))
	}
	at := make(map[string]int, len(w.Options))
	for _, o := range w.Options {
		if err := checkText(place, "option label", o.Label); err != nil {
			return p, nil, err
		}
		if _, twice := at[foldName(o.Label)]; twice {
			return p, nil, fail(place+" option "+quote(o.Label), "occurs twice", "give every option its own label")
		}
		at[foldName(o.Label)] = len(p.Options)
		p.Options = append(p.Options, LegacyOption{Label: o.Label, Key: o.Key, Description: o.Description, Color: o.Color})
	}
	return p, at, nil
}

// link resolves children and combinations of a complex point. Children must
// stand before their parent, which also rules out cycles.
func (t *LegacyTree) link(at labels, i int, w wireLegacyPoint) error {
	place := "legacy tree point " + quote(w.Label)
	p := &t.Points[i]
	for _, c := range w.Children {
		child := at.point(c.Label)
		if child < 0 || child >= i {
			return fail(place, "child "+quote(c.Label)+" is not declared before it", "declare children first")
		}
		p.Children = append(p.Children, child)
	}
	for o, wo := range w.Options {
		for _, alternative := range wo.Combinations {
			var conds []LegacyCondition
			for _, wc := range alternative {
				cond, err := t.condition(at, place, p.Children, wc)
				if err != nil {
					return err
				}
				conds = append(conds, cond)
			}
			p.Options[o].Combinations = append(p.Options[o].Combinations, conds)
		}
	}
	return nil
}

func (t *LegacyTree) condition(at labels, place string, children []int, w wireLegacyCondition) (LegacyCondition, error) {
	c := LegacyCondition{Child: at.point(w.Child)}
	if c.Child < 0 || !slices.Contains(children, c.Child) {
		return c, fail(place, "combination names "+quote(w.Child)+", which is not a child", "list it under children")
	}
	for _, label := range w.Labels {
		o := at.option(c.Child, label)
		if o < 0 {
			return c, fail(place, quote(label)+" is not an option of "+quote(w.Child), "use one of its labels")
		}
		c.Options = append(c.Options, o)
	}
	return c, nil
}

func (t *LegacyTree) readRows(known labels, rows []map[string]string) error {
	if len(rows) == 0 || len(rows) > MaxRows {
		return fail("legacy tree", strconv.Itoa(len(rows))+" rows", "give it 1 to "+strconv.Itoa(MaxRows))
	}
	outcome := len(t.Points) - 1
	for r, row := range rows {
		place := "legacy tree row " + strconv.Itoa(r)
		at := make(map[int]int, len(row))
		for label, option := range row {
			p := known.point(label)
			if p < 0 {
				return fail(place, quote(label)+" is not a decision point", "use one of the labels")
			}
			o := known.option(p, option)
			if o < 0 {
				return fail(place, quote(option)+" is not an option of "+quote(label), "use one of its labels")
			}
			at[p] = o
		}
		if _, ok := at[outcome]; !ok || len(at) < 2 || len(at) != len(row) {
			return fail(place, "lacks the outcome "+quote(t.Points[outcome].Label)+" or repeats a point", "give every row the same points")
		}
		if r == 0 {
			for p := range t.Points {
				if _, ok := at[p]; ok {
					t.Columns = append(t.Columns, p)
				}
			}
		}
		cells := make([]int, len(t.Columns))
		for c, p := range t.Columns {
			o, ok := at[p]
			if !ok || len(at) != len(t.Columns) {
				return fail(place, "names other decision points than the first row", "give every row the same points")
			}
			cells[c] = o
		}
		t.Rows = append(t.Rows, cells)
	}
	return nil
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
