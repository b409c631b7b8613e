package storage

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"noroshi.dev/internal/core/fault"
)

// kind is what a column holds, the same on both databases.
type kind uint8

const (
	kindText kind = iota
	kindInt
	kindBool
	kindFloat
	kindBytes
	kindJSON
)

type column struct {
	name string
	kind kind
	key  bool // part of the primary key
}

// columnsOf reads the columns of a table in their order.
func columnsOf(ctx context.Context, r Runner, table string) ([]column, error) {
	query := "SELECT name, type, pk > 0 FROM pragma_table_info(?) ORDER BY cid"
	if r.Dialect() == Postgres {
		query = `SELECT CAST(a.attname AS TEXT), format_type(a.atttypid, a.atttypmod),
				EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
			FROM pg_attribute a
			WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
			ORDER BY a.attnum`
	}
	list, err := List(ctx, r, func(scan func(...any) error) (column, error) {
		var c column
		var declared string
		err := scan(&c.name, &declared, &c.key)
		c.kind = kindOf(declared)
		return c, err
	}, query, table)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "storage.table", table)
	}
	return list, nil
}

func kindOf(declared string) kind {
	switch strings.ToUpper(declared) {
	case "BIGINT", "INTEGER", "INT", "SMALLINT":
		return kindInt
	case "BOOLEAN":
		return kindBool
	case "DOUBLE PRECISION", "REAL":
		return kindFloat
	case "BYTEA", "BLOB":
		return kindBytes
	case "JSONB", "JSON":
		return kindJSON
	}
	return kindText
}

// convert returns v as the one Go type of the column's kind.
func (c column) convert(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	if n, ok := v.(json.Number); ok {
		return c.number(n)
	}
	switch c.kind {
	case kindText, kindJSON:
		switch v := v.(type) {
		case string:
			return v, nil
		case []byte:
			return string(v), nil
		case int64, float64:
			if c.kind == kindJSON { // see JSON.Scan
				return fmt.Sprint(v), nil
			}
		}
	case kindInt:
		switch v := v.(type) {
		case int64:
			return v, nil
		case float64:
			// From 2^53 on a float64 stands for several whole numbers.
			if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
				return int64(v), nil
			}
			return nil, fmt.Errorf("column %s holds %v, which is no whole number that is exact", c.name, v)
		}
	case kindBool:
		switch v := v.(type) {
		case bool:
			return v, nil
		case int64:
			return v != 0, nil
		}
	case kindFloat:
		switch v := v.(type) {
		case float64:
			return v, nil
		case int64:
			return float64(v), nil
		}
	case kindBytes:
		switch v := v.(type) {
		case []byte:
			return v, nil
		case string:
			return base64.StdEncoding.DecodeString(v)
		}
	}
	return nil, fmt.Errorf("column %s holds a %T", c.name, v)
}

func (c column) number(n json.Number) (any, error) {
	switch c.kind {
	case kindInt:
		return n.Int64()
	case kindFloat:
		return n.Float64()
	default:
		return nil, fmt.Errorf("column %s holds the number %s", c.name, n)
	}
}
