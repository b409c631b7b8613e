package ssvc

import (
	"slices"
	"strconv"
)

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
