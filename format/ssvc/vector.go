package ssvc

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// VectorPrefix begins every vector of the calculator.
const VectorPrefix = "SSVCv2"

// VectorPair is one KEY:VALUE of a vector.
type VectorPair struct{ Key, Value string }

// Vector is the short form of a calculator result:
// SSVCv2/E:A/A:N/T:T/P:M/B:A/M:M/D:A/<time>/ with an optional &<id>&<tree>.
type Vector struct {
	Pairs []VectorPair
	// Time is the time as written: epoch seconds, a date or a date and time.
	Time string
	// Target and Tree are the optional suffix.
	Target, Tree string
}

const maxVector = 4096

// ParseVector reads a vector. Keys are those of the tree that made it: one or
// two letters or digits.
func ParseVector(s string) (Vector, error) {
	if len(s) > maxVector {
		return Vector{}, fail("ssvc vector", "is longer than "+strconv.Itoa(maxVector)+" bytes", "check that it is one vector")
	}
	var v Vector
	body, suffix, _ := strings.Cut(s, "&")
	v.Target, v.Tree, _ = strings.Cut(suffix, "&")
	parts := strings.Split(body, "/")
	if parts[0] != VectorPrefix {
		return Vector{}, fail("ssvc vector "+quote(s), "does not begin with "+VectorPrefix+"/", "copy the whole vector")
	}
	parts = parts[1:]
	if n := len(parts); n > 0 && parts[n-1] == "" {
		parts = parts[:n-1]
	}
	for i, part := range parts {
		if pair, ok := vectorPair(part); ok {
			if slices.ContainsFunc(v.Pairs, func(p VectorPair) bool { return p.Key == pair.Key }) {
				return Vector{}, fail("ssvc vector part "+quote(part), "repeats the key "+quote(pair.Key), "keep one value for each key")
			}
			v.Pairs = append(v.Pairs, pair)
			continue
		}
		if i != len(parts)-1 || !vectorTime(part) {
			return Vector{}, fail("ssvc vector part "+quote(part), "is neither KEY:VALUE nor a closing time", "copy the whole vector")
		}
		v.Time = part
	}
	if len(v.Pairs) == 0 || len(v.Pairs) > MaxPoints {
		return Vector{}, fail("ssvc vector", strconv.Itoa(len(v.Pairs))+" pairs", "copy the whole vector")
	}
	return v, nil
}

func vectorPair(s string) (VectorPair, bool) {
	k, val, ok := strings.Cut(s, ":")
	if !ok || len(k) == 0 || len(k) > 2 || len(val) == 0 || len(val) > 2 || !ValidKey(k) || !ValidKey(val) {
		return VectorPair{}, false
	}
	return VectorPair{k, val}, true
}

func vectorTime(s string) bool {
	_, ok := Vector{Time: s}.At()
	return ok
}

// At gives the time of the vector in UTC; a date without time is midnight.
func (v Vector) At() (time.Time, bool) {
	if sec, err := strconv.ParseInt(v.Time, 10, 64); err == nil && sec >= 0 && sec < 1<<40 {
		return time.Unix(sec, 0).UTC(), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, v.Time); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// String gives the vector as text; ParseVector reads it back to the same Vector.
func (v Vector) String() string {
	var b strings.Builder
	b.WriteString(VectorPrefix + "/")
	for _, p := range v.Pairs {
		b.WriteString(p.Key + ":" + p.Value + "/")
	}
	if v.Time != "" {
		b.WriteString(v.Time + "/")
	}
	if v.Target != "" || v.Tree != "" {
		b.WriteString("&" + v.Target + "&" + v.Tree)
	}
	return b.String()
}
