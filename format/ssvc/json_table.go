package ssvc

import (
	"strconv"
)

type wireTable struct {
	Namespace     string           `json:"namespace"`
	Key           string           `json:"key"`
	Version       string           `json:"version,omitempty"`
	Name          string           `json:"name"`
	Definition    string           `json:"definition"`
	SchemaVersion string           `json:"schemaVersion"`
	Points        ordered          `json:"decision_points"`
	Outcome       string           `json:"outcome"`
	Mapping       *[]orderedString `json:"mapping,omitempty"`
}

// ParseDecisionTable reads one decision table (schema DecisionTable 2.0.0).
func ParseDecisionTable(data []byte) (DecisionTable, error) {
	var w wireTable
	if err := decode("decision table", data, &w); err != nil {
		return DecisionTable{}, err
	}
	return w.table()
}

// JSON gives the table in the published layout; mapping rows list the columns
// in the order of decision_points. It fails when the table is not valid.
func (t DecisionTable) JSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	return encode(t.wire())
}

func (t DecisionTable) wire() wireTable {
	w := wireTable{
		Namespace: t.ID.Namespace, Key: t.ID.Key, Version: t.ID.Version, Name: t.Name, Definition: t.Definition,
		SchemaVersion: SchemaVersion, Points: orderedColumns(t.Columns), Outcome: t.Columns[t.Outcome].Ref,
	}
	if t.Rows == nil {
		return w
	}
	rows := make([]orderedString, len(t.Rows))
	for i, row := range t.Rows {
		cells := make(orderedString, len(row))
		for c, v := range row {
			cells[c] = pair{t.Columns[c].Ref, t.Columns[c].Point.Values[v].Key}
		}
		rows[i] = cells
	}
	w.Mapping = &rows
	return w
}

func (w wireTable) table() (DecisionTable, error) {
	t := DecisionTable{ID: ID{w.Namespace, w.Key, versionOr(w.Version)}, Name: w.Name, Definition: w.Definition, Outcome: -1}
	place := "decision table " + quote(t.ID.String())
	if err := checkSchema(place, w.SchemaVersion); err != nil {
		return DecisionTable{}, err
	}
	cols, err := w.Points.columns(place)
	if err != nil {
		return DecisionTable{}, err
	}
	t.Columns = cols
	at := make(map[string]int, len(cols))
	for i, c := range cols {
		at[c.Ref] = i
	}
	if i, ok := at[w.Outcome]; ok {
		t.Outcome = i
	}
	if err := t.Validate(); err != nil {
		return DecisionTable{}, err
	}
	if w.Mapping == nil {
		return t, nil
	}
	t.Rows = make([][]int, 0, len(*w.Mapping))
	for i, cells := range *w.Mapping {
		row, err := t.readRow(place+" row "+strconv.Itoa(i), at, cells)
		if err != nil {
			return DecisionTable{}, err
		}
		t.Rows = append(t.Rows, row)
	}
	return t, t.validateRows(place)
}

func (t DecisionTable) readRow(place string, at map[string]int, cells orderedString) ([]int, error) {
	if len(cells) != len(t.Columns) {
		return nil, fail(place, "names "+strconv.Itoa(len(cells))+" of "+strconv.Itoa(len(t.Columns))+" decision points", "name every one once")
	}
	row := make([]int, len(t.Columns))
	for _, cell := range cells {
		c, ok := at[cell.name]
		if !ok {
			return nil, fail(place, quote(cell.name)+" is not a decision point of the table", "use the ids of decision_points")
		}
		v := t.Columns[c].Point.Index(cell.value)
		if v < 0 {
			return nil, fail(place, quote(cell.value)+" is not a value of "+cell.name, "use a value key of the decision point")
		}
		row[c] = v
	}
	return row, nil
}
