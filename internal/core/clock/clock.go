// Package clock is the source of time. Production reads the wall clock; a test
// fixes it or lets testing/synctest move it.
package clock

import "time"

// Clock tells the present time in UTC.
type Clock interface {
	Now() time.Time
}

// Wall is the clock of the machine, cut to microseconds, which is what storage keeps.
type Wall struct{}

// Now returns the present time of the machine.
func (Wall) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed is a clock that stands still at the time it holds.
type Fixed time.Time

// Now returns the fixed time.
func (f Fixed) Now() time.Time { return time.Time(f).UTC().Truncate(time.Microsecond) }

// Func is a function used as a clock, for tests that move time by hand.
type Func func() time.Time

// Now returns what the function says.
func (f Func) Now() time.Time { return f().UTC().Truncate(time.Microsecond) }
