package ssvc

import (
	"io/fs"
	"strings"
)

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
