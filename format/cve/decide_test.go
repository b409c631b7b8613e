package cve

import (
	"slices"
	"testing"
)

// statusCase is a product with the status that each version must have.
type statusCase struct {
	name     string
	affected Affected
	want     map[string]string
}

func semver(from, below, status string, changes ...Change) Version {
	return Version{Version: from, LessThan: below, Status: status, VersionType: "semver", Changes: changes}
}

func TestStatusOfRanges(t *testing.T) {
	t.Parallel()
	checkStatus(t, []statusCase{
		{
			"nothing said",
			Affected{},
			map[string]string{"1.0": "unknown", "": "unknown"},
		},
		{
			"default only",
			Affected{DefaultStatus: "affected"},
			map[string]string{"1.0": "affected", "": "affected"},
		},
		{
			"single versions",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Version: "1.0", Status: "affected"}, {Version: "1.1", Status: "unknown"}}},
			map[string]string{"1.0": "affected", " 1.0 ": "affected", "1.1": "unknown", "1.0.1": "unaffected"},
		},
		{
			"semver range without its end",
			Affected{DefaultStatus: "unaffected", Versions: []Version{semver("1.2.0", "1.10.0", "affected")}},
			map[string]string{"1.1.9": "unaffected", "1.2.0": "affected", "1.2.0-rc.1": "unaffected", "1.9.99": "affected", "1.10.0-rc.1": "affected", "1.10.0": "unaffected", "1.100.0": "unaffected"},
		},
		{
			"range with its end",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Version: "1.0", LessThanOrEqual: "1.5", Status: "affected", VersionType: "custom"}}},
			map[string]string{"0.9": "unaffected", "1.0": "affected", "1.5": "affected", "1.5.1": "unaffected"},
		},
		{
			"zero is the beginning",
			Affected{Versions: []Version{semver("0", "2.0.0", "affected")}},
			map[string]string{"0.0.1": "affected", "0.0.0-alpha": "affected", "1.9.9": "affected", "2.0.0": "unknown"},
		},
		{
			"star is no end",
			Affected{DefaultStatus: "unaffected", Versions: []Version{semver("3.0.0", "*", "affected")}},
			map[string]string{"2.9.9": "unaffected", "3.0.0": "affected", "99.0.0": "affected"},
		},
		{
			"star after a stem ends with it",
			Affected{DefaultStatus: "affected", Versions: []Version{{Version: "6.1.5", LessThanOrEqual: "6.1.*", Status: "unaffected", VersionType: "semver"}}},
			map[string]string{"6.1.4": "affected", "6.1.5": "unaffected", "6.1.200": "unaffected", "6.2.0": "affected", "6.10.0": "affected"},
		},
		{
			"unspecified is the beginning",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Version: "unspecified", LessThan: "4.2", Status: "affected", VersionType: "custom"}}},
			map[string]string{"1.0": "affected", "4.2": "unaffected"},
		},
	})
}

func TestStatusOfEntries(t *testing.T) {
	t.Parallel()
	checkStatus(t, []statusCase{
		{
			"changes in any order, the last one at or before counts",
			Affected{DefaultStatus: "unknown", Versions: []Version{semver("1.0.0", "3.0.0", "affected", Change{"2.5.0", "affected"}, Change{"1.4.2", "unaffected"}, Change{"2.0.0", "affected"}, Change{"2.2.0", "unaffected"})}},
			map[string]string{"1.4.1": "affected", "1.4.2": "unaffected", "1.99.0": "unaffected", "2.0.0": "affected", "2.2.1": "unaffected", "2.9.0": "affected", "3.0.0": "unknown"},
		},
		{
			"the first entry wins",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Version: "1.5.0", Status: "unaffected"}, semver("1.0.0", "2.0.0", "affected"), semver("1.7.0", "3.0.0", "unaffected")}},
			map[string]string{"1.5.0": "unaffected", "1.6.0": "affected", "1.8.0": "affected", "2.5.0": "unaffected"},
		},
		{
			"both bounds",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Version: "1.0", LessThan: "1.2", LessThanOrEqual: "1.4", Status: "affected"}}},
			map[string]string{"1.1": "affected", "1.4": "affected", "1.5": "unaffected"},
		},
		{
			"rpm",
			Affected{DefaultStatus: "affected", Versions: []Version{{Version: "0:1.2.3-4.el8", LessThan: "*", Status: "unaffected", VersionType: "rpm"}}},
			map[string]string{"0:1.2.3-3.el8": "affected", "0:1.2.3-4.el8": "unaffected", "0:1.10.0-1.el8": "unaffected", "1:1.0-1": "unaffected"},
		},
		{
			"commits have no order: the bounds that belong to it decide, the rest is unknown",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Version: "aaa111", LessThan: "bbb222", Status: "affected", VersionType: "git"}}},
			map[string]string{"aaa111": "affected", "ccc333": "unknown", "bbb222": "unknown"},
		},
		{
			"a single commit",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Version: "aaa111", Status: "affected", VersionType: "git"}}},
			map[string]string{"aaa111": "affected", "aaa112": "unaffected"},
		},
		{
			"commit of the fix",
			Affected{DefaultStatus: "affected", Versions: []Version{{Version: "aaa111", LessThanOrEqual: "*", Status: "unaffected", VersionType: "original_commit_for_fix"}}},
			map[string]string{"aaa111": "unaffected", "1.0": "unknown"},
		},
		{
			"no version, no entry",
			Affected{DefaultStatus: "unaffected", Versions: []Version{{Status: "affected"}}},
			map[string]string{"1.0": "unaffected", "": "unaffected"},
		},
		{
			"a status that nobody knows",
			Affected{DefaultStatus: "maybe", Versions: []Version{{Version: "1.0", Status: "perhaps"}}},
			map[string]string{"1.0": "unknown", "2.0": "unknown"},
		},
	})
}

func checkStatus(t *testing.T, tests []statusCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(tt.affected.Versions)
			for v, want := range tt.want {
				if got := tt.affected.Status(v); got != want {
					t.Errorf("Status(%q) = %s, want %s", v, got, want)
				}
			}
			for i := range before {
				if !slices.Equal(before[i].Changes, tt.affected.Versions[i].Changes) {
					t.Errorf("changes were sorted in place: %v", tt.affected.Versions[i].Changes)
				}
			}
		})
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	a := Affected{Versions: []Version{
		{Version: "1", Status: "affected"},
		{Version: "2", LessThan: "3", LessThanOrEqual: "4", Status: "affected"},
		{Status: "affected"},
	}}
	var got []string
	for _, e := range a.Entries() {
		got = append(got, e.String()+" "+e.Status)
	}
	want := []string{"=1 affected", ">=2|<3 affected", ">=2|<=4 affected"}
	if !slices.Equal(got, want) {
		t.Errorf("Entries() = %q, want %q", got, want)
	}
	if got := (&Affected{}).Entries(); got != nil {
		t.Errorf("Entries() of nothing = %v", got)
	}
}

func FuzzDecide(f *testing.F) {
	f.Add("1.0", "2.0", "semver", "1.5", "1.2")
	f.Add("0", "*", "custom", "x", "y")
	f.Add("6.1", "6.1.*", "", "6.1.7", "6.1.2")
	f.Add("a", "b", "git", "c", "d")
	f.Fuzz(func(t *testing.T, from, below, kind, v, at string) {
		a := Affected{DefaultStatus: StatusUnaffected, Versions: []Version{{Version: from, LessThan: below, VersionType: kind, Status: StatusAffected, Changes: []Change{{at, StatusUnaffected}}}}}
		switch got := a.Status(v); got {
		case StatusAffected, StatusUnaffected, StatusUnknown:
		default:
			t.Fatalf("Status(%q) = %q", v, got)
		}
	})
}
