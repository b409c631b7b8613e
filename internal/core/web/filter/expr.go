package filter

import (
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
)

// Kind tells what an Expr is.
type Kind uint8

// The kinds of expressions. The zero Expr is an empty All, which everything matches.
const (
	All  Kind = iota // every one of Nodes
	Any              // at least one of Nodes
	Term             // Field Op Value
	Word             // Value occurs in the text; a phrase if Quoted
)

// Op is how a term compares.
type Op string

// The comparisons. Has is field:*, any value at all.
const (
	Is  Op = ""
	Lt  Op = "<"
	Le  Op = "<="
	Gt  Op = ">"
	Ge  Op = ">="
	Has Op = "*"
)

// Expr is a filter or a part of one.
type Expr struct {
	Kind   Kind
	Not    bool
	Nodes  []Expr
	Field  string
	Op     Op
	Value  string
	Quoted bool
}

// Empty reports whether everything matches.
func (e Expr) Empty() bool { return e.Kind == All && len(e.Nodes) == 0 }

// Values returns the alternatives of a term: field:a,b has two, a quoted value one.
func (e Expr) Values() []string {
	if e.Quoted {
		return []string{e.Value}
	}
	return slices.DeleteFunc(strings.Split(e.Value, ","), func(s string) bool { return s == "" })
}

// Terms returns the parts of the outermost All, each of which is a chip of the
// filter bar. Another expression is its only part.
func (e Expr) Terms() []Expr {
	if e.Kind == All && !e.Not {
		return e.Nodes
	}
	return []Expr{e}
}

// Without returns e without its part i.
func (e Expr) Without(i int) Expr {
	rest := slices.Clone(e.Terms())
	return Expr{Nodes: slices.Delete(rest, i, i+1)}
}

// With returns e and the term field:value, once.
func (e Expr) With(field, value string) Expr {
	t := Expr{Kind: Term, Field: field, Value: value, Quoted: !plain(value) || strings.Contains(value, ",")}
	parts := slices.Clone(e.Terms())
	if slices.ContainsFunc(parts, func(p Expr) bool { return p.String() == t.String() }) {
		return Expr{Nodes: parts}
	}
	return Expr{Nodes: append(parts, t)}
}

// Find returns the first term of the outermost All on field and whether there is one.
func (e Expr) Find(field string) (Expr, bool) {
	for _, t := range e.Terms() {
		if t.Kind == Term && t.Field == field && !t.Not {
			return t, true
		}
	}
	return Expr{}, false
}

// Fields returns the names of all fields that e mentions, sorted, each once.
func (e Expr) Fields() []string {
	var names []string
	if e.Kind == Term {
		names = append(names, e.Field)
	}
	for _, n := range e.Nodes {
		names = append(names, n.Fields()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Unknown returns the fault of a field that a list does not have; known are
// those that it has.
func Unknown(field string, known ...string) error {
	return fault.New(fault.Invalid, "web.filter").Field("q", "web.filter.unknown", "field", field, "known", strings.Join(known, ", "))
}

// NoValue returns the fault of a value that a field cannot have.
func NoValue(field, value string) error {
	return fault.New(fault.Invalid, "web.filter").Field("q", "web.filter.value", "field", field, "value", value)
}

// String writes e in the grammar. Parse(e.String()) is e again.
func (e Expr) String() string { return e.text(false) }

// text writes e, in parentheses if it is a group inside another.
func (e Expr) text(inside bool) string {
	s := ""
	switch e.Kind {
	case Word:
		s = quoted(e.Value, e.Quoted || e.Value == "OR" || hasField(e.Value))
	case Term:
		s = e.Field + ":"
		if e.Op == Has {
			s += "*"
		} else {
			s += string(e.Op) + quoted(e.Value, e.Quoted || e.Value == "*" && e.Op == Is || strings.HasPrefix(e.Value, "<") || strings.HasPrefix(e.Value, ">") || strings.HasPrefix(e.Value, "="))
		}
	case All, Any:
		sep := " "
		if e.Kind == Any {
			sep = " OR "
		}
		parts := make([]string, len(e.Nodes))
		for i, n := range e.Nodes {
			parts[i] = n.text(true)
		}
		s = strings.Join(parts, sep)
		if inside || e.Not {
			s = "(" + s + ")"
		}
	}
	if e.Not {
		s = "-" + s
	}
	return s
}

// quoted writes a value, in quotes if it must be.
func quoted(v string, must bool) string {
	if !must && plain(v) {
		return v
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}

// plain reports whether v reads as one word without quotes.
func plain(v string) bool {
	return v != "" && !strings.HasPrefix(v, "-") && !strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`"()`, r) || space(r) })
}
