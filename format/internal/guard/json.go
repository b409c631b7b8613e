package guard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// JSON reads the whole of r under limits and decodes it into v. Content after the document, a
// wrong type and a fault of syntax are errors with their place.
func JSON(r io.Reader, limits Limits, v any) error {
	data, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return err
	}
	if int64(len(data)) > limits.Bytes {
		return fmt.Errorf("document larger than %d bytes: %w", limits.Bytes, ErrLimit)
	}
	return DecodeJSON(data, limits, v)
}

// DecodeJSON is JSON on bytes that are already in memory.
func DecodeJSON(data []byte, limits Limits, v any) error {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if at := tooDeep(data, limits.Depth); at >= 0 {
		return place(data, int64(at), fmt.Errorf("values nested deeper than %d: %w", limits.Depth, ErrLimit))
	}
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		// The offset is behind the wrong byte, except at the end, where there is none.
		offset := syntax.Offset - 1
		if syntax.Error() == "unexpected end of JSON input" {
			offset = int64(len(data))
		}
		return place(data, offset, err)
	case errors.As(err, &wrong):
		return place(data, wrong.Offset, fmt.Errorf("%s: %s where %s is expected", wrong.Field, wrong.Value, wrong.Type))
	default:
		return err
	}
}

// tooDeep returns the offset at which nesting exceeds depth, or -1.
func tooDeep(data []byte, depth int) int {
	level, text := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			if level++; level > depth {
				return i
			}
		case c == '}' || c == ']':
			level--
		}
	}
	return -1
}

func place(data []byte, offset int64, err error) error {
	offset = min(offset, int64(len(data)))
	before := data[:offset]
	return &Error{
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Err:    err,
	}
}
