package storage

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Dialect is the kind of database behind a Runner.
type Dialect uint8

// The databases that are supported.
const (
	SQLite Dialect = iota + 1
	Postgres
)

// String returns "sqlite" or "postgres", as in the names of migration files.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "sqlite"
	case Postgres:
		return "postgres"
	}
	return "unknown"
}

// rewriteLimit bounds the cache: filters make texts without end.
const rewriteLimit = 4096

// rewriter turns ? into $1, $2 … for PostgreSQL and remembers what it did.
type rewriter struct {
	dialect Dialect
	seen    sync.Map
	count   atomic.Int32
}

func (w *rewriter) sql(query string) string {
	if w.dialect == SQLite {
		return query
	}
	if out, ok := w.seen.Load(query); ok {
		return out.(string)
	}
	out := Numbered(query)
	// Counted only while it grows, so that the counter cannot run over.
	if w.count.Load() < rewriteLimit {
		w.count.Add(1)
		w.seen.Store(query, out)
	}
	return out
}

// Numbered returns query with its question marks replaced by $1, $2 … in order.
// It knows no quotes: a question mark inside a literal is replaced as well.
func Numbered(query string) string {
	n := strings.Count(query, "?")
	if n == 0 {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 2*n)
	for i := 1; ; i++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i))
		query = after
	}
}
