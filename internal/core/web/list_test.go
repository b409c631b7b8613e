package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
)

func TestList(t *testing.T) {
	t.Parallel()
	place := Cursor{"2026", "id 1"}
	q, err := List(httptest.NewRequest(http.MethodGet, "/?q=is:open&sort=due&limit=10&after="+place.String(), nil), "is:mine", "priority", "due")
	if err != nil || q.Text != "is:open" || q.Sort != "due" || q.Limit != 10 || !slices.Equal(q.After, place) {
		t.Errorf("List() = %+v, %v", q, err)
	}
	q, err = List(httptest.NewRequest(http.MethodGet, "/", nil), "is:mine", "priority")
	if err != nil || q.Text != "is:mine" || q.Sort != "priority" || q.Limit != DefaultLimitRows || q.Filter.String() != "is:mine" {
		t.Errorf("List(preset) = %+v, %v", q, err)
	}
	q, err = List(httptest.NewRequest(http.MethodGet, "/?q=", nil), "is:mine")
	if err != nil || q.Text != "" || !q.Filter.Empty() {
		t.Errorf("List(empty q) = %+v, %v", q, err)
	}
	q, err = List(httptest.NewRequest(http.MethodGet, "/?q=(&sort=odd&limit=0&after=x&before="+place.String(), nil), "", "due")
	f := fault.Of(err)
	if f == nil || q.Sort != "due" || q.Limit != DefaultLimitRows {
		t.Fatalf("List(broken) = %+v, %v", q, err)
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"after", "limit", "q", "sort"}, names); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if _, err := List(httptest.NewRequest(http.MethodGet, "/?after="+place.String()+"&before="+place.String(), nil), ""); fault.Of(err) == nil {
		t.Error("after and before together")
	}
}

// pageOf walks rows 0 to 24 as a store would.
func pageOf(q Query) Rows[int] {
	at := func(i int) Cursor { return Cursor{strconv.Itoa(i)} }
	var rows []int
	from := func(c Cursor) int { n, _ := strconv.Atoi(c[0]); return n }
	if q.Before != nil {
		for i := from(q.Before) - 1; i >= 0 && len(rows) <= q.Limit; i-- {
			rows = append(rows, i)
		}
		return Cut(q, rows, at)
	}
	i := 0
	if q.After != nil {
		i = from(q.After) + 1
	}
	for ; i < 25 && len(rows) <= q.Limit; i++ {
		rows = append(rows, i)
	}
	return Cut(q, rows, at)
}

func TestCutWalksForwardAndBack(t *testing.T) {
	t.Parallel()
	var forward [][]int
	q := Query{Limit: 10}
	p := pageOf(q)
	if p.Newer != nil {
		t.Error("the first page has newer rows")
	}
	for {
		forward = append(forward, p.Items)
		if p.Older == nil {
			break
		}
		p = pageOf(Query{Limit: 10, After: p.Older})
	}
	var back [][]int
	for p.Newer != nil {
		p = pageOf(Query{Limit: 10, Before: p.Newer})
		back = append(back, p.Items)
	}
	slices.Reverse(back)
	if len(forward) != 3 || len(forward[2]) != 5 {
		t.Fatalf("forward = %v", forward)
	}
	if diff := cmp.Diff(forward[:2], back); diff != "" {
		t.Errorf("back (-forward +back):\n%s", diff)
	}
	if p.Pager().Newer != "" || p.Pager().Older == "" {
		t.Errorf("Pager() = %+v", p.Pager())
	}
	if empty := Cut(q, nil, func(int) Cursor { return nil }); empty.Items != nil || empty.Older != nil {
		t.Errorf("Cut(nothing) = %+v", empty)
	}
}

// FuzzParseCursor holds that only what String wrote is a cursor.
func FuzzParseCursor(f *testing.F) {
	f.Add(Cursor{"a", "b"}.String())
	f.Add("WyIxIl0=")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCursor(s)
		if err != nil {
			if fault.Of(err) == nil {
				t.Fatalf("ParseCursor(%q) = %v, not a fault", s, err)
			}
			return
		}
		if c.String() != s {
			t.Fatalf("ParseCursor(%q).String() = %q", s, c.String())
		}
	})
}
