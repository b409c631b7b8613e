package backup

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind is the type of a column in both databases.
type Kind string

// The kinds of columns.
const (
	Text    Kind = "text"
	Bigint  Kind = "bigint"
	Boolean Kind = "boolean"
	Double  Kind = "double"
	Bytes   Kind = "bytea"
	JSON    Kind = "jsonb"
)

// kindOf returns the kind of a declared type, empty if it is none of ours.
func kindOf(declared string) Kind {
	switch strings.ToUpper(declared) {
	case "TEXT":
		return Text
	case "BIGINT":
		return Bigint
	case "BOOLEAN":
		return Boolean
	case "DOUBLE PRECISION":
		return Double
	case "BYTEA":
		return Bytes
	case "JSONB":
		return JSON
	}
	return ""
}

// normal turns what a driver gave for a column into the one Go type of its kind:
// string, int64, bool, float64, []byte, string of JSON; nil stays nil.
func normal(k Kind, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil //nolint:nilnil // NULL is a value
	case string:
		if k == Text || k == JSON {
			return v, nil
		}
		if k == Bytes {
			return []byte(v), nil
		}
	case []byte:
		if k == Text || k == JSON {
			return string(v), nil
		}
		if k == Bytes {
			return v, nil
		}
	case bool:
		if k == Boolean {
			return v, nil
		}
	case int64:
		return normalInt(k, v)
	case float64:
		if k == Double {
			return v, nil
		}
		if k == JSON { // SQLite turns a JSON number into a number of its own
			return strconv.FormatFloat(v, 'g', -1, 64), nil
		}
	}
	return nil, fmt.Errorf("%T in a column of kind %s", v, k)
}

func normalInt(k Kind, v int64) (any, error) {
	switch k {
	case Bigint:
		return v, nil
	case Double:
		return float64(v), nil
	case JSON:
		return strconv.FormatInt(v, 10), nil
	case Boolean:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	default:
	}
	return nil, fmt.Errorf("number %d in a column of kind %s", v, k)
}

// odd holds what JSON cannot carry as it is: text that is not UTF-8, floats that are not numbers.
type odd struct {
	Base64 *string `json:"base64,omitempty"`
	Float  *string `json:"float,omitempty"`
}

// encode appends a normal value as JSON.
func encode(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		return encodeFloat(b, v)
	case []byte:
		return encodeJSON(b, base64.StdEncoding.EncodeToString(v))
	case string:
		if utf8.ValidString(v) {
			return encodeJSON(b, v)
		}
		text := base64.StdEncoding.EncodeToString([]byte(v))
		return encodeJSON(b, odd{Base64: &text})
	default:
		return fmt.Errorf("value of type %T", v)
	}
	return nil
}

func encodeFloat(b *bytes.Buffer, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		text := strconv.FormatFloat(v, 'g', -1, 64)
		return encodeJSON(b, odd{Float: &text})
	}
	b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	return nil
}

func encodeJSON(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the line end of the encoder
	return nil
}

// decode reads one encoded value back as the Go type of its kind.
func decode(k Kind, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil //nolint:nilnil // NULL is a value
	}
	if len(raw) > 0 && raw[0] == '{' {
		return decodeOdd(k, raw)
	}
	switch k {
	case Text, JSON:
		return as[string](raw)
	case Bytes:
		return as[[]byte](raw)
	case Boolean:
		return as[bool](raw)
	case Bigint:
		return as[int64](raw)
	case Double:
		return as[float64](raw)
	}
	return nil, fmt.Errorf("unknown kind %q", k)
}

func as[T any](raw json.RawMessage) (any, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	return v, nil
}

func decodeOdd(k Kind, raw json.RawMessage) (any, error) {
	var o odd
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	switch {
	case o.Base64 != nil && (k == Text || k == JSON):
		b, err := base64.StdEncoding.DecodeString(*o.Base64)
		return string(b), err
	case o.Float != nil && k == Double:
		return strconv.ParseFloat(*o.Float, 64)
	}
	return nil, errors.New("odd value of the wrong kind")
}

// Canonical returns the value in the form in which both databases agree: JSON
// with sorted keys and without spaces. PostgreSQL keeps JSON in a form of its
// own, so the text itself cannot be compared.
func Canonical(k Kind, v any) (any, error) {
	text, ok := v.(string)
	if k != JSON || !ok {
		return v, nil
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("a JSONB column does not hold JSON: %w", err)
	}
	var b bytes.Buffer
	if err := encodeJSON(&b, plainNumbers(tree)); err != nil {
		return nil, err
	}
	return b.String(), nil
}

// plainNumbers writes every number in one way: 1.50 and 1.5 and 15e-1 are one number.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			v[key] = plainNumbers(x)
		}
	case []any:
		for i, x := range v {
			v[i] = plainNumbers(x)
		}
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return v
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return v
}
