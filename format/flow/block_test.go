package flow

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write the golden sample anew")

// encode writes b with a fresh encoder.
func encode(tb testing.TB, b *Block) []byte {
	tb.Helper()
	var x Encoder
	data, err := x.Append(nil, b)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// sample is a small block with every kind of event and loss record.
func sample() *Block {
	return &Block{
		Header: Header{Sensor: [16]byte{1, 2, 3, 15: 16}, Epoch: 0x0102030405060708, Sequence: 42, ClockOffset: -1500},
		Events: stream(7, 12, time.Second),
		Losses: []Loss{
			{Reason: LostInKernel, From: 1_700_000_000_000_000, To: 1_700_000_060_000_000},
			{Reason: LostRestart, Unknown: true, From: 1_699_999_000_000_000, To: 1_700_000_000_000_000},
			{Reason: LostSpoolFull, Count: 1<<63 - 1, From: -5, To: -5},
		},
	}
}

// TestGolden: version 1 of the wire form does not change.
func TestGolden(t *testing.T) {
	t.Parallel()
	name := filepath.Join("testdata", "block_v1.hex")
	got := hex.Dump(encode(t, sample()))
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	extreme := []Event{
		{Time: math.MaxInt64, Src: [16]byte{15: 1}, SrcPort: 65535, DstPort: 65535, Length: 65535, Proto: 255, Flags: 255, TTL: 255, Fingerprint: 255},
		{Time: math.MinInt64, Dst: [16]byte{0: 255, 15: 255}},
		{Time: math.MaxInt64},
		{Time: 0},
		{Time: -1},
	}
	blocks := map[string]*Block{
		"sample":     sample(),
		"heartbeat":  {Header: Header{Sequence: 1}},
		"only loss":  {Losses: sample().Losses},
		"one event":  {Events: stream(3, 1, 1)},
		"same event": {Events: []Event{extreme[0], extreme[0], extreme[0]}},
		"extremes":   {Header: Header{ClockOffset: math.MinInt32, Epoch: math.MaxUint64, Sequence: math.MaxUint64}, Events: extreme},
		"full":       {Events: stream(5, MaxEvents, time.Microsecond)},
		"random":     {Events: random(r, 5000)},
		"most":       {Events: random(r, MaxEvents), Losses: make([]Loss, MaxLosses)},
	}
	for i := range blocks["most"].Losses {
		blocks["most"].Losses[i] = Loss{Reason: LostClock, Count: uint64(i), From: math.MinInt64, To: -1}
	}
	var x Encoder
	var d Decoder
	var back Block // used again, so that what one block leaves cannot show in the next
	for range 2 {
		for name, b := range blocks {
			data, err := x.Append([]byte("before"), b)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !bytes.Equal(data[6:], encode(t, b)) || string(data[:6]) != "before" {
				t.Errorf("%s: an encoder used before gives other bytes", name)
			}
			if err := d.Decode(data[6:], &back); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if b.Header != back.Header || !slices.Equal(b.Events, back.Events) || !slices.Equal(b.Losses, back.Losses) {
				t.Errorf("%s: read back as another block of %d events and %d losses", name, len(back.Events), len(back.Losses))
			}
			checkSummary(t, data[6:], b)
		}
	}
}

func checkSummary(t *testing.T, data []byte, b *Block) {
	t.Helper()
	s, err := Check(data)
	if err != nil {
		t.Fatal(err)
	}
	want := Summary{Header: b.Header, Events: len(b.Events), Losses: len(b.Losses)}
	if len(b.Events) > 0 {
		want.First = b.Events[0].Time
	}
	if s != want {
		t.Errorf("summary %+v, want %+v", s, want)
	}
}

// random makes events without any pattern.
func random(r *rand.Rand, n int) []Event {
	events := make([]Event, n)
	for i := range events {
		e := &events[i]
		e.Time, e.SrcPort, e.DstPort, e.Length = int64(r.Uint64()), uint16(r.Uint32()), uint16(r.Uint32()), uint16(r.Uint32())
		e.Proto, e.Flags, e.TTL, e.Fingerprint = uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), Fingerprint(r.Uint32())
		binary.BigEndian.PutUint64(e.Src[:], r.Uint64())
		binary.BigEndian.PutUint64(e.Src[8:], r.Uint64())
		e.Dst[10], e.Dst[11] = 0xff, 0xff
		binary.BigEndian.PutUint32(e.Dst[12:], r.Uint32())
	}
	return events
}

func TestEncoderRefuses(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]*Block{
		"too many events":  {Events: make([]Event, MaxEvents+1)},
		"too many losses":  {Losses: make([]Loss, MaxLosses+1)},
		"no reason":        {Losses: []Loss{{}}},
		"unknown reason":   {Losses: []Loss{{Reason: lostReasonAfter}}},
		"count too large":  {Losses: []Loss{{Reason: LostClock, Count: 1 << 63}}},
		"unknown yet some": {Losses: []Loss{{Reason: LostClock, Unknown: true, Count: 1}}},
		"backwards":        {Losses: []Loss{{Reason: LostClock, From: 2, To: 1}}},
		"too long":         {Losses: []Loss{{Reason: LostClock, From: math.MinInt64, To: 1}}},
	} {
		var x Encoder
		if data, err := x.Append([]byte("x"), b); err == nil || string(data) != "x" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}

// TestDamage: of every byte that is changed or missing the decoder hears by the checksum.
func TestDamage(t *testing.T) {
	t.Parallel()
	data := encode(t, sample())
	var d Decoder
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x10
		if err := d.Decode(bad, new(Block)); err == nil {
			t.Errorf("byte %d changed: no error", i)
		}
		if err := d.Decode(data[:i], new(Block)); err == nil {
			t.Errorf("cut at %d: no error", i)
		}
	}
	if err := d.Decode(append(data, 0), new(Block)); err == nil {
		t.Error("a byte more: no error")
	}
}

// seal makes a block of a body with right sizes and checksum.
func seal(events uint32, columns, losses byte, body []byte) []byte {
	h := make([]byte, headerSize)
	copy(h, blockMagic)
	h[4], h[6], h[7] = blockVersion, columns, losses
	binary.LittleEndian.PutUint32(h[40:], events)
	binary.LittleEndian.PutUint32(h[56:], uint32(len(body)))
	h = append(h, body...)
	return binary.LittleEndian.AppendUint32(h, crc32.Checksum(h, castagnoli()))
}

// TestDecoderRefuses takes blocks whose checksum is right and whose content is not.
func TestDecoderRefuses(t *testing.T) {
	t.Parallel()
	change := func(at int, to byte) []byte {
		b := seal(0, 0, 0, nil)
		b[at] = to
		return b
	}
	// column gives a block of two events whose columns before kind are right.
	column := func(kind columnKind, data ...byte) []byte {
		var x Encoder
		for k := columnTime; k < kind; k++ {
			x.add(k, &Block{Events: make([]Event, 2)})
		}
		return seal(2, 10, 0, append(append(x.body, byte(kind), byte(len(data))), data...))
	}
	loss := func(data ...byte) []byte {
		return seal(0, 1, 1, append([]byte{byte(columnLoss), byte(len(data))}, data...))
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"magic", change(0, 'X'), "no block header"},
		{"version", change(4, 2), "version 2"},
		{"flags", change(5, 1), "reserved"},
		{"reserved", change(60, 1), "reserved"},
		{"events", change(42, 2), "past the limits"},
		{"body", change(59, 1), "past the limits"},
		{"size", change(56, 1), "68 bytes; its header says 69"},
		{"first time", seal(0, 0, 0, nil)[:0], "no block header"},
		{"columns", seal(0, 1, 0, nil), "1 columns; there must be 0"},
		{"columns missing", seal(1, 9, 0, nil), "9 columns; there must be 10"},
		{"column of another kind", seal(0, 1, 1, []byte{1, 0}), "column 11 is not where it must be"},
		{"column past the end", seal(0, 1, 1, []byte{11, 9}), "column 11: it ends too early"},
		{"bytes behind", seal(0, 0, 0, []byte{0}), "1 bytes behind the last column"},

		{"times, nothing", column(columnTime), "column 1: it ends too early"},
		{"times, sign", column(columnTime, 2, 0), "column 1: a number is out"},
		{"times, parameter", column(columnTime, 0, 49), "column 1: a number is out"},
		{"times, cut", column(columnTime, 0, 20, 0), "column 1: it ends too early"},
		{"times, escape cut", column(columnTime, 0, 0, 255, 255, 255, 255), "column 1: it ends too early"},
		{"times, more", column(columnTime, 0, 0, 0, 0), "column 1: bytes are left"},
		{"times, padding", column(columnTime, 0, 0, 2), "column 1: bytes are left"},

		{"addresses, nothing", column(columnSource), "column 2: it ends too early"},
		{"addresses, second size", column(columnSource, 0), "column 2: it ends too early"},
		{"addresses, no parameter", column(columnSource, 1, 0), "column 2: it ends too early"},
		{"addresses, none", column(columnSource, 0, 0, 0), "column 2: a number is out"},
		{"addresses, more than events", column(columnSource, 2, 1, 0), "column 2: a number is out"},
		{"addresses, parameter", column(columnSource, 1, 0, 49, 0), "column 2: a number is out"},
		{"addresses, past IPv4", column(columnSource, 1, 0, 0, 255, 255, 15, 0, 0, 0, 0, 16, 0, 0, 0), "column 2: a number is out"},
		{"addresses, IPv6 cut", column(columnSource, 0, 1, 0, 1, 2, 3), "column 2: it ends too early"},
		{"addresses, IPv6 unsorted", column(columnSource, append([]byte{0, 2, 0}, make([]byte, 33)...)...), "column 2: a number is out"},

		{"numbers, nothing", column(columnTTL, 0), "column 9: it ends too early"},
		{"numbers, form", column(columnTTL, 2, 0), "column 9: its form is not known"},
		{"numbers, width of bytes", column(columnTTL, 0, 9, 0, 0, 0), "column 9: a number is out"},
		{"numbers, width", column(columnSourcePort, 0, 17, 0, 0, 0, 0, 0), "column 4: a number is out"},
		{"numbers, width past shift", column(columnSourcePort, 0, 64, 0, 0, 0, 0, 0), "column 4: a number is out"},
		{"numbers, cut", column(columnTTL, 0, 8, 1), "column 9: it ends too early"},
		{"dictionary, nothing", column(columnTTL, 1, 1), "column 9: it ends too early"},
		{"dictionary, empty", column(columnTTL, 1, 0, 0), "column 9: a number is out"},
		{"dictionary, more than events", column(columnTTL, 1, 3, 0, 0), "column 9: a number is out"},
		{"dictionary, past 255", column(columnTTL, 1, 2, 8, 254, 3, 0), "column 9: a number is out"},

		{"loss, nothing", loss(), "column 11: it ends too early"},
		{"loss, cut", loss(1, 1), "column 11: it ends too early"},
		{"loss, cut later", loss(1, 1, 0), "column 11: it ends too early"},
		{"loss, no count", loss(1), "column 11: it ends too early"},
		{"loss, reason", loss(7, 1, 0, 0), "column 11: loss record of reason 7"},
		{"loss, backwards", loss(1, 1, 0, 1), "column 11: loss record from 0 to -1"},
		{"loss, more", loss(1, 1, 0, 0, 0), "column 11: bytes are left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var d Decoder
			err := d.Decode(c.data, new(Block))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// FuzzBlock: no panic and bounded memory on any block whose checksum is right, which the target
// makes right; what is read can be written and read again with the same content.
func FuzzBlock(f *testing.F) {
	for _, b := range []*Block{sample(), {}, {Events: stream(3, 200, time.Millisecond)}, {Losses: sample().Losses}} {
		f.Add(encode(f, b))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= headerSize+trailerSize {
			end := len(data) - trailerSize
			binary.LittleEndian.PutUint32(data[56:], uint32(end-headerSize))
			binary.LittleEndian.PutUint32(data[end:], crc32.Checksum(data[:end], castagnoli()))
		}
		var d Decoder
		var b, back Block
		if err := d.Decode(data, &b); err != nil {
			return
		}
		if err := d.Decode(encode(t, &b), &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}
