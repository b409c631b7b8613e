package cve

import (
	"fmt"
)

// SyntaxError says at which byte of a document the reading stopped and why.
type SyntaxError struct {
	Offset int64
	Reason string

	trailing bool
}

// Unwrap returns ErrTrailing where a document is followed by something else.
func (e *SyntaxError) Unwrap() error {
	if e.trailing {
		return ErrTrailing
	}
	return nil
}

// Error returns reason and offset.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Reason, e.Offset) }

// Place returns the byte of the fault; the line is not known (0).
func (e *SyntaxError) Place() (offset int64, line int) { return e.Offset, 0 }
