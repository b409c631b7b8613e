package dtree

import (
	"fmt"
	"slices"
	"testing"
)

// demanding is the prior tree of revise_test.go with the demand that no answer falls while a fact rises.
func demanding(t testing.TB) *Tree {
	t.Helper()
	prior := priorTree(t)
	for a := range prior.Schema.Attributes {
		prior.Schema.Attributes[a].Monotone = 1
	}
	return prior
}

// TestReviseKeepsTheDemand overrules rows at random, with and against the demand: the revised tree keeps it, and with
// no demand the same history breaks it.
func TestReviseKeepsTheDemand(t *testing.T) {
	kept, broken := 0, 0
	for seed := range uint64(60) {
		dice := dice(seed + 3)
		prior := demanding(t)
		over := map[string]int{}
		for _, v := range everyRow(prior.Schema) {
			if dice.below(3) == 0 {
				over[fmt.Sprint(v)] = dice.below(4)
			}
		}
		rulings := func(_ int, v []int) int {
			if c, ok := over[fmt.Sprint(v)]; ok {
				return c
			}
			return rule(v)
		}
		d := ruled(prior.Schema, 5+dice.below(4), rulings, everyRow(prior.Schema)...)
		for _, o := range []Options{{}, {Cost: steep(4)}} {
			tree, changes, err := Revise(prior, d, o)
			if err != nil {
				t.Fatal(err)
			}
			checkMonotone(t, tree, 1)
			if err := tree.check(); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			kept += len(changes)
			again, _, err := Revise(prior, d, o)
			if err != nil || !slices.Equal(encode(t, again), encode(t, tree)) {
				t.Errorf("seed %d: twice is not the same: %v", seed, err)
			}
		}
		free := priorTree(t)
		d.Schema = free.Schema
		tree, _, err := Revise(free, d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !monotone(t, tree) {
			broken++
		}
	}
	if kept == 0 || broken == 0 {
		t.Errorf("%d changes were made, %d trees without a demand break it: the test shows nothing", kept, broken)
	}
}

// monotone tells whether no answer falls while a fact rises, by asking for all pairs of rows.
func monotone(t *testing.T, tree *Tree) bool {
	t.Helper()
	rows := everyRow(tree.Schema)
	class := func(v []int) int { return tree.Class([]uint64{1 << v[0], 1 << v[1], 1 << v[2]}) }
	for _, v := range rows {
		for _, w := range rows {
			if v[0] <= w[0] && v[1] <= w[1] && v[2] <= w[2] && class(v) > class(w) {
				return false
			}
		}
	}
	return true
}

// TestReviseWithTheDemand: what keeps the demand is changed as without it, the weaker of two that exclude each other is
// not, and neither is a change against the rest of the prior.
func TestReviseWithTheDemand(t *testing.T) {
	rows := func(list ...[]int) [][]int { return list }
	top, low := []int{2, 2, 1}, []int{1, 0, 0} // the prior says 2 and 0
	for name, c := range map[string]struct {
		rows    [][]int
		times   []int // rulings of each row
		class   []int
		changes int
	}{
		"upwards at the top":                 {rows(top), []int{6}, []int{3}, 1},
		"downwards at the top":               {rows(top), []int{6}, []int{0}, 0},
		"to the greatest at the low end":     {rows(low), []int{6}, []int{3}, 0},
		"one of two that exclude each other": {rows([]int{0, 0, 1}, []int{0, 0, 0}), []int{9, 6}, []int{1, 2}, 1},
	} {
		prior := demanding(t)
		d := Data{Schema: prior.Schema, Columns: make([][]uint64, 3)}
		for i, row := range c.rows {
			part := ruled(prior.Schema, c.times[i], func(int, []int) int { return c.class[i] }, row)
			for a := range part.Columns {
				d.Columns[a] = append(d.Columns[a], part.Columns[a]...)
			}
			d.Class = append(d.Class, part.Class...)
		}
		agree := ruled(prior.Schema, 5, func(_ int, v []int) int { return rule(v) }, slices.DeleteFunc(everyRow(prior.Schema), func(v []int) bool {
			return slices.ContainsFunc(c.rows, func(r []int) bool { return slices.Equal(r, v) })
		})...)
		for a := range agree.Columns {
			d.Columns[a] = append(d.Columns[a], agree.Columns[a]...)
		}
		d.Class = append(d.Class, agree.Class...)
		tree, changes, err := Revise(prior, d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) != c.changes {
			t.Errorf("%s: %d changes, want %d: %+v", name, len(changes), c.changes, changes)
		}
		if !monotone(t, tree) {
			t.Errorf("%s: the demand is broken", name)
		}
	}
}

// TestReviseOfAPriorThatBreaksTheDemand: such a prior stays as it is where nothing is said against it.
func TestReviseOfAPriorThatBreaksTheDemand(t *testing.T) {
	s := demanding(t).Schema
	odd, err := FromFunc(s, func(v []int) int { return (v[0] + v[1] + v[2]) % 2 })
	if err != nil {
		t.Fatal(err)
	}
	d := ruled(s, 5, func(_ int, v []int) int { return (v[0] + v[1] + v[2]) % 2 }, everyRow(s)...)
	tree, changes, err := Revise(odd, d, Options{})
	if err != nil || len(changes) > 0 {
		t.Fatalf("%+v, %v", changes, err)
	}
	for _, v := range everyRow(s) {
		if got := tree.Class([]uint64{1 << v[0], 1 << v[1], 1 << v[2]}); got != (v[0]+v[1]+v[2])%2 {
			t.Errorf("%v gives %d", v, got)
		}
	}
}
