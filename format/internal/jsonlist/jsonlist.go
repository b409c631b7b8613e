// Package jsonlist walks over a JSON document that is mostly one long list, element by element, so
// that one wrong element costs only itself and every error has its byte.
package jsonlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Error is a fault of syntax or shape at a byte of a document.
type Error struct {
	Offset int64
	Err    error
}

// Error writes reason and offset.
func (e *Error) Error() string { return fmt.Sprintf("%v at byte %d", e.Err, e.Offset) }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// ErrMany says that a list is longer than the limit.
var ErrMany = errors.New("too many elements")

// ErrShape says that the document is no object.
var ErrShape = errors.New("want an object")

// Each walks over the object in data. Every element of the list that is its member named list goes
// to element with its offset, every other member to head. limit is the largest number of elements.
// An error of the callbacks ends the walk and comes back as it is.
func Each(data []byte, list string, limit int, head func(name string, value json.RawMessage) error, element func(offset int64, value json.RawMessage) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	open, err := dec.Token()
	if err != nil {
		return at(dec, data, err)
	}
	if open != json.Delim('{') {
		return &Error{dec.InputOffset(), ErrShape}
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return at(dec, data, err)
		}
		if name == list {
			err = elements(dec, data, limit, element)
		} else {
			var value json.RawMessage
			if err = dec.Decode(&value); err != nil {
				return at(dec, data, err)
			}
			err = head(name.(string), value)
		}
		if err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return at(dec, data, err)
	}
	if rest := bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return &Error{int64(len(data) - len(rest)), errors.New("data after the end of the document")}
	}
	return nil
}

func elements(dec *json.Decoder, data []byte, limit int, element func(int64, json.RawMessage) error) error {
	open, err := dec.Token()
	if err != nil {
		return at(dec, data, err)
	}
	if open == nil {
		return nil
	}
	if open != json.Delim('[') {
		return &Error{dec.InputOffset(), errors.New("want a list")}
	}
	for n := 0; dec.More(); n++ {
		if n >= limit {
			return &Error{dec.InputOffset(), fmt.Errorf("%w: more than %d", ErrMany, limit)}
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return at(dec, data, err)
		}
		if err := element(dec.InputOffset()-int64(len(value)), value); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return at(dec, data, err)
	}
	return nil
}

// at gives an error its byte. The decoder counts only the bytes of values, not what Token took
// between them, so what is wrong is read once more by itself.
func at(dec *json.Decoder, data []byte, err error) error {
	begin := dec.InputOffset()
	var value json.RawMessage
	var syntax *json.SyntaxError
	switch {
	case !errors.As(err, &syntax):
	case errors.As(json.NewDecoder(bytes.NewReader(data[begin:])).Decode(&value), &syntax):
		return &Error{begin + max(syntax.Offset-1, 0), err}
	default:
		return &Error{syntax.Offset, err}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &Error{begin, err}
}

// Place returns the byte of the fault; the line is not known (0).
func (e *Error) Place() (offset int64, line int) { return e.Offset, 0 }
