package dtree

import (
	"fmt"
	"testing"
)

// TestCurveIsNeverBelowTheMajority learns from few real decisions and predicts others.
func TestCurveIsNeverBelowTheMajority(t *testing.T) {
	for _, name := range []string{"vulnrichment-technical-impact", "vulnrichment-automatable"} {
		d, _ := shared(t, name)
		points, err := Curve(d, CurveOptions{Sizes: []int{20, 50, 100, 200, 1000, 5000}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(points) != 6 {
			t.Fatalf("%s: %d points", name, len(points))
		}
		for _, p := range points {
			t.Logf("%s %+v", name, p)
			if p.Accuracy < p.Majority {
				t.Errorf("%s, n = %d: %.4f is below the majority %.4f", name, p.Cases, p.Accuracy, p.Majority)
			}
		}
		if last := points[len(points)-1]; last.Accuracy < last.Majority+0.1 || last.Abstained > 0 {
			t.Errorf("%s: 5,000 cases are enough: %+v", name, last)
		}
	}
}

func TestCurveIsTheSameEachTime(t *testing.T) {
	d := made{rows: 300, facts: 4, classes: 3, seed: 4}.data()
	o := CurveOptions{Sizes: []int{20, 100, 299, 300, 400}, Draws: 3, Predict: 50}
	x, err := Curve(d, o, Options{})
	if err != nil {
		t.Fatal(err)
	}
	y, err := Curve(d, o, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(x) != fmt.Sprint(y) || len(x) != 3 {
		t.Errorf("%v\n%v", x, y)
	}
	for _, p := range x {
		if p.Lowest > p.Accuracy || p.Highest < p.Accuracy || p.Leaves < 1 {
			t.Errorf("%+v", p)
		}
	}
	if _, err := Curve(d, CurveOptions{Sizes: []int{0}}, Options{}); err == nil {
		t.Error("a history of nothing was drawn")
	}
	if _, err := Curve(d, CurveOptions{Draws: -1}, Options{}); err == nil {
		t.Error("fewer than no draws")
	}
}

// TestEvaluateMeetsNewClasses has classes that only the fold held out knows, and folds that do not occur.
func TestEvaluateMeetsNewClasses(t *testing.T) {
	d := made{rows: 60, facts: 3, classes: 6, unknown: 4, seed: 8}.data()
	fold := make([]uint8, 60)
	for i := range fold {
		fold[i] = uint8(i % 3)
		if d.Class[i] == 5 {
			fold[i] = 7
		}
	}
	e, err := Evaluate(d, fold, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Folds) != 4 || e.Folds[3].Accuracy != 0 || e.Accuracy <= 0 || e.Leaves < 1 {
		t.Errorf("%+v", e)
	}
	if _, err := Evaluate(d, fold[1:], Options{}, nil); err == nil {
		t.Error("folds of other rows were taken")
	}
}

func BenchmarkTrain(b *testing.B) {
	for _, name := range []string{"car", "nursery", "vulnrichment-technical-impact", "vulnrichment-automatable"} {
		d, _ := shared(b, name)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Train(d, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("44026 different rows", func(b *testing.B) {
		d := made{rows: 44_026, facts: 10, classes: 3, seed: 1}.data()
		for b.Loop() {
			if _, err := Train(d, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPredict(b *testing.B) {
	d, _ := shared(b, "nursery")
	m := train(b, d, Options{})
	row := d.Row(77)
	for b.Loop() {
		m.Tree.Class(row)
	}
}
