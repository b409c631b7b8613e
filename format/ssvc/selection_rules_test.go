package ssvc_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
)

// smallList is a valid list of one selection.
func smallList() ssvc.SelectionList {
	return ssvc.SelectionList{
		TargetIDs: []string{"CVE-2099-0001"}, Timestamp: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Selections: []ssvc.Selection{{ID: ssvc.ID{Namespace: "ssvc", Key: "E", Version: "1.1.0"}, Values: []ssvc.SelectionValue{{Key: "A"}}}},
	}
}

// TestSelectionListValidate: every rule of schema 2.0.0, each broken alone, with the place.
func TestSelectionListValidate(t *testing.T) {
	t.Parallel()
	if err := smallList().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		spoil func(*ssvc.SelectionList)
		want  string
	}{
		{"no_time", func(l *ssvc.SelectionList) { l.Timestamp = time.Time{} }, "has no timestamp"},
		{"no_selection", func(l *ssvc.SelectionList) { l.Selections = nil }, "0 selections"},
		{"too_many_selections", func(l *ssvc.SelectionList) {
			for len(l.Selections) <= ssvc.MaxPoints {
				l.Selections = append(l.Selections, l.Selections[0])
			}
		}, "129 selections"},
		{"empty_target", func(l *ssvc.SelectionList) { l.TargetIDs = []string{"a", ""} }, `target ""`},
		{"target_twice", func(l *ssvc.SelectionList) { l.TargetIDs = []string{"a", "b", "a"} }, `target "a"`},
		{"too_many_targets", func(l *ssvc.SelectionList) { l.TargetIDs = make([]string, 10_001) }, "more than 10000"},
		{"too_many_references", func(l *ssvc.SelectionList) { l.References = make([]ssvc.Reference, 10_001) }, "more than 10000"},
		{"too_many_resources", func(l *ssvc.SelectionList) { l.Resources = make([]ssvc.Reference, 10_001) }, "more than 10000"},
		{"namespace", func(l *ssvc.SelectionList) { l.Selections[0].ID.Namespace = "S" }, "namespace"},
		{"key", func(l *ssvc.SelectionList) { l.Selections[0].ID.Key = "" }, "key"},
		{"version", func(l *ssvc.SelectionList) { l.Selections[0].ID.Version = "" }, "version"},
		{"no_value", func(l *ssvc.SelectionList) { l.Selections[0].Values = nil }, "selection 0: 0 values"},
		{"too_many_values", func(l *ssvc.SelectionList) { l.Selections[0].Values = make([]ssvc.SelectionValue, ssvc.MaxValues+1) }, "65 values"},
		{"value_key", func(l *ssvc.SelectionList) { l.Selections[0].Values[0].Key = "a b" }, `selection 0 value "a b"`},
		{"value_twice", func(l *ssvc.SelectionList) {
			l.Selections[0].Values = append(l.Selections[0].Values, ssvc.SelectionValue{Key: "A", Name: "again"})
		}, `selection 0 value "A"`},
		{"relative_resource", func(l *ssvc.SelectionList) { l.Resources = []ssvc.Reference{{URI: "points"}} }, `reference "points"`},
		{"relative_reference", func(l *ssvc.SelectionList) { l.References = []ssvc.Reference{{URI: "//host/x"}} }, `reference "//host/x"`},
		{"broken_reference", func(l *ssvc.SelectionList) { l.References = []ssvc.Reference{{URI: "https://[::1"}} }, "absolute URI"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := smallList()
			tc.spoil(&l)
			err := l.Validate()
			var own *ssvc.Error
			if !errors.As(err, &own) || own.Remedy == "" || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Validate() = %v, want an *Error with a remedy about %q", err, tc.want)
			}
			if out, err := l.JSON(); err == nil {
				t.Errorf("JSON() = %.80s, want an error", out)
			}
		})
	}
}

// TestRandomSelectionLists: random lists pass the published schema and come back the same.
func TestRandomSelectionLists(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(51, 52))
	reg, published := builtin(t), schema(t, "SelectionList_2_0_0.schema.json")
	for range 60 {
		want := ssvc.SelectionList{Timestamp: time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC()}
		for i := range r.IntN(3) {
			want.TargetIDs = append(want.TargetIDs, fmt.Sprintf("CVE-2099-%04d", i))
			want.References = append(want.References, ssvc.Reference{URI: fmt.Sprintf("https://example.test/?a=%d&b=<>", i), Summary: "要約 & <b>"})
		}
		for range 1 + r.IntN(8) {
			p := reg.Points[r.IntN(len(reg.Points))]
			want.Selections = append(want.Selections, ssvc.Select(p, r.Perm(len(p.Values))[:1+r.IntN(len(p.Values))]...))
		}
		out, err := want.JSON()
		if err != nil {
			t.Fatal(err)
		}
		validate(t, published, out)
		got, err := ssvc.ParseSelectionList(out, reg)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("list (-want +got):\n%s", d)
		}
		for _, s := range got.Selections {
			p, _ := reg.Point(s.ID)
			if at, unmapped := s.Positions(p); len(at) != len(s.Values) || len(unmapped) != 0 {
				t.Fatalf("positions of %v: %v, %v", s, at, unmapped)
			}
		}
	}
}

// TestOldSelectionRules: the form 1-0-1 loses nothing in silence and never makes a list that
// cannot be written.
func TestOldSelectionRules(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	old := func(values string) string {
		return `{"timestamp": "2021-09-29T15:29:44Z", "schemaVersion": "1-0-1", "selections": [{"namespace": "ssvc", "name": "Automatable", "version": "2.0.0", "values": [` + values + `]}]}`
	}
	l, err := ssvc.ParseSelectionList([]byte(old(`"yes", "Yes", "YES", "no"`)), reg)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]ssvc.SelectionValue{{Key: "Y", Name: "Yes"}, {Key: "N", Name: "No"}}, l.Selections[0].Values); d != "" {
		t.Errorf("a value said in three ways (-want +got):\n%s", d)
	}
	if _, err := l.JSON(); err != nil {
		t.Errorf("what was read cannot be written: %v", err)
	}
	for name, tc := range map[string]struct{ in, want string }{
		"no_values":          {old(""), "selection 0: 0 values"},
		"too_many_values":    {old(strings.Repeat(`"yes",`, 64) + `"no"`), "selection 0: 65 values"},
		"no_selections":      {`{"timestamp": "2021-09-29T15:29:44Z", "schemaVersion": "1-0-1", "selections": []}`, "0 selections"},
		"time":               {strings.Replace(old(`"no"`), "2021-09-29T15:29:44Z", "29.9.2021", 1), "RFC 3339"},
		"unknown_property":   {strings.Replace(old(`"no"`), `"timestamp"`, `"key": 1, "timestamp"`, 1), "key"},
		"property_of_2.0.0":  {strings.Replace(old(`"no"`), `"timestamp"`, `"target_ids": ["x"], "timestamp"`, 1), "target_ids"},
		"another_form":       {strings.Replace(old(`"no"`), "1-0-1", "1-0-0", 1), `schemaVersion is "1-0-0"`},
		"text_after":         {old(`"no"`) + "{}", "text follows"},
		"values_of_a_number": {old("1"), "instead of a string"},
	} {
		if l, err := ssvc.ParseSelectionList([]byte(tc.in), reg); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %+v, %v; want an error about %q", name, l, err, tc.want)
		}
	}
}

// TestOptionRules: texts are kept as written; a result that says a value twice makes one.
func TestOptionRules(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	o, err := ssvc.ParseOptions([]byte(`{"options": [{"Exploitation": ["poc", "Public PoC", "PoC", "active"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"poc", "Public PoC", "PoC", "active"}, o.Options[0].Values); d != "" {
		t.Errorf("values are not as written (-want +got):\n%s", d)
	}
	sels, unmapped := mapper(t).Selections(o, reg)
	if len(sels) != 1 || len(sels[0].Values) != 2 || len(unmapped) != 0 {
		t.Fatalf("selections %v, unmapped %v; want one selection of P and A", sels, unmapped)
	}
	if _, err := (ssvc.SelectionList{Timestamp: time.Unix(1, 0), Selections: sels}).JSON(); err != nil {
		t.Errorf("the selections cannot be written: %v", err)
	}
	for in, want := range map[string]string{
		`{"options": [{"Exploitation": null}]}`:                               "ssvc option 0: is neither a name nor a list",
		`{"options": [{"A": "x"}, {"Exploitation": ["poc", null]}]}`:          "ssvc option 1: is neither a name nor a list",
		`{"options": [{"Exploitation": []}]}`:                                 "ssvc option 0",
		`{"options": [{"Exploitation": 5}]}`:                                  "ssvc option 0",
		`{"options": [{"Exploitation": {"x": "y"}}]}`:                         "ssvc option 0",
		`{"options": [{}]}`:                                                   "holds 0 names",
		`{"options": [{"A": "x", "B": "y"}]}`:                                 "holds 2 names",
		`{"options": [` + strings.Repeat(`{"A": "x"},`, 128) + `{"A": "x"}]}`: "129 options",
		`{"options": [{"A": [` + strings.Repeat(`"x",`, 64) + `"x"]}]}`:       "ssvc option 0",
		`{"options": "none"}`:                                                 "instead of",
	} {
		if o, err := ssvc.ParseOptions([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseOptions(%.60s) = %+v, %v; want an error about %q", in, o, err, want)
		}
	}
}

// TestMapperKnowsEveryValue: every value name of every version of the same major number whose key
// the pinned version still has is mapped to that key.
func TestMapperKnowsEveryValue(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	for _, pin := range reg.Points {
		m, err := ssvc.NewOptionMapper(reg, pin.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range pin.Values {
			for _, name := range []string{v.Name, strings.ToUpper(v.Name), strings.ReplaceAll(v.Name, " ", "_")} {
				id, at, reason := m.Map(pin.Name, name)
				if id != pin.ID || reason != "" || at != i && !strings.EqualFold(pin.Values[at].Name, v.Name) {
					t.Errorf("%s: Map(%q, %q) = %v, %d, %q; want position %d", pin.ID, pin.Name, name, id, at, reason, i)
				}
			}
		}
		if _, _, reason := m.Map(pin.Name, "no such value"); reason != "value" {
			t.Errorf("%s: an unknown value has reason %q", pin.ID, reason)
		}
	}
}
