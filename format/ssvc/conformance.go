package ssvc

import (
	"encoding/json"
	"io/fs"
	"path"
	"reflect"
	"strings"
)

// Report says how this package and its embedded objects agree with a folder of
// published SSVC data.
type Report struct {
	// Points and TablesInRegistry count the objects of the registry file.
	Points, TablesInRegistry int
	Tables                   []TableReport
	// Legacy holds the calculator trees; empty when the folder has none.
	Legacy []LegacyReport
}

// TableReport is the result for one decision table.
type TableReport struct {
	ID ID
	// Rows is the number of published rows. Agree counts those to which the
	// embedded table gives the published outcome, looked up by id; CSVAgree
	// those that the CSV file, read by header, also gives.
	Rows, Agree, CSVAgree int
	// Complete, Monotone, RoundTrip and SameText say that every combination has
	// one row, that no order is broken, that export equals import semantically
	// and that export has the published bytes.
	Complete, Monotone, RoundTrip, SameText bool
}

// LegacyReport is the result for one tree of the older calculator.
type LegacyReport struct {
	Name  string
	Table ID
	Comparison
}

// Rows gives the number of published rows and how many agree in all respects.
func (r Report) Rows() (agree, total int) {
	for _, t := range r.Tables {
		total += t.Rows
		agree += min(t.Agree, t.CSVAgree)
	}
	return agree, total
}

// LegacyRows gives the number of legacy rows and how many agree.
func (r Report) LegacyRows() (agree, total int) {
	for _, l := range r.Legacy {
		total += l.Rows
		agree += l.Agree
	}
	return agree, total
}

// OK reports whether everything agrees: all rows, completeness, order and
// export of every table, and all legacy rows and missing rows with a meaning.
func (r Report) OK() bool {
	for _, t := range r.Tables {
		if t.Agree != t.Rows || t.CSVAgree != t.Rows || !t.Complete || !t.Monotone || !t.RoundTrip {
			return false
		}
	}
	for _, l := range r.Legacy {
		if l.Agree != l.Rows || l.Missing != l.MissingAgree {
			return false
		}
	}
	return len(r.Tables) > 0
}

// Conformance compares this package with a folder of published SSVC data:
// json/ssvc_object_registry.json, json/decision_tables/NS/NAME.json,
// csv/NS/NAME.csv and, when present, legacy-calculator/NAME.json.
func Conformance(fsys fs.FS) (Report, error) {
	var rep Report
	own, err := Builtin()
	if err != nil {
		return rep, err
	}
	data, err := readLimited(fsys, "json/ssvc_object_registry.json")
	if err != nil {
		return rep, err
	}
	reg, err := ParseRegistry(data)
	if err != nil {
		return rep, err
	}
	rep.Points, rep.TablesInRegistry = len(reg.Points), len(reg.Tables)
	files, err := fs.Glob(fsys, "json/decision_tables/*/*.json")
	if err != nil {
		return rep, err
	}
	for _, name := range files {
		t, err := conformTable(fsys, name, own, reg)
		if err != nil {
			return rep, fail(name, err.Error(), "")
		}
		rep.Tables = append(rep.Tables, t)
	}
	files, err = fs.Glob(fsys, "legacy-calculator/*.json")
	if err != nil {
		return rep, err
	}
	for _, name := range files {
		l, err := conformLegacy(fsys, name, own)
		if err != nil {
			return rep, fail(name, err.Error(), "")
		}
		rep.Legacy = append(rep.Legacy, l)
	}
	return rep, nil
}

func conformTable(fsys fs.FS, name string, own, reg *Registry) (TableReport, error) {
	data, err := readLimited(fsys, name)
	if err != nil {
		return TableReport{}, err
	}
	t, err := ParseDecisionTable(data)
	if err != nil {
		return TableReport{}, err
	}
	rep := TableReport{ID: t.ID, Rows: len(t.Rows)}
	found, err := t.Check(0)
	if err != nil {
		return rep, err
	}
	rep.Complete, rep.Monotone = found.Complete(), found.Monotone()
	if rep.Agree, err = agreeByID(data, own, t.ID); err != nil {
		return rep, err
	}
	csvName := strings.TrimSuffix(strings.Replace(name, "json/decision_tables/", "csv/", 1), ".json") + ".csv"
	if rep.CSVAgree, err = agreeByHeader(fsys, csvName, t, reg); err != nil {
		return rep, err
	}
	out, err := t.JSON()
	if err != nil {
		return rep, err
	}
	back, err := ParseDecisionTable(out)
	if err != nil {
		return rep, err
	}
	rep.RoundTrip = SemanticallyEqual(t, back) && sameJSON(data, out)
	rep.SameText = string(out) == string(data)
	return rep, nil
}

// agreeByID reads the published rows without this package's own table reader,
// so that a fault in the reader cannot hide itself, and asks the embedded table.
func agreeByID(data []byte, own *Registry, id ID) (int, error) {
	var raw struct {
		Outcome string              `json:"outcome"`
		Mapping []map[string]string `json:"mapping"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return 0, err
	}
	t, ok := own.Table(id)
	if !ok {
		return 0, nil
	}
	x, err := t.Index()
	if err != nil {
		return 0, err
	}
	agree := 0
	for _, row := range raw.Mapping {
		keys := map[ID]string{}
		for ref, key := range row {
			if ref == raw.Outcome {
				continue
			}
			id, err := ParseID(ref)
			if err != nil {
				return 0, err
			}
			keys[id] = key
		}
		if got, ok := t.Evaluate(x, keys); ok && got == row[raw.Outcome] {
			agree++
		}
	}
	return agree, nil
}

func agreeByHeader(fsys fs.FS, name string, t DecisionTable, reg *Registry) (int, error) {
	data, err := readLimited(fsys, name)
	if err != nil {
		return 0, err
	}
	c, err := ReadCSV(data, t.ID, reg)
	if err != nil {
		return 0, err
	}
	if !sameColumns(t, c) {
		return 0, nil
	}
	x, err := t.Index()
	if err != nil {
		return 0, err
	}
	agree := 0
	for _, row := range c.Rows {
		values := make([]int, 0, len(row))
		for _, i := range t.Inputs() {
			values = append(values, row[c.Column(t.Columns[i].Point.ID)])
		}
		if x.Outcome(values) == row[c.Outcome] {
			agree++
		}
	}
	return agree, nil
}

func conformLegacy(fsys fs.FS, name string, own *Registry) (LegacyReport, error) {
	rep := LegacyReport{Name: strings.TrimSuffix(path.Base(name), ".json")}
	data, err := readLimited(fsys, name)
	if err != nil {
		return rep, err
	}
	tree, err := ParseLegacyTree(data)
	if err != nil {
		return rep, err
	}
	walk, ok := tree.Crosswalk(own)
	if !ok {
		return rep, fail("legacy tree", "no crosswalk fits its labels", "compare it with a crosswalk of your own")
	}
	table, _ := own.Table(walk.Table)
	rep.Table = table.ID
	rep.Comparison, err = tree.Compare(table, walk)
	return rep, err
}

// sameJSON compares two documents as values; the order of members does not
// matter.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

func readLimited(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxBytes {
		return nil, fail(name, "is too large", "split the file")
	}
	return fs.ReadFile(fsys, name)
}
