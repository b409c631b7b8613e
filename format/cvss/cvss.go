package cvss

import (
	"errors"
	"fmt"
	"strings"

	cvss20 "github.com/pandatix/go-cvss/20"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"
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

func (v *Vector) score2() error {
	c, err := cvss20.ParseVector(v.Text)
	if err != nil {
		return err
	}
	v.rate(c.BaseScore(), c.TemporalScore(), c.EnvironmentalScore())
	if v.Severity == "none" {
		v.Severity = "low"
	}
	if v.Severity == "critical" {
		v.Severity = "high"
	}
	return nil
}

func (v *Vector) score30() error {
	c, err := cvss30.ParseVector(v.Text)
	if err != nil {
		return err
	}
	v.rate(c.BaseScore(), c.TemporalScore(), c.EnvironmentalScore())
	return nil
}

func (v *Vector) score31() error {
	c, err := cvss31.ParseVector(v.Text)
	if err != nil {
		return err
	}
	v.rate(c.BaseScore(), c.TemporalScore(), c.EnvironmentalScore())
	return nil
}

func (v *Vector) score4() error {
	c, err := cvss40.ParseVector(v.Text)
	if err != nil {
		return err
	}
	score := c.Score()
	v.rate(score, score, score)
	return nil
}

// rate sets scores and severity; the environmental score counts if an environmental metric is
// defined. One that is written out as not defined says nothing, although the environmental formula
// of 3.1 gives another score than the base formula even then.
func (v *Vector) rate(base, temporal, environmental float64) {
	v.Base, v.Score, v.Severity = base, temporal, Rating(base)
	for part := range strings.SplitSeq(v.Text, "/") {
		if key, value, _ := strings.Cut(part, ":"); environmentMetric(key) && value != "X" && value != "ND" {
			v.Score = environmental
			return
		}
	}
}

// environmentMetric reports whether a metric of version 2.0 to 3.1 is of the environmental group.
func environmentMetric(key string) bool {
	switch key {
	case "CDP", "TD", "CR", "IR", "AR", "MAV", "MAC", "MPR", "MUI", "MS", "MC", "MI", "MA":
		return true
	}
	return false
}

// Rating returns the qualitative rating of a score by the scale of CVSS 3.0 to 4.0: none (0.0),
// low (to 3.9), medium (to 6.9), high (to 8.9), critical.
func Rating(score float64) string {
	switch {
	case !(score > 0): // also what is no number
		return "none"
	case score < 4:
		return "low"
	case score < 7:
		return "medium"
	case score < 9:
		return "high"
	default:
		return "critical"
	}
}
