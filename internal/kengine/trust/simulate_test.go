package trust

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestSimulate(t *testing.T) {
	t.Parallel()
	at := func(hours float64) time.Time { return day(0).Add(time.Duration(hours * float64(time.Hour))) }
	end := at(1000)
	for _, c := range []struct {
		name          string
		jobs          []Job
		pace          float64
		overdue, done int
		left, peak    float64
	}{
		{"nothing", nil, 24, 0, 0, 0, 0},
		{"in time", []Job{{at(0), at(5), 1, 4}}, 24, 0, 1, 0, 4},
		{"just in time", []Job{{at(0), at(4), 1, 4}}, 24, 0, 1, 0, 4},
		{"too late", []Job{{at(0), at(3), 1, 4}}, 24, 1, 1, 0, 4},
		{"half the pace", []Job{{at(0), at(5), 1, 4}}, 12, 1, 1, 0, 4},
		{"the urgent one first", []Job{{at(0), at(4), 1, 4}, {at(1), at(3), 3, 2}}, 24, 1, 2, 0, 5},
		{"the earlier due first", []Job{{at(0), at(9), 2, 4}, {at(0), at(4), 2, 4}}, 24, 0, 2, 0, 8},
		{"no date is never late", []Job{{at(0), time.Time{}, 1, 4}, {at(0), at(9), 1, 4}}, 24, 0, 2, 0, 8},
		{"nobody works", []Job{{at(0), at(9), 1, 4}, {at(0), at(2000), 1, 3}}, 0, 1, 0, 7, 7},
		{"idle between", []Job{{at(100), at(104), 1, 4}, {at(200), at(203), 1, 4}}, 24, 1, 2, 0, 4},
		{"out of order", []Job{{at(200), at(203), 1, 4}, {at(100), at(104), 1, 4}}, 24, 1, 2, 0, 4},
	} {
		l := Simulate(c.jobs, c.pace, end)
		if l.Overdue != c.overdue || l.Done != c.done || !near(l.Left, c.left) || !near(l.Peak, c.peak) || l.Jobs != len(c.jobs) {
			t.Errorf("%s: %+v", c.name, l)
		}
	}
}

// stepped works the same jobs off hour by hour with whole hours: slow and plain.
func stepped(jobs []Job, end time.Time) (overdue, done int) {
	left := make([]float64, len(jobs))
	for i, j := range jobs {
		left[i] = j.Hours
	}
	finished := make([]time.Time, len(jobs))
	for now := day(0); now.Before(end); now = now.Add(time.Hour) {
		best := -1
		for i, j := range jobs {
			if left[i] <= 0 || j.At.After(now) {
				continue
			}
			if best < 0 || j.Rank > jobs[best].Rank || j.Rank == jobs[best].Rank && dueOrder(j.Due, jobs[best].Due) < 0 {
				best = i
			}
		}
		if best >= 0 {
			if left[best]--; left[best] == 0 {
				finished[best] = now.Add(time.Hour)
				done++
			}
		}
	}
	for i, j := range jobs {
		switch {
		case j.Due.IsZero():
		case finished[i].IsZero() && j.Due.Before(end), finished[i].After(j.Due):
			overdue++
		}
	}
	return overdue, done
}

func TestSimulateAgainstHours(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(13, 14))
	for range 150 {
		var jobs []Job
		clock := 0
		for range random.IntN(30) {
			clock += random.IntN(6)
			j := Job{At: day(0).Add(time.Duration(clock) * time.Hour), Rank: random.IntN(3), Hours: float64(1 + random.IntN(6))}
			if random.IntN(4) > 0 {
				j.Due = j.At.Add(time.Duration(random.IntN(40)) * time.Hour)
			}
			jobs = append(jobs, j)
		}
		end := day(0).Add(time.Duration(random.IntN(150)) * time.Hour)
		var inTime []Job
		for _, j := range jobs {
			if j.At.Before(end) {
				inTime = append(inTime, j)
			}
		}
		l := Simulate(inTime, 24, end)
		overdue, done := stepped(inTime, end)
		if l.Overdue != overdue || l.Done != done {
			t.Fatalf("%d overdue, %d done; hour by hour %d, %d: %+v until %v", l.Overdue, l.Done, overdue, done, inTime, end)
		}
		if faster := Simulate(inTime, 48, end); faster.Overdue > l.Overdue || faster.Left > l.Left+1e-9 || faster.Peak > l.Peak+1e-9 {
			t.Fatalf("twice the pace: %+v, before %+v", faster, l)
		}
	}
}

func BenchmarkSimulate40000(b *testing.B) {
	random := rand.New(rand.NewPCG(15, 16))
	jobs := make([]Job, 40000)
	for i := range jobs {
		at := day(0).Add(time.Duration(i) * 10 * time.Minute)
		jobs[i] = Job{At: at, Due: at.Add(time.Duration(random.IntN(500)) * time.Hour), Rank: random.IntN(4), Hours: random.Float64() * 8}
	}
	for b.Loop() {
		if l := Simulate(jobs, 500, jobs[len(jobs)-1].At); l.Jobs != len(jobs) || math.IsNaN(l.Left) {
			b.Fatal(l)
		}
	}
}
