package ssvc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
)

func TestLegacyTree(t *testing.T) {
	t.Parallel()
	tree := parseSmall(t)
	if tree.Outcome().Label != "Fire" {
		t.Errorf("outcome %q, want the last point", tree.Outcome().Label)
	}
	if d := cmp.Diff([]int{2, 3, 4}, tree.Columns); d != "" {
		t.Errorf("columns (-want +got):\n%s", d)
	}
	if d := cmp.Diff([][]int{{0, 0, 0}, {1, 0, 1}, {0, 1, 1}}, tree.Rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	weather := tree.Points[2]
	for _, tc := range []struct{ wind, rain, want int }{{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}} {
		if got := weather.Derive([]int{tc.wind, tc.rain}); got != tc.want {
			t.Errorf("wind %d, rain %d: %d, want %d", tc.wind, tc.rain, got, tc.want)
		}
	}
}

func TestLegacyTables(t *testing.T) {
	t.Parallel()
	tree := parseSmall(t)
	tables, err := tree.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT_FIRE", Missing: "wait"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != 2 {
		t.Fatalf("%d tables, want the tree's and that of the weather", len(tables))
	}
	for _, x := range tables {
		f, err := x.Check(5)
		if err != nil || !f.Complete() {
			t.Errorf("%s: %+v, %v", x.ID, f, err)
		}
	}
	if tables[1].OutcomePoint().ID != tables[0].Columns[0].Point.ID {
		t.Errorf("the tables do not chain: %s, %s", tables[1].OutcomePoint().ID, tables[0].Columns[0].Point.ID)
	}
	bare, err := tree.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT_FIRE"})
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := bare[0].Check(5); f.Missing != 1 {
		t.Errorf("without a meaning the missing row stays missing: %+v", f)
	}
	if _, err := tree.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT_FIRE", Missing: "dance"}); err == nil {
		t.Error("an unknown outcome was taken for missing rows")
	}
}

// TestMissionDerivation: the CISA tree derives Mission & Well-being as the rule
// says: low when both are minimal; high when the mission is essential or the
// harm irreversible; medium for the rest.
func TestMissionDerivation(t *testing.T) {
	t.Parallel()
	tree, err := ssvc.ParseLegacyTree(shared(t, "legacy-calculator/CISA-Coordinator.json"))
	if err != nil {
		t.Fatal(err)
	}
	mwi := tree.Points[tree.Point("Mission & Well-being")]
	mission, public := tree.Points[mwi.Children[0]], tree.Points[mwi.Children[1]]
	if mission.Label != "Mission Prevalence" || public.Label != "Public Well-being Impact" {
		t.Fatalf("children %s, %s", mission.Label, public.Label)
	}
	for m, mo := range mission.Options {
		for p, po := range public.Options {
			want := "medium"
			switch {
			case mo.Label == "Essential" || po.Label == "Irreversible":
				want = "high"
			case mo.Label == "Minimal" && po.Label == "Minimal":
				want = "low"
			}
			got := mwi.Derive([]int{m, p})
			if got < 0 || mwi.Options[got].Label != want {
				t.Errorf("%s, %s: %d, want %s", mo.Label, po.Label, got, want)
			}
		}
	}
}

func TestLegacyRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, old, new, want string }{
		{"type", `"decision_type": "complex"`, `"decision_type": "odd"`, "decision_type"},
		{"child_after", `"children": [{"label": "Wind"}`, `"children": [{"label": "Guest"}`, "declare"},
		{"not_a_child", `"child_label": "Rain", "child_option_labels": ["no"]`, `"child_label": "Fire", "child_option_labels": ["no"]`, "not a child"},
		{"option", `["CALM"]`, `["breeze"]`, "breeze"},
		{"row_point", `"Guest": "none"`, `"Host": "none"`, "Host"},
		{"row_option", `"Guest": "none"`, `"Guest": "many"`, "many"},
		{"row_without_outcome", `"Guest": "none", "Fire": "wait"`, `"Guest": "none"`, "outcome"},
		{"row_with_more", `"Guest": "none", "Fire"`, `"Guest": "none", "Wind": "calm", "Fire"`, "other decision points"},
		{"label_twice", `"label": "Rain", "decision_type"`, `"label": "wind", "decision_type"`, "twice"},
		{"no_rows", `"decisions_table": [`, `"decisions_table": [], "x": [`, "0 rows"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := strings.Replace(smallTree, tc.old, tc.new, 1)
			if in == smallTree {
				t.Fatal("the case changes nothing")
			}
			if _, err := ssvc.ParseLegacyTree([]byte(in)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("ParseLegacyTree() = %v, want an error about %q", err, tc.want)
			}
		})
	}
}

// TestCompareFindsDifference: a wrong row is found and named.
func TestCompareFindsDifference(t *testing.T) {
	t.Parallel()
	tree, err := ssvc.ParseLegacyTree(shared(t, "legacy-calculator/Supplier.json"))
	if err != nil {
		t.Fatal(err)
	}
	reg := builtin(t)
	walk, ok := tree.Crosswalk(reg)
	if !ok || walk.Name != "Supplier" {
		t.Fatalf("Crosswalk() = %v, %v", walk.Name, ok)
	}
	last := len(tree.Columns) - 1
	tree.Rows[7][last] = (tree.Rows[7][last] + 1) % 4
	table, _ := reg.Table(walk.Table)
	c, err := tree.Compare(table, walk)
	if err != nil || c.Rows != 36 || c.Agree != 35 || len(c.Differences) != 1 || !strings.Contains(c.Differences[0], "Priority=") {
		t.Errorf("Compare() = %+v, %v", c, err)
	}
	if _, ok := parseSmall(t).Crosswalk(reg); ok {
		t.Error("a tree of another kind was mapped")
	}
}

func TestVector(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"SSVCv2/E:A/A:N/T:T/P:M/B:A/M:M/D:A/2021-09-29T15:29:44Z/", "SSVCv2/E:A/1632929384/", "SSVCv2/Ps:Nm/T:T/2021-09-29/",
		"SSVCv2/E:A/A:N/2021-09-29/&CVE-2014-0751&CISA-Coordinator", "SSVCv2/E:A/",
	} {
		v, err := ssvc.ParseVector(s)
		if err != nil {
			t.Errorf("ParseVector(%q): %v", s, err)
			continue
		}
		if v.String() != s {
			t.Errorf("ParseVector(%q) is written %q", s, v)
		}
	}
	v, _ := ssvc.ParseVector("SSVCv2/E:A/1632929384/")
	if at, ok := v.At(); !ok || !at.Equal(time.Date(2021, 9, 29, 15, 29, 44, 0, time.UTC)) {
		t.Errorf("At() = %v, %v", at, ok)
	}
	for _, s := range []string{"", "SSVC/E:A/", "SSVCv2/", "SSVCv2/E/", "SSVCv2/E:A/2021/E:B/", "SSVCv2/EEE:A/", "SSVCv2/E:A/soon/", strings.Repeat("x", 5000)} {
		if v, err := ssvc.ParseVector(s); err == nil {
			t.Errorf("ParseVector(%q) = %v, want an error", s, v)
		}
	}
}

// TestVectorOfTree: the published example is read by its tree and written back.
func TestVectorOfTree(t *testing.T) {
	t.Parallel()
	tree, err := ssvc.ParseLegacyTree(shared(t, "legacy-calculator/CISA-Coordinator.json"))
	if err != nil {
		t.Fatal(err)
	}
	opts, err := ssvc.ParseOptions(shared(t, "schema_examples/Computed-CVE-2014-0751-Coordinator.json"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := ssvc.ParseVector(opts.Computed)
	if err != nil {
		t.Fatal(err)
	}
	found, unmapped := tree.Read(v)
	if len(found) != 7 || len(unmapped) != 0 {
		t.Fatalf("Read() = %v, %v", found, unmapped)
	}
	for _, o := range opts.Options { // the options say the same as the vector
		p := tree.Point(o.Name)
		if p < 0 || found[p] != tree.Points[p].Option(o.Values[0]) {
			t.Errorf("%s: vector %d, options %v", o.Name, found[p], o.Values)
		}
	}
	at, _ := v.At()
	back, err := tree.Vector(found, at)
	if err != nil {
		t.Fatal(err)
	}
	// The order of the published vector is not that of the tree's points.
	again, _ := tree.Read(back)
	if d := cmp.Diff(found, again); d != "" || back.Time != v.Time {
		t.Errorf("vector %s (-want +got):\n%s", back, d)
	}
	small := parseSmall(t)
	if _, err := small.Vector(map[int]int{3: 0}, at); err == nil {
		t.Error("an option without a key was written")
	}
	if _, un := small.Read(ssvc.Vector{Pairs: []ssvc.VectorPair{{Key: "Q", Value: "Q"}, {Key: "w", Value: "X"}}}); len(un) != 2 || un[0].Reason != "name" || un[1].Reason != "value" {
		t.Errorf("unmapped %v", un)
	}
}

// FuzzParseLegacyTree: no input makes the reader panic, and what it reads can
// be converted or is refused with a reason.
func FuzzParseLegacyTree(f *testing.F) {
	f.Add([]byte(smallTree))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := ssvc.ParseLegacyTree(data)
		if err != nil {
			return
		}
		tables, err := tree.Tables(ssvc.LegacyConversion{Namespace: "x_example.test#old", Key: "DT"})
		if err != nil {
			return
		}
		for _, x := range tables {
			if err := x.Validate(); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzParseVector: what is read is written and read back the same.
func FuzzParseVector(f *testing.F) {
	f.Add("SSVCv2/E:A/A:N/T:T/2021-09-29T15:29:44Z/&CVE-1&tree")
	f.Add("SSVCv2/Ps:Nm/1632929384")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ssvc.ParseVector(s)
		if err != nil {
			return
		}
		again, err := ssvc.ParseVector(v.String())
		if err != nil || !cmp.Equal(v, again) {
			t.Errorf("%q became %q and %v, %v", s, v, again, err)
		}
	})
}
