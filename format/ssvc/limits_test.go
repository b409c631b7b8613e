package ssvc_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
)

func TestError(t *testing.T) {
	t.Parallel()
	if got := (&ssvc.Error{Place: "row 3", Problem: "is odd", Remedy: "make it even"}).Error(); got != "ssvc: row 3: is odd; make it even" {
		t.Errorf("Error() = %q", got)
	}
	if got := (&ssvc.Error{Place: "row 3", Problem: "is odd"}).Error(); got != "ssvc: row 3: is odd" {
		t.Errorf("without a remedy: %q", got)
	}
}

// TestReaderLimits: every reader of JSON refuses what is too large, too deep or no UTF-8 before it
// decodes it, and names the place.
func TestReaderLimits(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	readers := map[string]func([]byte) error{
		"decision point":       func(b []byte) error { _, err := ssvc.ParseDecisionPoint(b); return err },
		"decision table":       func(b []byte) error { _, err := ssvc.ParseDecisionTable(b); return err },
		"decision point group": func(b []byte) error { _, err := ssvc.ParseGroup(b); return err },
		"registry":             func(b []byte) error { _, err := ssvc.ParseRegistry(b); return err },
		"selection list":       func(b []byte) error { _, err := ssvc.ParseSelectionList(b, reg); return err },
		"legacy tree":          func(b []byte) error { _, err := ssvc.ParseLegacyTree(b); return err },
		"ssvc options":         func(b []byte) error { _, err := ssvc.ParseOptions(b); return err },
	}
	for name, read := range readers {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			for what, tc := range map[string]struct{ in, want string }{
				"size":    {strings.Repeat(" ", ssvc.MaxBytes+1), "split the file"},
				"depth":   {strings.Repeat("[", 49), "byte 48: nested deeper than 48"},
				"objects": {strings.Repeat(`{"a":`, 49), "nested deeper than 48"},
				"utf8":    {"{\"\xc3\x28\": 1}", "is not UTF-8"},
				"cut":     {`{"a": "b`, "check that the file is a whole JSON document"},
				"empty":   {"", "check that the file is a whole JSON document"},
				"syntax":  {`{"a" "b"}`, "byte "},
				"list":    {`[]`, "instead of"},
			} {
				err := read([]byte(tc.in))
				var own *ssvc.Error
				if !errors.As(err, &own) || !strings.HasPrefix(own.Place, name) || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("%s: %v, want an *Error at %s about %q", what, err, name, tc.want)
				}
			}
		})
	}
	if _, err := ssvc.ReadCSV(make([]byte, ssvc.MaxBytes+1), mustID(t, "ssvc:DT:1.0.0"), reg); err == nil || !strings.Contains(err.Error(), "csv of ssvc:DT:1.0.0") {
		t.Errorf("ReadCSV(large) = %v", err)
	}
}

// TestBracesInTexts: brackets inside of texts do not count as depth.
func TestBracesInTexts(t *testing.T) {
	t.Parallel()
	in := strings.Replace(point, `"d",`, `"`+strings.Repeat(`[{\"`, 60)+`",`, 1)
	p, err := ssvc.ParseDecisionPoint([]byte(in))
	if err != nil || !strings.HasPrefix(p.Definition, `[{"[{"`) {
		t.Errorf("ParseDecisionPoint() = %.20q, %v", p.Definition, err)
	}
}

// TestObjectLimits: counts at the limit are good, one more is refused.
func TestObjectLimits(t *testing.T) {
	t.Parallel()
	point := func(values int) error { return samplePoint("K", values).Validate() }
	table := func(columns int) error {
		x := sampleTable()
		x.Rows = nil
		for i := len(x.Columns); i < columns; i++ {
			p := samplePoint("C"+strconv.Itoa(i), 1)
			x.Columns = append(x.Columns, ssvc.Column{Ref: p.ID.String(), Point: p})
		}
		return x.Validate()
	}
	rows := func(n int) error {
		x := sampleTable()
		row := []int{0, 0}
		x.Rows = make([][]int, n)
		for i := range x.Rows {
			x.Rows[i] = row
		}
		return x.Validate()
	}
	text := func(n int) error {
		p := samplePoint("K", 1)
		p.Definition = strings.Repeat("d", n)
		return p.Validate()
	}
	for _, tc := range []struct {
		name string
		try  func(int) error
		most int
	}{{"values", point, ssvc.MaxValues}, {"decision points", table, ssvc.MaxPoints}, {"rows", rows, ssvc.MaxRows}, {"bytes of a text", text, 64 << 10}} {
		if err := tc.try(tc.most); err != nil {
			t.Errorf("%d %s: %v", tc.most, tc.name, err)
		}
		if err := tc.try(tc.most + 1); err == nil {
			t.Errorf("%d %s were accepted", tc.most+1, tc.name)
		}
	}
}

// TestGroupVersion: a group has a semantic version, or the default of the schema.
func TestGroupVersion(t *testing.T) {
	t.Parallel()
	group := func(version string) string {
		return `{"schemaVersion": "2.0.0", ` + version + `"name": "g", "definition": "d", "decision_points": {"a": ` + point + `}}`
	}
	for in, want := range map[string]string{"": ssvc.DefaultVersion, `"version": "2.1.0", `: "2.1.0"} {
		if g, err := ssvc.ParseGroup([]byte(group(in))); err != nil || g.Version != want {
			t.Errorf("ParseGroup with %q = %q, %v; want %s", in, g.Version, err, want)
		}
	}
	if g, err := ssvc.ParseGroup([]byte(group(`"version": "two", `))); err == nil {
		t.Errorf("ParseGroup with version two = %+v, want an error", g)
	}
}

// TestRegistryOfOddVersions: versions that precedence does not tell apart are found each by its
// own id, whatever order they stand in.
func TestRegistryOfOddVersions(t *testing.T) {
	t.Parallel()
	versions := []string{"1.0.0+b", "1.0.0", "1.0.0+a", "1.0.0-rc.10", "1.0.0-rc.9", "18446744073709551616.0.0", "18446744073709551617.0.0"}
	reg := &ssvc.Registry{Name: "r", Definition: "d"}
	for _, v := range versions {
		p := samplePoint("K", 1)
		p.ID.Version, p.Name = v, "of "+v
		reg.Points = append(reg.Points, p)
	}
	text, err := reg.JSON()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ssvc.ParseRegistry(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		id := ssvc.ID{Namespace: "x_example.test#a", Key: "K", Version: v}
		if p, ok := back.Point(id); !ok || p.Name != "of "+v {
			t.Errorf("Point(%s) = %q, %v", id, p.Name, ok)
		}
		if p, ok := back.PointByName(id.Namespace, "Of-"+v, v); !ok || p.ID != id {
			t.Errorf("PointByName(%s) = %v, %v", v, p.ID, ok)
		}
	}
	var order []string
	for _, p := range back.Versions("x_example.test#a", "K") {
		order = append(order, p.ID.Version)
	}
	want := []string{"1.0.0-rc.9", "1.0.0-rc.10", "1.0.0", "1.0.0+a", "1.0.0+b", "18446744073709551616.0.0", "18446744073709551617.0.0"}
	if d := cmp.Diff(want, order); d != "" {
		t.Errorf("Versions() (-want +got):\n%s", d)
	}
	if _, ok := back.Point(ssvc.ID{Namespace: "x_example.test#a", Key: "K", Version: "1.0.0+c"}); ok {
		t.Error("a version that is not there was found")
	}
}

// TestLookUpsOfBuiltin: every object is found by its id, every point by its name, and nothing else.
func TestLookUpsOfBuiltin(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	for _, p := range reg.Points {
		if got, ok := reg.Point(p.ID); !ok || !cmp.Equal(got, p) {
			t.Errorf("Point(%s) = %v, %v", p.ID, got.ID, ok)
		}
		if got, ok := reg.PointByName(p.ID.Namespace, strings.ToUpper(p.Name), p.ID.Version); !ok || got.ID != p.ID && (got.Name != p.Name || got.ID.Compare(p.ID) > 0) {
			t.Errorf("PointByName(%s, %s) = %v, %v", p.Name, p.ID.Version, got.ID, ok)
		}
	}
	for _, x := range reg.Tables {
		if got, ok := reg.Table(x.ID); !ok || got.ID != x.ID {
			t.Errorf("Table(%s) = %v, %v", x.ID, got.ID, ok)
		}
		if _, ok := reg.Point(x.ID); ok {
			t.Errorf("the table %s is a point", x.ID)
		}
	}
	if got := reg.Versions("ssvc", "NONE"); len(got) != 0 {
		t.Errorf("versions of nothing: %v", got)
	}
}

// TestSharedByGoroutines: a mapper and a registry are read by many at once.
func TestSharedByGoroutines(t *testing.T) {
	t.Parallel()
	reg, m := builtin(t), mapper(t)
	table := mustTable(t, "cisa:DT_CO:2.0.3")
	x, err := table.Index()
	if err != nil {
		t.Fatal(err)
	}
	id := mustID(t, "ssvc:E:1.1.0")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				_, at, reason := m.Map("exploitation", "active")
				_, ok := reg.Point(id)
				if at != 2 || reason != "" || !ok || x.Outcome([]int{0, 0, 0, 0}) != 0 {
					t.Errorf("position %d, reason %q, found %v", at, reason, ok)
					return
				}
			}
		})
	}
	all.Wait()
}
