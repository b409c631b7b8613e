package trust

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestLower compares the tail with sums of exact binomial coefficients.
func TestLower(t *testing.T) {
	t.Parallel()
	if p := lower(Window{Cases: 4, Exact: 3}, Window{Cases: 4, Exact: 1}); math.Abs(p-17.0/70) > 1e-12 {
		t.Errorf("%v, want 17/70", p)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		a, b := 1+random.IntN(80), 1+random.IntN(40)
		base, block := Window{Cases: a, Exact: random.IntN(a + 1)}, Window{Cases: b, Exact: random.IntN(b + 1)}
		hits := int64(base.Exact + block.Exact)
		sum := new(big.Int)
		for k := range int64(block.Exact + 1) {
			if rest := int64(b) - k; rest <= int64(a+b)-hits && k <= hits {
				sum.Add(sum, new(big.Int).Mul(new(big.Int).Binomial(hits, k), new(big.Int).Binomial(int64(a+b)-hits, rest)))
			}
		}
		want, _ := new(big.Rat).SetFrac(sum, new(big.Int).Binomial(int64(a+b), int64(b))).Float64()
		if got := lower(base, block); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%+v %+v: %v, want %v", base, block, got, want)
		}
	}
}

// run is n cases of a model that is right with this probability.
func run(random *rand.Rand, from, n int, right float64) []Case {
	out := make([]Case, n)
	for i := range out {
		outcome := 1
		if random.Float64() >= right {
			outcome = 2
		}
		out[i] = ruled(from+i, 1, outcome)
	}
	return out
}

// TestFalseAlarms: without a change no more blocks raise an alarm than is stated.
func TestFalseAlarms(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	test := DefaultTest()
	for _, right := range []float64{.5, .7, .85, .95, 1} {
		onsets, blocks := 0, 0
		for range 300 {
			const n = 10
			d := test.Detect(run(random, 0, test.Baseline+n*test.Block, right))
			onsets, blocks = onsets+len(d.Onsets), blocks+n
		}
		if limit := test.Alpha*float64(blocks) + 3*math.Sqrt(test.Alpha*float64(blocks)); float64(onsets) > limit {
			t.Errorf("right %v: %d onsets in %d blocks, stated %v", right, onsets, blocks, test.Alpha)
		}
	}
}

// TestFallIsSeen: a fall from 90 to 50 percent is seen, nearly always within two blocks, once, and ends.
func TestFallIsSeen(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	test := DefaultTest()
	start := test.Baseline + 4*test.Block
	seen, ended := 0, 0
	for range 200 {
		cases := append(run(random, 0, start, .9), run(random, start, 4*test.Block, .4)...)
		d := test.Detect(cases)
		if len(d.Onsets) > 0 && !d.Onsets[len(d.Onsets)-1].At().After(day(start+2*test.Block)) {
			seen++
		}
		back := test.Detect(append(cases, run(random, len(cases), 2*test.Block, .95)...))
		if len(back.Onsets) > 0 && !back.Active && !back.Onsets[len(back.Onsets)-1].Ended.IsZero() {
			ended++
		}
	}
	if seen < 190 || ended < 190 {
		t.Errorf("%d of 200 seen, %d ended", seen, ended)
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	test := Test{Block: 10, Baseline: 20, Alpha: .01}
	row := func(exact, wrong int) []Case {
		var out []Case
		for i := range exact + wrong {
			outcome := 1
			if i >= exact {
				outcome = 0
			}
			out = append(out, ruled(i, 1, outcome))
		}
		return out
	}
	join := func(parts ...[]Case) []Case {
		var out []Case
		for _, p := range parts {
			out = append(out, p...)
		}
		for i := range out {
			out[i].At = day(i)
		}
		return out
	}
	for _, c := range []struct {
		name           string
		cases          []Case
		needed, onsets int
		active         bool
		before, last   int // right ones
	}{
		{"nothing", nil, 30, 0, false, 0, 0},
		{"too few", row(25, 0), 5, 0, false, 0, 0},
		{"undecided do not count", append(row(25, 0), ruled(40, Several, 1)), 5, 0, false, 0, 0},
		{"as before", join(row(20, 0), row(10, 0)), 0, 0, false, 20, 10},
		{"worse", join(row(20, 0), row(4, 6)), 0, 1, true, 20, 4},
		{"a block that is not whole", join(row(20, 0), row(0, 9)), 1, 0, false, 0, 0},
		{"still worse is one onset", join(row(20, 0), row(4, 6), row(4, 6)), 0, 1, true, 20, 4},
		{"better again", join(row(20, 0), row(4, 6), row(10, 0)), 0, 1, false, 20, 10},
		{"worse twice", join(row(20, 0), row(2, 8), row(10, 0), row(2, 8)), 0, 2, true, 30, 2},
	} {
		d := test.Detect(c.cases)
		if d.Needed != c.needed || len(d.Onsets) != c.onsets || d.Active != c.active || d.Before.Exact != c.before || d.Last.Exact != c.last {
			t.Errorf("%s: %+v", c.name, d)
		}
		if d.Active && (d.P > d.Alpha || !d.Onsets[len(d.Onsets)-1].Ended.IsZero()) {
			t.Errorf("%s: active with %v, %+v", c.name, d.P, d.Onsets)
		}
	}
}
