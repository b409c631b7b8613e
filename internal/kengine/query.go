package kengine

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
)

// order is one way to sort a list. All columns go the same way, so that a row comparison finds
// the place where the part before ended.
type order struct {
	name    string
	columns []string // the last one is the id
	texts   []bool   // per column: its cursor value is text, else a number
	down    bool
}

// sql returns the ORDER BY clause and the condition that a row comes after a place; backwards, both
// turned round.
func (o *order) sql(backwards bool) (by, beyond string) {
	way, than := "", " > "
	if o.down != backwards {
		way, than = " DESC", " < "
	}
	return " ORDER BY " + strings.Join(o.columns, way+", ") + way,
		"(" + strings.Join(o.columns, ", ") + ")" + than + "(" + storage.Marks(len(o.columns)) + ")"
}

// pick returns the order of this name, the first one for an empty name.
func pick(orders []order, name string) (*order, error) {
	for i := range orders {
		if orders[i].name == name || name == "" {
			return &orders[i], nil
		}
	}
	return nil, fault.New(fault.Invalid, "kengine.query").Field("sort", "kengine.query.sort", "sort", name)
}

func sortNames(orders []order) []string {
	out := make([]string, len(orders))
	for i := range orders {
		out[i] = orders[i].name
	}
	return out
}

// place reads a cursor; one that another list or order wrote is fault.Invalid.
func (o *order) place(c web.Cursor) ([]any, error) {
	bad := fault.New(fault.Invalid, "kengine.query").Field("after", "web.cursor")
	if len(c) != len(o.columns) {
		return nil, bad
	}
	out := make([]any, len(c))
	for i, part := range c {
		if o.texts[i] {
			out[i] = part
			continue
		}
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, bad
		}
		out[i] = n
	}
	return out, nil
}

// limited returns q with a number of rows that is allowed.
func limited(q Query) Query {
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, MaxLimit)
	return q
}

// paged adds the place of q to w and returns what follows the WHERE clause, with its argument: one
// row more than asked for, which tells whether there is more.
func paged(q *Query, w *storage.Where, orders []order) (o *order, tail string, err error) {
	if o, err = pick(orders, q.Sort); err != nil {
		return nil, "", err
	}
	backwards := q.Before != nil
	by, beyond := o.sql(backwards)
	at := q.After
	if backwards {
		at = q.Before
	}
	if at != nil {
		place, err := o.place(at)
		if err != nil {
			return nil, "", err
		}
		w.And(beyond, place...)
	}
	return o, by + " LIMIT ?", nil
}

// term translates one term of a filter into a condition; the fields are an allow-list.
type term func(w *storage.Where, e filter.Expr) error

// grammar is what the filter of one list understands.
type grammar struct {
	fields map[string]term
	word   func(w *storage.Where, e filter.Expr) error
}

// names returns the fields in the order of the alphabet.
func (g *grammar) names() []string {
	out := make([]string, 0, len(g.fields))
	for name := range g.fields {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// where translates a filter into conditions.
func (g *grammar) where(w *storage.Where, e filter.Expr) error {
	var part storage.Where
	if err := g.part(&part, e); err != nil {
		return err
	}
	if e.Not {
		// Not NOT: what is not known is not the case either, and must be found.
		w.And(part.Cond()+" IS NOT TRUE", part.Args()...)
		return nil
	}
	w.Add(&part)
	return nil
}

func (g *grammar) part(w *storage.Where, e filter.Expr) error {
	switch e.Kind {
	case filter.All:
		for _, n := range e.Nodes {
			if err := g.where(w, n); err != nil {
				return err
			}
		}
		return nil
	case filter.Any:
		parts := make([]*storage.Where, len(e.Nodes))
		for i, n := range e.Nodes {
			parts[i] = &storage.Where{}
			if err := g.where(parts[i], n); err != nil {
				return err
			}
		}
		w.Or(parts...)
		return nil
	case filter.Term:
		t, ok := g.fields[e.Field]
		if !ok {
			return filter.Unknown(e.Field, g.names()...)
		}
		return t(w, e)
	default:
		return g.word(w, e)
	}
}

// oneOf makes a term whose values each stand for a condition.
func oneOf(conds map[string]func(w *storage.Where)) term {
	return func(w *storage.Where, e filter.Expr) error {
		var parts []*storage.Where
		for _, v := range e.Values() {
			cond, ok := conds[strings.ToLower(v)]
			if !ok || e.Op != filter.Is {
				return filter.NoValue(e.Field, v)
			}
			part := &storage.Where{}
			cond(part)
			parts = append(parts, part)
		}
		if len(parts) == 0 {
			return filter.NoValue(e.Field, e.Value)
		}
		w.Or(parts...)
		return nil
	}
}

// fixed is a condition without arguments.
func fixed(cond string) func(w *storage.Where) { return func(w *storage.Where) { w.And(cond) } }

// equals makes a term on a text column; field:* asks for any value.
func equals(column string, fold func(string) string) term {
	return func(w *storage.Where, e filter.Expr) error {
		switch e.Op {
		case filter.Has:
			w.And(column + " <> ''")
			return nil
		case filter.Is:
		case filter.Lt, filter.Le, filter.Gt, filter.Ge:
			return filter.NoValue(e.Field, string(e.Op)+e.Value)
		}
		var values []any
		for _, v := range e.Values() {
			values = append(values, fold(v))
		}
		w.In(column, values...)
		return nil
	}
}

// same leaves a value as it is.
func same(s string) string { return s }

// number makes a term on a column of numbers.
func number(column string, read func(string) (int64, bool)) term {
	return func(w *storage.Where, e filter.Expr) error {
		if e.Op == filter.Has {
			return filter.NoValue(e.Field, "*")
		}
		n, ok := read(e.Value)
		if !ok {
			return filter.NoValue(e.Field, e.Value)
		}
		w.And(column+" "+compare(e.Op)+" ?", n)
		return nil
	}
}

// compare returns the operator of SQL.
func compare(op filter.Op) string {
	switch op {
	case filter.Lt, filter.Le, filter.Gt, filter.Ge:
		return string(op)
	case filter.Is, filter.Has:
	}
	return "="
}

// moment makes a term on a column of times: a date (UTC), or a span from now such as 7d and -2h.
// field:2026-11-23 means that day.
func moment(column string, none int64, now time.Time) term {
	return func(w *storage.Where, e filter.Expr) error {
		if e.Op == filter.Has {
			w.And(column+" <> ?", none)
			return nil
		}
		at, day, ok := readMoment(e.Value, now)
		if !ok {
			return filter.NoValue(e.Field, e.Value)
		}
		w.And(column+" <> ?", none)
		switch {
		case e.Op == filter.Is && day:
			w.And(column+" >= ?", at.UnixMicro())
			w.And(column+" < ?", at.AddDate(0, 0, 1).UnixMicro())
		case day && (e.Op == filter.Gt || e.Op == filter.Le):
			w.And(column+" "+map[filter.Op]string{filter.Gt: ">=", filter.Le: "<"}[e.Op]+" ?", at.AddDate(0, 0, 1).UnixMicro())
		default:
			w.And(column+" "+compare(e.Op)+" ?", at.UnixMicro())
		}
		return nil
	}
}

func readMoment(s string, now time.Time) (at time.Time, day, ok bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, true, true
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, false, true
	}
	if n, found := strings.CutSuffix(s, "d"); found {
		if days, err := strconv.Atoi(n); err == nil && days > -40_000 && days < 40_000 {
			return now.AddDate(0, 0, days), false, true
		}
	}
	if d, err := time.ParseDuration(s); err == nil {
		return now.Add(d), false, true
	}
	return time.Time{}, false, false
}
