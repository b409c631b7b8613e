package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestBarDrawsOverItself(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := time.UnixMilli(0)
	b := newBar(&out, "rows", 200, func() time.Time { return at })
	for range 4 {
		at = at.Add(time.Second)
		b.Add(50)
	}
	b.Close()
	text := out.String()
	for _, want := range []string{"\rrows [#######.......................]  25%", "[###############...............]  50% 50/s", "[##############################] 100%"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if last := text[strings.LastIndex(text[:len(text)-1], "\r"):]; strings.TrimSpace(last) != "" {
		t.Errorf("the bar is not wiped away: %q", last)
	}
}

func TestBarIsNotRedrawnForEachUnit(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := time.UnixMilli(0)
	b := newBar(&out, "rows", 0, func() time.Time { return at })
	for range 1000 {
		at = at.Add(time.Millisecond)
		b.Add(1)
	}
	if got := strings.Count(out.String(), "\r"); got > 11 {
		t.Errorf("drawn %d times in a second", got)
	}
	b.Total(10_000)
	at = at.Add(time.Second)
	b.Add(0)
	if !strings.Contains(out.String(), " 10%") {
		t.Errorf("the corrected total is not shown: %q", out.String())
	}
}

func TestNothingIsDrawnOnAPipe(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	b := New(w, "rows", 10)
	if n, err := io.Copy(io.Discard, b.Reader(strings.NewReader("12345"))); n != 5 || err != nil {
		t.Fatalf("Copy() = %d, %v", n, err)
	}
	if b.done != 5 {
		t.Errorf("done = %d, want 5", b.done)
	}
	b.Close()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || len(text) > 0 {
		t.Errorf("the pipe got %q, %v", text, err)
	}
	var none *Bar
	none.Add(1)
	none.Total(1)
	none.Close()
}

// drawn returns what the terminal shows of a bar after one Add at its first second.
func drawn(label string, total, n int64) string {
	var out strings.Builder
	at := time.Unix(0, 0)
	b := newBar(&out, label, total, func() time.Time { return at })
	at = at.Add(time.Second)
	b.Add(n)
	return strings.TrimRight(strings.TrimPrefix(out.String(), "\r"), " ")
}

func TestBarShows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		total, n int64
		want     string
	}{
		"nothing yet":                      {10, 0, "x [..............................]   0%"},
		"half":                             {10, 5, "x [###############...............]  50%"},
		"all":                              {10, 10, "x [##############################] 100%"},
		"more than all as all":             {10, 25, "x [##############################] 100%"},
		"less than nothing as nothing":     {10, -3, "x [..............................]   0%"},
		"a count if the total is unknown":  {0, 7, "x 7"},
		"a count if the total is negative": {-1, 7, "x 7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := drawn("x", tt.total, tt.n); got != tt.want {
				t.Errorf("drawn %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBarIsDrawnAtMostTenTimesASecond(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := time.Unix(0, 0)
	b := newBar(&out, "x", 1000, func() time.Time { return at })
	for range 1000 { // two seconds
		at = at.Add(2 * time.Millisecond)
		b.Add(1)
	}
	if n := strings.Count(out.String(), "\r"); n < 15 || n > 20 {
		t.Errorf("%d pictures in two seconds, want 20 at most", n)
	}
}

func TestTotalIsCorrectedLater(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := time.Unix(0, 0)
	b := newBar(&out, "x", 0, func() time.Time { return at })
	at = at.Add(time.Second)
	b.Add(5)
	b.Total(20)
	at = at.Add(time.Second)
	b.Add(0)
	if text := out.String(); !strings.Contains(text, "x 5") || !strings.Contains(text, " 25%") {
		t.Errorf("drawn %q, want a count and then 25%%", text)
	}
}

func TestClosedBarStaysSilent(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := time.Unix(0, 0)
	b := newBar(&out, "x", 10, func() time.Time { return at })
	b.Close()
	at = at.Add(time.Minute)
	b.Add(1)
	b.Close()
	if out.String() != "" {
		t.Errorf("drawn %q after Close", out.String())
	}
}

func TestBarIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	b := newBar(io.Discard, "x", 4000, time.Now)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				b.Add(1)
			}
		})
	}
	wg.Wait()
	if b.done != 4000 {
		t.Errorf("%d units are done, want 4000", b.done)
	}
}

func ExampleBar_Reader() {
	var bar *Bar // no terminal: a nil bar shows nothing and counts nothing
	text, err := io.ReadAll(bar.Reader(strings.NewReader("the bytes pass through")))
	fmt.Println(string(text), err)
	// Output: the bytes pass through <nil>
}
