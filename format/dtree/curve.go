package dtree

import "fmt"

// CurveOptions are what a learning curve is measured with; zero values mean 20, 50, 100, 200, 500, 1,000 and 5,000
// cases, 20 draws, 5,000 others predicted.
type CurveOptions struct {
	Sizes   []int
	Draws   int
	Predict int
	Seed    uint64
}

// CurvePoint is the mean over the draws of one size of history. Shares are between 0 and 1.
type CurvePoint struct {
	Cases     int     // of history
	Draws     int     // measured
	Majority  float64 // accuracy of always giving the commonest answer of the drawn history
	Accuracy  float64 // of the tree that Train gives
	Lowest    float64 // of one draw
	Highest   float64
	Leaves    float64
	Abstained float64 // share of draws in which the tree abstained
}

// Curve measures how accuracy grows with the history: it draws a history, learns, and answers other rows. Sizes
// that leave nothing to answer are left out.
func Curve(d Data, c CurveOptions, o Options) ([]CurvePoint, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if len(c.Sizes) == 0 {
		c.Sizes = []int{20, 50, 100, 200, 500, 1000, 5000}
	}
	if c.Draws == 0 {
		c.Draws = 20
	}
	if c.Predict == 0 {
		c.Predict = 5000
	}
	if c.Draws < 0 || c.Predict < 0 {
		return nil, fmt.Errorf("dtree: %w: draws and predicted rows are above zero", ErrOptions)
	}
	rows := make([]int, d.Rows())
	for i := range rows {
		rows[i] = i
	}
	var points []CurvePoint
	for _, n := range c.Sizes {
		if n < 1 {
			return nil, fmt.Errorf("dtree: %w: a history of %d cases", ErrOptions, n)
		}
		if n >= d.Rows() {
			continue
		}
		p := CurvePoint{Cases: n, Draws: c.Draws, Lowest: 1}
		for draw := range c.Draws {
			dice := dice(c.Seed + uint64(n)<<20 + uint64(draw))
			shuffle(&dice, rows)
			if err := p.draw(d, rows[:n], rows[n:min(len(rows), n+c.Predict)], o); err != nil {
				return nil, err
			}
		}
		points = append(points, p)
	}
	return points, nil
}

// draw adds one draw to the means.
func (p *CurvePoint) draw(d Data, history, others []int, o Options) error {
	m, err := Train(d.Subset(history), o)
	if err != nil {
		return err
	}
	root := m.Candidate.Nodes[0].Class
	same := 0
	for _, i := range others {
		if int(d.Class[i]) == root {
			same++
		}
	}
	part := 1 / float64(p.Draws)
	accuracy := float64(m.Tree.hits(d, others)) / float64(len(others))
	p.Accuracy += part * accuracy
	p.Majority += part * float64(same) / float64(len(others))
	p.Lowest, p.Highest = min(p.Lowest, accuracy), max(p.Highest, accuracy)
	p.Leaves += part * float64(m.Tree.Leaves())
	if m.Tree.Abstained {
		p.Abstained += part
	}
	return nil
}
