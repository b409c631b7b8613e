package trust

import (
	"math"
	"time"
)

// Costs weigh errors: each step that the recommendation lies below the ruling costs Little, each step
// above it Much.
type Costs struct {
	Little float64 `json:"little"`
	Much   float64 `json:"much"`
}

// DefaultCosts weigh answering too little twice as much as answering too much.
func DefaultCosts() Costs { return Costs{Little: 2, Much: 1} }

// Of is the cost of one recommended outcome, given by the position of both outcomes.
func (c Costs) Of(recommended, ruled int) float64 {
	if recommended < ruled {
		return c.Little * float64(ruled-recommended)
	}
	return c.Much * float64(recommended-ruled)
}

// Accuracy counts how recommendations fared.
type Accuracy struct {
	Rulings int     // all
	Single  int     // the model recommended one outcome
	Exact   int     // of Single: the ruling is that outcome
	Within  int     // of Single: the ruling is that outcome or its neighbour
	Low     int     // of Single: the recommendation was below the ruling
	High    int     // of Single: above it
	Cost    float64 // summed over Single
}

// Add counts one more case.
func (a *Accuracy) Add(c *Case, costs Costs) {
	a.Rulings++
	if !c.Single() {
		return
	}
	a.Single++
	step := c.Ruled - c.Recommended
	if -1 <= step && step <= 1 {
		a.Within++
	}
	switch {
	case step == 0:
		a.Exact++
	case step > 0:
		a.Low++
	default:
		a.High++
	}
	a.Cost += costs.Of(c.Recommended, c.Ruled)
}

// Measure counts all cases.
func Measure(cases []Case, costs Costs) Accuracy {
	var a Accuracy
	for i := range cases {
		a.Add(&cases[i], costs)
	}
	return a
}

// Enough reports whether there are enough recommendations to go by the figures.
func (a *Accuracy) Enough() bool { return a.Single >= Enough }

// Rate is the share of recommendations that the rulings confirm, 0 to 1; NaN without any.
func (a *Accuracy) Rate() float64 { return share(a.Exact, a.Single) }

// WithinRate is the share of recommendations at most one step from the ruling, 0 to 1; NaN without any.
func (a *Accuracy) WithinRate() float64 { return share(a.Within, a.Single) }

// Coverage is the share of rulings for which the model recommended one outcome, 0 to 1; NaN without any.
func (a *Accuracy) Coverage() float64 { return share(a.Single, a.Rulings) }

// MeanCost is the cost of a recommendation; NaN without any.
func (a *Accuracy) MeanCost() float64 {
	if a.Single == 0 {
		return math.NaN()
	}
	return a.Cost / float64(a.Single)
}

// Interval is the 95 % interval of Rate after Wilson; 0 to 1 without any recommendation.
func (a *Accuracy) Interval() (low, high float64) { return wilson(a.Exact, a.Single) }

func share(part, of int) float64 {
	if of == 0 {
		return math.NaN()
	}
	return float64(part) / float64(of)
}

// wilson is the 95 % score interval of a share.
func wilson(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}

// Unit is the length of the parts of a course.
type Unit string

// The units: weeks begin on Monday.
const (
	Week  Unit = "week"
	Month Unit = "month"
)

// Start returns the beginning of the unit in which t lies, in its zone.
func (u Unit) Start(t time.Time) time.Time {
	if u == Month {
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	}
	back := (int(t.Weekday()) + 6) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, t.Location())
}

// Next returns the beginning of the unit after the one that begins at t.
func (u Unit) Next(t time.Time) time.Time {
	if u == Month {
		return t.AddDate(0, 1, 0)
	}
	return t.AddDate(0, 0, 7)
}

// Point is the accuracy of one unit of time.
type Point struct {
	From, To time.Time // To is excluded
	Accuracy
}

// maxPoints bounds a course; what lies before its last maxPoints units is left out.
const maxPoints = 520

// Course measures cases by units of time in a zone, from the first to the last that has a case, without
// a gap. The cases are ordered by time.
func Course(cases []Case, unit Unit, zone *time.Location, costs Costs) []Point {
	var out []Point
	for i := range cases {
		at := cases[i].At.In(zone)
		if len(out) == 0 {
			from := unit.Start(at)
			out = append(out, Point{From: from, To: unit.Next(from)})
		}
		for !at.Before(out[len(out)-1].To) {
			from := out[len(out)-1].To
			out = append(out, Point{From: from, To: unit.Next(from)})
		}
		out[len(out)-1].Add(&cases[i], costs)
	}
	return out[max(0, len(out)-maxPoints):]
}
