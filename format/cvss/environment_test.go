package cvss

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func ExampleParse() {
	v, err := Parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U")
	if err != nil {
		panic(err)
	}
	maturity, _ := v.Get("E")
	fmt.Println(v.Version, v.Base, v.Score, v.Severity, maturity)
	// Output: 3.1 9.8 9 critical U
}

// TestNotDefinedSaysNothing: metrics that are written out as not defined change neither score.
// The environmental formula of 3.1 alone would: with a changed scope it has another exponent.
func TestNotDefinedSaysNothing(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	pick := func(values string) string { return string(values[r.IntN(len(values))]) }
	for range 2000 {
		base := fmt.Sprintf("/AV:%s/AC:%s/PR:%s/UI:%s/S:%s/C:%s/I:%s/A:%s", pick("NALP"), pick("LH"), pick("NLH"), pick("NR"), pick("UC"), pick("HLN"), pick("HLN"), pick("HLN"))
		for _, prefix := range []string{"CVSS:3.1", "CVSS:3.0"} {
			plain, err := Parse(prefix + base)
			if err != nil {
				t.Fatal(err)
			}
			padded, err := Parse(prefix + base + "/E:X/RL:X/RC:X/CR:X/IR:X/AR:X/MAV:X/MAC:X/MPR:X/MUI:X/MS:X/MC:X/MI:X/MA:X")
			if err != nil {
				t.Fatal(err)
			}
			if padded.Base != plain.Base || padded.Score != plain.Score || padded.Score != padded.Base {
				t.Fatalf("%s: %v and %v, with metrics not defined %v and %v", prefix+base, plain.Base, plain.Score, padded.Base, padded.Score)
			}
		}
	}
}

// TestBase31AgainstFormula computes base scores of all 3.1 vectors by the formula of the
// specification, section 7.1, and compares.
func TestBase31AgainstFormula(t *testing.T) {
	t.Parallel()
	weights := map[string]map[byte]float64{
		"AV": {'N': .85, 'A': .62, 'L': .55, 'P': .2}, "AC": {'L': .77, 'H': .44}, "UI": {'N': .85, 'R': .62},
		"PR": {'N': .85, 'L': .62, 'H': .27}, "PRC": {'N': .85, 'L': .68, 'H': .5}, "CIA": {'H': .56, 'L': .22, 'N': 0},
	}
	roundup := func(x float64) float64 {
		n := int(math.Round(x * 100000))
		if n%10000 == 0 {
			return float64(n) / 100000
		}
		return float64(n/10000+1) / 10
	}
	n := 0
	walk(t, func(vector string, m map[string]byte) {
		n++
		iss := 1 - (1-weights["CIA"][m["C"]])*(1-weights["CIA"][m["I"]])*(1-weights["CIA"][m["A"]])
		impact, pr := 6.42*iss, weights["PR"][m["PR"]]
		if m["S"] == 'C' {
			impact, pr = 7.52*(iss-.029)-3.25*math.Pow(iss-.02, 15), weights["PRC"][m["PR"]]
		}
		sum := impact + 8.22*weights["AV"][m["AV"]]*weights["AC"][m["AC"]]*pr*weights["UI"][m["UI"]]
		want := 0.0
		switch {
		case impact <= 0:
		case m["S"] == 'C':
			want = roundup(min(1.08*sum, 10))
		default:
			want = roundup(min(sum, 10))
		}
		v, err := Parse(vector)
		if err != nil || v.Base != want || v.Severity != Rating(want) {
			t.Fatalf("Parse(%s) = %v %s, %v; want %v", vector, v.Base, v.Severity, err, want)
		}
	})
	if n != 2592 {
		t.Errorf("%d vectors, want 2592", n)
	}
}

// walk visits every base vector of version 3.1.
func walk(t *testing.T, visit func(string, map[string]byte)) {
	t.Helper()
	metrics := []struct{ key, values string }{{"AV", "NALP"}, {"AC", "LH"}, {"PR", "NLH"}, {"UI", "NR"}, {"S", "UC"}, {"C", "HLN"}, {"I", "HLN"}, {"A", "HLN"}}
	var next func(int, string, map[string]byte)
	next = func(i int, text string, m map[string]byte) {
		if i == len(metrics) {
			visit(text, m)
			return
		}
		for _, v := range []byte(metrics[i].values) {
			m[metrics[i].key] = v
			next(i+1, text+"/"+metrics[i].key+":"+string(v), m)
		}
	}
	next(0, "CVSS:3.1", map[string]byte{})
}

// TestMaxVector: a text of exactly MaxVector bytes is looked at, one more is refused as too long.
func TestMaxVector(t *testing.T) {
	t.Parallel()
	vector := "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
	if _, err := Parse(vector + strings.Repeat(" ", MaxVector-len(vector))); err != nil {
		t.Errorf("%d bytes: %v", MaxVector, err)
	}
	if _, err := Parse(vector + strings.Repeat(" ", MaxVector+1-len(vector))); err == nil {
		t.Errorf("%d bytes were read", MaxVector+1)
	}
}

func TestRatingOfNoScore(t *testing.T) {
	t.Parallel()
	for _, score := range []float64{math.NaN(), math.Inf(-1), -1} {
		if got := Rating(score); got != "none" {
			t.Errorf("Rating(%v) = %s, want none", score, got)
		}
	}
}
