package dtree

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Limits of what can be learnt from. A value is a bit of a mask, a class a byte.
const (
	MaxValues     = 64
	MaxClasses    = 255
	MaxAttributes = 4096
)

// Attribute is a fact: a named list of values, at most MaxValues.
type Attribute struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	// Ordinal says that Values stand in ascending order; splits are then thresholds.
	Ordinal bool `json:"ordinal,omitempty"`
	// Monotone is +1 when a higher value must never lower the class, -1 when it must never raise it, and
	// 0 when nothing is demanded. It needs Ordinal, and ClassesOrdered of the schema.
	Monotone int `json:"monotone,omitempty"`
}

// All is the mask of all values of the attribute: nothing is known.
func (a Attribute) All() uint64 { return allOf(len(a.Values)) }

func allOf(n int) uint64 {
	if n >= MaxValues {
		return math.MaxUint64
	}
	return 1<<n - 1
}

// Schema names the facts and the classes, which are the answers.
type Schema struct {
	Attributes []Attribute `json:"attributes"`
	Classes    []string    `json:"classes"`
	// ClassesOrdered says that Classes stand in ascending order; accuracy within one class is then reported.
	ClassesOrdered bool `json:"classes_ordered,omitempty"`
}

// ErrSchema is wrapped by every error about a schema that cannot be learnt on.
var ErrSchema = errors.New("schema")

// Check says what makes the schema unusable: too many values, two of one name, a monotone demand without orders.
func (s Schema) Check() error {
	switch {
	case len(s.Classes) == 0:
		return fmt.Errorf("dtree: %w: no classes", ErrSchema)
	case len(s.Classes) > MaxClasses:
		return fmt.Errorf("dtree: %w: %d classes, at most %d are possible", ErrSchema, len(s.Classes), MaxClasses)
	case len(s.Attributes) > MaxAttributes:
		return fmt.Errorf("dtree: %w: %d attributes, at most %d are possible", ErrSchema, len(s.Attributes), MaxAttributes)
	}
	if name, twice := repeated(s.Classes); twice {
		return fmt.Errorf("dtree: %w: class %q twice", ErrSchema, name)
	}
	for i, a := range s.Attributes {
		if err := s.checkAttribute(a); err != nil {
			return fmt.Errorf("dtree: %w: attribute %d %q: %w", ErrSchema, i+1, a.Name, err)
		}
	}
	return nil
}

func (s Schema) checkAttribute(a Attribute) error {
	if len(a.Values) > MaxValues {
		return fmt.Errorf("%d values, at most %d are possible: put the rare ones together", len(a.Values), MaxValues)
	}
	if name, twice := repeated(a.Values); twice {
		return fmt.Errorf("value %q twice", name)
	}
	switch a.Monotone {
	case 0:
		return nil
	case 1, -1:
	default:
		return fmt.Errorf("monotone is -1, 0 or 1, not %d", a.Monotone)
	}
	if !a.Ordinal || !s.ClassesOrdered {
		return errors.New("a monotone attribute needs ordered values and ordered classes")
	}
	return nil
}

func repeated(names []string) (string, bool) {
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		if seen[n] {
			return n, true
		}
		seen[n] = true
	}
	return "", false
}

// unknown tells whether a mask says nothing about an attribute of n values: no bit, or all of them.
func unknown(mask uint64, n int) bool {
	mask &= allOf(n)
	return mask == 0 || mask == allOf(n) && n != 1
}

// spread is the share of the values of mask that lie in part.
func spread(mask, part uint64) float64 {
	return float64(bits.OnesCount64(mask&part)) / float64(bits.OnesCount64(mask))
}
