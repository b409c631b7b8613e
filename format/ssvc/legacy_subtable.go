package ssvc

// fill adds a row with this outcome for every combination that has none.
func (t *DecisionTable) fill(outcome int) error {
	f, err := t.Check(MaxRows)
	if err != nil {
		return err
	}
	inputs := t.Inputs()
	for _, values := range f.MissingRows {
		row := make([]int, len(t.Columns))
		row[t.Outcome] = outcome
		for i, c := range inputs {
			row[c] = values[i]
		}
		t.Rows = append(t.Rows, row)
	}
	return nil
}

func (t LegacyTree) subTable(p LegacyPoint, points []DecisionPoint, at int, c LegacyConversion) (DecisionTable, error) {
	d := DecisionTable{
		ID:   ID{c.Namespace, c.Key + "_" + points[at].ID.Key, c.Version},
		Name: p.Label, Definition: p.Label, Outcome: len(p.Children),
	}
	for _, child := range append(append([]int{}, p.Children...), at) {
		d.Columns = append(d.Columns, Column{Ref: points[child].ID.String(), Point: points[child]})
	}
	if err := d.Validate(); err != nil {
		return d, err
	}
	if d.Cells() > MaxRows {
		return d, fail("legacy tree point "+quote(p.Label), "has too many combinations", "use fewer children")
	}
	conditions := 0
	for _, o := range p.Options {
		for _, alternative := range o.Combinations {
			conditions += 1 + len(alternative)
		}
	}
	if d.Cells() > maxDerive/max(conditions, 1) {
		return d, fail("legacy tree point "+quote(p.Label), "has too many combinations and alternatives", "use fewer children or alternatives")
	}
	values := make([]int, len(p.Children))
	for {
		if o := p.Derive(values); o >= 0 {
			d.Rows = append(d.Rows, append(append([]int{}, values...), o))
		}
		i := len(values) - 1
		for ; i >= 0; i-- {
			if values[i]++; values[i] < len(points[p.Children[i]].Values) {
				break
			}
			values[i] = 0
		}
		if i < 0 {
			return d, nil
		}
	}
}
