package audit

import (
	"time"

	"noroshi.dev/internal/core/storage"
)

// Filter narrows a list of entries; empty fields mean any.
type Filter struct {
	ActorKind, ActorID        string
	Room, Op, Object, Outcome string
	Request                   string
	Since, Until              time.Time // half open: Since <= at < Until
	Before                    int64     // cursor: entries with a smaller number; 0 means from the newest
	Limit                     int       // at most MaxList; 0 means DefaultList
	WithDetails               bool      // reads the personal details too
}

// How many entries a list returns.
const (
	DefaultList = 50
	MaxList     = 1000
)

// where returns the conditions of the filter.
func (f Filter) where() *storage.Where {
	w := &storage.Where{}
	for _, c := range []struct{ cond, value string }{
		{"actor_kind = ?", f.ActorKind},
		{"actor_id = ?", f.ActorID},
		{"room = ?", f.Room},
		{"op = ?", f.Op},
		{"object = ?", f.Object},
		{"outcome = ?", f.Outcome},
		{"request = ?", f.Request},
	} {
		if c.value != "" {
			w.And(c.cond, c.value)
		}
	}
	if !f.Since.IsZero() {
		w.And("at >= ?", storage.At(f.Since))
	}
	if !f.Until.IsZero() {
		w.And("at < ?", storage.At(f.Until))
	}
	if f.Before > 0 {
		w.And("n < ?", f.Before)
	}
	return w
}
