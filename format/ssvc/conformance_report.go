package ssvc

// Report says how this package and its embedded objects agree with a folder of
// published SSVC data.
type Report struct {
	// Points and TablesInRegistry count the objects of the registry file.
	Points, TablesInRegistry int
	Tables                   []TableReport
	// Legacy holds the calculator trees; empty when the folder has none.
	Legacy []LegacyReport
}

// TableReport is the result for one decision table.
type TableReport struct {
	ID ID
	// Rows is the number of published rows. Agree counts those to which the
	// embedded table gives the published outcome, looked up by id; CSVAgree
	// those that the CSV file, read by header, also gives.
	Rows, Agree, CSVAgree int
	// Complete, Monotone, RoundTrip and SameText say that every combination has
	// one row, that no order is broken, that export equals import semantically
	// and that export has the published bytes.
	Complete, Monotone, RoundTrip, SameText bool
}

// LegacyReport is the result for one tree of the older calculator.
type LegacyReport struct {
	Name  string
	Table ID
	Comparison
}

// Rows gives the number of published rows and how many agree in all respects.
func (r Report) Rows() (agree, total int) {
	for _, t := range r.Tables {
		total += t.Rows
		agree += min(t.Agree, t.CSVAgree)
	}
	return agree, total
}

// LegacyRows gives the number of legacy rows and how many agree.
func (r Report) LegacyRows() (agree, total int) {
	for _, l := range r.Legacy {
		total += l.Rows
		agree += l.Agree
	}
	return agree, total
}

// OK reports whether everything agrees: all rows, completeness, order and
// export of every table, and all legacy rows and missing rows with a meaning.
func (r Report) OK() bool {
	for _, t := range r.Tables {
		if t.Agree != t.Rows || t.CSVAgree != t.Rows || !t.Complete || !t.Monotone || !t.RoundTrip {
			return false
		}
	}
	for _, l := range r.Legacy {
		if l.Agree != l.Rows || l.Missing != l.MissingAgree {
			return false
		}
	}
	return len(r.Tables) > 0
}
