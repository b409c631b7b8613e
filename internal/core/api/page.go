package api

import (
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/filter"
)

// PageInput is what every list takes; embed it in the operation's input.
type PageInput struct {
	Q     string `query:"q" maxLength:"1000" doc:"Filter, in the grammar of the pages: is:open severity:>=high \"phrase\" -word (a OR b)" example:"is:open"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page"`
	After string `query:"after" maxLength:"1000" doc:"The next of the page before"`
}

// Query returns the list query that the room's service takes.
func (in PageInput) Query() (web.Query, error) {
	q := web.Query{Text: in.Q, Limit: in.Limit}
	if q.Limit == 0 {
		q.Limit = web.DefaultLimitRows
	}
	bad := fault.New(fault.Invalid, "web.list")
	e, err := filter.Parse(in.Q)
	if err != nil {
		bad.Fields = append(bad.Fields, fault.Of(err).Fields...)
	}
	q.Filter = e
	if in.After != "" {
		c, err := web.ParseCursor(in.After)
		if err != nil {
			bad.Fields = append(bad.Fields, fault.Of(err).Fields...)
		}
		q.After = c
	}
	return q, bad.OrNil()
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T    `json:"items" doc:"Rows, never null"`
	Next  string `json:"next,omitempty" doc:"Place of the next page for after=; absent on the last page"`
}

// PageOutput is what every list answers.
type PageOutput[T any] struct {
	Body Page[T]
}

// PageOf makes the answer of a list from a page of rows, each written by item.
func PageOf[R, T any](rows web.Rows[R], item func(R) T) *PageOutput[T] {
	out := &PageOutput[T]{Body: Page[T]{Items: make([]T, len(rows.Items)), Next: rows.Older.String()}}
	for i, r := range rows.Items {
		out.Body.Items[i] = item(r)
	}
	return out
}
