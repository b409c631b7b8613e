package ssvc

import (
	"strconv"
	"unicode/utf8"
)

// Limits of every reader in this package.
const (
	// MaxBytes is the largest input of any reader, in bytes.
	MaxBytes = 16 << 20
	// MaxValues is the largest number of values of one decision point.
	MaxValues = 64
	// MaxPoints is the largest number of decision points of one table or list.
	MaxPoints = 128
	// MaxRows is the largest number of rows of one table.
	MaxRows = 1 << 20

	maxDepth   = 48
	maxObjects = 10_000
	maxText    = 64 << 10
	maxKey     = 256
	maxDerive  = 1 << 26 // conditions looked at to write out one complex point
)

// Error says where an SSVC object is wrong and what to do about it.
type Error struct {
	// Place is the object, field, row or column.
	Place string
	// Problem is what is wrong there.
	Problem string
	// Remedy is what the reader can do; may be empty.
	Remedy string
}

// Error gives place, problem and remedy in one line.
func (e *Error) Error() string {
	s := "ssvc: " + e.Place + ": " + e.Problem
	if e.Remedy != "" {
		s += "; " + e.Remedy
	}
	return s
}

func fail(place, problem, remedy string) error {
	return &Error{Place: place, Problem: problem, Remedy: remedy}
}

// guard refuses input that is too large, too deep or not UTF-8 before a
// decoder spends memory on it.
func guard(what string, data []byte) error {
	if len(data) > MaxBytes {
		return fail(what, strconv.Itoa(len(data))+" bytes are more than "+strconv.Itoa(MaxBytes), "split the file")
	}
	if !utf8.Valid(data) {
		return fail(what, "is not UTF-8", "save the file as UTF-8")
	}
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fail(what+" byte "+strconv.Itoa(i), "nested deeper than "+strconv.Itoa(maxDepth), "flatten the document")
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

func checkText(place, field, s string) error {
	if s == "" {
		return fail(place, field+" is empty", "give it a text")
	}
	if len(s) > maxText {
		return fail(place, field+" is longer than "+strconv.Itoa(maxText)+" bytes", "shorten it")
	}
	return nil
}
