package kengine

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTransitions draws the whole machine: what is not drawn is refused.
func TestTransitions(t *testing.T) {
	t.Parallel()
	want := map[State]map[Act]State{
		Open:   {ActRule: Todo, ActWaive: Closed, ActClose: Closed, ActChange: Open},
		Todo:   {ActRule: Todo, ActWaive: Closed, ActStart: Doing, ActFinish: Done, ActDrop: Closed, ActChange: Open},
		Doing:  {ActFinish: Done, ActDrop: Closed, ActChange: Open},
		Done:   {ActReopen: Todo, ActChange: Open},
		Closed: {ActReopen: Open, ActChange: Open, ActRule: Todo},
	}
	got := map[State]map[Act]State{}
	for _, s := range States() {
		got[s] = map[Act]State{}
		for _, a := range Acts() {
			next, ok := s.Next(a)
			if ok {
				got[s][a] = next
			} else if next != s {
				t.Errorf("%s refuses %s but moves to %s", s, a, next)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("machine (-want +got):\n%s", diff)
	}
}

func TestAllowedLeavesOutTheEngine(t *testing.T) {
	t.Parallel()
	for _, s := range States() {
		if a := s.Allowed(); slices.Contains(a, ActChange) || slices.Contains(a, ActClose) || len(a) == 0 {
			t.Errorf("%s.Allowed() = %v", s, a)
		}
	}
	if State("gone").Known() || !Doing.Known() || Done.Live() || !Open.Live() {
		t.Error("Known or Live is wrong")
	}
}

// TestApply says what a new recommendation does to a task that a person has ruled or not.
func TestApply(t *testing.T) {
	t.Parallel()
	open := func(outcomes ...string) *recommendation {
		return &recommendation{outcomes: outcomes, state: Open, rank: 2}
	}
	closed := &recommendation{outcomes: []string{"T"}, state: Closed, cause: CauseNoAction}
	for _, c := range []struct {
		name     string
		task     task
		with     *recommendation
		act      Act
		state    State
		changed  bool
		deviates bool
	}{
		{"same", task{state: Open, outcomes: []string{"A"}}, open("A"), "", Open, false, false},
		{"open, other outcomes", task{state: Open, outcomes: []string{"A", "B"}}, open("A"), ActChange, Open, false, false},
		{"open, nothing to do any more", task{state: Open, outcomes: []string{"T", "A"}}, closed, ActClose, Closed, false, false},
		{"closed by the engine, something to do", task{state: Closed, cause: CauseNoAction, outcomes: []string{"T"}}, open("A"), ActChange, Open, false, false},
		{"closed for want of an asset, now there is one", task{state: Closed, cause: CauseNoAsset, outcomes: []string{"A"}}, open("A"), ActChange, Open, false, false},
		{"ruled, still possible", task{state: Doing, ruled: "A", outcomes: []string{"A", "B"}}, open("A"), ActChange, Doing, false, false},
		{"ruled, not possible any more", task{state: Doing, ruled: "A", outcomes: []string{"A"}}, open("B"), ActChange, Open, true, true},
		{"finished, not possible any more", task{state: Done, ruled: "A", outcomes: []string{"A"}}, open("B"), ActChange, Open, true, true},
		{"overruled, the facts come round", task{state: Todo, ruled: "B", deviates: true, outcomes: []string{"A"}}, open("B"), ActChange, Todo, false, false},
		{"overruled, another outcome", task{state: Todo, ruled: "B", deviates: true, outcomes: []string{"A"}}, open("C"), ActChange, Open, true, true},
		{"dropped, same facts", task{state: Closed, cause: "not ours", ruled: "A", outcomes: []string{"A"}}, open("A"), "", Closed, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.task.apply(c.with)
			if got != c.act || c.task.state != c.state || c.task.changed != c.changed || c.task.deviates != c.deviates {
				t.Errorf("apply() = %q, state %s, changed %v, deviates %v; want %q, %s, %v, %v",
					got, c.task.state, c.task.changed, c.task.deviates, c.act, c.state, c.changed, c.deviates)
			}
		})
	}
}
