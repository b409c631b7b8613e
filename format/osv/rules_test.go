package osv

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/format/version"
)

// affected reads one entry of "affected".
func affected(t *testing.T, text string) Affected {
	t.Helper()
	var a Affected
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEventsMakeRanges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ events, want string }{
		"introduced and fixed":                     {`{"introduced": "1"}, {"fixed": "2"}`, ">=1|<2"},
		"introduced and last affected":             {`{"introduced": "1"}, {"last_affected": "2"}`, ">=1|<=2"},
		"from the beginning":                       {`{"introduced": "0"}, {"fixed": "2"}`, "<2"},
		"never fixed":                              {`{"introduced": "1"}`, ">=1"},
		"everything":                               {`{"introduced": "0"}`, "*"},
		"two stretches":                            {`{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "4"}`, ">=1|<2 >=3|<4"},
		"in any order":                             {`{"fixed": "4"}, {"introduced": "3"}, {"fixed": "2"}, {"introduced": "1"}`, ">=1|<2 >=3|<4"},
		"introduced twice before the fix":          {`{"introduced": "1"}, {"introduced": "1.5"}, {"fixed": "2"}`, ">=1|<2"},
		"fixed twice: the first one":               {`{"introduced": "1"}, {"fixed": "3"}, {"fixed": "2"}`, ">=1|<2"},
		"fixed and introduced again at once":       {`{"introduced": "1"}, {"fixed": "2"}, {"introduced": "2"}, {"fixed": "3"}`, ">=1|<2 >=2|<3"},
		"fixed only":                               {`{"fixed": "2"}`, ""},
		"0 stands before words":                    {`{"introduced": "0"}, {"fixed": "0-alpha"}`, "<0-alpha"},
		"two fields in one event of old records":   {`{"introduced": "1", "fixed": "2"}`, ">=1|<2"},
		"a limit cuts":                             {`{"introduced": "1"}, {"limit": "2"}`, ">=1|<2"},
		"a limit cuts a later fix":                 {`{"introduced": "1"}, {"fixed": "3"}, {"limit": "2"}`, ">=1|<2"},
		"a limit leaves an earlier fix":            {`{"introduced": "1"}, {"fixed": "1.5"}, {"limit": "2"}`, ">=1|<1.5"},
		"a limit drops what begins behind it":      {`{"introduced": "3"}, {"limit": "2"}`, ""},
		"of two limits the higher one":             {`{"introduced": "1"}, {"limit": "2"}, {"limit": "4"}`, ">=1|<4"},
		"a limit that is infinite":                 {`{"introduced": "1"}, {"limit": "*"}`, ">=1"},
		"an infinite limit beside another one":     {`{"introduced": "1"}, {"limit": "*"}, {"limit": "2"}`, ">=1"},
		"a limit of a range that ends included":    {`{"introduced": "1"}, {"last_affected": "2"}, {"limit": "2"}`, ">=1|<2"},
		"events without any field fall out":        {`{}, {"introduced": "1"}`, ">=1"},
		"last affected at the introduction itself": {`{"introduced": "1"}, {"last_affected": "1"}`, ">=1|<=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := affected(t, `{"ranges": [{"type": "SEMVER", "events": [`+tt.events+`]}]}`)
			var texts []string
			for _, r := range a.VersionRanges() {
				texts = append(texts, r.String())
			}
			if got := strings.Join(texts, " "); got != tt.want {
				t.Errorf("VersionRanges() = %q, want %q", got, tt.want)
			}
		})
	}
}

// plainly evaluates a version by the algorithm that the schema gives, event by event.
func plainly(events []Event, v string) bool {
	sorted := slices.Clone(events)
	at := func(e Event) string { return e.Introduced + e.Fixed }
	slices.SortStableFunc(sorted, func(a, b Event) int { return version.Compare(version.Semver, at(a), at(b)) })
	vulnerable := false
	for _, e := range sorted {
		switch {
		case e.Introduced != "" && version.Compare(version.Semver, v, e.Introduced) >= 0:
			vulnerable = true
		case e.Fixed != "" && version.Compare(version.Semver, v, e.Fixed) >= 0:
			vulnerable = false
		}
	}
	return vulnerable
}

func TestContainsAgreesWithTheAlgorithmOfTheSchema(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 2))
	for range 1000 {
		var events []Event
		for i, n := range r.Perm(8)[:1+r.IntN(5)] {
			v := fmt.Sprintf("%d.0.0", n+1)
			if i%2 == 0 {
				events = append(events, Event{Introduced: v})
			} else {
				events = append(events, Event{Fixed: v})
			}
		}
		a := Affected{Ranges: []Range{{Type: "SEMVER", Events: events}}}
		for n := range 20 {
			v := fmt.Sprintf("%d.%d.0", n/2, n%2*5)
			if got, want := a.Contains(v), plainly(events, v); got != want {
				t.Fatalf("%s in %+v (%v) = %v, want %v", v, events, a.VersionRanges(), got, want)
			}
		}
	}
}

func TestContains(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		affected, version string
		want              bool
	}{
		"a listed version":                  {`{"versions": ["1.0", "1.1"]}`, "1.1", true},
		"one that is not listed":            {`{"versions": ["1.0", "1.1"]}`, "1.2", false},
		"listed beside a range":             {`{"versions": ["9"], "ranges": [{"type": "SEMVER", "events": [{"introduced": "1"}, {"fixed": "2"}]}]}`, "9", true},
		"nothing said":                      {`{}`, "1", false},
		"a commit that introduces":          {`{"ranges": [{"type": "GIT", "events": [{"introduced": "abc"}, {"fixed": "def"}]}]}`, "abc", true},
		"a commit that fixes":               {`{"ranges": [{"type": "GIT", "events": [{"introduced": "abc"}, {"fixed": "def"}]}]}`, "def", false},
		"commits from the beginning":        {`{"ranges": [{"type": "git", "events": [{"introduced": "0"}]}]}`, "0", false},
		"Debian orders tildes first":        {`{"package": {"ecosystem": "Debian:12"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0"}]}]}`, "1.0~rc1", true},
		"Red Hat orders carets behind":      {`{"package": {"ecosystem": "Red Hat:enterprise_linux:9::appstream"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0^git1"}]}]}`, "1.0", true},
		"Ubuntu has epochs":                 {`{"package": {"ecosystem": "Ubuntu:22.04:LTS"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:0.1"}]}]}`, "9.9", true},
		"SEMVER is read in any case":        {`{"ranges": [{"type": "semver", "events": [{"introduced": "1.0.0-rc.2"}]}]}`, "1.0.0-rc.10", true},
		"a pre-release before introduction": {`{"ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}]}]}`, "1.0.0-rc.1", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := affected(t, tt.affected).Contains(tt.version); got != tt.want {
				t.Errorf("Contains(%q) = %v, want %v", tt.version, got, tt.want)
			}
		})
	}
}

func TestCVEsEachOnce(t *testing.T) {
	t.Parallel()
	r := Record{ID: "CVE-2026-1", Aliases: []string{"GHSA-x", "CVE-2026-2", "CVE-2026-1"}, Upstream: []string{"CVE-2026-3", "CVE-2026-2", "CVE-"}, Related: []string{"CVE-2026-9"}}
	if got := r.CVEs(); !slices.Equal(got, []string{"CVE-2026-1", "CVE-2026-2", "CVE-2026-3"}) {
		t.Errorf("CVEs() = %q", got)
	}
	if got := (&Record{ID: "GHSA-x"}).CVEs(); got != nil {
		t.Errorf("CVEs() = %q, want none", got)
	}
}

func TestListErrorsNameTheEntry(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ doc, want string }{
		"an entry without id":   {`[{"id": "a"}, {}]`, "osv: entry 2 has no id: not an OSV record"},
		"an answer without id":  {`{"vulns": [{}]}`, "osv: entry 1 has no id"},
		"a record without id":   {`{"aliases": []}`, "osv: no id"},
		"a list of numbers":     {"[\n7]", "line 2"},
		"nothing":               {"", "line 1, column 1: unexpected end"},
		"too deep":              {strings.Repeat("[", MaxDepth+1), "nested deeper than 32"},
		"a list within a list":  {`[[]]`, "array where osv.Record is expected"},
		"a version as a number": {`{"id": "a", "affected": [{"versions": [1]}]}`, "affected.versions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if list, err := ReadList(strings.NewReader(tt.doc)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadList() = %+v, %v, want a text with %q", list, err, tt.want)
			}
		})
	}
}

func ExampleAffected_Contains() {
	a := Affected{Ranges: []Range{{Type: "SEMVER", Events: []Event{{Introduced: "1.0.0"}, {Fixed: "1.4.2"}}}}}
	fmt.Println(a.Contains("1.4.1"), a.Contains("1.4.2"))
	// Output: true false
}
