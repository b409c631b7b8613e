package backup

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
)

func TestValuesSurvive(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind Kind
		v    any
	}{
		{Text, nil},
		{Text, ""},
		{Text, "脆弱性\x00<>&\u2028"},
		{Text, "\xff\xfe"},
		{JSON, `{"a": 1}`},
		{JSON, "\xff"},
		{Bigint, int64(math.MinInt64)},
		{Bigint, int64(math.MaxInt64)},
		{Boolean, true},
		{Boolean, false},
		{Double, 0.1},
		{Double, 1e300},
		{Double, math.Inf(1)},
		{Double, math.NaN()},
		{Double, 3.0},
		{Bytes, []byte{}},
		{Bytes, []byte{0, 255}},
	} {
		var b bytes.Buffer
		if err := encode(&b, tt.v); err != nil {
			t.Errorf("encode(%v): %v", tt.v, err)
			continue
		}
		got, err := decode(tt.kind, json.RawMessage(b.Bytes()))
		if diff := cmp.Diff(tt.v, got, cmpopts.EquateNaNs()); err != nil || diff != "" {
			t.Errorf("%s %v came back as %v, %v through %s", tt.kind, tt.v, got, err, b.String())
		}
	}
}

func TestNormalTakesWhatDriversGive(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind    Kind
		v, want any
	}{
		{Boolean, int64(1), true},
		{Boolean, int64(0), false},
		{Boolean, true, true},
		{Double, int64(3), 3.0},
		{JSON, int64(5), "5"},
		{JSON, 2.5, "2.5"},
		{JSON, []byte("{}"), "{}"},
		{Text, []byte("a"), "a"},
		{Bytes, "a", []byte("a")},
		{Bigint, nil, nil},
	} {
		if got, err := normal(tt.kind, tt.v); err != nil || !cmp.Equal(got, tt.want) {
			t.Errorf("normal(%s, %v) = %v, %v, want %v", tt.kind, tt.v, got, err, tt.want)
		}
	}
	for _, tt := range []struct {
		kind Kind
		v    any
	}{{Boolean, int64(2)}, {Bigint, "1"}, {Bigint, 1.5}, {Text, int64(1)}, {Text, true}, {Double, "x"}} {
		if got, err := normal(tt.kind, tt.v); err == nil {
			t.Errorf("normal(%s, %v) = %v, want it refused", tt.kind, tt.v, got)
		}
	}
}

func TestCanonicalJSONIsOneForm(t *testing.T) {
	t.Parallel()
	for _, group := range [][]string{
		{`{"b":1,"a":[1.50,{"d":2,"c":"<"}]}`, `{ "a" : [1.5, {"c":"\u003c", "d":2}], "b" : 1 }`},
		{`12345678901234567`, ` 12345678901234567 `},
		{`1e2`, `100.0`},
	} {
		first, err := Canonical(JSON, group[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range group[1:] {
			if got, err := Canonical(JSON, other); err != nil || got != first {
				t.Errorf("Canonical(%s) = %v, %v, want %v", other, got, err, first)
			}
		}
	}
	if got, err := Canonical(JSON, "{"); err == nil {
		t.Errorf("Canonical({) = %v", got)
	}
}

// FuzzRead feeds the reader archives made of any members: it must end with an
// error or a manifest that fits, and never take much memory.
func FuzzRead(f *testing.F) {
	f.Add("header.json", []byte(`{"form":1,"version":"v","at":"2026-11-23T00:00:00Z","schemas":{}}`), "table/room_a/0001.jsonl", []byte(`{"name":"room_a","columns":[{"name":"id","kind":"text"}]}`+"\n[\"x\"]\n"))
	f.Add("header.json", []byte(`{"form":1}`), "manifest.json", []byte(`{"form":1,"members":[]}`))
	f.Add("header.json", []byte(`{"form":1}`), "jobs.jsonl", []byte(`{"kind":"a.b","args":{}}`))
	f.Add("blob/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", []byte{}, "../x", []byte("x"))
	f.Fuzz(func(t *testing.T, name1 string, data1 []byte, name2 string, data2 []byte) {
		var b bytes.Buffer
		z, err := zstd.NewWriter(&b, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(z)
		for _, m := range []struct {
			name string
			data []byte
		}{{name1, data1}, {name2, data2}} {
			if w.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.data)), Mode: 0o600}) != nil {
				return // a name that no archive can have
			}
			if _, err := w.Write(m.data); err != nil {
				t.Fatal(err)
			}
		}
		if w.Close() != nil || z.Close() != nil {
			return
		}
		if m, err := Check(t.Context(), &b, nil); err == nil && len(m.Members) != 1 {
			t.Errorf("an archive of %q and %q was taken: %+v", name1, name2, m)
		}
	})
}
