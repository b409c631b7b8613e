package ssvc

import "strings"

// Crosswalk says which v2 decision points and values the labels of a legacy
// tree mean.
type Crosswalk struct {
	// Name of the legacy tree, for people.
	Name string
	// Table is the v2 table to compare with.
	Table ID
	// Points maps labels of the tree to decision points.
	Points map[string]ID
	// Values maps option labels to value keys where the names differ, by point
	// label; other options are matched by name.
	Values map[string]map[string]string
	// Missing is the value key of the outcome that a missing row means; empty
	// when missing rows mean nothing.
	Missing string
}

// Crosswalks gives what the labels of the five published legacy trees mean.
func Crosswalks() []Crosswalk {
	const v1 = "1.0.0"
	exploitation := ID{"ssvc", "E", "1.1.0"}
	automatable := ID{"ssvc", "A", "2.0.0"}
	impact := ID{"ssvc", "TI", v1}
	poc := map[string]string{"poc": "P"}
	return []Crosswalk{
		{
			Name: "CISA-Coordinator", Table: ID{"cisa", "DT_CO", "2.0.3"},
			Points: map[string]ID{
				"Exploitation": exploitation, "Automatable": automatable, "Technical Impact": impact,
				"Mission & Well-being": {"ssvc", "MWI", v1}, "Decision": {"cisa", "CISA", "1.1.0"},
			},
			Values: map[string]map[string]string{"Exploitation": poc},
		},
		{
			Name: "Coordinator-Publish", Table: ID{"ssvc", "DT_COORD_PUBLISH", v1},
			Points: map[string]ID{
				"Supplier involvement": {"ssvc", "SINV", v1}, "Exploitation": exploitation,
				"Value added": {"ssvc", "PVA", v1}, "Priority": {"ssvc", "PUBLISH", v1},
			},
			Values: map[string]map[string]string{
				"Exploitation": poc, "Supplier involvement": {"uncoop/unresponsive": "UU"},
				"Priority": {"publish": "P", "don't publish": "N"},
			},
		},
		{
			Name: "Coordinator-Triage", Table: ID{"ssvc", "DT_COORD_TRIAGE", v1}, Missing: "D",
			Points: map[string]ID{
				"Public": {"ssvc", "RP", v1}, "Contacted": {"ssvc", "SCON", v1}, "Report_Credibility": {"ssvc", "RC", v1},
				"Cardinality": {"ssvc", "SC", v1}, "Engagement": {"ssvc", "SE", v1}, "Utility": {"ssvc", "U", "1.0.1"},
				"Public_Safety_Impact": {"ssvc", "PSI", "2.0.1"}, "Priority": {"ssvc", "COORDINATE", "1.0.1"},
			},
			Values: map[string]map[string]string{"Report_Credibility": {"no": "NC", "yes": "C"}},
		},
		{
			Name: "Deployer", Table: ID{"ssvc", "DT_DP", v1},
			Points: map[string]ID{
				"Exploitation": exploitation, "Exposure": {"ssvc", "EXP", "1.0.1"}, "Automatable": automatable,
				"Human Impact": {"ssvc", "HI", "2.0.2"}, "Priority": {"ssvc", "DSOI", v1},
			},
			Values: map[string]map[string]string{"Exploitation": poc},
		},
		{
			Name: "Supplier", Table: ID{"ssvc", "DT_SP", v1},
			Points: map[string]ID{
				"Exploitation": exploitation, "Utility": {"ssvc", "U", "1.0.1"}, "Technical Impact": impact,
				"Public-Safety Impact": {"ssvc", "PSI", "2.0.1"}, "Priority": {"ssvc", "DSOI", v1},
			},
			Values: map[string]map[string]string{"Exploitation": poc},
		},
	}
}

// Crosswalk finds the crosswalk whose points cover all columns of the tree and
// whose values cover all options of them.
func (t LegacyTree) Crosswalk(tables *Registry) (Crosswalk, bool) {
	for _, w := range Crosswalks() {
		table, ok := tables.Table(w.Table)
		if !ok || len(table.Columns) != len(t.Columns) {
			continue
		}
		if _, err := t.align(table, w); err == nil {
			return w, true
		}
	}
	return Crosswalk{}, false
}

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
