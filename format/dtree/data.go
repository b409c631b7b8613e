package dtree

import (
	"errors"
	"fmt"
	"math"
)

// Data is a history, by columns: what was known of each fact and which class was ruled.
type Data struct {
	Schema Schema
	// Columns holds one mask a row for each attribute: the values that were still possible. No bit, or all
	// bits, means that nothing was known.
	Columns [][]uint64
	// Class holds the index of the class of each row.
	Class []uint8
	// Weight holds how many cases a row stands for; nil means one each. Zero leaves a row out.
	Weight []float64
	// Age holds how old each row is, in the unit of Options.HalfLife; nil means that all are fresh.
	Age []float64
}

// ErrData is wrapped by every error about rows that do not fit their schema.
var ErrData = errors.New("data")

// Rows is the number of rows.
func (d Data) Rows() int { return len(d.Class) }

// Row is the facts of row i, as Predict takes them.
func (d Data) Row(i int) []uint64 {
	row := make([]uint64, len(d.Columns))
	d.row(i, row)
	return row
}

func (d Data) row(i int, into []uint64) {
	for a, col := range d.Columns {
		into[a] = col[i]
	}
}

// Subset is the rows of the given indices, in their order.
func (d Data) Subset(rows []int) Data {
	s := Data{Schema: d.Schema, Columns: make([][]uint64, len(d.Columns)), Class: pick(d.Class, rows)}
	for a, col := range d.Columns {
		s.Columns[a] = pick(col, rows)
	}
	if d.Weight != nil {
		s.Weight = pick(d.Weight, rows)
	}
	if d.Age != nil {
		s.Age = pick(d.Age, rows)
	}
	return s
}

func pick[T any](from []T, rows []int) []T {
	into := make([]T, len(rows))
	for i, r := range rows {
		into[i] = from[r]
	}
	return into
}

// Check says where the rows do not fit the schema.
func (d Data) Check() error {
	if err := d.Schema.Check(); err != nil {
		return err
	}
	n := d.Rows()
	if len(d.Columns) != len(d.Schema.Attributes) {
		return fmt.Errorf("dtree: %w: %d columns for %d attributes", ErrData, len(d.Columns), len(d.Schema.Attributes))
	}
	for a, col := range d.Columns {
		if len(col) != n {
			return fmt.Errorf("dtree: %w: attribute %q has %d rows, the classes have %d", ErrData, d.Schema.Attributes[a].Name, len(col), n)
		}
		all := d.Schema.Attributes[a].All()
		for i, mask := range col {
			if mask&^all != 0 && mask != math.MaxUint64 {
				return fmt.Errorf("dtree: %w: row %d: attribute %q holds a value that it does not have (mask %#x)", ErrData, i+1, d.Schema.Attributes[a].Name, mask)
			}
		}
	}
	for i, c := range d.Class {
		if int(c) >= len(d.Schema.Classes) {
			return fmt.Errorf("dtree: %w: row %d: class %d of %d", ErrData, i+1, c, len(d.Schema.Classes))
		}
	}
	if err := checkNumbers("weight", d.Weight, n); err != nil {
		return err
	}
	return checkNumbers("age", d.Age, n)
}

// maxWeight keeps sums of weights and their squares exact enough and finite.
const maxWeight = 1e12

func checkNumbers(name string, v []float64, n int) error {
	if v != nil && len(v) != n {
		return fmt.Errorf("dtree: %w: %d %ss for %d rows", ErrData, len(v), name, n)
	}
	for i, x := range v {
		if !(x >= 0 && x <= maxWeight) {
			return fmt.Errorf("dtree: %w: row %d: %s %g is not between 0 and %g", ErrData, i+1, name, x, maxWeight)
		}
	}
	return nil
}

// weights are the cases that each row stands for after ageing.
func (d Data) weights(halfLife float64) []float64 {
	w := make([]float64, d.Rows())
	for i := range w {
		w[i] = 1
		if d.Weight != nil {
			w[i] = d.Weight[i]
		}
		if halfLife > 0 && d.Age != nil {
			w[i] *= math.Exp2(-d.Age[i] / halfLife)
		}
	}
	return w
}
