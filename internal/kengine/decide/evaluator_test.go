package decide_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"noroshi.dev/internal/kengine/decide"
)

// TestEvaluatorForgetsNothingWrong: one evaluator, used again and again with
// other reports, other lengths and other columns missing, gives what deciding
// each report alone gives; what is not asked for is not written.
func TestEvaluatorForgetsNothingWrong(t *testing.T) {
	t.Parallel()
	for seed := range uint64(25) {
		c := compile(t, randomModel(seed, seed%2 == 0))
		e := c.NewEvaluator()
		r := rand.New(rand.NewPCG(seed, 95))
		for _, n := range []int{1, 700, 0, 513, 3, 512} {
			columns, out := randomColumns(r, c, n), outcomes(c, n)
			skipped := r.IntN(len(out) + 1)
			if skipped < len(out) {
				out[skipped] = nil
			}
			if inexact := e.DecideAll(columns, n, out); inexact != 0 {
				t.Fatalf("seed %d: %d inexact results of a small model", seed, inexact)
			}
			in := make([]decide.Set, len(columns))
			for k := range n {
				for i := range columns {
					if in[i] = 0; columns[i] != nil {
						in[i] = columns[i][k]
					}
				}
				for d, o := range c.Decide(in) {
					if d != skipped && out[d][k] != o.Set {
						t.Fatalf("seed %d, report %d of %d: decision %d is %s, want %s", seed, k, n, d, out[d][k], o.Set)
					}
				}
			}
		}
	}
}

// TestEvaluatorKeyWidths: models whose knowledge fits an array, a word and only
// a text as the key of what is remembered decide alike.
func TestEvaluatorKeyWidths(t *testing.T) {
	t.Parallel()
	for _, inputs := range []int{2, 5, 6, 21, 22, 30} { // 6, 15, 18, 63, 66 and 90 bits
		c := compile(t, wideModel(inputs))
		const n = 200
		columns, out := randomColumns(rand.New(rand.NewPCG(96, 97)), c, n), outcomes(c, n)
		e := c.NewEvaluator()
		for round := range 2 { // computed, then remembered
			e.DecideAll(columns, n, out)
			for k := range n {
				lowest, highest := 0, 0
				for i := range columns {
					s := decide.Set(7)
					if columns[i] != nil && columns[i][k]&7 != 0 {
						s = columns[i][k] & 7
					}
					lowest, highest = max(lowest, s.Lowest()), max(highest, s.Highest())
				}
				if got := out[0][k]; got.Lowest() != lowest || got.Highest() != highest {
					t.Fatalf("%d inputs, round %d, report %d: %s, want from %d to %d", inputs, round, k, got, lowest, highest)
				}
			}
		}
	}
}

// TestBitsBeyondTheValues: knowledge about values that a fact does not have is
// no knowledge; it neither narrows nor widens.
func TestBitsBeyondTheValues(t *testing.T) {
	t.Parallel()
	c := compiled(t, "supplier")
	plain := make([]decide.Set, len(c.Inputs()))
	beyond := slices.Clone(plain)
	for i, f := range c.Inputs() {
		plain[i] = decide.Of(len(f.Values) - 1)
		beyond[i] = plain[i] | decide.Of(len(f.Values), 63)
	}
	if got, want := c.Decide(beyond)[0], c.Decide(plain)[0]; got != want {
		t.Errorf("Decide() = %v, want %v", got, want)
	}
	for i := range beyond {
		beyond[i] = decide.Of(63)
	}
	if got, want := c.Decide(beyond)[0], c.Decide(nil)[0]; got != want {
		t.Errorf("only values that are not there: %v, want %v", got, want)
	}
	for _, inputs := range []int{3, 8, 25} { // remembered in an array, by word and by text
		wide := compile(t, wideModel(inputs))
		columns := make([][]decide.Set, inputs)
		for i := range columns {
			columns[i] = []decide.Set{decide.Of(1), decide.Of(1, 3, 63), decide.Of(3, 63)}
		}
		out := outcomes(wide, 3)
		wide.NewEvaluator().DecideAll(columns, 3, out)
		if out[0][0] != decide.Of(1) || out[0][1] != decide.Of(1) || out[0][2] != decide.Full(3) {
			t.Errorf("%d inputs: DecideAll() = %v, want {1}, {1} and everything", inputs, out[0])
		}
	}
}
