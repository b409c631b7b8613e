package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is the category of a fault. A Kind is itself an error, so that a caller
// asks errors.Is(err, fault.NotFound).
type Kind uint8

// The kinds, each with the status that web and api answer.
const (
	NotFound    Kind = iota + 1 // 404: there is no such thing, or the actor may not know of it
	Invalid                     // 422: the input breaks a rule; Fields names the places
	Conflict                    // 409: somebody else changed it, or it exists already
	Denied                      // 403: the actor has no right to do this
	Unavailable                 // 503: a dependency is missing or time ran out; try again
	Limit                       // 429: too much, too large or too often
)

var kindNames = [...]string{"", "not found", "invalid", "conflict", "denied", "unavailable", "limit"}

// Error returns the name of the kind in English, for logs.
func (k Kind) Error() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("fault kind %d", uint8(k))
}

// Field is one input field that breaks a rule: its name in the form or JSON
// document, the message key of the rule and the values the message names.
type Field struct {
	Name string
	Key  string
	Args map[string]any
}

// Error is a fault: a Kind about the thing that Key names.
type Error struct {
	Kind   Kind
	Key    string         // message key, for example "kengine.report"
	ID     string         // identifier of the thing, if it has one
	Args   map[string]any // values that the message names
	Fields []Field        // what is wrong with the input, field by field
	Hint   string         // message key of what the reader can do
	cause  error
}

// New returns a fault of a kind about the thing that key names; id may be left out.
func New(kind Kind, key string, id ...string) *Error {
	return &Error{Kind: kind, Key: key, ID: strings.Join(id, "/")}
}

// With returns f with a value that its message names.
func (f *Error) With(name string, value any) *Error {
	if f.Args == nil {
		f.Args = map[string]any{}
	}
	f.Args[name] = value
	return f
}

// Field returns f with one more broken field; args are name, value pairs.
func (f *Error) Field(name, key string, args ...any) *Error {
	var m map[string]any
	for i := 0; i+1 < len(args); i += 2 {
		if m == nil {
			m = map[string]any{}
		}
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	f.Fields = append(f.Fields, Field{Name: name, Key: key, Args: m})
	return f
}

// Hinted returns f with the message key of what the reader can do.
func (f *Error) Hinted(key string) *Error { f.Hint = key; return f }

// Because returns f with the error that caused it; it is logged, never shown.
func (f *Error) Because(err error) *Error { f.cause = err; return f }

// OrNil returns f as an error if it names at least one broken field, else nil.
func (f *Error) OrNil() error {
	if f == nil || len(f.Fields) == 0 {
		return nil
	}
	return f
}

// Error returns kind, key, id and fields in English, for logs.
func (f *Error) Error() string {
	var b strings.Builder
	b.WriteString(f.Key)
	if f.ID != "" {
		b.WriteString(" " + f.ID)
	}
	b.WriteString(": " + f.Kind.Error())
	for _, fd := range f.Fields {
		b.WriteString(" [" + fd.Name + " " + fd.Key + "]")
	}
	if f.cause != nil {
		b.WriteString(": " + f.cause.Error())
	}
	return b.String()
}

// Is reports whether target is the kind of f.
func (f *Error) Is(target error) bool { k, ok := target.(Kind); return ok && k == f.Kind }

// Unwrap returns the cause.
func (f *Error) Unwrap() error { return f.cause }

// Of returns the first fault in the chain of err, or nil.
func Of(err error) *Error {
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return nil
}
