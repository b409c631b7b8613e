package decide

import (
	"fmt"

	"noroshi.dev/format/ssvc"
)

// FromPoint makes a fact of an SSVC decision point. The English texts are
// those of the point and stand in for Japanese ones until somebody gives
// them; scale and scope are ordinal and world until somebody says otherwise.
func FromPoint(p ssvc.DecisionPoint) Fact {
	f := Fact{
		ID: p.ID, Name: Text{EN: p.Name}, Definition: Text{EN: p.Definition}, Scale: Ordinal, Scope: World,
	}
	for _, v := range p.Values {
		f.Values = append(f.Values, FactValue{Key: v.Key, Name: Text{EN: v.Name}, Definition: Text{EN: v.Definition}})
	}
	return f
}

// Point gives the fact as an SSVC decision point in English; where a text is
// missing the name stands in, because SSVC allows no empty text.
func (f Fact) Point() ssvc.DecisionPoint {
	p := ssvc.DecisionPoint{ID: f.ID, Name: or(f.Name.In("en"), f.ID.Key)}
	p.Definition = or(f.Definition.In("en"), p.Name)
	for _, v := range f.Values {
		name := or(v.Name.In("en"), v.Key)
		p.Values = append(p.Values, ssvc.Value{Key: v.Key, Name: name, Definition: or(v.Definition.In("en"), name)})
	}
	return p
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// AddTable adds an SSVC decision table to the model: a node for its mapping
// and the facts that the model does not have yet. A fact of the same id must
// have the same value keys. After an error the model is as it was.
func (m *Model) AddTable(t ssvc.DecisionTable) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if m.Node(t.OutcomePoint().ID) >= 0 {
		return fmt.Errorf("decide: add table %s: a node already decides %s; remove it first", t.ID, t.OutcomePoint().ID)
	}
	table := Table{}
	before := len(m.Facts)
	for i, c := range t.Columns {
		if err := m.addPoint(c.Point); err != nil {
			m.Facts = m.Facts[:before]
			return fmt.Errorf("decide: add table %s: %w", t.ID, err)
		}
		if i != t.Outcome {
			table.Inputs = append(table.Inputs, c.Point.ID)
		}
	}
	inputs := t.Inputs()
	for _, row := range t.Rows {
		r := Row{Then: t.OutcomePoint().Values[row[t.Outcome]].Key}
		for _, c := range inputs {
			r.When = append(r.When, t.Columns[c].Point.Values[row[c]].Key)
		}
		table.Rows = append(table.Rows, r)
	}
	m.Nodes = append(m.Nodes, Node{Outcome: t.OutcomePoint().ID, Table: &table, Source: t.ID.String()})
	return nil
}

func (m *Model) addPoint(p ssvc.DecisionPoint) error {
	i := m.Fact(p.ID)
	if i < 0 {
		m.Facts = append(m.Facts, FromPoint(p))
		return nil
	}
	have := m.Facts[i]
	same := len(have.Values) == len(p.Values)
	for v := range p.Values {
		same = same && have.Values[v].Key == p.Values[v].Key
	}
	if !same {
		return fmt.Errorf("%s has other values in this model; give the new one another version", p.ID)
	}
	return nil
}

// FromTables makes a draft model of SSVC decision tables. The outcomes of the
// tables named by decisions are exposed, with no actions yet; without any, the
// outcome of the last table is.
func FromTables(key string, name Text, tables []ssvc.DecisionTable, decisions ...ssvc.ID) (Model, error) {
	m := Model{Key: key, Version: 1, Name: name, Status: Draft}
	for _, t := range tables {
		if err := m.AddTable(t); err != nil {
			return Model{}, err
		}
	}
	if len(decisions) == 0 && len(tables) > 0 {
		decisions = []ssvc.ID{tables[len(tables)-1].OutcomePoint().ID}
	}
	for _, id := range decisions {
		if m.Node(id) < 0 {
			return Model{}, fmt.Errorf("decide: model %s: no table decides %s", key, id)
		}
		i := m.Fact(id)
		m.Decisions = append(m.Decisions, Decision{Key: decisionKey(id), Name: m.Facts[i].Name, Outcome: id})
	}
	return m, nil
}

func decisionKey(id ssvc.ID) string {
	b := []byte(id.Key)
	for i, c := range b {
		switch {
		case c >= 'A' && c <= 'Z':
			b[i] = c + 'a' - 'A'
		case c == '_':
			b[i] = '-'
		}
	}
	return string(b)
}

// FromLegacy makes a draft model of a tree of the older SSVC calculator:
// complex decision points become nodes of their own. What a missing row means
// is the caller's to say (ssvc.LegacyConversion.Missing).
func FromLegacy(key string, tree ssvc.LegacyTree, c ssvc.LegacyConversion) (Model, error) {
	tables, err := tree.Tables(c)
	if err != nil {
		return Model{}, err
	}
	m, err := FromTables(key, Text{EN: tables[0].Name}, tables, tables[0].OutcomePoint().ID)
	if err != nil {
		return Model{}, err
	}
	for i := range m.Facts {
		m.Facts[i].Scale = Nominal // the order of a legacy file's options means nothing
	}
	return m, nil
}

// Table gives the node that decides a fact as an SSVC decision table with this
// id; a tree is written out as a table. Rows are in the order of combinations
// when the node is a tree, else as the model has them.
func (m Model) Table(outcome, id ssvc.ID) (ssvc.DecisionTable, error) {
	i := m.Node(outcome)
	if i < 0 {
		return ssvc.DecisionTable{}, fmt.Errorf("decide: export %s: no node decides it", outcome)
	}
	n := m.Nodes[i]
	table, err := m.Flatten(n)
	if err != nil {
		return ssvc.DecisionTable{}, err
	}
	if len(table.Rows) > ssvc.MaxRows {
		return ssvc.DecisionTable{}, fmt.Errorf("decide: export %s: more than %d rows; split the node", outcome, ssvc.MaxRows)
	}
	out := m.Facts[m.Fact(outcome)].Point()
	t := ssvc.DecisionTable{ID: id, Name: out.Name, Definition: out.Definition, Outcome: len(table.Inputs)}
	for _, in := range append(append([]ssvc.ID{}, table.Inputs...), outcome) {
		f := m.Fact(in)
		if f < 0 {
			return ssvc.DecisionTable{}, fmt.Errorf("decide: export %s: fact %s is not described", outcome, in)
		}
		p := m.Facts[f].Point()
		t.Columns = append(t.Columns, ssvc.Column{Ref: p.ID.String(), Point: p})
	}
	for r, row := range table.Rows {
		cells := make([]int, 0, len(t.Columns))
		for c, key := range append(append([]string{}, row.When...), row.Then) {
			v := t.Columns[c].Point.Index(key)
			if v < 0 {
				return ssvc.DecisionTable{}, fmt.Errorf("decide: export %s: row %d: %q is not a value of %s", outcome, r+1, key, t.Columns[c].Ref)
			}
			cells = append(cells, v)
		}
		t.Rows = append(t.Rows, cells)
	}
	return t, t.Validate()
}
