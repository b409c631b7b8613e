package ssvc

import "strings"

// Comparison is the result of holding a legacy tree against a v2 table.
type Comparison struct {
	// Rows is the number of rows of the legacy tree, Agree how many have the
	// same outcome in the table.
	Rows, Agree int
	// Missing counts combinations of the table without a legacy row; of these
	// MissingAgree have the outcome that a missing row means.
	Missing, MissingAgree int
	// Differences describes rows that disagree, at most 100.
	Differences []string
}

// alignment maps legacy columns and options to those of a table.
type alignment struct {
	column []int   // legacy column -> table column
	value  [][]int // legacy column, option -> value position
}

// Compare evaluates every row of the tree in the table.
func (t LegacyTree) Compare(table DecisionTable, w Crosswalk) (Comparison, error) {
	a, err := t.align(table, w)
	if err != nil {
		return Comparison{}, err
	}
	x, err := table.Index()
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Rows: len(t.Rows)}
	seen := make([]bool, table.Cells())
	row := make([]int, len(table.Columns))
	for _, cells := range t.Rows {
		for i, o := range cells {
			row[a.column[i]] = a.value[i][o]
		}
		cell := x.cellOfRow(row)
		seen[cell] = true
		if int(x.outcome[cell]) == row[table.Outcome] {
			c.Agree++
		} else if len(c.Differences) < 100 {
			c.Differences = append(c.Differences, t.rowText(cells))
		}
	}
	missing := table.OutcomePoint().Index(w.Missing)
	for cell, ok := range seen {
		if ok {
			continue
		}
		if c.Missing++; int(x.outcome[cell]) == missing {
			c.MissingAgree++
		}
	}
	return c, nil
}

func (t LegacyTree) align(table DecisionTable, w Crosswalk) (alignment, error) {
	var a alignment
	if len(t.Columns) != len(table.Columns) {
		return a, fail("legacy tree", "has other columns than "+table.ID.String(), "choose the table of the same inputs")
	}
	for _, p := range t.Columns {
		point := t.Points[p]
		id, ok := w.Points[point.Label]
		if !ok {
			return a, fail("legacy tree point "+quote(point.Label), "is not in the crosswalk", "say which decision point it means")
		}
		c := table.Column(id)
		if c < 0 {
			return a, fail("legacy tree point "+quote(point.Label), id.String()+" is not in "+table.ID.String(), "choose the table of the same inputs")
		}
		a.column = append(a.column, c)
		values := make([]int, len(point.Options))
		for o, option := range point.Options {
			v := valueOf(table.Columns[c].Point, option, w.Values[point.Label])
			if v < 0 {
				return a, fail("legacy tree option "+quote(option.Label), "is not a value of "+id.String(), "say which value it means")
			}
			values[o] = v
		}
		a.value = append(a.value, values)
	}
	if a.column[len(a.column)-1] != table.Outcome {
		return a, fail("legacy tree", "its outcome is not that of "+table.ID.String(), "choose the table of the same outcome")
	}
	return a, nil
}

func valueOf(p DecisionPoint, o LegacyOption, known map[string]string) int {
	for label, key := range known {
		if foldName(label) == foldName(o.Label) {
			return p.Index(key)
		}
	}
	return p.IndexByName(o.Label)
}

func (t LegacyTree) rowText(cells []int) string {
	parts := make([]string, len(cells))
	for i, o := range cells {
		p := t.Points[t.Columns[i]]
		parts[i] = p.Label + "=" + p.Options[o].Label
	}
	return strings.Join(parts, ", ")
}
