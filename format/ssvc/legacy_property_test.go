package ssvc_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
)

type (
	wireCondition struct {
		Child  string   `json:"child_label"`
		Labels []string `json:"child_option_labels"`
	}
	wireOption struct {
		Label        string            `json:"label"`
		Key          string            `json:"key,omitempty"`
		Combinations [][]wireCondition `json:"child_combinations,omitempty"`
	}
	wirePoint struct {
		Label    string              `json:"label"`
		Key      string              `json:"key,omitempty"`
		Type     string              `json:"decision_type"`
		Options  []wireOption        `json:"options"`
		Children []map[string]string `json:"children,omitempty"`
	}
	wireTree struct {
		Points []wirePoint         `json:"decision_points"`
		Rows   []map[string]string `json:"decisions_table"`
	}
)

// styled writes a label as another hand might: other case, other separators.
func styled(r *rand.Rand, label string) string {
	s := strings.Map(func(c rune) rune {
		if c == ' ' {
			return []rune{' ', '_', '-'}[r.IntN(3)]
		}
		return c
	}, label)
	if r.IntN(2) == 0 {
		s = strings.ToUpper(s)
	}
	return s
}

// randomTree makes a tree of two simple points, a complex one that follows from
// them by random combinations, another simple one and an outcome.
func randomTree(r *rand.Rand) wireTree {
	var tree wireTree
	for i, kind := range []string{ssvc.LegacySimple, ssvc.LegacySimple, ssvc.LegacyComplex, ssvc.LegacySimple, ssvc.LegacyFinal} {
		p := wirePoint{Label: fmt.Sprintf("the point %d", i), Key: string(rune('P' + i)), Type: kind}
		for o := range 2 + r.IntN(3) {
			p.Options = append(p.Options, wireOption{Label: fmt.Sprintf("option no %d", o), Key: strconv.Itoa(o)})
		}
		tree.Points = append(tree.Points, p)
	}
	joint := &tree.Points[2]
	joint.Children = []map[string]string{{"label": styled(r, "the point 0")}, {"label": styled(r, "the point 1")}}
	for o := range joint.Options {
		for range r.IntN(3) {
			var alternative []wireCondition
			for child := range 1 + r.IntN(2) {
				c := wireCondition{Child: styled(r, tree.Points[child].Label)}
				for _, option := range tree.Points[child].Options {
					if r.IntN(2) == 0 {
						c.Labels = append(c.Labels, styled(r, option.Label))
					}
				}
				alternative = append(alternative, c)
			}
			joint.Options[o].Combinations = append(joint.Options[o].Combinations, alternative)
		}
	}
	for i := range joint.Options {
		for j := range tree.Points[3].Options {
			if r.IntN(4) > 0 || len(tree.Rows) == 0 {
				tree.Rows = append(tree.Rows, map[string]string{
					styled(r, "the point 2"): styled(r, joint.Options[i].Label), styled(r, "the point 3"): styled(r, tree.Points[3].Options[j].Label),
					styled(r, "the point 4"): styled(r, tree.Points[4].Options[r.IntN(len(tree.Points[4].Options))].Label),
				})
			}
		}
	}
	return tree
}

func fold(s string) string {
	return strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(s))
}

// deriveSlowly gives the first option one of whose alternatives holds.
func deriveSlowly(p wirePoint, labels map[string]string) int {
	for o, option := range p.Options {
		for _, alternative := range option.Combinations {
			holds := len(alternative) > 0
			for _, c := range alternative {
				holds = holds && slices.ContainsFunc(c.Labels, func(l string) bool { return fold(l) == labels[fold(c.Child)] })
			}
			if holds {
				return o
			}
		}
	}
	return -1
}

// TestRandomLegacyTrees: labels are matched whatever their style, rows and
// derivation mean what the file says, and the tables made of a tree decide alike.
func TestRandomLegacyTrees(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(41, 42))
	for range 200 {
		wire := randomTree(r)
		data, err := json.Marshal(wire)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := ssvc.ParseLegacyTree(data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		for i, row := range tree.Rows {
			for c, p := range tree.Columns {
				for label, option := range wire.Rows[i] {
					if fold(label) == fold(tree.Points[p].Label) && fold(option) != fold(tree.Points[p].Options[row[c]].Label) {
						t.Fatalf("row %d: %s is %q, want %q", i, label, tree.Points[p].Options[row[c]].Label, option)
					}
				}
			}
		}
		tables, err := tree.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT"})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tree.Rows, tables[0].Rows); d != "" || len(tables) != 2 {
			t.Fatalf("%d tables, rows of the first (-tree +table):\n%s", len(tables), d)
		}
		x, err := tables[1].Index()
		if err != nil {
			t.Fatal(err)
		}
		for a, first := range wire.Points[0].Options {
			for b, second := range wire.Points[1].Options {
				want := deriveSlowly(wire.Points[2], map[string]string{fold("the point 0"): fold(first.Label), fold("the point 1"): fold(second.Label)})
				if got := tree.Points[2].Derive([]int{a, b}); got != want || x.Outcome([]int{a, b}) != want {
					t.Fatalf("%s, %s: derived %d, table %d, want %d\n%s", first.Label, second.Label, got, x.Outcome([]int{a, b}), want, data)
				}
			}
		}
	}
}

// TestVectorsOfRandomTrees: what a tree writes as a vector it reads back.
func TestVectorsOfRandomTrees(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(43, 44))
	for range 200 {
		data, err := json.Marshal(randomTree(r))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := ssvc.ParseLegacyTree(data)
		if err != nil {
			t.Fatal(err)
		}
		want := map[int]int{}
		for p, point := range tree.Points {
			if r.IntN(3) > 0 || p == 0 {
				want[p] = r.IntN(len(point.Options))
			}
		}
		at := time.Unix(r.Int64N(4e9), 0).UTC()
		v, err := tree.Vector(want, at)
		if err != nil {
			t.Fatal(err)
		}
		v.Target, v.Tree = "CVE-2099-0001", "mine"
		back, err := ssvc.ParseVector(v.String())
		if err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		got, unmapped := tree.Read(back)
		when, ok := back.At()
		if !maps.Equal(got, want) || len(unmapped) != 0 || !ok || !when.Equal(at) || cmp.Diff(v, back) != "" {
			t.Fatalf("%s is read as %v at %v, %v; want %v at %v", v, got, when, unmapped, want, at)
		}
	}
}

// TestVectorRefusesKeys: a tree whose keys the vector form cannot hold or tell
// apart is not written to a vector that would be read otherwise.
func TestVectorRefusesKeys(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*ssvc.LegacyTree){
		"long point key":  func(x *ssvc.LegacyTree) { x.Points[0].Key = "WIN" },
		"long option key": func(x *ssvc.LegacyTree) { x.Points[0].Options[1].Key = "STR" },
		"separator":       func(x *ssvc.LegacyTree) { x.Points[0].Key = "/" },
		"colon":           func(x *ssvc.LegacyTree) { x.Points[0].Options[1].Key = ":" },
		"same point key": func(x *ssvc.LegacyTree) {
			x.Points[1].Key, x.Points[0].Key = "W", "W"
			x.Points[1], x.Points[0] = x.Points[0], x.Points[1]
		},
		"same option key":   func(x *ssvc.LegacyTree) { x.Points[0].Options[0].Key = "S" },
		"no point key":      func(x *ssvc.LegacyTree) { x.Points[0].Key = "" },
		"no such option":    func(x *ssvc.LegacyTree) { x.Points[0].Options = x.Points[0].Options[:1] },
		"key that is empty": func(x *ssvc.LegacyTree) { x.Points[0].Options[1].Key = "" },
	} {
		tree := parseSmall(t)
		if _, err := tree.Vector(map[int]int{0: 1, 1: 1}, time.Unix(0, 0)); err != nil {
			t.Fatalf("untouched: %v", err)
		}
		spoil(&tree)
		if v, err := tree.Vector(map[int]int{0: 1, 1: 1}, time.Unix(0, 0)); err == nil || !strings.Contains(err.Error(), "legacy tree point") {
			t.Errorf("%s: Vector() = %s, %v; want an error naming the point", name, v, err)
		}
	}
}

func TestParseVectorRules(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"SSVCv2/E:A/E:N/", `repeats the key "E"`},
		{"SSVCv2/E:A/A:N/E:A/", `repeats the key "E"`},
		{"SSVCv1/E:A/", "does not begin with SSVCv2/"},
		{"ssvcv2/E:A/", "does not begin with SSVCv2/"},
		{"SSVCv2/E:ABC/", "neither KEY:VALUE nor a closing time"},
		{"SSVCv2/E:/", "neither KEY:VALUE nor a closing time"},
		{"SSVCv2/:A/", "neither KEY:VALUE nor a closing time"},
		{"SSVCv2//E:A/", "neither KEY:VALUE nor a closing time"},
		{"SSVCv2/E:A/2021-02-30/", "neither KEY:VALUE nor a closing time"},
		{"SSVCv2/E:A/1099511627776/", "neither KEY:VALUE nor a closing time"},
		{"SSVCv2/2021-09-29/", "0 pairs"},
		{"SSVCv2", "0 pairs"},
		{"SSVCv2/E:A/" + strings.Repeat(" ", 4096), "longer than 4096 bytes"},
	} {
		if v, err := ssvc.ParseVector(tc.in); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("ParseVector(%.40q) = %v, %v; want an error about %q", tc.in, v, err, tc.want)
		}
	}
	for in, want := range map[string]time.Time{
		"SSVCv2/E:A/0/":                         time.Unix(0, 0),
		"SSVCv2/E:A/1099511627775/":             time.Unix(1<<40-1, 0),
		"SSVCv2/E:A/2021-09-29/":                time.Date(2021, 9, 29, 0, 0, 0, 0, time.UTC),
		"SSVCv2/E:A/2021-09-29T15:29:44/":       time.Date(2021, 9, 29, 15, 29, 44, 0, time.UTC),
		"SSVCv2/E:A/2021-09-29T15:29:44+09:00/": time.Date(2021, 9, 29, 6, 29, 44, 0, time.UTC),
	} {
		v, err := ssvc.ParseVector(in)
		if at, ok := v.At(); err != nil || !ok || !at.Equal(want) || at.Location() != time.UTC {
			t.Errorf("ParseVector(%q) is of %v, %v, %v; want %v", in, at, ok, err, want)
		}
	}
	if at, ok := (ssvc.Vector{}).At(); ok || !at.IsZero() {
		t.Errorf("no time is %v, %v", at, ok)
	}
}

// TestLegacyTakesLinearTime: a tree with labels of 60,000 characters and many
// rows is read in time that grows with its size, not with labels times cells.
func TestLegacyTakesLinearTime(t *testing.T) {
	t.Parallel()
	var tree wireTree
	for i := range 30 {
		label := strings.Repeat("l", 60_000) + strconv.Itoa(i)
		if i >= 28 {
			label = strconv.Itoa(i)
		}
		tree.Points = append(tree.Points, wirePoint{Label: label, Type: ssvc.LegacySimple, Options: []wireOption{{Label: "a"}, {Label: "b"}}})
	}
	for range 20_000 {
		tree.Rows = append(tree.Rows, map[string]string{"28": "a", "29": "b"})
	}
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	got, err := ssvc.ParseLegacyTree(data)
	if err != nil || len(got.Rows) != 20_000 {
		t.Fatalf("%d rows, %v", len(got.Rows), err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("20,000 rows took %v", took)
	}
}

// TestLegacyWorkIsBounded: a complex point with too many combinations times
// alternatives is refused instead of written out for hours.
func TestLegacyWorkIsBounded(t *testing.T) {
	t.Parallel()
	var tree wireTree
	for i := range 9 {
		p := wirePoint{Label: "c" + strconv.Itoa(i), Type: ssvc.LegacySimple}
		for o := range 4 {
			p.Options = append(p.Options, wireOption{Label: "o" + strconv.Itoa(o)})
		}
		tree.Points = append(tree.Points, p)
	}
	never := []wireCondition{{Child: "c0", Labels: []string{}}}
	joint := wirePoint{Label: "complex", Type: ssvc.LegacyComplex, Options: []wireOption{{Label: "x", Combinations: slices.Repeat([][]wireCondition{never}, 1000)}}}
	for i := range 9 {
		joint.Children = append(joint.Children, map[string]string{"label": "c" + strconv.Itoa(i)})
	}
	tree.Points = append(tree.Points, joint, wirePoint{Label: "out", Type: ssvc.LegacyFinal, Options: []wireOption{{Label: "y"}}})
	tree.Rows = []map[string]string{{"complex": "x", "out": "y"}}
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ssvc.ParseLegacyTree(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = got.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT"}); err == nil || !strings.Contains(err.Error(), `"complex": has too many combinations and alternatives`) {
		t.Errorf("Tables() = %v, want an error about the complex point", err)
	}
}

// TestLegacyKeys: keys come from the tree where they are valid and unique, else
// from the initials of the label, else with a number.
func TestLegacyKeys(t *testing.T) {
	t.Parallel()
	tree := wireTree{
		Points: []wirePoint{
			{Label: "Public safety", Key: "P", Type: ssvc.LegacySimple, Options: []wireOption{{Label: "not so bad"}, {Label: "Nearly so bad"}, {Label: "日本"}, {Label: "語"}, {Label: "x", Key: "-"}, {Label: "y", Key: "Q"}}},
			{Label: "another", Key: "P", Type: ssvc.LegacySimple, Options: []wireOption{{Label: "a"}}},
			{Label: "out", Key: "bad key", Type: ssvc.LegacyFinal, Options: []wireOption{{Label: "a"}}},
		},
		Rows: []map[string]string{{"Public safety": "日本", "another": "a", "out": "a"}},
	}
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ssvc.ParseLegacyTree(data)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := parsed.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT", Version: "2.1.0"})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, c := range tables[0].Columns {
		keys = append(keys, c.Point.ID.Key)
	}
	for _, v := range tables[0].Columns[0].Point.Values {
		keys = append(keys, v.Key)
	}
	if d := cmp.Diff([]string{"P", "A", "O", "NSB", "NSB2", "X", "X2", "X3", "Q"}, keys); d != "" || tables[0].ID.String() != "x_example.test#old:DT:2.1.0" {
		t.Errorf("%s: keys (-want +got):\n%s", tables[0].ID, d)
	}
}
