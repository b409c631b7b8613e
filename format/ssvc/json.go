package ssvc

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// wirePoint is the JSON form of a decision point; the field order is the
// order in which the published files are written.
type wirePoint struct {
	Namespace     string  `json:"namespace"`
	Key           string  `json:"key"`
	Version       string  `json:"version,omitempty"`
	Name          string  `json:"name"`
	Definition    string  `json:"definition"`
	SchemaVersion string  `json:"schemaVersion"`
	Values        []Value `json:"values"`
}

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

type wireGroup struct {
	Version       string  `json:"version,omitempty"`
	SchemaVersion string  `json:"schemaVersion"`
	Name          string  `json:"name"`
	Definition    string  `json:"definition"`
	Points        ordered `json:"decision_points"`
}

// ParseDecisionPoint reads one decision point (schema DecisionPoint 2.0.0).
func ParseDecisionPoint(data []byte) (DecisionPoint, error) {
	var w wirePoint
	if err := decode("decision point", data, &w); err != nil {
		return DecisionPoint{}, err
	}
	return w.point()
}

// ParseDecisionTable reads one decision table (schema DecisionTable 2.0.0).
func ParseDecisionTable(data []byte) (DecisionTable, error) {
	var w wireTable
	if err := decode("decision table", data, &w); err != nil {
		return DecisionTable{}, err
	}
	return w.table()
}

// ParseGroup reads a decision point group (schema DecisionPointGroup 2.0.0).
func ParseGroup(data []byte) (Group, error) {
	var w wireGroup
	if err := decode("decision point group", data, &w); err != nil {
		return Group{}, err
	}
	if err := checkSchema("decision point group", w.SchemaVersion); err != nil {
		return Group{}, err
	}
	cols, err := w.Points.columns("decision point group " + quote(w.Name))
	if err != nil {
		return Group{}, err
	}
	g := Group{Name: w.Name, Definition: w.Definition, Version: versionOr(w.Version), Points: cols}
	if !ValidVersion(g.Version) {
		return Group{}, fail("decision point group "+quote(g.Name), "version "+quote(g.Version)+" is not a semantic version", "write three numbers like 1.0.0")
	}
	return g, errors.Join(checkText("decision point group", "name", g.Name), checkText("decision point group", "definition", g.Definition))
}

// JSON gives the decision point in the published layout: two spaces, fixed
// field order, newline at the end.
func (p DecisionPoint) JSON() ([]byte, error) { return encode(p.wire()) }

// JSON gives the table in the published layout; mapping rows list the columns
// in the order of decision_points. It fails when the table is not valid.
func (t DecisionTable) JSON() ([]byte, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	return encode(t.wire())
}

// JSON gives the group in the published layout.
func (g Group) JSON() ([]byte, error) {
	return encode(wireGroup{
		Version: g.Version, SchemaVersion: SchemaVersion, Name: g.Name, Definition: g.Definition, Points: orderedColumns(g.Points),
	})
}

func (p DecisionPoint) wire() wirePoint {
	return wirePoint{
		Namespace: p.ID.Namespace, Key: p.ID.Key, Version: p.ID.Version, Name: p.Name, Definition: p.Definition,
		SchemaVersion: SchemaVersion, Values: p.Values,
	}
}

func (w wirePoint) point() (DecisionPoint, error) {
	p := DecisionPoint{
		ID:   ID{w.Namespace, w.Key, versionOr(w.Version)},
		Name: w.Name, Definition: w.Definition, Values: w.Values,
	}
	if err := checkSchema("decision point "+quote(p.ID.String()), w.SchemaVersion); err != nil {
		return DecisionPoint{}, err
	}
	return p, p.Validate()
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

// pair and ordered keep the order of a JSON object, which encoding/json's maps
// lose; duplicates are refused because the later one would win in silence.
type pair struct{ name, value string }

type orderedString []pair

type namedPoint struct {
	name  string
	point wirePoint
}

type ordered []namedPoint

func orderedColumns(cols []Column) ordered {
	o := make(ordered, len(cols))
	for i, c := range cols {
		o[i] = namedPoint{c.Ref, c.Point.wire()}
	}
	return o
}

func (o ordered) columns(place string) ([]Column, error) {
	if len(o) > MaxPoints {
		return nil, fail(place, "more than "+strconv.Itoa(MaxPoints)+" decision points", "split it")
	}
	cols := make([]Column, len(o))
	for i, n := range o {
		p, err := n.point.point()
		if err != nil {
			return nil, err
		}
		cols[i] = Column{Ref: n.name, Point: p}
	}
	return cols, nil
}

// UnmarshalJSON reads an object of decision points in its order.
func (o *ordered) UnmarshalJSON(data []byte) error {
	return eachMember(data, func(dec *json.Decoder, name string) error {
		var p wirePoint
		if err := dec.Decode(&p); err != nil {
			return err
		}
		*o = append(*o, namedPoint{name, p})
		return nil
	})
}

// MarshalJSON writes the decision points in their order.
func (o ordered) MarshalJSON() ([]byte, error) {
	return writeMembers(len(o), func(i int) (string, any) { return o[i].name, o[i].point })
}

// UnmarshalJSON reads a flat object of strings in its order.
func (o *orderedString) UnmarshalJSON(data []byte) error {
	return eachMember(data, func(dec *json.Decoder, name string) error {
		var v string
		if err := dec.Decode(&v); err != nil {
			return err
		}
		*o = append(*o, pair{name, v})
		return nil
	})
}

// MarshalJSON writes the pairs in their order.
func (o orderedString) MarshalJSON() ([]byte, error) {
	return writeMembers(len(o), func(i int) (string, any) { return o[i].name, o[i].value })
}

func eachMember(data []byte, read func(*json.Decoder, string) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	if tok != json.Delim('{') {
		return fail("byte 0", "an object is expected", "write { … }")
	}
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := tok.(string)
		if seen[name] {
			return fail("member "+quote(name), "occurs twice", "keep one")
		}
		if seen[name] = true; len(seen) > maxObjects {
			return fail("member "+quote(name), "more than "+strconv.Itoa(maxObjects)+" members", "split the document")
		}
		if err := read(dec, name); err != nil {
			return err
		}
	}
	return nil
}

func writeMembers(n int, member func(int) (string, any)) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('{')
	for i := range n {
		if i > 0 {
			buf.WriteByte(',')
		}
		name, value := member(i)
		for j, v := range []any{name, value} {
			if j == 1 {
				buf.WriteByte(':')
			}
			enc := json.NewEncoder(&buf)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(v); err != nil {
				return nil, err
			}
		}
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// decode reads one JSON document within the limits and nothing after it.
func decode(what string, data []byte, into any) error {
	if err := guard(what, data); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(into); err != nil {
		return jsonError(what, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fail(what+" byte "+strconv.FormatInt(dec.InputOffset(), 10), "text follows the document", "remove it")
	}
	return nil
}

func jsonError(what string, err error) error {
	var own *Error
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &own):
		return fail(what+" "+own.Place, own.Problem, own.Remedy)
	case errors.As(err, &syntax):
		return fail(what+" byte "+strconv.FormatInt(syntax.Offset, 10), syntax.Error(), "check the JSON at this place")
	case errors.As(err, &kind):
		return fail(what+" field "+quote(kind.Field), "holds a "+kind.Value+" instead of a "+kind.Type.String(), "see the SSVC 2.0.0 schema")
	}
	return fail(what, err.Error(), "check that the file is a whole JSON document")
}

// encode writes JSON as the published files are written.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func checkSchema(place, version string) error {
	if version != SchemaVersion {
		return fail(place, "schemaVersion is "+quote(version), "only "+SchemaVersion+" is read here")
	}
	return nil
}

func versionOr(v string) string {
	if v == "" {
		return DefaultVersion
	}
	return v
}
