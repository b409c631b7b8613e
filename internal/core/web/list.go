package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/core/web/ui"
)

// The lengths of a list page.
const (
	DefaultLimitRows = 50
	MaxLimitRows     = 200
)

// Query is what the address of a list page asks: filter, order and place.
type Query struct {
	Text   string      // the filter as it was typed, q=
	Filter filter.Expr // the filter, empty if Text cannot be read
	Sort   string      // one of the allowed orders, sort=
	Limit  int         // rows of a page, limit=
	After  Cursor      // rows older than this one, after=
	Before Cursor      // rows newer than this one, before=; at most one of both
}

// List reads the query of a list page. The first of sorts is the default order;
// preset is the filter of an address without q. A filter, order or place that
// cannot be read is a fault.Invalid of its field; the Query is filled as far as
// possible, so that the page can show itself with the fault.
func List(r *http.Request, preset string, sorts ...string) (Query, error) {
	values := query(r)
	q := Query{Text: preset, Limit: DefaultLimitRows}
	if values.Has("q") {
		q.Text = values.Get("q")
	}
	bad := fault.New(fault.Invalid, "web.list")
	e, err := filter.Parse(q.Text)
	if err != nil {
		bad.Fields = append(bad.Fields, fault.Of(err).Fields...)
	}
	q.Filter = e
	if len(sorts) > 0 {
		q.Sort = sorts[0]
	}
	if s := values.Get("sort"); s != "" {
		if slices.Contains(sorts, s) {
			q.Sort = s
		} else {
			bad = bad.Field("sort", "not_choice")
		}
	}
	if s := values.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > MaxLimitRows {
			bad = bad.Field("limit", "too_large", "max", MaxLimitRows)
		} else {
			q.Limit = n
		}
	}
	for name, target := range map[string]*Cursor{"after": &q.After, "before": &q.Before} {
		if s := values.Get(name); s != "" {
			c, err := ParseCursor(s)
			if err != nil {
				bad = bad.Field(name, "web.cursor")
			}
			*target = c
		}
	}
	if q.After != nil && q.Before != nil {
		bad = bad.Field("before", "repeated")
	}
	return q, bad.OrNil()
}

// Cursor is the place of a row in a list: the values of the columns of its order,
// written as text, the row's id last.
type Cursor []string

// maxCursor is the length of a cursor in an address.
const maxCursor = 1000

// String writes c for an address; it says nothing to people.
func (c Cursor) String() string {
	if len(c) == 0 {
		return ""
	}
	body, err := json.Marshal([]string(c))
	if err != nil {
		return "" // strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(body)
}

// ParseCursor reads what String wrote; the room checks the values as it checks any
// input. A text that is no cursor is a fault.Invalid.
func ParseCursor(s string) (Cursor, error) {
	bad := fault.New(fault.Invalid, "web.cursor").Field("after", "web.cursor")
	if len(s) > maxCursor {
		return nil, bad
	}
	body, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, bad.Because(err)
	}
	var c []string
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, bad.Because(err)
	}
	if len(c) == 0 || len(c) > 8 || Cursor(c).String() != s || strings.ContainsRune(strings.Join(c, ""), 0) {
		return nil, bad
	}
	return c, nil
}

// Rows is one page of a list and the places before and after it.
type Rows[T any] struct {
	Items []T
	Newer Cursor // for before=, nil at the beginning
	Older Cursor // for after=, nil at the end
}

// Cut makes a page of rows that were read with a LIMIT of q.Limit+1, away from the
// place: in the order of the list after q.After, against it before q.Before. The
// row too many says that there are more. at is the place of a row.
func Cut[T any](q Query, rows []T, at func(T) Cursor) Rows[T] {
	more := len(rows) > q.Limit
	if more {
		rows = rows[:q.Limit]
	}
	newer, older := q.After != nil, more
	if q.Before != nil {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
		newer, older = more, true
	}
	p := Rows[T]{Items: rows}
	if len(rows) == 0 {
		return p
	}
	if newer {
		p.Newer = at(rows[0])
	}
	if older {
		p.Older = at(rows[len(rows)-1])
	}
	return p
}

// Pager is the links of the page.
func (p Rows[T]) Pager() ui.Pager { return ui.Pager{Newer: p.Newer.String(), Older: p.Older.String()} }
