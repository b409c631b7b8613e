package progress

import (
	"io"
	"os"
	"strings"
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
