package ssvc

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strconv"
)

// reHeader splits "In KEV v1.0.0 (cisa)"; the greedy name leaves the last
// version to the version.
var reHeader = regexp.MustCompile(`^(.+) v(\S+?)(?: \(([^()]+)\))?$`)

// defaultNamespace is the namespace of a CSV header that names none.
const defaultNamespace = "ssvc"

// ReadCSV reads a table as published in CSV: first column "row", then one
// column per decision point with the header "Name vVERSION (namespace)", the
// last one the outcome; cells are value names without regard to case. Columns
// are found by header, never by position. The CSV carries no name of the
// table: id is given, name and definition are those of the outcome.
func ReadCSV(data []byte, id ID, points Source) (DecisionTable, error) {
	place := "csv of " + id.String()
	if len(data) > MaxBytes {
		return DecisionTable{}, fail(place, "is larger than "+strconv.Itoa(MaxBytes)+" bytes", "split the file")
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	head, err := r.Read()
	if err != nil {
		return DecisionTable{}, fail(place, "has no header line: "+err.Error(), "begin with row, the decision points, the outcome")
	}
	if len(head) < 3 || len(head) > MaxPoints+1 || head[0] != "row" {
		return DecisionTable{}, fail(place, "the header is not row, inputs, outcome", "begin the header with row")
	}
	t := DecisionTable{ID: id, Outcome: len(head) - 2}
	for i, h := range head[1:] {
		p, err := headerPoint(h, points)
		if err != nil {
			return DecisionTable{}, fail(place+" column "+strconv.Itoa(i+2), err.Error(), "write Name vVERSION (namespace) of a known decision point")
		}
		t.Columns = append(t.Columns, Column{Ref: p.ID.String(), Point: p})
	}
	t.Name, t.Definition = t.OutcomePoint().Name, t.OutcomePoint().Definition
	if err := t.Validate(); err != nil {
		return DecisionTable{}, err
	}
	names := make([]map[string]int, len(t.Columns))
	for c := range t.Columns {
		if names[c], err = t.Columns[c].Point.byName(); err != nil {
			return DecisionTable{}, err
		}
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return DecisionTable{}, fail(place, err.Error(), "give every line the columns of the header")
		}
		line, _ := r.FieldPos(0)
		row, err := t.csvRow(place+" line "+strconv.Itoa(line), record[1:], names)
		if err != nil {
			return DecisionTable{}, err
		}
		if t.Rows = append(t.Rows, row); len(t.Rows) > MaxRows {
			return DecisionTable{}, fail(place, "more than "+strconv.Itoa(MaxRows)+" rows", "split the table")
		}
	}
}

func (t DecisionTable) csvRow(place string, cells []string, names []map[string]int) ([]int, error) {
	row := make([]int, len(cells))
	for c, cell := range cells {
		v, ok := names[c][foldName(cell)]
		if !ok {
			return nil, fail(place, quote(cell)+" is not a value of "+t.Columns[c].Ref, "use a value name of the decision point")
		}
		row[c] = v
	}
	return row, nil
}

// byName gives the positions of the values by folded name. It fails when two
// values share a name, because a table by name cannot tell them apart.
func (p DecisionPoint) byName() (map[string]int, error) {
	at := make(map[string]int, len(p.Values))
	for i, v := range p.Values {
		name := foldName(v.Name)
		if _, twice := at[name]; twice {
			return nil, fail("decision point "+p.ID.String(), "two values are named "+quote(v.Name), "give every value its own name, or write the table as JSON")
		}
		at[name] = i
	}
	return at, nil
}

func headerPoint(h string, points Source) (DecisionPoint, error) {
	m := reHeader.FindStringSubmatch(h)
	if m == nil {
		return DecisionPoint{}, errors.New(quote(h) + " has no name and version")
	}
	ns := m[3]
	if ns == "" {
		ns = defaultNamespace
	}
	p, ok := points.PointByName(ns, m[1], m[2])
	if !ok {
		return DecisionPoint{}, errors.New(quote(h) + " is not known")
	}
	return p, nil
}
