package trust

import "math"

// Support is the record that a recommendation stands on: past rulings at the same place of the model,
// and how many of them are the outcome that is recommended.
type Support struct{ Agree, Total int }

// Confidence is the share that agreed, smoothed after Laplace: 1/2 without any record, never 0 or 1.
func (s Support) Confidence() float64 { return float64(s.Agree+1) / float64(s.Total+2) }

// Place names the place of the model that decides a case: rulings at one place speak about each other.
// Equal facts are one place; a learned model gives its leaf.
type Place func(c *Case) string

// EqualFacts is the place of models that have no leaves of their own.
func EqualFacts(c *Case) string { return c.Facts }

// Memory counts rulings by place.
type Memory struct {
	place Place
	seen  map[string]map[int]int
}

// NewMemory returns a memory that holds nothing.
func NewMemory(place Place) *Memory { return &Memory{place: place, seen: map[string]map[int]int{}} }

// Support is the record for the recommended outcome of c.
func (m *Memory) Support(c *Case) Support {
	var s Support
	for outcome, n := range m.seen[m.place(c)] {
		s.Total += n
		if outcome == c.Recommended {
			s.Agree = n
		}
	}
	return s
}

// Learn adds the ruling of c.
func (m *Memory) Learn(c *Case) {
	at := m.place(c)
	if m.seen[at] == nil {
		m.seen[at] = map[int]int{}
	}
	m.seen[at][c.Ruled]++
}

// Bins is the number of rows of a reliability table.
const Bins = 5

// Bin is a row of the reliability table: the recommendations whose confidence lies in it.
type Bin struct {
	From, To float64 // To is excluded, except 1
	Cases    int
	Agree    int
	sum      float64
}

// Mean is the mean confidence; NaN without cases.
func (b *Bin) Mean() float64 {
	if b.Cases == 0 {
		return math.NaN()
	}
	return b.sum / float64(b.Cases)
}

// Rate is the share that was confirmed; NaN without cases.
func (b *Bin) Rate() float64 { return share(b.Agree, b.Cases) }

// Calibration compares the confidence that was shown with what came of it.
type Calibration struct {
	Cases int
	Bins  []Bin
	Brier float64 // mean squared difference, 0 best; NaN without cases
	// Chance is the Brier score of always saying the share of confirmations; what says more scores lower.
	Chance float64
	Error  float64 // mean difference of confidence and confirmations over the bins, by cases
}

// Enough reports whether there are enough recommendations to go by the figures.
func (c *Calibration) Enough() bool { return c.Cases >= Enough }

// Calibrate gives each recommendation the confidence that the rulings before it gave, and compares it
// with its own ruling. The cases are ordered by time; no case tells about itself.
func Calibrate(cases []Case, place Place) Calibration {
	out := Calibration{Bins: make([]Bin, Bins)}
	for i := range out.Bins {
		out.Bins[i].From, out.Bins[i].To = float64(i)/Bins, float64(i+1)/Bins
	}
	m := NewMemory(place)
	agreed, squares := 0, 0.0
	for i := range cases {
		c := &cases[i]
		if c.Single() {
			p := m.Support(c).Confidence()
			b := &out.Bins[min(int(p*Bins), Bins-1)]
			b.Cases++
			b.sum += p
			out.Cases++
			if c.Exact() {
				b.Agree++
				agreed++
				p--
			}
			squares += p * p
		}
		m.Learn(c)
	}
	if out.Cases == 0 {
		out.Brier, out.Chance, out.Error = math.NaN(), math.NaN(), math.NaN()
		return out
	}
	n := float64(out.Cases)
	rate := float64(agreed) / n
	out.Brier, out.Chance = squares/n, rate*(1-rate)
	for i := range out.Bins {
		if b := &out.Bins[i]; b.Cases > 0 {
			out.Error += math.Abs(b.Mean()-b.Rate()) * float64(b.Cases) / n
		}
	}
	return out
}
