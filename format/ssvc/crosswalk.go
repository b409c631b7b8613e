package ssvc

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
