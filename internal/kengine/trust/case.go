package trust

import "time"

// Several is the place of a recommendation that left several outcomes possible.
const Several = -1

// Enough is the least number of rulings on which a figure is shown as one to go by: below it the
// half-width of a 95 % interval of a share exceeds 20 points.
const Enough = 20

// Case is one ruling that holds, with what the model said and what was known at that time.
type Case struct {
	At          time.Time
	Analyst     string
	Facts       string // the values of the inputs that the decision looks at; equal text, equal facts
	Recommended int    // position of the outcome, or Several
	Ruled       int    // position of the outcome
	Possible    bool   // the ruled outcome is among those that the model left possible
	Stated      Cause  // the reason that the analyst gave; "" for a confirmation
	Changed     bool   // an input has another value now than at the ruling
}

// Single reports whether the model recommended one outcome.
func (c *Case) Single() bool { return c.Recommended != Several }

// Exact reports whether the ruling is the one recommended outcome.
func (c *Case) Exact() bool { return c.Single() && c.Recommended == c.Ruled }

// Deviates reports whether the ruling is none of the outcomes that the model left possible.
func (c *Case) Deviates() bool { return !c.Possible }
