package ssvc_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"noroshi.dev/format/ssvc"
)

// schema compiles a published schema from the shared folder.
func schema(tb testing.TB, name string) *jsonschema.Schema {
	tb.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(shared(tb, "schema/v2/"+name)))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func validate(tb testing.TB, s *jsonschema.Schema, data []byte) {
	tb.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		tb.Errorf("%v\n%.400s", err, data)
	}
}

func fullList(tb testing.TB) ssvc.SelectionList {
	tb.Helper()
	reg := builtin(tb)
	l := ssvc.SelectionList{
		TargetIDs: []string{"CVE-2099-0001", "VU#1"},
		Timestamp: time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("", 9*3600)),
		Resources: []ssvc.Reference{{URI: "https://example.test/points", Summary: "points"}},
		References: []ssvc.Reference{{
			URI: "https://example.test/report?a=1&b=2", Summary: "報告 <1>",
		}},
	}
	for _, p := range reg.Points {
		if len(l.Selections) == ssvc.MaxPoints {
			break
		}
		all := make([]int, len(p.Values))
		for i := range all {
			all[i] = i
		}
		l.Selections = append(l.Selections, ssvc.Select(p, all...))
	}
	return l
}

// TestSelectionListSchema: what is written passes the published schema and is
// read back the same, with sets of values and with single ones.
func TestSelectionListSchema(t *testing.T) {
	t.Parallel()
	s := schema(t, "SelectionList_2_0_0.schema.json")
	full := fullList(t)
	small := ssvc.SelectionList{Timestamp: full.Timestamp.UTC(), Selections: full.Selections[:1]}
	for _, l := range []ssvc.SelectionList{full, small} {
		out, err := l.JSON()
		if err != nil {
			t.Fatal(err)
		}
		validate(t, s, out)
		back, err := ssvc.ParseSelectionList(out, builtin(t))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(l, back); d != "" {
			t.Errorf("list (-want +got):\n%s", d)
		}
		again, err := back.JSON()
		if err != nil || string(again) != string(out) {
			t.Errorf("the second writing differs (%v):\n%s", err, again)
		}
	}
}

// TestObjectSchemas: points, tables, groups and the registry as written pass
// the published schemas.
func TestObjectSchemas(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	out, err := reg.JSON()
	if err != nil {
		t.Fatal(err)
	}
	validate(t, schema(t, "SsvcObjectRegistry_2_0_0.schema.json"), out)
	points, tables := schema(t, "DecisionPoint_2_0_0.schema.json"), schema(t, "DecisionTable_2_0_0.schema.json")
	for _, p := range reg.Points {
		out, err := p.JSON()
		if err != nil {
			t.Fatal(err)
		}
		validate(t, points, out)
	}
	for _, x := range reg.Tables {
		out, err := x.JSON()
		if err != nil {
			t.Fatal(err)
		}
		validate(t, tables, out)
	}
	g := ssvc.Group{Name: "g", Definition: "d", Version: "1.0.0", Points: reg.Tables[0].Columns}
	if out, err = g.JSON(); err != nil {
		t.Fatal(err)
	}
	validate(t, schema(t, "DecisionPointGroup_2_0_0.schema.json"), out)
}

// TestSelectionExamples: the published examples of the forms 2.0.0 and 1-0-1
// say the same.
func TestSelectionExamples(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	now, err := ssvc.ParseSelectionList(shared(t, "schema_examples/CVE-1900-1234-Decision_Point_Value_Selection-2-0-0.json"), reg)
	if err != nil {
		t.Fatal(err)
	}
	old, err := ssvc.ParseSelectionList(shared(t, "schema_examples/CVE-1900-1234-Decision_Point_Value_Selection.json"), reg)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(now, old); d != "" {
		t.Errorf("2.0.0 and 1-0-1 (-2.0.0 +1-0-1):\n%s", d)
	}
	out, err := old.JSON()
	if err != nil {
		t.Fatal(err)
	}
	validate(t, schema(t, "SelectionList_2_0_0.schema.json"), out)
}

func TestOldSelectionKeepsUnmapped(t *testing.T) {
	t.Parallel()
	l, err := ssvc.ParseSelectionList([]byte(`{"id": "X-1", "role": "Supplier", "timestamp": "2021-09-29T15:29:44Z", "schemaVersion": "1-0-1",
	 "selections": [{"namespace": "ssvc", "name": "Automatable", "version": "2.0.0", "values": ["Yes", "SLOW"]},
	  {"namespace": "ssvc", "name": "Mood", "version": "1.0.0", "values": ["Good"]}]}`), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []ssvc.Unmapped{{Name: "Automatable", Value: "SLOW", Reason: "value"}, {Name: "Mood", Reason: "name"}}
	if d := cmp.Diff(want, l.Unmapped); d != "" || l.Role != "Supplier" || len(l.Selections) != 1 || len(l.Selections[0].Values) != 1 {
		t.Errorf("list %+v (-want +got):\n%s", l, d)
	}
}

func TestSelectionListRefuses(t *testing.T) {
	t.Parallel()
	out, err := (ssvc.SelectionList{Timestamp: time.Unix(0, 0).UTC(), TargetIDs: []string{"A-1"}, Selections: fullList(t).Selections[:1]}).JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, old, new, want string }{
		{"unknown_property", `"target_ids"`, `"targets"`, "targets"},
		{"time", "1970-01-01T00:00:00Z", "yesterday", "RFC 3339"},
		{"version", `"schemaVersion": "2.0.0"`, `"schemaVersion": "3"`, "schemaVersion"},
		{"empty_target", `"A-1"`, `"A-1", "A-1"`, "twice"},
		{"bad_key", `"key": "NN"`, `"key": "-"`, "key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := strings.Replace(string(out), tc.old, tc.new, 1)
			if _, err := ssvc.ParseSelectionList([]byte(in), builtin(t)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("ParseSelectionList() = %v, want an error about %q\n%s", err, tc.want, in)
			}
		})
	}
	if _, err := (ssvc.SelectionList{}).JSON(); err == nil {
		t.Error("an empty list was written")
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	p, _ := builtin(t).Point(mustID(t, "ssvc:E:1.1.0"))
	s := ssvc.Select(p, 1, 2)
	s.Values = append(s.Values, ssvc.SelectionValue{Key: "X"})
	at, unmapped := s.Positions(p)
	if !cmp.Equal(at, []int{1, 2}) || len(unmapped) != 1 || unmapped[0].Value != "X" {
		t.Errorf("Positions() = %v, %v", at, unmapped)
	}
}

// FuzzParseSelectionList: no input makes the reader panic; what it reads of
// form 2.0.0 is written and read back.
func FuzzParseSelectionList(f *testing.F) {
	out, err := fullList(f).JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(out[:2000])
	f.Add([]byte(`{"timestamp":"2021-09-29T15:29:44Z","schemaVersion":"2.0.0","selections":[{"namespace":"ssvc","key":"E","version":"1.1.0","values":[{"key":"A"}]}]}`))
	f.Add([]byte(`{"id":"X","timestamp":"2021-09-29T15:29:44Z","schemaVersion":"1-0-1","selections":[{"namespace":"ssvc","name":"Automatable","version":"2.0.0","values":["Yes"]}]}`))
	reg := builtin(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ssvc.ParseSelectionList(data, reg)
		if err != nil || len(l.Selections) == 0 {
			return
		}
		out, err := l.JSON()
		if err != nil {
			return
		}
		if _, err := ssvc.ParseSelectionList(out, reg); err != nil {
			t.Errorf("cannot read what was written: %v\n%s", err, out)
		}
	})
}

// TestPositionsIn: older versions are matched by key within a major number, by
// key and name across, and never by guessing.
func TestPositionsIn(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	get := func(s string) ssvc.DecisionPoint {
		p, ok := reg.Point(mustID(t, s))
		if !ok {
			t.Fatalf("no %s", s)
		}
		return p
	}
	for _, tc := range []struct {
		from, to string
		keys     int
		want     []int
		unmapped int
	}{
		{"ssvc:E:1.0.0", "ssvc:E:1.1.0", 1, []int{1}, 0},   // PoC is Public PoC
		{"ssvc:SI:1.0.0", "ssvc:SI:2.0.1", 4, []int{3}, 0}, // Catastrophic in both
		{"ssvc:SI:1.0.0", "ssvc:SI:2.0.1", 1, nil, 1},      // Minor has the key of Marginal
		{"ssvc:SI:1.0.0", "ssvc:SI:2.0.1", 2, nil, 1},      // Major is gone
		{"ssvc:E:1.0.0", "ssvc:A:2.0.0", 0, nil, 1},        // another decision point
		{"ssvc:TI:1.0.0", "ssvc:TI:1.0.0", 1, []int{1}, 0}, // the same version
		{"cvss:A:1.0.0", "ssvc:A:2.0.0", 0, nil, 1},        // the same key elsewhere
	} {
		at, unmapped := ssvc.Select(get(tc.from), tc.keys).PositionsIn(get(tc.to), reg)
		if !cmp.Equal(at, tc.want) || len(unmapped) != tc.unmapped {
			t.Errorf("%s value %d in %s: %v, %v; want %v and %d unmapped", tc.from, tc.keys, tc.to, at, unmapped, tc.want, tc.unmapped)
		}
	}
}
