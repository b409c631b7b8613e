package learn

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"noroshi.dev/internal/kengine/decide"
)

// alike are cases of one time, some of one name too, so that only the rest can order them.
func alike() []Case {
	at := time.Unix(1000, 0).UTC()
	return []Case{
		{ID: "a", Inputs: []decide.Set{1, 2}, Outcome: 1, Analyst: "kato", At: at, Weight: 2},
		{ID: "a", Inputs: []decide.Set{1, 2}, Outcome: 1, Analyst: "sato", At: at},
		{ID: "a", Inputs: []decide.Set{1, 2}, Outcome: 2, Analyst: "kato", At: at},
		{ID: "a", Inputs: []decide.Set{2, 1}, Outcome: 1, Analyst: "kato", At: at},
		{ID: "a", Inputs: []decide.Set{1, 2}, Outcome: 1, Analyst: "kato", At: at, Weight: 3},
		{ID: "b", Inputs: []decide.Set{1, 2}, Outcome: 1, At: at},
		{ID: "b", Inputs: []decide.Set{1, 2}, Outcome: 1, At: at},
		{ID: "", Inputs: nil, At: at},
	}
}

func TestHashDoesNotKnowTheOrder(t *testing.T) {
	t.Parallel()
	cases := alike()
	want := Hash(cases)
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		r.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
		before := slices.Clone(cases)
		if got := Hash(cases); got != want {
			t.Fatalf("order %d: hash %s, want %s", seed, got, want)
		}
		for i := range cases {
			if cases[i].ID != before[i].ID || cases[i].Weight != before[i].Weight {
				t.Fatal("hashing moved the cases of the caller")
			}
		}
	}
}

// TestHashKnowsEveryField changes one thing at a time; all histories that come of it differ from one another.
func TestHashKnowsEveryField(t *testing.T) {
	t.Parallel()
	seen := map[string]string{Hash(alike()): "as it was"}
	for name, edit := range map[string]func(c []Case) []Case{
		"name":              func(c []Case) []Case { c[5].ID = "c"; return c },
		"outcome":           func(c []Case) []Case { c[5].Outcome = 0; return c },
		"no outcome":        func(c []Case) []Case { c[5].Outcome = -1; return c },
		"analyst":           func(c []Case) []Case { c[5].Analyst = "kato"; return c },
		"a microsecond":     func(c []Case) []Case { c[5].At = c[5].At.Add(time.Microsecond); return c },
		"before 1970":       func(c []Case) []Case { c[5].At = time.Unix(-1000, 0); return c },
		"weight":            func(c []Case) []Case { c[5].Weight = 1.5; return c },
		"a fact":            func(c []Case) []Case { c[5].Inputs = []decide.Set{1, 1}; return c },
		"a fact unknown":    func(c []Case) []Case { c[5].Inputs = []decide.Set{1, 0}; return c },
		"a fact less":       func(c []Case) []Case { c[5].Inputs = []decide.Set{1}; return c },
		"a case less":       func(c []Case) []Case { return c[:7] },
		"a case twice":      func(c []Case) []Case { return append(c, c[0]) },
		"nothing":           func([]Case) []Case { return nil },
		"name and analyst":  func(c []Case) []Case { c[5].ID, c[5].Analyst = "", "b"; return c },
		"facts of two":      func(c []Case) []Case { c[3].Inputs, c[5].Inputs = c[5].Inputs, c[3].Inputs; return c },
		"a large value set": func(c []Case) []Case { c[5].Inputs = []decide.Set{1 << 63, 2}; return c },
	} {
		got := Hash(edit(alike()))
		if other, twice := seen[got]; twice {
			t.Errorf("%q has the hash of %q", name, other)
		}
		seen[got] = name
	}
}

// TestHashOfTheSameSaidOtherwise: a weight of nothing is a weight of one, and the zone of a time is no part of it.
func TestHashOfTheSameSaidOtherwise(t *testing.T) {
	t.Parallel()
	want := Hash(alike())
	for name, edit := range map[string]func(c *Case){
		"weight one":      func(c *Case) { c.Weight = 1 },
		"weight below it": func(c *Case) { c.Weight = -3 },
		"in Tokyo":        func(c *Case) { c.At = c.At.In(time.FixedZone("JST", 9*3600)) },
		"a nanosecond":    func(c *Case) { c.At = c.At.Add(time.Nanosecond) },
	} {
		c := alike()
		edit(&c[5])
		if got := Hash(c); got != want {
			t.Errorf("%s: another hash", name)
		}
	}
}

// TestCasesOfOtherOutcomesAreLeftOut: a ruling that the outcome fact does not have is none.
func TestCasesOfOtherOutcomesAreLeftOut(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	good := times(4, 0, 1, decide.Of(0), decide.Of(0), decide.Of(0))
	r := learn(t, s, append(append(times(3, 10, -1), times(3, 20, 3)...), good...))
	if r.Cases != 4 || r.Hash != Hash(good) || r.Against != 4 || r.Reason != TooLittle {
		t.Errorf("%d cases, %d against, %s", r.Cases, r.Against, r.Reason)
	}
}
