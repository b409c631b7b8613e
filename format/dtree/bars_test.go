package dtree

import (
	"os"
	"testing"
	"time"

	"noroshi.dev/internal/testkit"
)

// bar is a goal for a shared set: the best single tree measured with other tools on the same folds.
type bar struct {
	name     string
	accuracy float64 // percent
	error    float64 // deviation of the folds
	leaves   float64
}

func bars() []bar {
	return []bar{
		{"car", 98.1, 0.8, 74},
		{"nursery", 99.87, 0.11, 198},
		{"mushroom", 100, 0, 9.9},
		{"tic-tac-toe", 93.84, 2.9, 53},
		{"vote", 96.32, 2.9, 4.4},
		{"primary-tumor", 42.48, 7, 23},
		{"vulnrichment-technical-impact", 91.2, 0.41, 5},
		{"vulnrichment-automatable", 93.5, 0.34, 8},
	}
}

// shared reads one of the shared sets with its folds.
func shared(tb testing.TB, name string) (Data, []uint8) {
	tb.Helper()
	file, err := os.Open(testkit.Shared(tb, "data/trees/"+name+".csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	table, err := ReadCSV(file, CSVOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	list, err := os.Open(testkit.Shared(tb, "data/trees/"+name+".folds"))
	if err != nil {
		tb.Fatal(err)
	}
	defer list.Close()
	folds, err := ReadFolds(list, table.Total)
	if err != nil {
		tb.Fatal(err)
	}
	return table.Data, folds
}

func stopwatch(f func()) time.Duration {
	begin := time.Now()
	f()
	return time.Since(begin)
}

// TestBars checks accuracy and size on every shared set: not below the bar by more than the deviation of the folds,
// and no more leaves than the shorter of the two pruned peers.
func TestBars(t *testing.T) {
	for _, b := range bars() {
		t.Run(b.name, func(t *testing.T) {
			d, folds := shared(t, b.name)
			e, err := Evaluate(d, folds, Options{}, stopwatch)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("accuracy %.2f (bar %.2f ± %.2f), leaves %.1f (bar %.1f), training %v", 100*e.Accuracy, b.accuracy, b.error, e.Leaves, b.leaves, e.Train)
			if 100*e.Accuracy < b.accuracy-b.error {
				t.Errorf("accuracy %.2f is below the bar %.2f - %.2f", 100*e.Accuracy, b.accuracy, b.error)
			}
			if e.Leaves > b.leaves {
				t.Errorf("%.1f leaves, the peers need %.1f", e.Leaves, b.leaves)
			}
		})
	}
}
