package cvss

import (
	"strings"

	cvss20 "github.com/pandatix/go-cvss/20"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"
)

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
