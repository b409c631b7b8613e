package intake

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
)

// Refusal is one part of the input that could not be read. Reason is a message key with Args.
type Refusal struct {
	Member string
	Offset int64 // byte in the member, -1 where unknown
	Line   int   // line from 1, 0 where unknown
	Reason string
	Args   map[string]any
	Cause  error // for logs, may be nil
}

// Reasons of refusals and of values that are not mapped, as message keys. Their arguments:
// detail (text of the parser), limit (number), value (text).
const (
	ReasonSyntax       = "kengine.intake.syntax"        // not well-formed: detail
	ReasonInvalid      = "kengine.intake.invalid"       // well-formed, but breaks a rule: detail
	ReasonUnknownKind  = "kengine.intake.unknown_kind"  // no kind of document that we know
	ReasonTooLarge     = "kengine.intake.too_large"     // larger than limit bytes
	ReasonTooDeep      = "kengine.intake.too_deep"      // container in container beyond limit
	ReasonRatio        = "kengine.intake.ratio"         // expands more than limit times: a bomb
	ReasonTruncated    = "kengine.intake.truncated"     // the container ends in the middle
	ReasonDamaged      = "kengine.intake.damaged"       // the container is not readable: detail
	ReasonUnreadable   = "kengine.intake.unreadable"    // the file cannot be opened or read: detail
	ReasonUnknownValue = "kengine.intake.unknown_value" // no value of the fact: value
	ReasonUnknownFact  = "kengine.intake.unknown_fact"  // no fact for this name: value
	ReasonVector       = "kengine.intake.vector"        // not a CVSS vector: value, detail
)

// Error tells place and reason in English, for logs and command lines without a catalogue.
func (r *Refusal) Error() string {
	place := r.Member
	if r.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, r.Line)
	} else if r.Offset >= 0 {
		place = fmt.Sprintf("%s@%d", place, r.Offset)
	}
	if r.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", place, r.Reason, r.Cause)
	}
	return place + ": " + r.Reason
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// placeOf returns byte (-1) and line (0) that an error of a parser names.
func placeOf(err error) (offset int64, line int) {
	var place interface{ Place() (int64, int) }
	var syntax *json.SyntaxError
	var markup *xml.SyntaxError
	switch {
	case errors.As(err, &place):
		return place.Place()
	case errors.As(err, &syntax):
		return syntax.Offset, 0
	case errors.As(err, &markup):
		return -1, markup.Line
	}
	return -1, 0
}
