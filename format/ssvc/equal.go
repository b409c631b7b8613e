package ssvc

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
