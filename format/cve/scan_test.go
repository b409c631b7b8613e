package cve

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTextAtEveryPlace puts what needs a look at every place of strings of every length around the
// step of eight bytes.
func TestTextAtEveryPlace(t *testing.T) {
	t.Parallel()
	for _, special := range []string{`\"`, `\\`, `\n`, "é", "日", "😀", `\u3042`, `\ud83d\ude00`, "\x7f", " "} {
		for before := range 18 {
			for after := range 18 {
				text := `"` + strings.Repeat("a", before) + special + strings.Repeat("b", after) + `"`
				var want, got string
				must(t, json.Unmarshal([]byte(text), &want))
				var s scanner
				s.reset([]byte(text))
				s.text(&got)
				s.end()
				if s.err != nil || got != want {
					t.Fatalf("text(%s) = %q, %v, want %q", text, got, s.err, want)
				}
			}
		}
	}
}

func TestControlAtEveryPlace(t *testing.T) {
	t.Parallel()
	for c := range byte(' ') {
		for before := range 18 {
			text := `"` + strings.Repeat("a", before) + string(rune(c)) + `bcdefghij"`
			var s scanner
			s.reset([]byte(text))
			s.skip()
			if s.err == nil || s.err.Offset != int64(before+1) {
				t.Fatalf("skip(%q) = %v, want a fault at %d", text, s.err, before+1)
			}
		}
	}
}

func TestWhiteSpace(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		space := "\r\n\t" + strings.Repeat(" ", n)
		text := space + `{` + space + `"a"` + space + `:` + space + `[` + space + `1` + space + `,` + space + `2` + space + `]` + space + `}` + space
		var s scanner
		s.reset([]byte(text))
		s.skip()
		s.end()
		if s.err != nil {
			t.Fatalf("%d spaces: %v", n, s.err)
		}
	}
}

// TestRandomRecords writes made-up records with the standard library and reads them back.
func TestRandomRecords(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	var d Decoder
	for range 500 {
		want := randomRecord(rnd)
		data, err := json.MarshalIndent(want, "", strings.Repeat(" ", rnd.IntN(4)))
		must(t, err)
		var got Record
		must(t, d.Decode(data, &got))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("Decode() (-want +got):\n%s\n%s", diff, data)
		}
	}
}

func randomRecord(rnd *rand.Rand) Record {
	r := Record{DataType: DataType, DataVersion: "5.1", Metadata: Metadata{ID: fmt.Sprintf("CVE-2099-%d", 1000+rnd.IntN(1e6)), State: Published, Serial: rnd.IntN(9)}}
	r.Containers.CNA = randomContainer(rnd)
	for range rnd.IntN(3) {
		r.Containers.ADP = append(r.Containers.ADP, randomContainer(rnd))
	}
	return r
}

func randomContainer(rnd *rand.Rand) Container {
	c := Container{Title: randomText(rnd), Provider: Provider{ShortName: randomText(rnd)}, Tags: several(rnd, randomText)}
	c.Descriptions = several(rnd, func(rnd *rand.Rand) Text { return Text{"en", randomText(rnd)} })
	c.References = several(rnd, func(rnd *rand.Rand) Reference {
		return Reference{randomText(rnd), randomText(rnd), several(rnd, randomText)}
	})
	c.Affected = several(rnd, func(rnd *rand.Rand) Affected {
		return Affected{Vendor: randomText(rnd), CPEs: several(rnd, randomText), Versions: several(rnd, func(rnd *rand.Rand) Version {
			return Version{Version: randomText(rnd), Changes: several(rnd, func(rnd *rand.Rand) Change { return Change{randomText(rnd), StatusAffected} })}
		})}
	})
	c.Metrics = several(rnd, func(rnd *rand.Rand) Metric {
		return Metric{Format: "CVSS", CVSSv31: &CVSS{"3.1", randomText(rnd), float64(rnd.IntN(100)) / 10, "HIGH"}}
	})
	return c
}

// several returns up to four things, nil for none.
func several[T any](rnd *rand.Rand, one func(*rand.Rand) T) (list []T) {
	for range rnd.IntN(5) {
		list = append(list, one(rnd))
	}
	return list
}

func randomText(rnd *rand.Rand) string {
	letters := []rune("abc \"\\/\b\n\t<&é日😀\u2028" + "\x7f")
	var b strings.Builder
	for range rnd.IntN(70) {
		b.WriteRune(letters[rnd.IntN(len(letters))])
	}
	return b.String()
}

// TestIntern counts allocations and therefore runs alone.
func TestIntern(t *testing.T) {
	var table internTable
	for n := range 100 {
		b := []byte(strings.Repeat("x", n))
		first := table.string(b)
		if n > 0 {
			b[0] = 'y'
		}
		second := table.string(b)
		if first != strings.Repeat("x", n) || n > 0 && (second[0] != 'y' || len(second) != n) {
			t.Fatalf("length %d: %q, %q: strings share memory with the input", n, first, second)
		}
	}
	if allocs := testing.AllocsPerRun(100, func() { table.string([]byte("affected")) }); allocs > 1 {
		t.Errorf("a known word costs %v allocations", allocs)
	}
	var none *internTable
	if got := none.string([]byte("a")); got != "a" {
		t.Errorf("without a table: %q", got)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"0": 0, "-0": 0, "9.8": 9.8, "1e2": 100, "1.5E-1": 0.15, "null": 0} {
		var s scanner
		s.reset([]byte(text))
		var got float64
		s.float(&got)
		s.end()
		if s.err != nil || got != want {
			t.Errorf("float(%s) = %v, %v", text, got, s.err)
		}
	}
	for _, text := range []string{"", "-", "01", "1.", ".5", "1e", "1e+", "+1", "1e999", "NaN", "0x1", `"1"`} {
		var s scanner
		s.reset([]byte(text))
		var got float64
		s.float(&got)
		s.end()
		if s.err == nil {
			t.Errorf("float(%q) = %v, want a fault", text, got)
		}
	}
	for _, text := range []string{"1.5", "99999999999999999999", `"1"`} {
		var s scanner
		s.reset([]byte(text))
		var got int
		s.integer(&got)
		if s.err == nil {
			t.Errorf("integer(%q) = %v, want a fault", text, got)
		}
	}
}

func TestSyntaxError(t *testing.T) {
	t.Parallel()
	err := &SyntaxError{Offset: 7, Reason: "want a colon"}
	if got := err.Error(); got != "want a colon at byte 7" {
		t.Errorf("Error() = %q", got)
	}
	if errors.Is(err, ErrTrailing) {
		t.Error("is ErrTrailing")
	}
}
