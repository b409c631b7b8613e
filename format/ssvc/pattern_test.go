package ssvc_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"noroshi.dev/format/ssvc"
)

// schemaPattern gives the pattern of a property of the published schema of
// decision points, found wherever it stands in the document.
func schemaPattern(tb testing.TB, property string) *regexp.Regexp {
	tb.Helper()
	var doc any
	if err := json.Unmarshal(shared(tb, "schema/v2/DecisionPoint_2_0_0.schema.json"), &doc); err != nil {
		tb.Fatal(err)
	}
	var find func(any) string
	find = func(x any) string {
		switch x := x.(type) {
		case map[string]any:
			if p, ok := x[property].(map[string]any); ok {
				if s, ok := p["pattern"].(string); ok {
					return s
				}
			}
			for _, y := range x {
				if s := find(y); s != "" {
					return s
				}
			}
		case []any:
			for _, y := range x {
				if s := find(y); s != "" {
					return s
				}
			}
		}
		return ""
	}
	s := find(doc)
	if s == "" {
		tb.Fatalf("the schema has no pattern for %s", property)
	}
	return regexp.MustCompile(s)
}

// mutated changes a text in one or a few places.
func mutated(r *rand.Rand, s, alphabet string) string {
	b := []byte(s)
	for range r.IntN(4) {
		c := alphabet[r.IntN(len(alphabet))]
		at := 0
		if len(b) > 0 {
			at = r.IntN(len(b))
		}
		switch r.IntN(3) {
		case 0:
			b = slices.Insert(b, at, c)
		case 1:
			if len(b) > 0 {
				b[at] = c
			}
		default:
			if len(b) > 0 {
				b = slices.Delete(b, at, at+1)
			}
		}
	}
	return string(b)
}

// TestPatternsAgainstSchema holds our patterns against those of the published
// schema with texts near the border of what is allowed.
func TestPatternsAgainstSchema(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		property, alphabet string
		valid              func(string) bool
		seeds              []string
	}{
		{"namespace", "aZ09_-.#/$x", ssvc.ValidNamespace, []string{
			"ssvc", "cisa", "nist#800-30", "x_example.test#a", "x_com.yahooinc#prioritized-risk-remediation", "ssvc/de-DE/.example.organization#reference-arch-1",
			"ssvc//.example.org#a", "x_example.test#test//.example.test#private-extension", "ssvc/x-private", "ssvc/zh-cmn-Hans-CN/.a.b#c/.d.e$ja", "a.b-c/i-default", "abc/de-1996-u-co-phonebk",
		}},
		{"key", "aZ09_-*T", ssvc.ValidKey, []string{"E", "T*", "MSI_NoX", "a__b", "9", "_a", "a_", "T**", "UU"}},
		{"version", "019.-+ab", ssvc.ValidVersion, []string{"1.0.0", "0.0.1", "10.20.30", "1.0.0-rc.1", "1.0.0-0.3.7+b.01", "1.0.0--", "01.0.0", "1.0"}},
	} {
		t.Run(tc.property, func(t *testing.T) {
			t.Parallel()
			want := schemaPattern(t, tc.property)
			r := rand.New(rand.NewPCG(21, 22))
			accepted := 0
			for range 20_000 {
				s := mutated(r, tc.seeds[r.IntN(len(tc.seeds))], tc.alphabet)
				short := tc.property == "namespace" && len(s) < 3 // minLength of the schema
				if got := tc.valid(s); got != (want.MatchString(s) && !short) {
					t.Fatalf("%q: valid %v, the schema says %v", s, got, !got)
				} else if got {
					accepted++
				}
			}
			if accepted < 2000 || accepted > 18_000 {
				t.Errorf("%d of 20000 accepted: the texts do not lie at the border", accepted)
			}
		})
	}
}

// TestIDLimits: lengths at the limit are valid, one more is not.
func TestIDLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		valid func(string) bool
		text  func(int) string
		most  int
	}{
		{"namespace", ssvc.ValidNamespace, func(n int) string { return strings.Repeat("a", n) }, 1000},
		{"key", ssvc.ValidKey, func(n int) string { return strings.Repeat("K", n) }, 256},
		{"version", ssvc.ValidVersion, func(n int) string { return "1.0." + strings.Repeat("1", n-4) }, 256},
	} {
		if !tc.valid(tc.text(tc.most)) || tc.valid(tc.text(tc.most+1)) {
			t.Errorf("%s: %d characters %v, one more %v", tc.name, tc.most, tc.valid(tc.text(tc.most)), tc.valid(tc.text(tc.most+1)))
		}
	}
	for s, want := range map[string]bool{"ab": false, "abc": true, "": false} {
		if got := ssvc.ValidNamespace(s); got != want {
			t.Errorf("ValidNamespace(%q) = %v, want %v", s, got, want)
		}
	}
}

// TestIDErrors: the error quotes the id, says what is wrong and what to do.
func TestIDErrors(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 200)
	for in, want := range map[string]string{
		"E":             `ssvc: id "E": needs namespace:KEY:version; write it like ssvc:E:1.1.0`,
		"ssvc:E:1":      `ssvc: id "ssvc:E:1": version "1" is not a semantic version; write three numbers like 1.0.0`,
		"ssvc:E*:1.0.0": `ssvc: id "ssvc:E*:1.0.0": key "E*" breaks the SSVC pattern; use letters, digits and inner _`,
		"x_a#b:E:1.0.0": `ssvc: id "x_a#b:E:1.0.0": namespace "x_a#b" breaks the SSVC pattern; use a registered name or x_ + reverse domain + #name, 3 to 1000 characters`,
		long:            `ssvc: id "` + strings.Repeat("é", 80) + `"…: needs namespace:KEY:version; write it like ssvc:E:1.1.0`,
	} {
		if _, err := ssvc.ParseID(in); err == nil || err.Error() != want {
			t.Errorf("ParseID(%.40q) = %v, want %s", in, err, want)
		}
	}
}

// TestVersionPrecedence: the example of Semantic Versioning 2.0.0, section 11,
// in its order, and numbers beyond 64 bits.
func TestVersionPrecedence(t *testing.T) {
	t.Parallel()
	want := []string{
		"0.0.1", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
		"1.0.0", "1.0.0+a", "1.0.0+b", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "10.0.0", "18446744073709551615.0.0", "18446744073709551616.0.0", "99999999999999999999.0.0",
	}
	for i, a := range want {
		for j, b := range want {
			got := ssvc.CompareVersions(a, b)
			if sign := map[bool]int{true: -1, false: 1}[i < j]; i == j && got != 0 || i != j && got != sign {
				t.Errorf("CompareVersions(%s, %s) = %d", a, b, got)
			}
		}
	}
}

// TestVersionsAreTotallyOrdered: random versions sort to one order whatever
// order they come in, and only equal ones compare as equal.
func TestVersionsAreTotallyOrdered(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(23, 24))
	var all []string
	for len(all) < 300 {
		v := fmt.Sprintf("%d.%d.%d", r.IntN(3), r.IntN(3), r.IntN(3))
		v += []string{"", "-rc." + strconv.Itoa(r.IntN(12)), "-a", "-1", "-a.b"}[r.IntN(5)] + []string{"", "+x", "+y.1"}[r.IntN(3)]
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	want := slices.SortedFunc(slices.Values(all), ssvc.CompareVersions)
	for range 20 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := slices.SortedFunc(slices.Values(all), ssvc.CompareVersions); !slices.Equal(got, want) {
			t.Fatal("another input order gives another order")
		}
	}
	for i := range want {
		for j := i + 1; j < len(want); j++ {
			if ssvc.CompareVersions(want[i], want[j]) != -1 || ssvc.CompareVersions(want[j], want[i]) != 1 {
				t.Fatalf("%s and %s are not in order", want[i], want[j])
			}
		}
	}
}

// TestIDCompare: namespace first, then key, then version.
func TestIDCompare(t *testing.T) {
	t.Parallel()
	want := []string{"cisa:KEV:1.0.0", "cvss:A:3.0.0", "ssvc:A:1.9.0", "ssvc:A:1.10.0", "ssvc:B:1.0.0", "ssvc:a:1.0.0"}
	ids := make([]ssvc.ID, len(want))
	for i, s := range want {
		ids[len(want)-1-i] = mustID(t, s)
	}
	slices.SortFunc(ids, ssvc.ID.Compare)
	for i, id := range ids {
		if id.String() != want[i] {
			t.Errorf("place %d: %s, want %s", i, id, want[i])
		}
	}
}
