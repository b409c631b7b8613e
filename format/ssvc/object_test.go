package ssvc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
)

const point = `{"namespace": "x_example.test#a", "key": "K", "version": "1.0.0", "name": "Kind & <sort>", "definition": "d",
 "schemaVersion": "2.0.0", "values": [{"key": "L", "name": "Low", "definition": "l"}, {"key": "H", "name": "High", "definition": "h"}]}`

func TestBuiltin(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	if len(reg.Points) != 148 || len(reg.Tables) != 16 {
		t.Errorf("%d points and %d tables, want 148 and 16", len(reg.Points), len(reg.Tables))
	}
	seen := map[ssvc.ID]bool{}
	star := false
	for _, p := range reg.Points {
		if seen[p.ID] {
			t.Errorf("%s occurs twice", p.ID)
		}
		seen[p.ID] = true
		star = star || p.Index("T*") >= 0
	}
	if !star {
		t.Error("the value key T* is missing")
	}
	if _, ok := reg.Point(mustID(t, "cvss:QS:1.0.0")); !ok {
		t.Error("cvss:QS:1.0.0, which has no file of its own, is missing")
	}
	if n := len(reg.Versions("ssvc", "HI")); n != 3 {
		t.Errorf("%d versions of Human Impact, want 3", n)
	}
	rp, _ := reg.Point(mustID(t, "ssvc:RP:1.0.0"))
	if rp.Index("Y") != 0 || rp.Index("N") != 1 {
		t.Error("Report Public is ordered Y, N")
	}
}

// TestRegistryRoundTrip: the registry is written in a stable form and read back
// to the same objects.
func TestRegistryRoundTrip(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	first, err := reg.JSON()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ssvc.ParseRegistry(first)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(reg, back); d != "" {
		t.Errorf("registry (-want +got):\n%s", d)
	}
	second, err := back.JSON()
	if err != nil || string(first) != string(second) {
		t.Errorf("the second writing differs (%v)", err)
	}
}

func TestPointRoundTrip(t *testing.T) {
	t.Parallel()
	p, err := ssvc.ParseDecisionPoint([]byte(point))
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), `"Kind & <sort>"`) {
		t.Errorf("characters were escaped: %s", out)
	}
	back, err := ssvc.ParseDecisionPoint(out)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, back); d != "" {
		t.Errorf("point (-want +got):\n%s", d)
	}
	bare, err := ssvc.ParseDecisionPoint([]byte(strings.Replace(point, `"version": "1.0.0", `, "", 1)))
	if err != nil || bare.ID.Version != ssvc.DefaultVersion {
		t.Errorf("without version: %v, %v", bare.ID, err)
	}
}

func TestGroupRoundTrip(t *testing.T) {
	t.Parallel()
	g, err := ssvc.ParseGroup([]byte(`{"schemaVersion": "2.0.0", "name": "g", "definition": "d", "decision_points": {"one": ` + point + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	out, err := g.JSON()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ssvc.ParseGroup(out)
	if err != nil || !cmp.Equal(g, back) || g.Points[0].Ref != "one" {
		t.Errorf("group %+v became %+v, %v", g, back, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	table := func() string {
		out, err := mustTable(t, "ssvc:DT_U:1.0.0").JSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}()
	cases := []struct{ name, in, want string }{
		{"not_json", `{"namespace": `, "JSON"},
		{"trailing", point + "{}", "follows"},
		{"deep", strings.Repeat("[", 100), "nested"},
		{"not_utf8", "{\"a\": \"\xff\"}", "UTF-8"},
		{"schema_version", strings.Replace(point, `"2.0.0"`, `"1.0.0"`, 1), "schemaVersion"},
		{"no_values", strings.Replace(point, `"values": [`, `"values": [], "x": [`, 1), "0 values"},
		{"value_twice", strings.Replace(point, `"key": "H"`, `"key": "L"`, 1), "twice"},
		{"empty_name", strings.Replace(point, `"Low"`, `""`, 1), "empty"},
		{"wrong_type", strings.Replace(point, `"Low"`, `7`, 1), "instead of"},
		{"too_large", `{"name": "` + strings.Repeat("x", ssvc.MaxBytes) + `"}`, "bytes"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ssvc.ParseDecisionPoint([]byte(tc.in))
			var own *ssvc.Error
			if !errors.As(err, &own) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("ParseDecisionPoint() = %v, want an *Error about %q", err, tc.want)
			}
		})
	}
	for _, tc := range []struct{ name, old, new, want string }{
		{"unknown_value", `"ssvc:A:2.0.0": "N"`, `"ssvc:A:2.0.0": "Q"`, "not a value"},
		{"unknown_point", `"ssvc:A:2.0.0": "N"`, `"ssvc:B:2.0.0": "N"`, "not a decision point"},
		{"point_twice", `"ssvc:VD:1.0.0": "D"`, `"ssvc:A:2.0.0": "N"`, "twice"},
		{"missing_cell", `"ssvc:A:2.0.0": "N",`, ``, "names 2 of 3"},
		{"no_outcome", `"outcome": "ssvc:U:1.0.1"`, `"outcome": "ssvc:X:1.0.1"`, "outcome"},
	} {
		t.Run("table_"+tc.name, func(t *testing.T) {
			t.Parallel()
			in := strings.Replace(table, tc.old, tc.new, 1)
			if in == table {
				t.Fatal("the case changes nothing")
			}
			if _, err := ssvc.ParseDecisionTable([]byte(in)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("ParseDecisionTable() = %v, want an error about %q", err, tc.want)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	table := mustTable(t, "ssvc:DT_U:1.0.0") // N D: L, N C: E, Y D: E, Y C: S
	out := table.Outcome
	row := table.Rows[0]
	change := append([]int{}, row...)
	change[out] = 2
	table.Rows = [][]int{row, row, change, table.Rows[3]}
	f, err := table.Check(10)
	if err != nil {
		t.Fatal(err)
	}
	if f.Cells != 4 || f.Missing != 2 || f.Duplicates != 1 || f.Contradictions != 1 || len(f.MissingRows) != 2 || f.Complete() {
		t.Errorf("Check() = %+v", f)
	}
	if len(f.Unreachable) != 1 || f.Unreachable[0] != "E" {
		t.Errorf("unreachable %v, want E", f.Unreachable)
	}
	table = mustTable(t, "ssvc:DT_U:1.0.0")
	table.Rows[0] = append([]int{}, table.Rows[0]...)
	table.Rows[0][out] = 2
	if f, _ = table.Check(1); f.Monotone() || f.Violations != 2 || len(f.ViolationPairs) != 1 {
		t.Errorf("the lowest row gives the highest outcome: %+v", f)
	}
}

func TestSemanticallyEqual(t *testing.T) {
	t.Parallel()
	a, b := mustTable(t, "cisa:DT_BOD2604:1.0.0"), mustTable(t, "cisa:DT_BOD2604:1.0.0")
	b.Columns[0], b.Columns[1] = b.Columns[1], b.Columns[0]
	for _, row := range b.Rows {
		row[0], row[1] = row[1], row[0]
	}
	b.Rows[0], b.Rows[5] = b.Rows[5], b.Rows[0]
	if !ssvc.SemanticallyEqual(a, b) {
		t.Error("another order of columns and rows is the same table")
	}
	b.Rows[0][4]++
	if ssvc.SemanticallyEqual(a, b) {
		t.Error("another outcome is the same table")
	}
}

// FuzzParseDecisionTable: no input makes the reader panic, and what it reads is
// written and read back to the same table.
func FuzzParseDecisionTable(f *testing.F) {
	out, err := mustTable(f, "ssvc:DT_U:1.0.0").JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(out)
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := ssvc.ParseDecisionTable(data)
		if err != nil {
			return
		}
		if _, err := table.Check(3); err != nil && table.Cells() <= ssvc.MaxRows {
			t.Error(err)
		}
		out, err := table.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ssvc.ParseDecisionTable(out)
		if err != nil || !ssvc.SemanticallyEqual(table, back) {
			t.Errorf("changed by writing: %v", err)
		}
	})
}

// FuzzParseRegistry: no input makes the reader panic.
func FuzzParseRegistry(f *testing.F) {
	f.Add([]byte(`{"name": "r", "definition": "d", "schemaVersion": "2.0.0", "types": {"DecisionPoint": {"type": "DecisionPoint", "namespaces":
	 {"x_example.test#a": {"namespace": "x_example.test#a", "keys": {"K": {"key": "K", "versions": {"1.0.0": {"version": "1.0.0", "obj": ` + point + `}}}}}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		reg, err := ssvc.ParseRegistry(data)
		if err != nil {
			return
		}
		if _, err := reg.JSON(); err != nil {
			t.Error(err)
		}
	})
}
