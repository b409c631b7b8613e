package id

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"time"
)

var uuid7 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestUUIDsAreVersion7AndOrderedEvenWhenTheClockStands(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_790_000_000_000)
	s := New(func() time.Time { return at })
	last := ""
	for i := range 10_000 {
		if i == 5_000 {
			at = at.Add(-time.Hour) // a clock set back must not break the order
		}
		u := s.UUID()
		if !uuid7.MatchString(u) {
			t.Fatalf("UUID() = %q, not version 7", u)
		}
		if u <= last {
			t.Fatalf("UUID() = %q after %q: order broken at %d", u, last, i)
		}
		last = u
	}
}

func TestSeededRepeats(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.UnixMilli(1) }
	a, b := Seeded(rand.NewChaCha8([32]byte{1}), now), Seeded(rand.NewChaCha8([32]byte{1}), now)
	for range 100 {
		if x, y := a.UUID()+a.Token(20)+a.Number(8), b.UUID()+b.Token(20)+b.Number(8); x != y {
			t.Fatalf("same seed, %q and %q", x, y)
		}
	}
}

func TestTokenAndNumberShape(t *testing.T) {
	t.Parallel()
	s := New(time.Now)
	if got := s.Token(20); !regexp.MustCompile(`^[a-z2-7]{32}$`).MatchString(got) {
		t.Errorf("Token(20) = %q", got)
	}
	for range 1000 {
		if got := s.Number(8); !regexp.MustCompile(`^[1-9][0-9]{7}$`).MatchString(got) {
			t.Fatalf("Number(8) = %q", got)
		}
	}
}
