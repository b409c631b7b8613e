package storage

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Time is a time in a BIGINT column: microseconds since 1970 in UTC. The zero
// time is NULL. Text would lose the order and the zone.
type Time struct{ time.Time }

// At returns t as a column value.
func At(t time.Time) Time { return Time{t} }

// Value implements driver.Valuer.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("storage: time from %T, want BIGINT microseconds", src)
	}
	return nil
}

// JSON is a value in a JSONB column. NULL is the zero value when read; write a
// nil driver value yourself where NULL is meant.
type JSON[T any] struct{ V T }

// Value implements driver.Valuer. It returns text, because SQLite would take
// bytes for its binary form of JSON.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if err != nil {
		return nil, fmt.Errorf("storage: write JSON: %w", err)
	}
	return string(b), nil
}

// Scan implements sql.Scanner.
func (j *JSON[T]) Scan(src any) error {
	var zero T
	j.V = zero
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		return j.read([]byte(v))
	case []byte:
		return j.read(v)
	case int64: // SQLite gives the column NUMERIC affinity, so a lone number comes back as one
		return j.read(strconv.AppendInt(nil, v, 10))
	case float64:
		return j.read(strconv.AppendFloat(nil, v, 'g', -1, 64))
	}
	return fmt.Errorf("storage: JSON from %T", src)
}

func (j *JSON[T]) read(b []byte) error {
	if err := json.Unmarshal(b, &j.V); err != nil {
		return fmt.Errorf("storage: read JSON: %w", err)
	}
	return nil
}
