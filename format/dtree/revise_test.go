package dtree

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

// table is a prior of three facts and four answers.
func priorTree(t testing.TB) *Tree {
	t.Helper()
	s := Schema{Classes: []string{"later", "soon", "now", "at once"}, ClassesOrdered: true}
	for _, name := range []string{"exploited", "exposed", "important"} {
		s.Attributes = append(s.Attributes, Attribute{Name: name, Values: []string{"no", "some", "yes"}, Ordinal: true})
	}
	tree, err := FromFunc(s, rule)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func rule(v []int) int { return min(3, (v[0]+v[1]+v[2])/2) }

// ruled is a history of n rulings on each of the given rows of facts.
func ruled(s Schema, n int, class func(i int, v []int) int, rows ...[]int) Data {
	d := Data{Schema: s, Columns: make([][]uint64, len(s.Attributes))}
	for _, v := range rows {
		for i := range n {
			for a := range v {
				d.Columns[a] = append(d.Columns[a], 1<<v[a])
			}
			d.Class = append(d.Class, uint8(class(i, v)))
		}
	}
	return d
}

func everyRow(s Schema) [][]int {
	var rows [][]int
	_ = s.Each(func(v []int, _ []uint64) bool { rows = append(rows, append([]int(nil), v...)); return true })
	return rows
}

func TestFromFuncIsExact(t *testing.T) {
	tree := priorTree(t)
	n := 0
	for _, v := range everyRow(tree.Schema) {
		row := []uint64{1 << v[0], 1 << v[1], 1 << v[2]}
		if got := tree.Class(row); got != rule(v) {
			t.Errorf("%v: %d, the table says %d", v, got, rule(v))
		}
		n++
	}
	if n != 27 || tree.Leaves() >= 27 {
		t.Errorf("%d rows, %d leaves", n, tree.Leaves())
	}
	if _, err := FromFunc(tree.Schema, func([]int) int { return 4 }); err == nil {
		t.Error("a class that is none was taken")
	}
	odd, err := FromFunc(tree.Schema, func(v []int) int { return (v[0] + v[1] + v[2]) % 2 })
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range everyRow(tree.Schema) {
		if got := odd.Class([]uint64{1 << v[0], 1 << v[1], 1 << v[2]}); got != (v[0]+v[1]+v[2])%2 {
			t.Errorf("odd %v: %d", v, got)
		}
	}
}

func TestReviseNeedsEvidence(t *testing.T) {
	prior := priorTree(t)
	agree := func(_ int, v []int) int { return rule(v) }
	for name, d := range map[string]Data{
		"nothing":   ruled(prior.Schema, 0, agree),
		"agreement": ruled(prior.Schema, 9, agree, everyRow(prior.Schema)...),
		"four":      ruled(prior.Schema, 4, func(int, []int) int { return 3 }, []int{0, 0, 0}),
		"a draw":    ruled(prior.Schema, 20, func(i int, v []int) int { return rule(v) + i%2 }, []int{0, 0, 0}),
	} {
		tree, changes, err := Revise(prior, d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) > 0 {
			t.Errorf("%s: %+v", name, changes)
		}
		for _, v := range everyRow(prior.Schema) {
			if got := tree.Class([]uint64{1 << v[0], 1 << v[1], 1 << v[2]}); got != rule(v) {
				t.Errorf("%s: %v gives %d", name, v, got)
			}
		}
		if err := tree.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReviseChangesOnlyWhatWasOverruled overrules one row of facts five times among rulings that agree.
func TestReviseChangesOnlyWhatWasOverruled(t *testing.T) {
	prior := priorTree(t)
	for _, over := range everyRow(prior.Schema) {
		d := ruled(prior.Schema, 5, func(_ int, v []int) int {
			if fmt.Sprint(v) == fmt.Sprint(over) {
				return 3 - rule(v)
			}
			return rule(v)
		}, everyRow(prior.Schema)...)
		tree, changes, err := Revise(prior, d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) != 1 {
			t.Fatalf("%v: %d changes", over, len(changes))
		}
		c := changes[0]
		if c.For != 5 || c.Against != 0 || c.From != rule(over) || c.To != 3-rule(over) || math.Abs(c.Chance-1.0/32) > 1e-9 {
			t.Errorf("%v: %+v", over, c)
		}
		if prior.Nodes[c.Prior].Class != c.From || tree.Nodes[c.Node].Class != c.To || !tree.Nodes[c.Node].Leaf() {
			t.Errorf("%v: the change names other leaves", over)
		}
		for _, v := range everyRow(prior.Schema) {
			want := rule(v)
			if fmt.Sprint(v) == fmt.Sprint(over) {
				want = 3 - want
			}
			if got := tree.Class([]uint64{1 << v[0], 1 << v[1], 1 << v[2]}); got != want {
				t.Errorf("%v overruled: %v gives %d", over, v, got)
			}
		}
		if back, err := Decode(encode(t, tree)); err != nil || !bytes.Equal(encode(t, back), encode(t, tree)) {
			t.Errorf("%v: the revised tree does not come back: %v", over, err)
		}
	}
}

func TestReviseRefuses(t *testing.T) {
	prior := priorTree(t)
	d := ruled(prior.Schema, 1, func(int, []int) int { return 0 }, []int{0, 0, 0})
	d.Schema.Classes = []string{"a", "b", "c", "d"}
	if _, _, err := Revise(prior, d, Options{}); err == nil {
		t.Error("another schema was taken")
	}
	if _, _, err := Revise(&Tree{}, d, Options{}); err == nil {
		t.Error("a prior without nodes was taken")
	}
	if _, _, err := Revise(prior, ruled(prior.Schema, 1, func(int, []int) int { return 0 }), Options{Evidence: 2}); err == nil {
		t.Error("a level of 2 was taken")
	}
}

func TestSignTest(t *testing.T) {
	for _, c := range []struct{ yes, no, want float64 }{
		{0, 3, 1},
		{0, 0, 1},
		{1, 0, 0.5},
		{4, 0, 1.0 / 16},
		{5, 0, 1.0 / 32},
		{5, 1, 7.0 / 64},
		{8, 1, 10.0 / 512},
		{1, 1, 0.75},
		{4.9, 0, 1.0 / 16},
		{8, 2.5, 232.0 / 2048},
	} {
		if got := SignTest(c.yes, c.no); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("SignTest(%g, %g) = %g, want %g", c.yes, c.no, got, c.want)
		}
	}
	if got := SignTest(100_000, 10); !(got <= 1e-9) {
		t.Errorf("of many cases: %g", got)
	}
	if got := SignTest(5100, 5000); got < 0.15 || got > 0.17 {
		t.Errorf("large: %g", got)
	}
}
