package dtree

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

// made is a history made by chance: facts of several widths, some ordered, some unknown or known in part, and a class
// that depends on the first two with noise.
type made struct {
	rows, facts, classes int
	ordinal, partial     bool
	unknown              int // one cell in so many; 0: none
	seed                 uint64
}

func (m made) data() Data {
	d := dice(m.seed + 1)
	s := Schema{}
	for c := range m.classes {
		s.Classes = append(s.Classes, fmt.Sprint("c", c))
	}
	for a := range m.facts {
		attr := Attribute{Name: fmt.Sprint("f", a), Ordinal: m.ordinal && a%2 == 0}
		for v := range 2 + d.below(5) {
			attr.Values = append(attr.Values, fmt.Sprint("v", v))
		}
		s.Attributes = append(s.Attributes, attr)
	}
	data := Data{Schema: s, Columns: make([][]uint64, m.facts), Class: make([]uint8, m.rows)}
	for a := range data.Columns {
		data.Columns[a] = make([]uint64, m.rows)
	}
	for i := range m.rows {
		sum := 0
		for a := range m.facts {
			v := d.below(len(s.Attributes[a].Values))
			if a < 2 {
				sum += v
			}
			data.Columns[a][i] = 1 << v
			if m.partial && d.below(6) == 0 {
				data.Columns[a][i] |= 1 << d.below(len(s.Attributes[a].Values))
			}
			if m.unknown > 0 && d.below(m.unknown) == 0 {
				data.Columns[a][i] = 0
			}
		}
		if d.below(8) == 0 {
			sum = d.below(m.classes)
		}
		data.Class[i] = uint8(sum % m.classes)
	}
	return data
}

// manyMade are histories of many shapes.
func manyMade() []made {
	var all []made
	for seed := range uint64(4) {
		all = append(all,
			made{rows: 60, facts: 3, classes: 2, seed: seed},
			made{rows: 150, facts: 5, classes: 4, ordinal: true, unknown: 5, seed: seed},
			made{rows: 120, facts: 4, classes: 3, ordinal: true, partial: true, unknown: 8, seed: seed},
			made{rows: 12, facts: 9, classes: 6, unknown: 2, seed: seed},
			made{rows: 40, facts: 2, classes: 1, seed: seed},
		)
	}
	return all
}

// manyOptions are the ways of training.
func manyOptions() []Options {
	return []Options{
		{},
		{Rule: RuleMin, Criterion: Entropy, NeverAbstain: true},
		{Rule: RuleOneSE, Missing: MissingSide, NeverAbstain: true, Repeats: 1},
		{Rule: RulePaired, Missing: MissingBranch, Unknown: UnknownBoth, NeverAbstain: true, Repeats: 1},
		{Rule: RuleNone, MinLeaf: 3, MaxDepth: 4, NeverAbstain: true, Repeats: 1},
	}
}

func train(t testing.TB, d Data, o Options) *Model {
	t.Helper()
	m, err := Train(d, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func encode(t testing.TB, tree *Tree) []byte {
	t.Helper()
	b, err := tree.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// forMade runs f on every made history with every way of training.
func forMade(t *testing.T, f func(t *testing.T, d Data, o Options)) {
	t.Helper()
	for i, m := range manyMade() {
		for k, o := range manyOptions() {
			t.Run(fmt.Sprintf("%d-%d", i, k), func(t *testing.T) { f(t, m.data(), o) })
		}
	}
}

// shuffled are the rows in another order.
func shuffled(d Data, seed uint64) Data {
	rows := make([]int, d.Rows())
	for i := range rows {
		rows[i] = i
	}
	by := dice(seed)
	shuffle(&by, rows)
	return d.Subset(rows)
}

func TestEqualHistoriesGiveEqualBytes(t *testing.T) {
	forMade(t, func(t *testing.T, d Data, o Options) {
		want := encode(t, train(t, d, o).Tree)
		if got := encode(t, train(t, d, o).Tree); !bytes.Equal(got, want) {
			t.Errorf("trained twice:\n%s\n%s", got, want)
		}
		if got := encode(t, train(t, shuffled(d, 7), o).Tree); !bytes.Equal(got, want) {
			t.Errorf("rows in another order:\n%s\n%s", got, want)
		}
	})
}

func TestOrderOfAgedRowsDoesNotMatter(t *testing.T) {
	d := made{rows: 200, facts: 4, classes: 3, unknown: 9, seed: 5}.data()
	d.Age, d.Weight = make([]float64, 200), make([]float64, 200)
	for i := range d.Age {
		d.Age[i], d.Weight[i] = float64(i%37), float64(i%5)/3
	}
	o := Options{HalfLife: 11, NeverAbstain: true}
	want := encode(t, train(t, d, o).Tree)
	for seed := range uint64(5) {
		if got := encode(t, train(t, shuffled(d, seed), o).Tree); !bytes.Equal(got, want) {
			t.Fatalf("order %d gives another tree", seed)
		}
	}
}

// TestNamesDoNotMatter gives values and classes other names in the same places.
func TestNamesDoNotMatter(t *testing.T) {
	forMade(t, func(t *testing.T, d Data, o Options) {
		want := train(t, d, o).Tree
		other := d
		other.Schema.Attributes = append([]Attribute(nil), d.Schema.Attributes...)
		for a := range other.Schema.Attributes {
			values := make([]string, len(other.Schema.Attributes[a].Values))
			for v := range values {
				values[v] = fmt.Sprint("z", 99-v)
			}
			other.Schema.Attributes[a].Values = values
		}
		got := train(t, other, o).Tree
		got.Schema = want.Schema
		if !bytes.Equal(encode(t, got), encode(t, want)) {
			t.Error("other names give another tree")
		}
	})
}

// TestPlacesOfValuesDoNotMatter turns the order of the values of nominal facts around: the answers stay, up to ties.
func TestPlacesOfValuesDoNotMatter(t *testing.T) {
	d := made{rows: 2000, facts: 4, classes: 2, seed: 3}.data()
	turned := d
	turned.Columns = make([][]uint64, len(d.Columns))
	for a, col := range d.Columns {
		n := len(d.Schema.Attributes[a].Values)
		turned.Columns[a] = make([]uint64, len(col))
		for i, mask := range col {
			for v := range n {
				if mask>>v&1 == 1 {
					turned.Columns[a][i] |= 1 << (n - 1 - v)
				}
			}
		}
	}
	x, y := train(t, d, Options{Rule: RuleNone, NeverAbstain: true, MinLeaf: 20}).Tree, train(t, turned, Options{Rule: RuleNone, NeverAbstain: true, MinLeaf: 20}).Tree
	same := 0
	for i := range d.Rows() {
		if x.Class(d.Row(i)) == y.Class(turned.Row(i)) {
			same++
		}
	}
	if same < d.Rows()*99/100 {
		t.Errorf("%d of %d answers stay", same, d.Rows())
	}
}

func TestWeightIsRepetition(t *testing.T) {
	for seed := range uint64(6) {
		d := made{rows: 90, facts: 4, classes: 3, ordinal: true, unknown: 7, seed: seed}.data()
		d.Weight = make([]float64, d.Rows())
		var rows []int
		for i := range d.Weight {
			n := i % 4
			d.Weight[i] = float64(n)
			for range n {
				rows = append(rows, i)
			}
		}
		repeated := d.Subset(rows)
		repeated.Weight = nil
		for _, o := range manyOptions() {
			x, y := train(t, d, o), train(t, repeated, o)
			if !bytes.Equal(encode(t, x.Tree), encode(t, y.Tree)) {
				t.Errorf("seed %d: a row of weight 2 is not like two rows", seed)
			}
			if x.Report.Accuracy != y.Report.Accuracy || x.Report.Cases != y.Report.Cases {
				t.Errorf("seed %d: %+v and %+v", seed, x.Report, y.Report)
			}
		}
	}
}

func TestPrunedTreeIsNeverLarger(t *testing.T) {
	forMade(t, func(t *testing.T, d Data, o Options) {
		m := train(t, d, o)
		if r := m.Report; r.Leaves > r.GrownLeaves || m.Tree.Leaves() > r.Leaves || m.Candidate.Leaves() != r.Leaves {
			t.Errorf("%d leaves of %d grown, the tree has %d", r.Leaves, r.GrownLeaves, m.Tree.Leaves())
		}
		last := math.MaxInt
		for _, s := range m.Report.Steps {
			if s.Leaves >= last {
				t.Errorf("steps do not fall: %+v", m.Report.Steps)
			}
			last = s.Leaves
		}
	})
}

// TestEveryRowHasAnAnswer predicts every combination of facts, with any of them unknown or known in part.
func TestEveryRowHasAnAnswer(t *testing.T) {
	forMade(t, func(t *testing.T, d Data, o Options) {
		tree := train(t, d, o).Candidate
		rows := [][]uint64{nil, make([]uint64, len(d.Columns)), {1}}
		by := dice(9)
		for range 300 {
			row := make([]uint64, len(d.Columns))
			for a := range row {
				row[a] = by.next() & by.next()
				if by.below(3) == 0 {
					row[a] = 0
				}
			}
			rows = append(rows, row)
		}
		for _, row := range rows {
			checkPrediction(t, tree, row)
		}
	})
}

func checkPrediction(t *testing.T, tree *Tree, row []uint64) {
	t.Helper()
	p := tree.Predict(row)
	all, parts := 0.0, 0.0
	for _, x := range p.Distribution {
		if x < 0 || math.IsNaN(x) {
			t.Fatalf("%v: share %g", row, x)
		}
		all += x
	}
	for _, l := range p.Leaves {
		parts += l.Part
		if !tree.Nodes[l.Leaf].Leaf() {
			t.Fatalf("%v: node %d is no leaf", row, l.Leaf)
		}
	}
	if math.Abs(all-1) > 1e-9 || math.Abs(parts-1) > 1e-9 {
		t.Fatalf("%v: shares sum to %g, parts to %g", row, all, parts)
	}
	if tree.Class(row) != p.Class {
		t.Fatalf("%v: Class says %d, Predict %d", row, tree.Class(row), p.Class)
	}
	if p.Class < 0 || p.Class >= len(tree.Schema.Classes) || p.Support < 0 {
		t.Fatalf("%v: %+v", row, p)
	}
}

func TestEncodeAndDecode(t *testing.T) {
	forMade(t, func(t *testing.T, d Data, o Options) {
		tree := train(t, d, o).Candidate
		b := encode(t, tree)
		back, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encode(t, back), b) || back.Text() != tree.Text() {
			t.Error("the tree that comes back is another")
		}
	})
}

// TestMonotone trains on noise with the demand that answers never fall with the facts.
func TestMonotone(t *testing.T) {
	for seed := range uint64(8) {
		for _, sign := range []int{1, -1} {
			d := made{rows: 150, facts: 3, classes: 4, ordinal: true, seed: seed}.data()
			d.Schema.ClassesOrdered = true
			for a := range d.Schema.Attributes {
				d.Schema.Attributes[a].Ordinal, d.Schema.Attributes[a].Monotone = true, sign
			}
			for _, o := range []Options{{Rule: RuleNone, NeverAbstain: true}, {Rule: RuleMin, NeverAbstain: true}, {Rule: RuleNone, NeverAbstain: true, Cost: steep(4)}} {
				checkMonotone(t, train(t, d, o).Tree, sign)
			}
		}
	}
}

// steep costs more the farther an answer lies below.
func steep(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = float64(max(3*(i-j), j-i))
		}
	}
	return m
}

func checkMonotone(t *testing.T, tree *Tree, sign int) {
	t.Helper()
	err := tree.Schema.Each(func(values []int, row []uint64) bool {
		here := tree.Class(row)
		for a, v := range values {
			if v+1 == len(tree.Schema.Attributes[a].Values) {
				continue
			}
			row[a] = 1 << (v + 1)
			next := tree.Class(row)
			row[a] = 1 << v
			if (next-here)*sign < 0 {
				t.Errorf("%v gives %d, a higher fact %d gives %d", values, here, a, next)
				return false
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}
