package dtree

import "fmt"

// MaxGrid is the greatest number of combinations that FromFunc asks for.
const MaxGrid = 1 << 20

// FromFunc makes the tree of a complete table: f gives the class for the values of the attributes, in their order.
// The tree gives the class of f for every combination.
func FromFunc(s Schema, f func(values []int) int) (*Tree, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	size := 1
	for _, a := range s.Attributes {
		size *= len(a.Values)
		if size == 0 || size > MaxGrid {
			return nil, fmt.Errorf("dtree: %w: between 1 and %d combinations can be asked for, attribute %q goes beyond", ErrSchema, MaxGrid, a.Name)
		}
	}
	d := Data{Schema: s, Columns: make([][]uint64, len(s.Attributes)), Class: make([]uint8, size)}
	for a := range d.Columns {
		d.Columns[a] = make([]uint64, size)
	}
	values := make([]int, len(s.Attributes))
	for i := range size {
		for a, v := range values {
			d.Columns[a][i] = 1 << v
		}
		class := f(values)
		if class < 0 || class >= len(s.Classes) {
			return nil, fmt.Errorf("dtree: %w: the table gives class %d for %v, there are %d", ErrData, class, values, len(s.Classes))
		}
		d.Class[i] = uint8(class)
		for a := len(values) - 1; a >= 0; a-- {
			if values[a]++; values[a] < len(s.Attributes[a].Values) {
				break
			}
			values[a] = 0
		}
	}
	// A table may break a monotone demand, and is still the table.
	free := s
	free.Attributes = append([]Attribute(nil), s.Attributes...)
	for a := range free.Attributes {
		free.Attributes[a].Monotone = 0
	}
	d.Schema = free
	t, err := Grow(d, Options{})
	if err != nil {
		return nil, err
	}
	t.Schema = s
	return t, nil
}

// Each calls f for every combination of values, in order, with the row that Predict takes, until f is false. It is
// an error when there are more than MaxGrid.
func (s Schema) Each(f func(values []int, row []uint64) bool) error {
	size := 1
	for _, a := range s.Attributes {
		if size *= len(a.Values); size > MaxGrid {
			return fmt.Errorf("dtree: %w: more than %d combinations", ErrSchema, MaxGrid)
		}
	}
	values, row := make([]int, len(s.Attributes)), make([]uint64, len(s.Attributes))
	for range size {
		for a, v := range values {
			row[a] = 1 << v
		}
		if !f(values, row) {
			return nil
		}
		for a := len(values) - 1; a >= 0; a-- {
			if values[a]++; values[a] < len(s.Attributes[a].Values) {
				break
			}
			values[a] = 0
		}
	}
	return nil
}
