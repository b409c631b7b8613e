package ssvc

import "strconv"

// Order names a pair of rows in which a higher input gives a lower outcome.
type Order struct {
	// Low and High hold one value position per input, in the order of Inputs;
	// High differs from Low by one step up in one input.
	Low, High []int
	// LowOutcome and HighOutcome are positions of outcome values.
	LowOutcome, HighOutcome int
}

// Findings says what is wrong with the rows of a table. The counts are exact;
// the lists are cut at the limit given to Check.
type Findings struct {
	// Cells is the number of combinations of the inputs.
	Cells int
	// Missing counts combinations without a row.
	Missing     int
	MissingRows [][]int
	// Duplicates counts rows that repeat an earlier one with the same outcome.
	Duplicates int
	// Contradictions counts rows that repeat an earlier one with another outcome.
	Contradictions    int
	ContradictionRows []int
	// Violations counts pairs of neighbouring rows out of order.
	Violations     int
	ViolationPairs []Order
	// Unreachable lists outcome values that no row gives, by key.
	Unreachable []string
}

// Complete reports whether every combination has exactly one row.
func (f Findings) Complete() bool { return f.Missing+f.Duplicates+f.Contradictions == 0 }

// Monotone reports whether no higher input ever gives a lower outcome.
func (f Findings) Monotone() bool { return f.Violations == 0 }

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

// Check examines the rows: completeness, duplicates, contradictions, order
// and unreachable outcomes. At most limit examples of each are listed.
func (t DecisionTable) Check(limit int) (Findings, error) {
	x, err := t.Index()
	if err != nil {
		return Findings{}, err
	}
	f := Findings{Cells: len(x.outcome)}
	seen := make([]bool, len(x.outcome))
	reached := make([]bool, len(t.OutcomePoint().Values))
	for i, row := range t.Rows {
		cell := x.cellOfRow(row)
		reached[row[t.Outcome]] = true
		switch {
		case !seen[cell]:
			seen[cell] = true
		case int(x.outcome[cell]) == row[t.Outcome]:
			f.Duplicates++
		default:
			if f.Contradictions++; len(f.ContradictionRows) < limit {
				f.ContradictionRows = append(f.ContradictionRows, i)
			}
		}
	}
	for cell := range x.outcome {
		f.checkCell(x, cell, limit)
	}
	for i, ok := range reached {
		if !ok {
			f.Unreachable = append(f.Unreachable, t.OutcomePoint().Values[i].Key)
		}
	}
	return f, nil
}

func (f *Findings) checkCell(x *Index, cell, limit int) {
	low := x.outcome[cell]
	if low < 0 {
		if f.Missing++; len(f.MissingRows) < limit {
			f.MissingRows = append(f.MissingRows, x.values(cell))
		}
		return
	}
	for i, stride := range x.strides {
		if cell/stride%x.sizes[i] == x.sizes[i]-1 {
			continue
		}
		high := x.outcome[cell+stride]
		if high < 0 || high >= low {
			continue
		}
		if f.Violations++; len(f.ViolationPairs) < limit {
			f.ViolationPairs = append(f.ViolationPairs, Order{
				Low: x.values(cell), High: x.values(cell + stride), LowOutcome: int(low), HighOutcome: int(high),
			})
		}
	}
}

// SemanticallyEqual reports whether two tables have the same metadata, the
// same columns by id with the same values, the same outcome and the same set of
// rows, whatever the order of columns and rows.
func SemanticallyEqual(a, b DecisionTable) bool {
	if a.ID != b.ID || a.Name != b.Name || a.Definition != b.Definition || !sameColumns(a, b) {
		return false
	}
	return sameRows(a, b)
}

func sameColumns(a, b DecisionTable) bool {
	if len(a.Columns) != len(b.Columns) || a.OutcomePoint().ID != b.OutcomePoint().ID {
		return false
	}
	for _, c := range a.Columns {
		i := b.Column(c.Point.ID)
		if i < 0 || !samePoint(c.Point, b.Columns[i].Point) {
			return false
		}
	}
	return true
}

func samePoint(a, b DecisionPoint) bool {
	if a.ID != b.ID || a.Name != b.Name || a.Definition != b.Definition || len(a.Values) != len(b.Values) {
		return false
	}
	for i := range a.Values {
		if a.Values[i] != b.Values[i] {
			return false
		}
	}
	return true
}

// sameRows compares the rows of two tables with the same columns as multisets.
func sameRows(a, b DecisionTable) bool {
	if len(a.Rows) != len(b.Rows) {
		return false
	}
	count := make(map[string]int, len(a.Rows))
	for _, row := range a.Rows {
		count[rowKey(row, nil)]++
	}
	at := make([]int, len(a.Columns))
	for i, c := range a.Columns {
		at[i] = b.Column(c.Point.ID)
	}
	for _, row := range b.Rows {
		k := rowKey(row, at)
		if count[k]--; count[k] < 0 {
			return false
		}
	}
	return true
}

func rowKey(row, at []int) string {
	key := make([]byte, len(row))
	for i := range row {
		from := i
		if at != nil {
			from = at[i]
		}
		key[i] = byte(row[from])
	}
	return string(key)
}
