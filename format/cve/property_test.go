package cve

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"noroshi.dev/format/version"
)

// number is a version of two places, so that its order is known without the package version.
type number struct{ major, minor int }

func (n number) String() string { return fmt.Sprintf("%d.%d.0", n.major, n.minor) }

func (n number) below(o number) bool {
	return n.major < o.major || n.major == o.major && n.minor < o.minor
}

// statement is one entry of versions with numbers for texts.
type statement struct {
	from             number
	to               *number
	including        bool
	status           string
	changes          []number
	statusesOfChange []string
}

// plain is the rule of the format's description of versions, word for word: the first entry that
// holds the version decides, by its last change at or before the version; else the default.
func plain(list []statement, fallback string, v number) string {
	for _, s := range list {
		if s.to == nil {
			if v == s.from {
				return s.status
			}
			continue
		}
		above := s.to.below(v) || !s.including && v == *s.to
		if v.below(s.from) || above {
			continue
		}
		status := s.status
		var last *number
		for i, at := range s.changes {
			if !v.below(at) && (last == nil || last.below(at)) {
				last, status = &s.changes[i], s.statusesOfChange[i]
			}
		}
		return status
	}
	return fallback
}

func (s statement) entry() Version {
	v := Version{Version: s.from.String(), Status: s.status, VersionType: "semver"}
	if s.to != nil && s.including {
		v.LessThanOrEqual = s.to.String()
	} else if s.to != nil {
		v.LessThan = s.to.String()
	}
	for i, at := range s.changes {
		v.Changes = append(v.Changes, Change{At: at.String(), Status: s.statusesOfChange[i]})
	}
	return v
}

// TestStatusAgainstPlainRule compares Status with the plain rule for random products and every
// version near them.
func TestStatusAgainstPlainRule(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	some := func() number { return number{r.IntN(4), r.IntN(12)} }
	word := func() string { return []string{StatusAffected, StatusUnaffected, StatusUnknown}[r.IntN(3)] }
	for range 3000 {
		list := make([]statement, r.IntN(5))
		a := Affected{DefaultStatus: word()}
		for i := range list {
			s := statement{from: some(), status: word()}
			if r.IntN(4) > 0 {
				to := some()
				s.to, s.including = &to, r.IntN(2) == 0
				for range r.IntN(4) {
					if at := some(); !slices.Contains(s.changes, at) {
						s.changes, s.statusesOfChange = append(s.changes, at), append(s.statusesOfChange, word())
					}
				}
			}
			list[i] = s
			a.Versions = append(a.Versions, s.entry())
		}
		for major := range 5 {
			for minor := range 13 {
				v := number{major, minor}
				if got, want := a.Status(v.String()), plain(list, a.DefaultStatus, v); got != want {
					t.Fatalf("Status(%s) = %s, want %s\n%+v", v, got, want, a)
				}
			}
		}
	}
}

// TestUnknownVersion: a version that is not known lies in no bounded range, also where the end is
// a stem with a star.
func TestUnknownVersion(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]Version{
		"bounded":          {Version: "1.0", LessThan: "2.0"},
		"from the start":   {Version: "0", LessThan: "2.0"},
		"stem":             {Version: "6.1.5", LessThanOrEqual: "6.1.*"},
		"stem from 0":      {Version: "0", LessThanOrEqual: "6.1.*"},
		"stem, no start":   {LessThanOrEqual: "6.1.*"},
		"single":           {Version: "1.0"},
		"unspecified stem": {Version: "unspecified", LessThan: "6.1.*"},
	} {
		v.Status, v.VersionType = StatusAffected, "semver"
		a := Affected{DefaultStatus: StatusUnaffected, Versions: []Version{v}}
		for _, text := range []string{"", " ", "\t"} {
			if got := a.Status(text); got != StatusUnaffected {
				t.Errorf("%s: Status(%q) = %s, want the default", name, text, got)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	ranged := Entry{Range: version.Range{Kind: "semver", Start: "1.0.0", End: "2.0.0", EndExcluded: true}, Status: "affected", Changes: []Change{{"1.5.0", "fixed by hand"}}}
	for _, tc := range []struct {
		entry  Entry
		v      string
		status string
		hit    bool
	}{
		{ranged, "1.4.9", "affected", true},
		{ranged, "1.5.0", "fixed by hand", true}, // as the source wrote it; Decide makes unknown of it
		{ranged, "2.0.0", "", false},
		{ranged, "0.9.0", "", false},
		{Entry{Range: version.Range{Exact: "3"}, Status: "affected", Changes: []Change{{"1", "unaffected"}}}, "3", "affected", true},
		{Entry{Status: "unaffected"}, "anything", "unaffected", true},
		{Entry{Range: version.Range{Kind: "git", Start: "aaa", End: "bbb.*"}, Status: "affected"}, "ccc", "", false},
	} {
		if status, hit := tc.entry.Match(tc.v); status != tc.status || hit != tc.hit {
			t.Errorf("Match(%q) of %s = %q, %v; want %q, %v", tc.v, tc.entry.Range, status, hit, tc.status, tc.hit)
		}
	}
}

// TestAppendEntries: what stood in the list before stays, and lists share no tail.
func TestAppendEntries(t *testing.T) {
	t.Parallel()
	first := Affected{Versions: []Version{{Version: "1", Status: "affected"}}}
	second := Affected{Versions: []Version{{Version: "2", LessThan: "3", LessThanOrEqual: "3", Status: "affected"}}}
	all := second.AppendEntries(first.AppendEntries(make([]Entry, 0, 8)))
	if len(all) != 3 || all[0].Exact != "1" || all[1].End != "3" || !all[1].EndExcluded || all[2].EndExcluded {
		t.Errorf("entries %+v", all)
	}
	own := first.Entries()
	own[0].Exact = "changed"
	if first.Versions[0].Version != "1" {
		t.Error("Entries() shares memory with the versions")
	}
}

// TestDecideIsFastWithManyChanges: the time is that of a sort, not of a square. 20,000 changes in
// 200 entries take some milliseconds; the floor is a second.
func TestDecideIsFastWithManyChanges(t *testing.T) {
	t.Parallel()
	e := Version{Version: "0", LessThan: "99999999", Status: StatusAffected, VersionType: "custom"}
	for i := range 20_000 {
		e.Changes = append(e.Changes, Change{strconv.Itoa(20_000 - i), []string{StatusAffected, StatusUnaffected}[i%2]})
	}
	a := Affected{Versions: []Version{e}}
	for v, want := range map[string]string{"1": StatusUnaffected, "2": StatusAffected, "19999": StatusUnaffected, "20000": StatusAffected, "30000": StatusAffected} {
		if got := a.Status(v); got != want {
			t.Errorf("Status(%s) = %s, want %s", v, got, want)
		}
	}
	if !strings.HasPrefix(a.Entries()[0].String(), "<") {
		t.Errorf("range %s, want one from the beginning", a.Entries()[0])
	}
}
