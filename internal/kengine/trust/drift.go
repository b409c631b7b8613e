package trust

import (
	"math"
	"time"
)

// Test says how drift is looked for: every Block recommendations in a row, each in one block only, are
// compared with all before, at least Baseline of them. The alarm is raised when a share of
// confirmations as low as that of the block comes by chance with a probability of at most Alpha, by
// the exact test of Fisher (hypergeometric, one-sided). So at most Alpha of the blocks of an unchanged
// model raise a false alarm: one in Block/Alpha rulings.
type Test struct {
	Block    int
	Baseline int
	Alpha    float64
}

// DefaultTest compares 25 rulings with at least 50 before; no more than one false alarm in 2,500 rulings.
func DefaultTest() Test { return Test{Block: 25, Baseline: 50, Alpha: 0.01} }

// Drift is the result of the test.
type Drift struct {
	Test
	Cases  int     // recommendations of one outcome, on which the test stands
	Needed int     // still missing to the first test; 0: it was made
	Before Window  // what the last block was compared with
	Last   Window  // the last whole block
	P      float64 // probability of a share as low as that of Last by chance
	Onsets []Onset // in the order of time
	Active bool    // the last block is worse than what was before the last onset
}

// Window is a row of recommendations in a row.
type Window struct {
	From, To time.Time // of the first and of the last ruling
	Cases    int
	Exact    int
}

// Rate is the share of confirmations; NaN without cases.
func (w *Window) Rate() float64 { return share(w.Exact, w.Cases) }

// Onset is a block at which the alarm was raised, while none was before.
type Onset struct {
	Before, Block Window
	P             float64
	Ended         time.Time // when a later block was no worse any more; zero: it lasts
}

// At is when the alarm was raised: the ruling that filled the block.
func (o *Onset) At() time.Time { return o.Block.To }

// Detect looks for drift in cases that are ordered by time. While the alarm lasts, blocks are compared
// with what was before its onset, so that a fall does not become the new measure by itself.
func (t Test) Detect(cases []Case) Drift {
	d := Drift{Test: t, P: 1}
	var rest, base Window
	for i := range cases {
		c := &cases[i]
		if !c.Single() {
			continue
		}
		d.Cases++
		if base.Cases < t.Baseline {
			base.add(c)
			continue
		}
		if rest.add(c); rest.Cases < t.Block {
			continue
		}
		d.judge(base, rest)
		if !d.Active {
			base.join(rest)
		}
		rest = Window{}
	}
	d.Needed = max(0, t.Baseline+t.Block-d.Cases)
	return d
}

// judge compares a whole block with what was before.
func (d *Drift) judge(base, block Window) {
	d.Before, d.Last, d.P = base, block, lower(base, block)
	worse := d.P <= d.Alpha
	switch {
	case worse && !d.Active:
		d.Onsets = append(d.Onsets, Onset{Before: base, Block: block, P: d.P})
	case !worse && d.Active:
		d.Onsets[len(d.Onsets)-1].Ended = block.To
	}
	d.Active = worse
}

func (w *Window) add(c *Case) {
	if w.Cases == 0 {
		w.From = c.At
	}
	w.To = c.At
	w.Cases++
	if c.Exact() {
		w.Exact++
	}
}

func (w *Window) join(later Window) {
	w.To = later.To
	w.Cases += later.Cases
	w.Exact += later.Exact
}

// lower is the probability that of all confirmations of both windows no more than those of block fall
// into it, if they fall by chance.
func lower(base, block Window) float64 {
	hits := base.Exact + block.Exact
	all := base.Cases + block.Cases
	p := 0.0
	for k := max(0, block.Cases-(all-hits)); k <= block.Exact; k++ {
		p += math.Exp(choose(hits, k) + choose(all-hits, block.Cases-k) - choose(all, block.Cases))
	}
	return min(p, 1)
}

// choose is the logarithm of the binomial coefficient.
func choose(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(-1)
	}
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
