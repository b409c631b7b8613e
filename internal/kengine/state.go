package kengine

import "slices"

// State is where a task stands.
type State string

// The states of a task.
const (
	Open   State = "open"   // awaits a ruling
	Todo   State = "todo"   // ruled, not begun
	Doing  State = "doing"  // somebody works on it
	Done   State = "done"   // finished
	Closed State = "closed" // nothing to do, or dropped
)

// States returns all states in the order of the work.
func States() []State { return []State{Open, Todo, Doing, Done, Closed} }

// Live reports whether there is still something to do in s.
func (s State) Live() bool { return s == Open || s == Todo || s == Doing }

// rest is the column by which lists put what is left to do first.
func (s State) rest() int {
	if s.Live() {
		return 0
	}
	return 1
}

// Known reports whether s is a state of a task.
func (s State) Known() bool { return slices.Contains(States(), s) }

// Act is what moves a task from state to state.
type Act string

// The acts. ActChange is done by new facts and ActClose by a decision for no action; the others
// by people.
const (
	ActRule   Act = "rule"   // confirm or overrule for an action
	ActWaive  Act = "waive"  // confirm or overrule for no action
	ActStart  Act = "start"  // begin the work
	ActFinish Act = "finish" // the work is done
	ActDrop   Act = "drop"   // give it up, with a reason
	ActReopen Act = "reopen" // take it up again
	ActChange Act = "change" // the outcome changed by new facts
	ActClose  Act = "close"  // decided for no action without anybody
)

// Acts returns all acts.
func Acts() []Act {
	return []Act{ActRule, ActWaive, ActStart, ActFinish, ActDrop, ActReopen, ActChange, ActClose}
}

// transition is one arrow of the drawing in the package comment.
type transition struct {
	from State
	act  Act
	to   State
}

// transitions is the whole state machine; what is not in it is refused.
func transitions() []transition {
	return []transition{
		{Open, ActRule, Todo},
		{Open, ActWaive, Closed},
		{Open, ActClose, Closed},
		{Open, ActChange, Open},
		{Todo, ActRule, Todo},
		{Todo, ActWaive, Closed},
		{Todo, ActStart, Doing},
		{Todo, ActFinish, Done},
		{Todo, ActDrop, Closed},
		{Todo, ActChange, Open},
		{Doing, ActFinish, Done},
		{Doing, ActDrop, Closed},
		{Doing, ActChange, Open},
		{Done, ActReopen, Todo},
		{Done, ActChange, Open},
		{Closed, ActReopen, Open},
		{Closed, ActChange, Open},
		{Closed, ActRule, Todo},
	}
}

// Next returns the state into which act moves a task that is in s, and whether act is allowed.
func (s State) Next(act Act) (State, bool) {
	for _, t := range transitions() {
		if t.from == s && t.act == act {
			return t.to, true
		}
	}
	return s, false
}

// Allowed returns the acts of people that a task in s takes, in the order of Acts.
func (s State) Allowed() []Act {
	var out []Act
	for _, a := range Acts() {
		if _, ok := s.Next(a); ok && a != ActChange && a != ActClose {
			out = append(out, a)
		}
	}
	return out
}
