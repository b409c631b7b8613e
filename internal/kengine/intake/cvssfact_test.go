package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/cvss"
	"noroshi.dev/format/ssvc"
)

// TestMetricPoints holds every fact and key that can come out against the objects of SSVC.
func TestMetricPoints(t *testing.T) {
	t.Parallel()
	registry, err := ssvc.Builtin()
	must(t, err)
	check := func(fact, key string) {
		t.Helper()
		id, err := ssvc.ParseID(fact)
		must(t, err)
		if point, ok := registry.Point(id); !ok || point.Index(key) < 0 {
			t.Errorf("%s has no value %s", fact, key)
		}
	}
	for v, points := range metricPoints() {
		if len(points) < 14 {
			t.Errorf("%s has %d metrics", v, len(points))
		}
		for _, p := range points {
			for key := range strings.FieldsSeq(p.values) {
				check(p.fact, key)
			}
			for pair := range strings.FieldsSeq(p.rename) {
				_, to, _ := strings.Cut(pair, ">")
				check(p.fact, to)
			}
		}
	}
	for _, rating := range "NLMHC" {
		check(FactRating, string(rating))
	}
	for fact, keys := range map[string]string{FactExploitation: "NPA", FactAutomatable: "NY", FactTechnicalImpact: "PT", FactValueDensity: "DC", FactKEV: "NY"} {
		for _, key := range keys {
			check(fact, string(key))
		}
	}
}

// facts returns the observations of made-up scores as "source fact values".
func factsOf(t *testing.T, scores ...[2]string) ([]string, Record) {
	t.Helper()
	var cache vectorCache
	var r Record
	var claims []claim
	for _, s := range scores {
		claims = cache.addScore(&r, claims, s[0], s[1], day(2099, 1, 1), "https://example.org")
	}
	addClaims(&r, claims)
	list := make([]string, len(r.Observations))
	for i, o := range r.Observations {
		list[i] = o.Source + " " + o.Fact + " " + strings.Join(o.Values, ",")
	}
	return list, r
}

// factCase is a row of source and vector pairs with the observations that follow.
type factCase struct {
	name   string
	scores [][2]string
	want   []string
}

func TestVectorFacts(t *testing.T) {
	t.Parallel()
	checkFacts(t, []factCase{
		{
			"3.1 with temporal metrics, undefined ones say nothing",
			[][2]string{{"cna", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:L/A:N/E:P/RL:O/RC:X"}},
			[]string{
				"cna cvss:AV:3.0.0 N", "cna cvss:AC:3.0.0 L", "cna cvss:PR:1.0.0 N", "cna cvss:UI:1.0.0 R", "cna cvss:S:1.0.0 C",
				"cna cvss:C:2.0.0 H", "cna cvss:I:2.0.0 L", "cna cvss:A:2.0.0 N", "cna cvss:E:1.2.0 POC", "cna cvss:RL:1.1.0 OF", "cna cvss:CVSS:1.0.0 H",
			},
		},
		{
			"2.0: CDP:L has no key, and there is no rating",
			[][2]string{{"nvd", "AV:N/AC:M/Au:S/C:N/I:P/A:C/E:POC/RL:TF/RC:UC/CDP:L/TD:ND/CR:M/IR:ND/AR:H"}},
			[]string{
				"nvd cvss:AV:2.0.0 N", "nvd cvss:AC:2.0.0 M", "nvd cvss:Au:2.0.0 S", "nvd cvss:C:1.0.0 N", "nvd cvss:I:1.0.0 P", "nvd cvss:A:1.0.0 C",
				"nvd cvss:E:1.1.0 P", "nvd cvss:RL:1.1.0 TF", "nvd cvss:RC:1.1.0 UC", "nvd cvss:CR:1.0.0 M", "nvd cvss:AR:1.0.0 H",
			},
		},
		{
			"4.0 with the points that know no undefined",
			[][2]string{{"cna", "CVSS:4.0/AV:P/AC:H/AT:P/PR:L/UI:A/VC:N/VI:L/VA:H/SC:N/SI:L/SA:H/CR:L/MSI:S/S:P/U:Amber"}},
			[]string{
				"cna cvss:AV:3.0.1 P", "cna cvss:AC:3.0.1 H", "cna cvss:AT:1.0.0 P", "cna cvss:PR:1.0.1 L", "cna cvss:UI:2.0.0 A",
				"cna cvss:VC:3.0.0 N", "cna cvss:VI:3.0.0 L", "cna cvss:VA:3.0.0 H", "cna cvss:SC:1.0.0 N", "cna cvss:SI:1.0.0 L", "cna cvss:SA:1.0.0 H",
				"cna cvss:CR:1.1.1 L", "cna cvss:MSI:1.0.1 S", "cna cvss:SF:1.0.0 P", "cna cvss:U:1.0.0 A",
				"cna cvss:E_NoX:2.0.0 A", "cna cvss:CR_NoX:1.1.1 L", "cna cvss:IR_NoX:1.1.1 H", "cna cvss:AR_NoX:1.1.1 H", "cna cvss:MSI_NoX:1.0.1 S", "cna cvss:MSA_NoX:1.0.1 H",
				"cna cvss:CVSS:1.0.0 M",
			},
		},
	})
}

func TestSeveralVectors(t *testing.T) {
	t.Parallel()
	checkFacts(t, []factCase{
		{
			"the newest version of a source speaks",
			[][2]string{
				{"cna", "CVSS:3.0/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
				{"cna", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
			},
			[]string{
				"cna cvss:AV:3.0.0 N", "cna cvss:AC:3.0.0 L", "cna cvss:PR:1.0.0 N", "cna cvss:UI:1.0.0 N", "cna cvss:S:1.0.0 U",
				"cna cvss:C:2.0.0 H", "cna cvss:I:2.0.0 H", "cna cvss:A:2.0.0 H", "cna cvss:CVSS:1.0.0 C",
			},
		},
		{
			"vectors of one version and source make a set",
			[][2]string{
				{"cna", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
				{"cna", "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
				{"cna", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
			},
			[]string{
				"cna cvss:AV:3.0.0 N,A", "cna cvss:AC:3.0.0 L", "cna cvss:PR:1.0.0 N", "cna cvss:UI:1.0.0 N", "cna cvss:S:1.0.0 U",
				"cna cvss:C:2.0.0 H", "cna cvss:I:2.0.0 H", "cna cvss:A:2.0.0 H", "cna cvss:CVSS:1.0.0 C,H",
			},
		},
		{
			"sources stay apart",
			[][2]string{{"cna", "AV:N/AC:L/Au:N/C:N/I:N/A:C"}, {"adp:X", "AV:L/AC:L/Au:N/C:N/I:N/A:C"}},
			[]string{
				"adp:X cvss:AV:2.0.0 L", "adp:X cvss:AC:2.0.0 L", "adp:X cvss:Au:2.0.0 N", "adp:X cvss:C:1.0.0 N", "adp:X cvss:I:1.0.0 N", "adp:X cvss:A:1.0.0 C",
				"cna cvss:AV:2.0.0 N", "cna cvss:AC:2.0.0 L", "cna cvss:Au:2.0.0 N", "cna cvss:C:1.0.0 N", "cna cvss:I:1.0.0 N", "cna cvss:A:1.0.0 C",
			},
		},
	})
}

func checkFacts(t *testing.T, tests []factCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, r := factsOf(t, tt.scores...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			if len(r.Scores) != len(tt.scores) {
				t.Errorf("%d scores, want %d", len(r.Scores), len(tt.scores))
			}
		})
	}
}

// TestSharedValuesStay checks that a set made of two vectors does not change the cached ones.
func TestSharedValuesStay(t *testing.T) {
	t.Parallel()
	var cache vectorCache
	first := cache.read("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
	var r Record
	claims := cache.addScore(&r, nil, "cna", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", day(2099, 1, 1), "")
	claims = cache.addScore(&r, claims, "cna", "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", day(2099, 1, 1), "")
	addClaims(&r, claims)
	if len(r.Observations[0].Values) != 2 || len(first.facts[0].values) != 1 {
		t.Errorf("values %v, cached %v", r.Observations[0].Values, first.facts[0].values)
	}
}

func TestWrongVector(t *testing.T) {
	t.Parallel()
	got, r := factsOf(t, [2]string{"cna", "CVSS:3.1/AV:N"})
	want := []Unmapped{{Source: "cna", Name: "CVSS", Value: "CVSS:3.1/AV:N", Reason: ReasonVector, Detail: r.Unmapped[0].Detail}}
	if diff := cmp.Diff(want, r.Unmapped); diff != "" || len(got)+len(r.Scores) != 0 || r.Unmapped[0].Detail == "" {
		t.Errorf("facts %v, scores %v, unmapped (-want +got):\n%s", got, r.Scores, diff)
	}
}

func TestVectorCacheIsBounded(t *testing.T) {
	t.Parallel()
	var c vectorCache
	for i := range 3 * vectorsKept {
		c.read("wrong " + string(rune('a'+i%26)) + strings.Repeat("x", i/26%200) + string(rune(0x3000+i)))
	}
	if len(c.seen) > vectorsKept {
		t.Errorf("%d vectors kept, want at most %d", len(c.seen), vectorsKept)
	}
	if v := c.read("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"); v.err != nil || v.Version != cvss.V31 {
		t.Errorf("after emptying: %+v", v)
	}
}

func TestEPSSBins(t *testing.T) {
	t.Parallel()
	for p, want := range map[float64]string{0: "L", 0.0099: "L", 0.01: "M", 0.0999: "M", 0.1: "H", 0.4999: "H", 0.5: "VH", 1: "VH"} {
		if got := epssValue(p); len(got) != 1 || got[0] != want {
			t.Errorf("epssValue(%v) = %v, want %s", p, got, want)
		}
	}
}
