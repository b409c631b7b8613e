package storage_test

import (
	"fmt"
	"testing"

	"noroshi.dev/internal/core/storage"
)

func TestWhere(t *testing.T) {
	t.Parallel()
	part := func(cond string, args ...any) *storage.Where {
		var w storage.Where
		w.And(cond, args...)
		return &w
	}
	for _, tc := range []struct {
		name  string
		build func(w *storage.Where)
		want  string
		args  string
	}{
		{"nothing", func(*storage.Where) {}, "", "[]"},
		{"one", func(w *storage.Where) { w.And("a = ?", 1) }, " WHERE a = ?", "[1]"},
		{"two", func(w *storage.Where) { w.And("a = ?", 1); w.And("b IS NULL") }, " WHERE a = ? AND b IS NULL", "[1]"},
		{"in", func(w *storage.Where) { w.In("a", 1, 2, 3) }, " WHERE a IN (?, ?, ?)", "[1 2 3]"},
		{"in nothing", func(w *storage.Where) { w.In("a") }, " WHERE 1 = 0", "[]"},
		{"or", func(w *storage.Where) { w.And("a = ?", 0); w.Or(part("b = ?", 1), part("c = ?", 2)) }, " WHERE a = ? AND ((b = ?) OR (c = ?))", "[0 1 2]"},
		{"or nothing", func(w *storage.Where) { w.Or() }, " WHERE 1 = 0", "[]"},
		{"or with an empty part", func(w *storage.Where) { w.Or(part("b = ?", 1), &storage.Where{}) }, " WHERE ((b = ?) OR (1 = 1))", "[1]"},
		{"not", func(w *storage.Where) { p := part("b = ?", 1); p.And("c = ?", 2); w.Not(p) }, " WHERE NOT (b = ? AND c = ?)", "[1 2]"},
		{"add", func(w *storage.Where) { w.And("a = ?", 1); w.Add(part("b = ?", 2)) }, " WHERE a = ? AND b = ?", "[1 2]"},
	} {
		var w storage.Where
		tc.build(&w)
		if got := w.SQL(); got != tc.want {
			t.Errorf("%s: SQL() = %q, want %q", tc.name, got, tc.want)
		}
		if got := fmt.Sprint(w.Args()); got != tc.args {
			t.Errorf("%s: Args() = %s, want %s", tc.name, got, tc.args)
		}
	}
}

func TestArgsAreACopy(t *testing.T) {
	t.Parallel()
	var w storage.Where
	w.And("a = ?", 1)
	_ = append(w.Args(), "limit")
	w.And("b = ?", 2)
	if got := fmt.Sprint(w.Args()); got != "[1 2]" {
		t.Errorf("Args() = %s, want [1 2]", got)
	}
}

func TestNumbered(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"": "", "SELECT 1": "SELECT 1", "a = ?": "a = $1", "?": "$1", "(?, ?, ?)": "($1, $2, $3)", "x ?? y": "x $1$2 y",
		storage.Marks(11): "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", storage.Marks(0): "",
	} {
		if got := storage.Numbered(query); got != want {
			t.Errorf("Numbered(%q) = %q, want %q", query, got, want)
		}
	}
}
