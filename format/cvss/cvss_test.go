package cvss

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, vector string
		version      Version
		base, score  float64
		severity     string
		metrics      int
	}{
		// Examples of the standards' documents: CVE-2002-0392 and CVE-2003-0818 of the v2 guide.
		{"2.0 base", "AV:N/AC:L/Au:N/C:N/I:N/A:C", V2, 7.8, 7.8, "high", 6},
		{"2.0 in brackets", "(AV:N/AC:L/Au:N/C:C/I:C/A:C)", V2, 10, 10, "high", 6},
		{"2.0 temporal and environmental", "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", V2, 7.8, 9.2, "high", 14},
		{"2.0 temporal", "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", V2, 7.8, 6.4, "high", 9},
		{"3.0", "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", V30, 6.4, 6.4, "medium", 8},
		{"3.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N", V31, 8.6, 8.6, "high", 8},
		{"3.1 critical", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", V31, 9.8, 9.8, "critical", 8},
		{"3.1 none", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", V31, 0, 0, "none", 8},
		{"3.1 temporal", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U", V31, 9.8, 7.8, "critical", 11},
		{"3.1 environmental", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P", V31, 9.8, 6.8, "critical", 9},
		{"4.0", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", V4, 9.3, 9.3, "critical", 11},
		{"4.0 all subsequent", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", V4, 10, 10, "critical", 11},
		{"space around", " CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N\n", V31, 1.6, 1.6, "low", 8},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, err := Parse(tt.vector)
			if err != nil {
				t.Fatal(err)
			}
			if v.Version != tt.version || v.Base != tt.base || v.Score != tt.score || v.Severity != tt.severity || len(v.Metrics) != tt.metrics {
				t.Errorf("Parse() = %+v, want %+v", v, tt)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, vector := range map[string]string{
		"empty":               "",
		"text":                "high",
		"unknown version":     "CVSS:5.0/AV:N",
		"unknown value":       "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"missing metric":      "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
		"doubled metric":      "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"unknown metric":      "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:N",
		"3.1 metrics in 4.0":  "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"2.0 with 3.1 metric": "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"lower case":          "cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h",
		"prefix only":         "CVSS:3.1/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v, err := Parse(vector); err == nil {
				t.Errorf("Parse(%q) = %+v, want an error", vector, v)
			}
		})
	}
	if _, err := Parse("CVSS:3.1/" + strings.Repeat("AV:N/", 200)); !errors.Is(err, ErrLong) {
		t.Errorf("Parse(long) = %v, want ErrLong", err)
	}
	if _, err := Parse("CVSS:9.9/AV:N"); !errors.Is(err, ErrVersion) {
		t.Errorf("Parse(9.9) = %v, want ErrVersion", err)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	v, err := Parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := v.Get("UI"); got != "R" || !ok {
		t.Errorf("Get(UI) = %q, %v", got, ok)
	}
	if got, ok := v.Get("E"); got != "" || ok {
		t.Errorf("Get(E) = %q, %v, want absent", got, ok)
	}
}

func TestRating(t *testing.T) {
	t.Parallel()
	for score, want := range map[float64]string{0: "none", 0.1: "low", 3.9: "low", 4: "medium", 6.9: "medium", 7: "high", 8.9: "high", 9: "critical", 10: "critical"} {
		if got := Rating(score); got != want {
			t.Errorf("Rating(%v) = %s, want %s", score, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Red")
	f.Add("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/MS:C")
	f.Add("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
	f.Add("(AV:N/AC:L/Au:N/C:C/I:C/A:C)")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Parse(text)
		if err != nil {
			return
		}
		if v.Base < 0 || v.Base > 10 || v.Score < 0 || v.Score > 10 {
			t.Fatalf("Parse(%q): scores %v, %v out of range", text, v.Base, v.Score)
		}
		for _, m := range v.Metrics {
			if m.Key == "" || m.Value == "" {
				t.Fatalf("Parse(%q): empty metric in %v", text, v.Metrics)
			}
		}
		again, err := Parse(v.Text)
		if err != nil || again.Base != v.Base {
			t.Fatalf("Parse(%q) again: %v, %v", v.Text, again, err)
		}
	})
}
