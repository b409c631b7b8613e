package ssvc

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
