package ssvc

import (
	"encoding/json"
	"io/fs"
	"path"
	"reflect"
	"strings"
)

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
