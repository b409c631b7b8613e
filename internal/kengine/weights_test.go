package kengine

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// TestWeightsOfADecision: its own weights hold, else those of all others, else the defaults.
func TestWeightsOfADecision(t *testing.T) {
	t.Parallel()
	own, all := trust.Costs{Little: 5, Much: 3}, trust.Costs{Little: 7}
	for name, c := range map[string]struct {
		w    *Weights
		want trust.Costs
	}{
		"nothing set":       {nil, trust.DefaultCosts()},
		"no costs":          {&Weights{Hours: map[string]float64{"now": 1}}, trust.DefaultCosts()},
		"its own":           {&Weights{Costs: map[string]trust.Costs{"m/d": own, "*": all}}, own},
		"all others":        {&Weights{Costs: map[string]trust.Costs{"m/e": own, "*": all}}, all},
		"of another":        {&Weights{Costs: map[string]trust.Costs{"m/e": own}}, trust.DefaultCosts()},
		"nothing is a cost": {&Weights{Costs: map[string]trust.Costs{"m/d": {}, "*": all}}, trust.Costs{}},
	} {
		if got := c.w.CostsOf("m/d"); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		w    *Weights
		mark decide.Mark
		want float64
	}{
		"nothing set":         {nil, decide.Now, 8},
		"soon":                {nil, decide.Soon, 4},
		"plan":                {nil, decide.Plan, 2},
		"no action":           {nil, decide.None, 0},
		"no priority":         {nil, "", 0},
		"the priority":        {&Weights{Hours: map[string]float64{"now": 12}}, decide.Now, 12},
		"another priority":    {&Weights{Hours: map[string]float64{"soon": 12}}, decide.Now, 8},
		"the outcome":         {&Weights{Hours: map[string]float64{"now": 12, "m/d/A": 1}}, decide.Now, 1},
		"the outcome, free":   {&Weights{Hours: map[string]float64{"now": 12, "m/d/A": 0}}, decide.Now, 0},
		"another outcome":     {&Weights{Hours: map[string]float64{"m/d/B": 1}}, decide.Now, 8},
		"no priority is none": {&Weights{Hours: map[string]float64{"none": .5}}, "", .5},
	} {
		if got := c.w.HoursOf("m/d", Outcome{Key: "A", Mark: c.mark}); got != c.want {
			t.Errorf("%s: %v hours, want %v", name, got, c.want)
		}
	}
}

// TestBoundsOfWeights takes the least and the greatest of each number and refuses what is beyond.
func TestBoundsOfWeights(t *testing.T) {
	t.Parallel()
	hours := func(n int) map[string]float64 {
		out := map[string]float64{}
		for i := range n {
			out[fmt.Sprint("m/d/", i)] = 1
		}
		return out
	}
	cost := func(little, much float64) Weights {
		return Weights{Costs: map[string]trust.Costs{"*": {Little: little, Much: much}}}
	}
	hour := func(h float64) Weights { return Weights{Hours: map[string]float64{"now": h}} }
	for name, c := range map[string]struct {
		w    Weights
		want string // field that is wrong; empty: it is taken
	}{
		"nothing":         {Weights{}, ""},
		"the least":       {cost(0, 0), ""},
		"the greatest":    {cost(maxWeight, maxWeight), ""},
		"too much":        {cost(1, maxWeight+.1), "costs"},
		"too little":      {cost(-.1, 1), "costs"},
		"no number":       {cost(math.NaN(), 1), "costs"},
		"endless":         {cost(1, math.Inf(1)), "costs"},
		"no hours":        {hour(0), ""},
		"most hours":      {hour(maxWeight), ""},
		"too many hours":  {hour(maxWeight + 1), "hours"},
		"hours below":     {hour(-1), "hours"},
		"hours no number": {hour(math.NaN()), "hours"},
		"as many as go":   {Weights{Hours: hours(maxWeights)}, ""},
		"one too many":    {Weights{Hours: hours(maxWeights), Costs: map[string]trust.Costs{"*": {}}}, "hours"},
	} {
		err := c.w.check()
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.want {
			t.Errorf("%s: %+v, want Invalid for %s", name, err, c.want)
		}
	}
}

// TestSetWeights: who may not changes nothing, nor does who saw an old version; each organisation has its own.
func TestSetWeights(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		stranger := member("org2", identity.Manager)
		w := func(h float64) Weights { return Weights{Hours: map[string]float64{"now": h}} }
		for _, c := range []struct {
			what    string
			actor   identity.Actor
			w       Weights
			version int64
			want    fault.Kind // empty: it is taken
		}{
			{"an analyst", member("org1", identity.Analyst), w(1), 0, fault.Denied},
			{"a number beyond", f.manager, w(-1), 0, fault.Invalid},
			{"a version that is to come", f.manager, w(1), 7, fault.Conflict},
			{"the first", f.manager, w(3), 0, fault.Kind(0)},
			{"the first once more", f.manager, w(4), 0, fault.Conflict},
			{"the first of others", stranger, w(5), 0, fault.Kind(0)},
			{"the second", f.manager, w(6), 1, fault.Kind(0)},
		} {
			before := len(f.ledger.entries)
			err := f.SetWeights(t.Context(), c.actor, c.w, c.version)
			if c.want == fault.Kind(0) {
				if err != nil || len(f.ledger.entries) != before+1 || f.ledger.entries[before].Op != "weights.set" {
					t.Errorf("%s: %v, %d leaves of the audit log", c.what, err, len(f.ledger.entries)-before)
				}
				continue
			}
			if got := fault.Of(err); got == nil || got.Kind != c.want || len(f.ledger.entries) != before {
				t.Errorf("%s: %v, want %v and no leaf of the audit log", c.what, err, c.want)
			}
		}
		for _, c := range []struct {
			actor   identity.Actor
			hours   float64
			version int64
		}{{f.manager, 6, 2}, {stranger, 5, 1}} {
			v, err := f.Policy(t.Context(), c.actor)
			if err != nil || v.Version != c.version || v.Weights.HoursOf("m/d", Outcome{Mark: decide.Now}) != c.hours {
				t.Errorf("%s: %+v, %v; want %v hours in version %d", c.actor.Organisation, v, err, c.hours, c.version)
			}
		}
	})
}

// TestTextsOfWeightsAreReadAgain: what the form shows is what it reads, also of numbers that are not round.
func TestTextsOfWeightsAreReadAgain(t *testing.T) {
	t.Parallel()
	w := &Weights{
		Costs: map[string]trust.Costs{"*": {Little: .1, Much: 1e-3}, "m/d": {Little: 9999.5}},
		Hours: map[string]float64{"now": 1.0 / 3, "m/d/A*": 0, "soon": maxWeight},
	}
	for _, there := range []*Weights{nil, w, {Hours: map[string]float64{"now": 1}}} {
		got, err := typedWeights(there, weightTexts(w))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(*w) {
			t.Errorf("over %v: %v, %v; want %v", there, got, err, *w)
		}
	}
	if _, err := typedWeights(nil, map[string]string{"little.*": "1", "much.*": ""}); !errors.Is(err, fault.Invalid) {
		t.Errorf("half of the costs: %v", err)
	}
	if got := weightTexts(nil); len(got) != 0 {
		t.Errorf("texts of nothing: %v", got)
	}
}
