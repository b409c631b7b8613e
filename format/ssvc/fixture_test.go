package ssvc_test

import (
	"os"
	"slices"
	"sync"
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/testkit"
)

// readBuiltin reads the embedded objects once for all tests.
var readBuiltin = sync.OnceValues(ssvc.Builtin)

// builtin gives the embedded objects, which no test may change.
func builtin(tb testing.TB) *ssvc.Registry {
	tb.Helper()
	reg, err := readBuiltin()
	if err != nil {
		tb.Fatal(err)
	}
	return reg
}

func mustID(tb testing.TB, s string) ssvc.ID {
	tb.Helper()
	id, err := ssvc.ParseID(s)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// mustTable gives a copy of an embedded table, which a test may change.
func mustTable(tb testing.TB, s string) ssvc.DecisionTable {
	tb.Helper()
	t, ok := builtin(tb).Table(mustID(tb, s))
	if !ok {
		tb.Fatalf("no table %s", s)
	}
	t.Columns, t.Rows = slices.Clone(t.Columns), slices.Clone(t.Rows)
	for i := range t.Columns {
		t.Columns[i].Point.Values = slices.Clone(t.Columns[i].Point.Values)
	}
	for i := range t.Rows {
		t.Rows[i] = slices.Clone(t.Rows[i])
	}
	return t
}

func shared(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(testkit.Shared(tb, "data/ssvc/"+name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// smallTree is a made-up tree in the form of the older calculator: no keys on
// some points, labels in mixed case, one missing row, an outcome typed simple.
const smallTree = `{"title": "Lights", "lang": "en", "version": "2.0",
"decision_points": [
 {"label": "Wind", "decision_type": "simple", "key": "W", "options": [
  {"label": "calm", "key": "C", "description": "no wind"}, {"label": "Strong", "key": "S", "description": "much wind"}]},
 {"label": "Rain", "decision_type": "simple", "key": "R", "options": [
  {"label": "no", "key": "N", "description": "dry"}, {"label": "yes", "key": "Y", "description": "wet"}]},
 {"label": "Bad_weather", "decision_type": "complex", "options": [
  {"label": "no", "description": "fine", "child_combinations": [[{"child_label": "wind", "child_key": "R", "child_option_labels": ["CALM"]}, {"child_label": "Rain", "child_option_labels": ["no"]}]]},
  {"label": "yes", "description": "foul", "child_combinations": [[{"child_label": "Wind", "child_option_labels": ["strong"]}, {"child_label": "Rain", "child_option_labels": ["no", "yes"]}], [{"child_label": "Rain", "child_option_labels": ["yes"]}]]}],
  "children": [{"label": "Wind"}, {"label": "Rain"}]},
 {"label": "Guest", "decision_type": "simple", "key": "G", "options": [
  {"label": "expected", "description": "one comes"}, {"label": "none", "description": "nobody"}]},
 {"label": "Fire", "decision_type": "simple", "key": "F", "options": [
  {"label": "light it", "key": "L", "description": "light", "color": "#f00"}, {"label": "wait", "key": "W", "description": "wait", "color": "#00f"}]}],
"decisions_table": [
 {"Bad weather": "No", "Guest": "expected", "Fire": "light it"},
 {"Fire": "Wait", "Bad_weather": "yes", "Guest": "expected"},
 {"Bad_weather": "no", "Guest": "none", "Fire": "wait"}]}`

func parseSmall(tb testing.TB) ssvc.LegacyTree {
	tb.Helper()
	tree, err := ssvc.ParseLegacyTree([]byte(smallTree))
	if err != nil {
		tb.Fatal(err)
	}
	return tree
}
