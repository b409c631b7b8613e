package cvss

import (
	"errors"
	"fmt"
	"strings"
)

// Version is a version of the standard.
type Version string

// The versions.
const (
	V2  Version = "2.0"
	V30 Version = "3.0"
	V31 Version = "3.1"
	V4  Version = "4.0"
)

// MaxVector is the number of bytes above which a vector is refused; the longest legal one, a 4.0
// vector with every metric, has 220.
const MaxVector = 512

// Errors that Parse wraps.
var (
	ErrVersion = errors.New("not a vector of CVSS 2.0, 3.0, 3.1 or 4.0")
	ErrLong    = errors.New("vector longer than 512 bytes")
)

// Metric is one metric of a vector with its value, both as the standard abbreviates them.
type Metric struct{ Key, Value string }

// Vector is a valid vector.
type Vector struct {
	Version Version
	Text    string   // as written, without the brackets that CVSS 2.0 vectors may stand in
	Metrics []Metric // in the order of the text, also those with the value "not defined"
	// Base is the base score, 0.0 to 10.0. Score takes all given metrics into account: the
	// environmental score where an environmental metric is defined, else the temporal, else the base.
	// A 4.0 vector has one score only and both are equal.
	Base, Score float64
	// Severity is the qualitative rating of Base: none, low, medium, high or critical. CVSS 2.0
	// defines none; the customary one is used, which has no none and no critical.
	Severity string
}

// Get returns the value of a metric and whether the vector states it.
func (v *Vector) Get(key string) (string, bool) {
	for _, m := range v.Metrics {
		if m.Key == key {
			return m.Value, true
		}
	}
	return "", false
}

// Parse reads a vector of any version. The version is that of the prefix; a vector without one is
// of version 2.0.
func Parse(text string) (Vector, error) {
	if len(text) > MaxVector {
		return Vector{}, fmt.Errorf("cvss: parse: %w", ErrLong)
	}
	v := Vector{Text: strings.TrimSpace(text)}
	prefix, body := "", v.Text
	if strings.HasPrefix(body, "CVSS:") {
		prefix, body, _ = strings.Cut(body, "/")
	}
	var err error
	switch prefix {
	case "CVSS:4.0":
		v.Version, err = V4, v.score4()
	case "CVSS:3.1":
		v.Version, err = V31, v.score31()
	case "CVSS:3.0":
		v.Version, err = V30, v.score30()
	case "":
		if strings.HasPrefix(body, "(") && strings.HasSuffix(body, ")") {
			body = body[1 : len(body)-1]
			v.Text = body
		}
		v.Version, err = V2, v.score2()
	default:
		err = ErrVersion
	}
	if err != nil {
		return Vector{}, fmt.Errorf("cvss: parse %.80q: %w", text, err)
	}
	v.Metrics = metrics(body)
	return v, nil
}

// metrics splits a body that is known to be valid.
func metrics(body string) []Metric {
	list := make([]Metric, 0, strings.Count(body, "/")+1)
	for part := range strings.SplitSeq(body, "/") {
		key, value, _ := strings.Cut(part, ":")
		list = append(list, Metric{key, value})
	}
	return list
}
