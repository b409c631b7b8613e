package ssvc_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"noroshi.dev/format/ssvc"
)

// folder makes a small published folder out of the embedded objects.
func folder(tb testing.TB) fstest.MapFS {
	tb.Helper()
	reg, err := builtin(tb).JSON()
	if err != nil {
		tb.Fatal(err)
	}
	fsys := fstest.MapFS{"json/ssvc_object_registry.json": {Data: reg}}
	for _, id := range []string{"ssvc:DT_U:1.0.0", "cisa:DT_BOD2604:1.0.0"} {
		table := mustTable(tb, id)
		text, err := table.JSON()
		if err != nil {
			tb.Fatal(err)
		}
		sheet, err := table.CSV()
		if err != nil {
			tb.Fatal(err)
		}
		name := table.ID.Namespace + "/" + strings.ToLower(table.ID.Key)
		fsys["json/decision_tables/"+name+".json"] = &fstest.MapFile{Data: text}
		fsys["csv/"+name+".csv"] = &fstest.MapFile{Data: sheet}
	}
	return fsys
}

// TestConformanceFinds: agreement is counted, and a wrong row, a wrong cell, a
// missing row or a missing file does not stay hidden.
func TestConformanceFinds(t *testing.T) {
	t.Parallel()
	rep, err := ssvc.Conformance(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	if agree, total := rep.Rows(); agree != 20 || total != 20 || !rep.OK() || len(rep.Legacy) != 0 {
		t.Errorf("untouched: %d/%d, OK %v", agree, total, rep.OK())
	}
	for _, tc := range []struct {
		name, file, old, new string
		agree, total         int
	}{
		{"wrong_row", "json/decision_tables/ssvc/dt_u.json", `"ssvc:U:1.0.1": "L"`, `"ssvc:U:1.0.1": "S"`, 3, 4},
		{"wrong_cell", "csv/ssvc/dt_u.csv", "laborious", "super effective", 3, 4},
		{"missing_cell_row", "csv/ssvc/dt_u.csv", "0,no,diffuse,laborious\n", "", 3, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fsys := folder(t)
			text := string(fsys[tc.file].Data)
			changed := strings.Replace(text, tc.old, tc.new, 1)
			if changed == text {
				t.Fatal("the case changes nothing")
			}
			fsys[tc.file] = &fstest.MapFile{Data: []byte(changed)}
			rep, err := ssvc.Conformance(fsys)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range rep.Tables {
				if x.ID.Key == "DT_U" && (min(x.Agree, x.CSVAgree) != tc.agree || x.Rows != tc.total) {
					t.Errorf("%+v, want %d of %d", x, tc.agree, tc.total)
				}
			}
			if rep.OK() {
				t.Error("OK() = true")
			}
		})
	}
	for _, gone := range []string{"json/ssvc_object_registry.json", "csv/ssvc/dt_u.csv"} {
		fsys := folder(t)
		delete(fsys, gone)
		if _, err := ssvc.Conformance(fsys); err == nil || !strings.Contains(err.Error(), gone) {
			t.Errorf("without %s: %v", gone, err)
		}
	}
	fsys := folder(t)
	fsys["legacy-calculator/mine.json"] = &fstest.MapFile{Data: []byte(smallTree)}
	if _, err := ssvc.Conformance(fsys); err == nil || !strings.Contains(err.Error(), "crosswalk") {
		t.Errorf("a tree that nothing is known of: %v", err)
	}
	if (ssvc.Report{}).OK() {
		t.Error("an empty folder conforms")
	}
}

func samplePoint(key string, values int) ssvc.DecisionPoint {
	p := ssvc.DecisionPoint{
		ID: ssvc.ID{Namespace: "x_example.test#a", Key: key, Version: "1.0.0"}, Name: "Point " + key, Definition: "d",
	}
	for i := range values {
		p.Values = append(p.Values, ssvc.Value{Key: "V" + strconv.Itoa(i), Name: "value " + strconv.Itoa(i), Definition: "d"})
	}
	return p
}

func sampleTable() ssvc.DecisionTable {
	t := ssvc.DecisionTable{ID: ssvc.ID{Namespace: "x_example.test#a", Key: "DT", Version: "1.0.0"}, Name: "t", Definition: "d", Outcome: 1}
	for _, key := range []string{"IN", "OUT"} {
		p := samplePoint(key, 2)
		t.Columns = append(t.Columns, ssvc.Column{Ref: p.ID.String(), Point: p})
	}
	t.Rows = [][]int{{0, 0}, {1, 1}}
	return t
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := sampleTable().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		spoil func(*ssvc.DecisionTable)
		want  string
	}{
		{"id", func(x *ssvc.DecisionTable) { x.ID.Version = "one" }, "semantic version"},
		{"namespace", func(x *ssvc.DecisionTable) { x.ID.Namespace = "x_nodots#a" }, "namespace"},
		{"name", func(x *ssvc.DecisionTable) { x.Name = "" }, "name is empty"},
		{"definition", func(x *ssvc.DecisionTable) { x.Definition = strings.Repeat("d", 70_000) }, "longer"},
		{"no_inputs", func(x *ssvc.DecisionTable) { x.Columns = x.Columns[:1] }, "1 decision points"},
		{"outcome", func(x *ssvc.DecisionTable) { x.Outcome = 2 }, "outcome"},
		{"twice", func(x *ssvc.DecisionTable) { x.Columns[1] = x.Columns[0] }, "occurs twice"},
		{"too_many_values", func(x *ssvc.DecisionTable) { x.Columns[0].Point = samplePoint("IN", 65) }, "65 values"},
		{"value_key", func(x *ssvc.DecisionTable) { x.Columns[0].Point.Values[1].Key = "a b" }, "key"},
		{"value_name", func(x *ssvc.DecisionTable) { x.Columns[0].Point.Values[1].Name = "" }, "name is empty"},
		{"value_definition", func(x *ssvc.DecisionTable) { x.Columns[0].Point.Values[1].Definition = "" }, "definition is empty"},
		{"point_name", func(x *ssvc.DecisionTable) { x.Columns[0].Point.Name = "" }, "name is empty"},
		{"point_definition", func(x *ssvc.DecisionTable) { x.Columns[0].Point.Definition = "" }, "definition is empty"},
		{"short_row", func(x *ssvc.DecisionTable) { x.Rows[1] = []int{1} }, "row 1"},
		{"row_value", func(x *ssvc.DecisionTable) { x.Rows[1] = []int{1, 7} }, "row 1"},
		{"negative_value", func(x *ssvc.DecisionTable) { x.Rows[0] = []int{-1, 0} }, "row 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			x := sampleTable()
			tc.spoil(&x)
			if err := x.Validate(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Validate() = %v, want an error about %q", err, tc.want)
			}
		})
	}
}

// TestTooManyCells: a table may have more combinations than can be indexed, and
// says so instead of using the memory.
func TestTooManyCells(t *testing.T) {
	t.Parallel()
	x := sampleTable()
	x.Rows = nil
	for i := range 4 {
		p := samplePoint("BIG"+strconv.Itoa(i), 64)
		x.Columns = append(x.Columns, ssvc.Column{Ref: p.ID.String(), Point: p})
	}
	if err := x.Validate(); err != nil {
		t.Fatal(err)
	}
	if x.Cells() != ssvc.MaxRows+1 {
		t.Errorf("Cells() = %d", x.Cells())
	}
	if _, err := x.Index(); err == nil {
		t.Error("2 x 64^4 combinations were indexed")
	}
	if _, err := x.Check(1); err == nil {
		t.Error("2 x 64^4 combinations were checked")
	}
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	x := sampleTable()
	index, err := x.Index()
	if err != nil {
		t.Fatal(err)
	}
	in := x.Columns[0].Point.ID
	for _, tc := range []struct {
		keys map[ssvc.ID]string
		want string
		ok   bool
	}{
		{map[ssvc.ID]string{in: "V1"}, "V1", true},
		{map[ssvc.ID]string{in: "V9"}, "", false},
		{nil, "", false},
	} {
		if got, ok := x.Evaluate(index, tc.keys); got != tc.want || ok != tc.ok {
			t.Errorf("Evaluate(%v) = %q, %v; want %q, %v", tc.keys, got, ok, tc.want, tc.ok)
		}
	}
	x.Rows = x.Rows[:1]
	if index, err = x.Index(); err != nil {
		t.Fatal(err)
	}
	if got, ok := x.Evaluate(index, map[ssvc.ID]string{in: "V1"}); ok {
		t.Errorf("a missing row gives %q", got)
	}
}

// TestDifferentTables: tables that differ in any one respect are not equal.
func TestDifferentTables(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*ssvc.DecisionTable){
		"id":         func(x *ssvc.DecisionTable) { x.ID.Version = "1.0.1" },
		"name":       func(x *ssvc.DecisionTable) { x.Name = "u" },
		"value_name": func(x *ssvc.DecisionTable) { x.Columns[0].Point.Values[0].Name = "other" },
		"values":     func(x *ssvc.DecisionTable) { x.Columns[0].Point = samplePoint("IN", 3) },
		"column":     func(x *ssvc.DecisionTable) { x.Columns[0].Point = samplePoint("IX", 2) },
		"outcome":    func(x *ssvc.DecisionTable) { x.Outcome = 0 },
		"rows":       func(x *ssvc.DecisionTable) { x.Rows = x.Rows[:1] },
		"row":        func(x *ssvc.DecisionTable) { x.Rows[0] = []int{0, 1} },
	} {
		x := sampleTable()
		spoil(&x)
		if ssvc.SemanticallyEqual(sampleTable(), x) {
			t.Errorf("another %s is not noticed", name)
		}
	}
	if !ssvc.SemanticallyEqual(sampleTable(), sampleTable()) {
		t.Error("a table differs from itself")
	}
}

func TestGroupRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		`{"schemaVersion": "1", "name": "g", "definition": "d", "decision_points": {}}`,
		`{"schemaVersion": "2.0.0", "name": "", "definition": "d", "decision_points": {}}`,
		`{"schemaVersion": "2.0.0", "name": "g", "definition": "d", "decision_points": {"a": ` + point + `, "a": ` + point + `}}`,
		`{"schemaVersion": "2.0.0", "name": "g", "definition": "d", "decision_points": {"a": {}}}`,
		`{"schemaVersion": "2.0.0", "name": "g", "definition": "d", "decision_points": []}`,
	} {
		if g, err := ssvc.ParseGroup([]byte(in)); err == nil {
			t.Errorf("ParseGroup(%.80s) = %+v, want an error", in, g)
		}
	}
}

func TestRegistryRefuses(t *testing.T) {
	t.Parallel()
	entry := func(key, version, obj string) string {
		return `{"name": "r", "definition": "d", "schemaVersion": "2.0.0", "types": {"DecisionPoint": {"type": "DecisionPoint", "namespaces":
		 {"x_example.test#a": {"namespace": "x_example.test#a", "keys": {"` + key + `": {"key": "` + key + `", "versions": {"` + version +
			`": {"version": "` + version + `", "obj": ` + obj + `}}}}}}}}}`
	}
	if reg, err := ssvc.ParseRegistry([]byte(entry("K", "1.0.0", point))); err != nil || len(reg.Points) != 1 {
		t.Errorf("a good registry: %v", err)
	}
	for name, in := range map[string]string{
		"wrong key":     entry("Q", "1.0.0", point),
		"wrong version": entry("K", "1.0.1", point),
		"bad object":    entry("K", "1.0.0", `{}`),
		"bad schema":    `{"schemaVersion": "1.0.0"}`,
		"not json":      `registry`,
	} {
		if _, err := ssvc.ParseRegistry([]byte(in)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
