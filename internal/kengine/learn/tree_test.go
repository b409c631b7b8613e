package learn

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/kengine/decide"
)

// Positions of the facts of the small subject.
const (
	onHarm = iota
	onKind
	onReach
	onUse
)

// known is a row of the small subject with the given facts known.
func known(s *Subject, pairs ...int) []decide.Set {
	row := make([]decide.Set, len(s.Facts))
	for i := range row {
		row[i] = decide.Full(s.values[i])
	}
	for i := 0; i < len(pairs); i += 2 {
		row[pairs[i]] = decide.Of(pairs[i+1])
	}
	return row
}

func TestAnswerFollowsWhatIsPossible(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	const later, plan, now = 0, 1, 2
	for name, c := range map[string]struct {
		row  []decide.Set
		want decide.Set
	}{
		"nothing known":        {known(s), decide.Of(later, plan, now)},
		"low":                  {known(s, onHarm, 0), decide.Of(later)},
		"high":                 {known(s, onHarm, 1), decide.Of(plan, now)},
		"high, a library":      {known(s, onHarm, 1, onKind, 0), decide.Of(plan)},
		"high, a system":       {known(s, onHarm, 1, onKind, 2), decide.Of(now)},
		"a library":            {known(s, onKind, 0), decide.Of(later, plan)},
		"what it does not ask": {known(s, onReach, 2, onUse, 1), decide.Of(later, plan, now)},
	} {
		before := append([]decide.Set(nil), c.row...)
		if got := s.answer(s.Present, c.row); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if !cmp.Equal(before, c.row) {
			t.Errorf("%s: the row was changed to %v", name, c.row)
		}
	}
	foreign := decide.Branch{Ask: factID("ELSE"), Answers: []decide.Answer{{Values: []string{"x"}, Then: leafOf("plan")}, {Then: *smallTree()}}}
	if got := s.answer(&foreign, known(s, onHarm, 0)); got != decide.Of(later, plan) {
		t.Errorf("a question about nothing known follows all ways: %s", got)
	}
}

// TestTidy joins what leads to the same place, and leaves what does not.
func TestTidy(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	answer := func(then decide.Branch, values ...string) decide.Answer {
		return decide.Answer{Values: values, Then: then}
	}
	ask := func(key string, answers ...decide.Answer) decide.Branch {
		return decide.Branch{Ask: factID(key), Answers: answers}
	}
	for name, c := range map[string]struct{ b, want decide.Branch }{
		"a leaf": {leafOf("plan"), leafOf("plan")},
		"one answer for all": {
			ask("KIND", answer(leafOf("now"), "lib"), answer(leafOf("now"), "app"), answer(leafOf("now"), "os")),
			leafOf("now"),
		},
		"two of three": {
			ask("KIND", answer(leafOf("now"), "lib"), answer(leafOf("plan"), "app"), answer(leafOf("now"), "os")),
			ask("KIND", answer(leafOf("now"), "lib", "os"), answer(leafOf("plan"), "app")),
		},
		"the rest by no name": {
			ask("KIND", answer(leafOf("plan"), "app"), answer(leafOf("now"))),
			ask("KIND", answer(leafOf("now"), "lib", "os"), answer(leafOf("plan"), "app")),
		},
		"below": {
			ask("HARM", answer(leafOf("now"), "low"), answer(ask("KIND", answer(leafOf("now"), "lib"), answer(leafOf("now"))))),
			leafOf("now"),
		},
		"the same question twice": {
			ask("REACH", answer(leafOf("later"), "near"), answer(ask("REACH", answer(leafOf("plan"), "near", "mid"), answer(leafOf("now"), "far")))),
			ask("REACH", answer(leafOf("later"), "near"), answer(leafOf("plan"), "mid"), answer(leafOf("now"), "far")),
		},
		"a fact of nobody": {
			ask("ELSE", answer(leafOf("now"), "x"), answer(leafOf("now"), "y")),
			ask("ELSE", answer(leafOf("now"), "x"), answer(leafOf("now"), "y")),
		},
	} {
		if diff := cmp.Diff(c.want, s.tidy(c.b)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// grownAtRandom is a tree that asks each fact at most once on a way, with leaves by chance.
func grownAtRandom(s *Subject, r *rand.Rand, left []int) decide.Branch {
	if len(left) == 0 || r.IntN(4) == 0 {
		return leafOf(s.Outcome.Values[r.IntN(len(s.Outcome.Values))].Key)
	}
	at := r.IntN(len(left))
	fact := left[at]
	rest := append(append([]int(nil), left[:at]...), left[at+1:]...)
	b := decide.Branch{Ask: s.Facts[fact].ID}
	for _, v := range s.Facts[fact].Values {
		b.Answers = append(b.Answers, decide.Answer{Values: []string{v.Key}, Then: grownAtRandom(s, r, rest)})
	}
	return b
}

// everyKnown calls f with each row of the subject in which all facts are known.
func everyKnown(s *Subject, f func(row []decide.Set)) {
	row := make([]decide.Set, len(s.Facts))
	var fill func(i int)
	fill = func(i int) {
		if i == len(row) {
			f(row)
			return
		}
		for v := range s.values[i] {
			row[i] = decide.Of(v)
			fill(i + 1)
		}
	}
	fill(0)
}

// TestTidyChangesNoAnswer tidies trees made by chance: every row is answered as before, by no more leaves, and the
// tree that was given stays as it was.
func TestTidyChangesNoAnswer(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	smaller := 0
	for seed := range uint64(200) {
		b := grownAtRandom(s, rand.New(rand.NewPCG(seed, 4)), []int{onHarm, onKind, onReach, onUse})
		before := clone(b)
		got := s.tidy(b)
		if !cmp.Equal(before, b) {
			t.Fatalf("seed %d: the tree given was changed", seed)
		}
		many, _ := b.Size()
		few, _ := got.Size()
		if few > many {
			t.Errorf("seed %d: %d leaves became %d", seed, many, few)
		}
		if few < many {
			smaller++
		}
		everyKnown(s, func(row []decide.Set) {
			if x, y := s.answer(&b, row), s.answer(&got, row); x != y {
				t.Fatalf("seed %d: %v is %s, tidied %s", seed, row, x, y)
			}
		})
		if again := s.tidy(got); !cmp.Equal(again, got) {
			t.Errorf("seed %d: tidied twice is not the same", seed)
		}
	}
	if smaller == 0 {
		t.Error("nothing was joined: the test shows nothing")
	}
}

// TestPlaceOfValuesThatCannotCome: they go to the nearest value of an ordinal fact, to the last way of a nominal one.
func TestPlaceOfValuesThatCannotCome(t *testing.T) {
	t.Parallel()
	five := smallFact("FIVE", decide.Ordinal, "a", "b", "c", "d", "e")
	for name, c := range map[string]struct {
		ways  []decide.Set
		scale decide.Scale
		want  []decide.Set
	}{
		"nothing to place":       {[]decide.Set{decide.Of(0, 1), decide.Of(2, 3, 4)}, decide.Ordinal, []decide.Set{decide.Of(0, 1), decide.Of(2, 3, 4)}},
		"the ends":               {[]decide.Set{decide.Of(1), decide.Of(3)}, decide.Ordinal, []decide.Set{decide.Of(0, 1, 2), decide.Of(3, 4)}},
		"the nearer one":         {[]decide.Set{decide.Of(0), decide.Of(3)}, decide.Ordinal, []decide.Set{decide.Of(0, 1), decide.Of(2, 3, 4)}},
		"the lower of two":       {[]decide.Set{decide.Of(0), decide.Of(4)}, decide.Ordinal, []decide.Set{decide.Of(0, 1, 2), decide.Of(3, 4)}},
		"the last without order": {[]decide.Set{decide.Of(0), decide.Of(4)}, decide.Nominal, []decide.Set{decide.Of(0), decide.Of(1, 2, 3, 4)}},
	} {
		five.Scale = c.scale
		var ways []way
		for _, w := range c.ways {
			ways = append(ways, way{values: w})
		}
		place(ways, five)
		for i, w := range ways {
			if w.values != c.want[i] {
				t.Errorf("%s: way %d has %s, want %s", name, i, w.values, c.want[i])
			}
		}
	}
}

func TestCompareCountsOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	now := clone(*s.Present)
	now.Answers[0].Then = leafOf("plan")
	for name, c := range map[string]struct {
		cases         []Case
		better, worse float64
	}{
		"nothing":           {nil, 0, 0},
		"as it was":         {times(3, 0, 0, decide.Of(0), decide.Of(0), decide.Of(0)), 0, 3},
		"as it is":          {times(4, 0, 1, decide.Of(0), decide.Of(0), decide.Of(0)), 4, 0},
		"neither":           {times(5, 0, 2, decide.Of(0), decide.Of(0), decide.Of(0)), 0, 0},
		"another leaf":      {times(6, 0, 2, decide.Of(2), decide.Of(2), decide.Of(1)), 0, 0},
		"undecided is none": {times(2, 0, 1, 0, decide.Of(2), 0), 0, 0},
		"decided by both":   {times(2, 0, 1, 0, decide.Of(0), 0), 2, 0}, // low or high: both are plan now
	} {
		better, worse := s.compare(s.Present, &now, s.history(c.cases))
		if better != c.better || worse != c.worse {
			t.Errorf("%s: %v better, %v worse, want %v and %v", name, better, worse, c.better, c.worse)
		}
	}
}

// TestSizeOfNoTree: where there is no present tree, nothing is counted.
func TestSizeOfNoTree(t *testing.T) {
	t.Parallel()
	if leaves, depth := size(nil); leaves != 0 || depth != 0 {
		t.Errorf("size(nil) = %d, %d", leaves, depth)
	}
	if leaves, depth := size(smallTree()); leaves != 3 || depth != 2 {
		t.Errorf("size = %d, %d; want 3, 2", leaves, depth)
	}
}
