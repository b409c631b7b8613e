package flow

import (
	"testing"
	"time"

	"noroshi.dev/internal/testkit"
)

// TestSize: at most 16 bytes per event in blocks of 4,096 and more, the promise of the wire form;
// a packet every millisecond, every 50, and every 13 s as one quiet address sees.
func TestSize(t *testing.T) {
	t.Parallel()
	var x Encoder
	for _, n := range []int{1000, 4096, 16384, MaxEvents} {
		for _, gap := range []time.Duration{time.Millisecond, 50 * time.Millisecond, 13 * time.Second} {
			data, err := x.Append(nil, &Block{Events: stream(1, n, gap)})
			if err != nil {
				t.Fatal(err)
			}
			size := float64(len(data)) / float64(n)
			t.Logf("%6d events, one every %5v: %.2f bytes each", n, gap, size)
			if size > 16 {
				t.Errorf("%d events take %.2f bytes each", n, size)
			}
		}
	}
}

// BenchmarkBlock writes and reads blocks of 4,096 events. Floors: 2 million events per second of
// processor time written, 10 million read; no allocation when reading.
func BenchmarkBlock(b *testing.B) {
	block := Block{Events: stream(1, 4096, 50*time.Millisecond)}
	var x Encoder
	data, err := x.Append(nil, &block)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		out := data
		measure(b, len(block.Events), func() error {
			out, err = x.Append(out[:0], &block)
			return err
		})
	})
	b.Run("decode", func(b *testing.B) {
		var d Decoder
		var back Block
		measure(b, len(block.Events), func() error { return d.Decode(data, &back) })
	})
	b.Run("check", func(b *testing.B) {
		measure(b, len(block.Events), func() error {
			_, err := Check(data)
			return err
		})
	})
	b.ReportMetric(float64(len(data))/float64(len(block.Events)), "bytes/event")
}

func measure(b *testing.B, events int, f func() error) {
	b.Helper()
	b.ReportAllocs()
	before, n := testkit.CPU(b), 0
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
		n += events
	}
	b.ReportMetric(float64(n)/(testkit.CPU(b)-before).Seconds()/1e6, "Mevents/cpu-s")
}
