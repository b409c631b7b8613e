package storage

import (
	"database/sql/driver"
	"reflect"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
)

// nul stands for an argument that must not reach SQLite: it would keep a text with a NUL byte,
// which PostgreSQL refuses, and functions of SQL and other programs would see it cut there.
type nul struct{}

// Value implements driver.Valuer; database/sql refuses the statement with this error.
func (nul) Value() (driver.Value, error) { return nil, fault.New(fault.Invalid, "storage.text") }

// texts returns args for SQLite, those that are texts with a NUL byte replaced by their refusal.
// Bytes may hold it. The caller's args stay as they are.
func texts(args []any) []any {
	own := false
	for i, v := range args {
		if !holdsNUL(v) {
			continue
		}
		if !own {
			args, own = slices.Clone(args), true
		}
		args[i] = nul{}
	}
	return args
}

func holdsNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.IndexByte(v, 0) >= 0
	case *string:
		return v != nil && strings.IndexByte(*v, 0) >= 0
	case nil, int, int64, bool, []byte, float64, driver.Valuer:
		return false
	}
	text := reflect.ValueOf(v)
	return text.Kind() == reflect.String && strings.IndexByte(text.String(), 0) >= 0
}

// args returns the arguments in the form in which the database may get them.
func (r runner) args(args []any) []any {
	if r.Dialect() == SQLite {
		return texts(args)
	}
	return args
}
