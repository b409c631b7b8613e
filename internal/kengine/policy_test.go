package kengine

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// words makes random assertions of several sources about two facts.
func words(random *rand.Rand, n int) []Assertion {
	sources := []string{"analyst", "kev", "adp:CISA-ADP", "adp:X", "cna", "nvd", "unheard"}
	sets := []string{"N", "P", "A", "N P", "P A", ""}
	var out []Assertion
	for range n {
		a := said(sources[random.IntN(len(sources))], []string{"ssvc:E:1.1.0", "ssvc:A:2.0.0"}[random.IntN(2)], sets[random.IntN(len(sets))], 1+random.IntN(5))
		if random.IntN(5) == 0 {
			a.Expires = day(1 + random.IntN(10))
		}
		out = append(out, a)
	}
	return out
}

// TestResolutionLaws holds the laws of the policy over random words: neither order nor repetition
// matters, what has expired or is trusted less changes no value, and a value is always somebody's word.
func TestResolutionLaws(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 1))
	policy := DefaultPolicy()
	for range 500 {
		all := words(random, 1+random.IntN(9))
		values, clashes := resolve(all, &policy, day(6))
		shuffled := slices.Clone(all)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		again, clashesAgain := resolve(shuffled, &policy, day(6))
		if diff := cmp.Diff(values, again) + cmp.Diff(clashes, clashesAgain); diff != "" {
			t.Fatalf("another order: %s", diff)
		}
		twice, _ := resolve(slices.Concat(all, all), &policy, day(6))
		if diff := cmp.Diff(values, twice); diff != "" {
			t.Fatalf("said twice: %s", diff)
		}
		late := said("analyst", "ssvc:E:1.1.0", "A", 5)
		late.Expires = day(6)
		low := said("zzz", "ssvc:E:1.1.0", "A", 5)
		for name, more := range map[string]Assertion{"expired": late, "trusted least": low} {
			got, _ := resolve(append(slices.Clone(all), more), &policy, day(6))
			if at := slices.IndexFunc(values, func(v Value) bool { return v.Fact == "ssvc:E:1.1.0" }); at >= 0 || name == "expired" {
				kept := slices.DeleteFunc(got, func(v Value) bool { return v.Source == "zzz" })
				if at >= 0 && values[at].Source != "unheard" || name == "expired" {
					if diff := cmp.Diff(values, kept); diff != "" {
						t.Fatalf("a word that is %s: %s", name, diff)
					}
				}
			}
		}
		for _, v := range values {
			if len(v.Values) == 0 || !slices.ContainsFunc(all, func(a Assertion) bool { return a.ID == v.Assertion && a.Source == v.Source }) {
				t.Fatalf("nobody said %+v", v)
			}
		}
		for _, c := range clashes {
			if len(c.Sides) < 2 || !slices.ContainsFunc(values, func(v Value) bool { return v.Fact == c.Fact && v.Assertion == c.Sides[0].Assertion }) {
				t.Fatalf("a contradiction without its sides: %+v", c)
			}
		}
	}
}

// TestKnowingMoreNeverAddsOutcomes: fewer possible values of an input give no outcome that was not
// possible before; and what is possible is exactly the union over all completions. It goes over all
// 441 states of knowledge of CISA's coordinator model.
func TestKnowingMoreNeverAddsOutcomes(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	f.install(t, f.manager, "cisa-coordinator")
	models, err := f.ActiveModels(t.Context(), f.DB.Read(), "org1")
	must(t, err)
	m, table := models[0], coordinatorTable()
	facts := []string{"ssvc:E:1.1.0", "ssvc:A:2.0.0", "ssvc:TI:1.0.0", "ssvc:MWI:1.0.0"}
	keys := [][]string{{"N", "P", "A"}, {"N", "Y"}, {"P", "T"}, {"L", "M", "H"}}
	some := func(all []string, mask int) []string {
		var out []string
		for i, k := range all {
			if mask>>i&1 == 1 {
				out = append(out, k)
			}
		}
		return out
	}
	outcomes := func(masks [4]int) decide.Set {
		var values []Value
		for i, mask := range masks {
			values = append(values, Value{Fact: facts[i], Values: some(keys[i], mask)})
		}
		k := m.know(values)
		return m.Decide(k.sets)[0].Set
	}
	seen := 0
	for e := 1; e < 8; e++ {
		for a := 1; a < 4; a++ {
			for ti := 1; ti < 4; ti++ {
				for mwi := 1; mwi < 8; mwi++ {
					seen++
					var want []string
					for _, x := range some(keys[0], e) {
						for _, y := range some(keys[1], a) {
							for _, z := range some(keys[2], ti) {
								for i := range 3 {
									if mwi>>i&1 == 1 {
										want = append(want, table[x+y+z][i])
									}
								}
							}
						}
					}
					got := outcomes([4]int{e, a, ti, mwi})
					for _, o := range []string{"T", "T*", "AT", "AC"} {
						if slices.Contains(m.OutcomeFact(0).Keys(got), o) != slices.Contains(want, o) {
							t.Fatalf("E %03b A %02b TI %02b MWI %03b: %v, want %v", e, a, ti, mwi, m.OutcomeFact(0).Keys(got), want)
						}
					}
					for bit := range 3 {
						if less := mwi &^ (1 << bit); less != 0 && outcomes([4]int{e, a, ti, less})&^got != 0 {
							t.Fatalf("knowing more than MWI %03b adds an outcome", mwi)
						}
					}
				}
			}
		}
	}
	if seen != 7*3*3*7 {
		t.Errorf("%d states of knowledge", seen)
	}
}

// TestNothingIsGuessed: values that the model does not know say nothing, other versions of a fact
// count only where nobody speaks about the very version.
func TestNothingIsGuessed(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	f.install(t, f.manager, "cisa-coordinator")
	models, err := f.ActiveModels(t.Context(), f.DB.Read(), "org1")
	must(t, err)
	m := models[0]
	col, exact, ok := m.column("ssvc:E:1.1.0")
	if !exact || !ok {
		t.Fatal("the model does not ask for Exploitation")
	}
	value := func(fact string, values ...string) Value { return Value{Fact: fact, Values: values} }
	for name, c := range map[string]struct {
		values []Value
		want   []string
	}{
		"nobody speaks":                  {nil, nil},
		"the very version":               {[]Value{value("ssvc:E:1.1.0", "A")}, []string{"A"}},
		"another version":                {[]Value{value("ssvc:E:1.0.0", "A")}, []string{"A"}},
		"the very version wins, first":   {[]Value{value("ssvc:E:1.1.0", "N"), value("ssvc:E:1.0.0", "A")}, []string{"N"}},
		"the very version wins, last":    {[]Value{value("ssvc:E:1.0.0", "A"), value("ssvc:E:1.1.0", "N")}, []string{"N"}},
		"an unknown value":               {[]Value{value("ssvc:E:1.1.0", "Q")}, nil},
		"an unknown value among others":  {[]Value{value("ssvc:E:1.1.0", "A", "Q")}, nil},
		"no value":                       {[]Value{value("ssvc:E:1.1.0")}, nil},
		"another fact":                   {[]Value{value("ssvc:X:1.1.0", "A")}, nil},
		"another namespace":              {[]Value{value("cisa:E:1.1.0", "A")}, nil},
		"several":                        {[]Value{value("ssvc:E:1.1.0", "N", "P")}, []string{"N", "P"}},
		"unknown here, known in another": {[]Value{value("ssvc:E:1.1.0", "Q"), value("ssvc:E:1.0.0", "P")}, []string{"P"}},
	} {
		k := m.know(c.values)
		var got []string
		if k.sets[col] != 0 {
			got = m.inputs[col].fact.Keys(k.sets[col])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy Policy
		field  string
	}{
		"the default":        {DefaultPolicy(), ""},
		"closing":            {Policy{Sources: []string{"kev"}, Unmatched: UnmatchedClose}, ""},
		"one of a class":     {Policy{Sources: []string{"adp:CISA-ADP", "adp"}, Unmatched: UnmatchedList}, ""},
		"nobody":             {Policy{Unmatched: UnmatchedList}, ""},
		"no rule for others": {Policy{Sources: []string{"kev"}}, "unmatched"},
		"another rule":       {Policy{Unmatched: "drop"}, "unmatched"},
		"an unknown source":  {Policy{Sources: []string{"twitter"}, Unmatched: UnmatchedList}, "sources"},
		"a source twice":     {Policy{Sources: []string{"kev", "kev"}, Unmatched: UnmatchedList}, "sources"},
	} {
		err := c.policy.check()
		if fl := fault.Of(err); (c.field == "") != (err == nil) || err != nil && (!errors.Is(err, fault.Invalid) || fl.Fields[0].Name != c.field) {
			t.Errorf("%s: %v, want %q", name, err, c.field)
		}
	}
	p := Policy{Sources: []string{"kev", "adp:X", "adp"}, Facts: map[string][]string{"f": {"nvd"}}}
	for _, c := range []struct {
		fact, source string
		want         int
	}{{"g", "kev", 0}, {"g", "adp:X", 1}, {"g", "adp:Y", 2}, {"g", "nvd", 3}, {"f", "nvd", 0}, {"f", "kev", 1}, {"g", "", 3}, {"g", "adpx", 3}} {
		if got := p.rank(c.fact, c.source); got != c.want {
			t.Errorf("rank(%s, %s) = %d, want %d", c.fact, c.source, got, c.want)
		}
	}
	if d := DefaultPolicy(); !d.isDefault() || p.isDefault() || (&Policy{Sources: d.Sources, Facts: map[string][]string{"f": nil}}).isDefault() {
		t.Error("isDefault is wrong")
	}
}
