package dtree

import (
	"fmt"
	"time"
)

// Evaluation is how well trees trained on all folds but one answer for that one.
type Evaluation struct {
	Folds    []FoldResult
	Accuracy float64 // of all rows, each answered by the tree that had not seen it
	Leaves   float64 // mean over the folds
	Train    time.Duration
}

// FoldResult is one fold.
type FoldResult struct {
	Fold      int
	Rows      int
	Accuracy  float64
	Leaves    int
	Abstained bool
	Train     time.Duration
}

// Evaluate trains and answers once for each fold that occurs; fold holds the fold of each row. The time is that
// which watch measures of a training; nil measures nothing.
func Evaluate(d Data, fold []uint8, o Options, watch func(func()) time.Duration) (*Evaluation, error) {
	if len(fold) != d.Rows() {
		return nil, fmt.Errorf("dtree: %w: %d folds for %d rows", ErrData, len(fold), d.Rows())
	}
	if watch == nil {
		watch = func(f func()) time.Duration { f(); return 0 }
	}
	var in, out [256][]int
	for i, f := range fold {
		out[f] = append(out[f], i)
	}
	e := &Evaluation{}
	hits := 0
	for f := range out {
		if len(out[f]) == 0 {
			continue
		}
		for i, x := range fold {
			if int(x) != f {
				in[f] = append(in[f], i)
			}
		}
		var m *Model
		var err error
		took := watch(func() { m, err = Train(d.Subset(in[f]), o) })
		if err != nil {
			return nil, fmt.Errorf("dtree: fold %d: %w", f, err)
		}
		hit := m.Tree.hits(d, out[f])
		hits += hit
		e.Folds = append(e.Folds, FoldResult{
			Fold: f, Rows: len(out[f]), Accuracy: float64(hit) / float64(len(out[f])),
			Leaves: m.Tree.Leaves(), Abstained: m.Tree.Abstained, Train: took,
		})
		e.Leaves += float64(m.Tree.Leaves())
		e.Train += took
	}
	if len(e.Folds) > 0 {
		e.Leaves /= float64(len(e.Folds))
		e.Train /= time.Duration(len(e.Folds))
		e.Accuracy = float64(hits) / float64(d.Rows())
	}
	return e, nil
}

// hits counts the rows of the given indices that the tree answers as they were ruled.
func (t *Tree) hits(d Data, rows []int) int {
	row := make([]uint64, len(d.Columns))
	n := 0
	for _, i := range rows {
		d.row(i, row)
		if t.Class(row) == int(d.Class[i]) {
			n++
		}
	}
	return n
}

// Stratified deals the rows to folds 0 to 9, each class by itself: equal sizes to within one, and the same folds
// for the same seed.
func Stratified(class []uint8, seed uint64) []uint8 {
	d := dice(seed)
	var per [256][]int
	for i, c := range class {
		per[c] = append(per[c], i)
	}
	fold := make([]uint8, len(class))
	at := 0
	for _, rows := range per {
		shuffle(&d, rows)
		for _, i := range rows {
			fold[i] = uint8(at % 10)
			at++
		}
	}
	return fold
}
