package ssvc

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
)

// CSV gives the table as published: value names in lower case, rows in their
// order, the outcome in the last column. It fails when the table is not valid,
// or when names do not tell columns or values apart.
func (t DecisionTable) CSV() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	order := append(t.Inputs(), t.Outcome)
	seen := make(map[string]bool, len(order))
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	line := []string{"row"}
	for _, c := range order {
		p := t.Columns[c].Point
		h := p.Name + " v" + p.ID.Version
		if p.ID.Namespace != defaultNamespace {
			h += " (" + p.ID.Namespace + ")"
		}
		if seen[foldName(h)] {
			return nil, fail("decision table "+t.ID.String(), "two columns are named "+quote(h), "give every decision point its own name, or write the table as JSON")
		}
		seen[foldName(h)] = true
		if _, err := p.byName(); err != nil {
			return nil, err
		}
		line = append(line, h)
	}
	if err := w.Write(line); err != nil {
		return nil, err
	}
	for i, row := range t.Rows {
		line = append(line[:0], strconv.Itoa(i))
		for _, c := range order {
			line = append(line, strings.ToLower(t.Columns[c].Point.Values[row[c]].Name))
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}
