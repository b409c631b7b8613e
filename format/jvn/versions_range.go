package jvn

import (
	"strings"

	"noroshi.dev/format/version"
)

const (
	sideNone = iota
	sideUntil
	sideBefore
	sideFrom
	sideAfter
)

// side looks for a phrase: Japanese puts it behind the version, English on either side.
func side(before, after string) int {
	for _, text := range []string{after, before} {
		switch {
		case text == "":
		case contains(text, beforePhrases()) && !strings.Contains(text, "<="):
			return sideBefore
		case contains(text, untilPhrases()):
			return sideUntil
		case contains(text, fromPhrases()):
			return sideFrom
		case contains(text, afterPhrases()):
			return sideAfter
		}
	}
	return sideNone
}

func contains(text string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// Range returns the versions that v means: its bounds where it has them, else what ParseVersions
// reads in its text, combined with the operator.
func (v VersionNumber) Range() (version.Range, bool) {
	if v.Begin != nil || v.End != nil {
		var r version.Range
		if v.Begin != nil {
			r.Start, r.StartExcluded = v.Begin.Value, v.Begin.Operator == "gt"
		}
		if v.End != nil {
			r.End, r.EndExcluded = v.End.Value, v.End.Operator == "lt"
		}
		return r, true
	}
	switch v.Operator {
	case "lt", "le":
		return version.Range{End: v.Text, EndExcluded: v.Operator == "lt"}, v.Text != ""
	case "gt", "ge":
		return version.Range{Start: v.Text, StartExcluded: v.Operator == "gt"}, v.Text != ""
	case "ne":
		return version.Range{}, false
	}
	return ParseVersions(v.Text)
}
