package storage

import (
	"slices"
	"strings"
)

// Where gathers conditions of a query, joined by AND, with their arguments in
// order. The zero value has no condition. Conditions are texts of the program,
// never of a user.
type Where struct {
	conds []string
	args  []any
}

// And adds a condition such as "severity >= ?".
func (w *Where) And(cond string, args ...any) {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

// In adds "column IN (?, …)"; without values nothing matches. SQLite takes at
// most 32,766 arguments in a query, PostgreSQL 65,535.
func (w *Where) In(column string, values ...any) {
	if len(values) == 0 {
		w.And("1 = 0")
		return
	}
	w.And(column+" IN ("+Marks(len(values))+")", values...)
}

// Add adds all conditions of another Where.
func (w *Where) Add(other *Where) {
	w.conds = append(w.conds, other.conds...)
	w.args = append(w.args, other.args...)
}

// Or adds one condition: at least one of the parts holds. A part without
// conditions holds always; no part at all means that nothing matches.
func (w *Where) Or(parts ...*Where) {
	if len(parts) == 0 {
		w.And("1 = 0")
		return
	}
	texts := make([]string, len(parts))
	var args []any
	for i, p := range parts {
		texts[i] = p.Cond()
		args = append(args, p.args...)
	}
	w.And("("+strings.Join(texts, " OR ")+")", args...)
}

// Not adds the condition that the conditions of part do not all hold.
func (w *Where) Not(part *Where) {
	w.And("NOT "+part.Cond(), part.args...)
}

// Cond returns the conditions in parentheses, "(1 = 1)" without any.
func (w *Where) Cond() string {
	if len(w.conds) == 0 {
		return "(1 = 1)"
	}
	return "(" + strings.Join(w.conds, " AND ") + ")"
}

// SQL returns "" or " WHERE …".
func (w *Where) SQL() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// Args returns the arguments of the conditions; further ones, such as that of
// LIMIT, are appended to the copy.
func (w *Where) Args() []any { return slices.Clone(w.args) }

// Marks returns n question marks separated by commas.
func Marks(n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat("?, ", n-1) + "?"
}
