package guard

import (
	"errors"
	"fmt"
)

// Limits bound what one document may cost.
type Limits struct {
	// Bytes is the largest number of bytes read between two calls of Mark, and in a JSON
	// document as a whole.
	Bytes int64
	// Depth is the deepest nesting of elements, objects and arrays.
	Depth int
}

// ErrLimit is wrapped by every error that a limit caused.
var ErrLimit = errors.New("limit exceeded")

// Error is a fault at a place of a document.
type Error struct {
	// Line and Column count from 1; the column counts bytes.
	Line, Column int
	Err          error
}

// Error writes place and reason.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }
