package trust

// Cause is why a ruling deviates from the recommendation.
type Cause string

// The causes that the VRDA effectiveness study of 2009 found, in its order.
const (
	Data      Cause = "data"      // the facts were insufficient or wrong
	Analyst   Cause = "analyst"   // the analyst weighs otherwise than others
	Logic     Cause = "logic"     // the model does not say what the organisation does
	Exception Cause = "exception" // an unforeseen circumstance
)

// CauseOrder returns the causes in the order of the study.
func CauseOrder() []Cause { return []Cause{Data, Analyst, Logic, Exception} }

// Deviation is one ruling that deviates.
type Deviation struct {
	Case   int   // position in the cases
	Stated Cause // by the reason that the analyst gave
	Shown  Cause // by the record: Data, Analyst or Logic
}

// Deviations sorts the rulings that deviate by what was said and by what the record shows: an input
// that has another value now was missing or wrong (Data); else another analyst who ruled otherwise on
// equal facts makes it a difference of analysts; else it is the logic of the model.
func Deviations(cases []Case) []Deviation {
	type ruled struct {
		who string
		how int
	}
	known := map[string]map[ruled]bool{}
	for i := range cases {
		c := &cases[i]
		if known[c.Facts] == nil {
			known[c.Facts] = map[ruled]bool{}
		}
		known[c.Facts][ruled{c.Analyst, c.Ruled}] = true
	}
	var out []Deviation
	for i := range cases {
		c := &cases[i]
		if !c.Deviates() {
			continue
		}
		d := Deviation{Case: i, Stated: c.Stated, Shown: Logic}
		for other := range known[c.Facts] {
			if other.who != c.Analyst && other.how != c.Ruled {
				d.Shown = Analyst
			}
		}
		if c.Changed {
			d.Shown = Data
		}
		out = append(out, d)
	}
	return out
}
