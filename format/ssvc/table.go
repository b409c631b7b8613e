package ssvc

import (
	"slices"
	"strconv"
)

// Column is one decision point of a table or group with the reference under
// which the document lists it. The reference is the id as a rule.
type Column struct {
	Ref   string
	Point DecisionPoint
}

// DecisionTable maps every combination of its inputs to one value of its
// outcome.
type DecisionTable struct {
	ID         ID
	Name       string
	Definition string
	// Columns hold the inputs and the outcome in the order of the document.
	Columns []Column
	// Outcome is the position of the outcome in Columns.
	Outcome int
	// Rows hold for every column the position of the value in
	// Columns[c].Point.Values, in the order of the document. A table without
	// mapping has no rows.
	Rows [][]int
}

// Inputs gives the positions of the columns other than the outcome.
func (t DecisionTable) Inputs() []int {
	in := make([]int, 0, len(t.Columns))
	for i := range t.Columns {
		if i != t.Outcome {
			in = append(in, i)
		}
	}
	return in
}

// OutcomePoint gives the decision point of the outcome.
func (t DecisionTable) OutcomePoint() DecisionPoint { return t.Columns[t.Outcome].Point }

// Column gives the position of the column whose decision point has this id,
// or -1.
func (t DecisionTable) Column(id ID) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Point.ID == id })
}

// Cells gives the number of combinations of the inputs, or MaxRows+1 when
// there are more than MaxRows.
func (t DecisionTable) Cells() int {
	n := 1
	for _, c := range t.Inputs() {
		n *= max(len(t.Columns[c].Point.Values), 1)
		if n > MaxRows {
			return MaxRows + 1
		}
	}
	return n
}

// Validate checks ids, columns and that every row names values that exist.
// Whether the rows are complete, unique and ordered is for Check to say.
func (t DecisionTable) Validate() error {
	if err := t.ID.check(); err != nil {
		return err
	}
	place := "decision table " + t.ID.String()
	if err := checkText(place, "name", t.Name); err != nil {
		return err
	}
	if err := checkText(place, "definition", t.Definition); err != nil {
		return err
	}
	if len(t.Columns) < 2 || len(t.Columns) > MaxPoints {
		return fail(place, strconv.Itoa(len(t.Columns))+" decision points", "give it an outcome and 1 to "+strconv.Itoa(MaxPoints-1)+" inputs")
	}
	if t.Outcome < 0 || t.Outcome >= len(t.Columns) {
		return fail(place, "the outcome is not among the decision points", "add it to decision_points")
	}
	seen := make(map[ID]bool, len(t.Columns))
	refs := make(map[string]bool, len(t.Columns))
	for _, c := range t.Columns {
		if err := c.Point.Validate(); err != nil {
			return err
		}
		if seen[c.Point.ID] {
			return fail(place, "decision point "+c.Point.ID.String()+" occurs twice", "keep one")
		}
		seen[c.Point.ID] = true
		if c.Ref == "" || refs[c.Ref] {
			return fail(place, "decision point "+c.Point.ID.String()+" has no reference of its own", "list every decision point under its id")
		}
		refs[c.Ref] = true
	}
	return t.validateRows(place)
}

func (t DecisionTable) validateRows(place string) error {
	if len(t.Rows) > MaxRows {
		return fail(place, "more than "+strconv.Itoa(MaxRows)+" rows", "split the table into chained tables")
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fail(place+" row "+strconv.Itoa(i), "names "+strconv.Itoa(len(row))+" of "+strconv.Itoa(len(t.Columns))+" decision points", "name every one")
		}
		for c, v := range row {
			if v < 0 || v >= len(t.Columns[c].Point.Values) {
				return fail(place+" row "+strconv.Itoa(i), "value "+strconv.Itoa(v)+" of "+t.Columns[c].Ref+" does not exist", "use a listed value")
			}
		}
	}
	return nil
}
