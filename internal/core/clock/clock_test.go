package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWallFollowsTheBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := Wall{}.Now()
		time.Sleep(90 * 24 * time.Hour)
		if got, want := (Wall{}).Now().Sub(before), 90*24*time.Hour; got != want {
			t.Errorf("elapsed = %v, want %v", got, want)
		}
	})
}

func TestFixedIsUTCAndMicroseconds(t *testing.T) {
	t.Parallel()
	jst := time.FixedZone("JST", 9*3600)
	got := Fixed(time.Date(2026, 11, 18, 14, 0, 0, 1999, jst)).Now()
	if want := time.Date(2026, 11, 18, 5, 0, 0, 1000, time.UTC); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("Now() = %v, want %v", got, want)
	}
}
