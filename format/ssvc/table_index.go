package ssvc

import "strconv"

// Index finds rows of a table by value positions in constant time.
type Index struct {
	inputs  []int
	strides []int
	sizes   []int
	outcome []int16 // -1: no row
}

// Index builds the dense form of the table; the first row of a combination
// wins. It fails when the table has more than MaxRows combinations.
func (t DecisionTable) Index() (*Index, error) {
	cells := t.Cells()
	if cells > MaxRows {
		return nil, fail("decision table "+t.ID.String(), "more than "+strconv.Itoa(MaxRows)+" combinations", "split it into chained tables")
	}
	x := &Index{inputs: t.Inputs(), outcome: make([]int16, cells)}
	for i := range x.outcome {
		x.outcome[i] = -1
	}
	x.strides = make([]int, len(x.inputs))
	x.sizes = make([]int, len(x.inputs))
	step := 1
	for i := len(x.inputs) - 1; i >= 0; i-- {
		x.strides[i] = step
		x.sizes[i] = len(t.Columns[x.inputs[i]].Point.Values)
		step *= x.sizes[i]
	}
	for _, row := range t.Rows {
		if cell := x.cellOfRow(row); x.outcome[cell] < 0 {
			x.outcome[cell] = int16(row[t.Outcome])
		}
	}
	return x, nil
}

func (x *Index) cellOfRow(row []int) int {
	cell := 0
	for i, c := range x.inputs {
		cell += row[c] * x.strides[i]
	}
	return cell
}

// Outcome gives the position of the outcome value for one value position per
// input (in the order of DecisionTable.Inputs), or -1 when there is no row.
func (x *Index) Outcome(values []int) int {
	cell := 0
	for i, v := range values {
		cell += v * x.strides[i]
	}
	return int(x.outcome[cell])
}

func (x *Index) values(cell int) []int {
	vs := make([]int, len(x.inputs))
	for i, stride := range x.strides {
		vs[i] = cell / stride % x.sizes[i]
	}
	return vs
}

// Evaluate gives the key of the outcome for value keys by decision point id.
// It is false when an input is missing, a value unknown or the row absent.
func (t DecisionTable) Evaluate(x *Index, keys map[ID]string) (string, bool) {
	values := make([]int, len(x.inputs))
	for i, c := range x.inputs {
		p := t.Columns[c].Point
		key, ok := keys[p.ID]
		if !ok {
			return "", false
		}
		if values[i] = p.Index(key); values[i] < 0 {
			return "", false
		}
	}
	o := x.Outcome(values)
	if o < 0 {
		return "", false
	}
	return t.OutcomePoint().Values[o].Key, true
}
