package version

import (
	"errors"
	"strings"
	"testing"
)

func TestParseVers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"vers:all/*":                                  "*",
		"vers:npm/1.2.3|>=2.0.0|<5.0.0":               "=1.2.3 >=2.0.0|<5.0.0",
		"vers:semver/<1.0.6":                          "<1.0.6",
		"vers:semver/>=2.1.0|<=2.1.3|>=3.0.0|<3.1":    ">=2.1.0|<=2.1.3 >=3.0.0|<3.1",
		"VERS:PyPI/ <2.0 | >=1.0 ":                    ">=1.0|<2.0",
		"vers:deb/>1.0":                               ">1.0",
		">=1.0|<2.0":                                  ">=1.0|<2.0",
		"vers:generic/1%2B2":                          "=1+2",
		"vers:npm/!=1.5.0":                            "<1.5.0 >1.5.0",
		"vers:npm/>=1.0.0|!=1.5.0|<2.0.0":             ">=1.0.0|<1.5.0 >1.5.0|<2.0.0",
		"vers:npm/>=1.0.0|!=3.0.0|<2.0.0":             ">=1.0.0|<2.0.0",
		"vers:npm/1.0.0|2.0.0|3.0.0":                  "=1.0.0 =2.0.0 =3.0.0",
		"vers:npm/>=1.0.0|>=1.1.0|<2.0.0|<=2.1.0":     ">=1.0.0|<=2.1.0",
		"vers:npm/<1.0.0|>=2.0.0":                     "<1.0.0 >=2.0.0",
		"vers:npm/>=1.0.0|1.5.0|<2.0.0":               ">=1.0.0|<2.0.0",
		"vers:intdot/>=10.10.1|<10.10.9|>=10.2|<10.3": ">=10.2|<10.3 >=10.10.1|<10.10.9",
	} {
		list, err := ParseVers(in)
		var texts []string
		for _, r := range list {
			texts = append(texts, r.String())
		}
		if got := strings.Join(texts, " "); err != nil || got != want {
			t.Errorf("ParseVers(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestParseVersRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "vers:", "vers:npm", "vers:/1", "vers:npm/", "vers:npm/>=", "vers:npm/*|1", "vers:npm/>*", "vers:npm/1|1.0", "vers:npm/>=1|!=1", "vers:npm/=>1", "vers:npm/1||2", "vers:npm/%zz", strings.Repeat("1|", maxConstraints+1)} {
		if got, err := ParseVers(in); !errors.Is(err, ErrVers) {
			t.Errorf("ParseVers(%.40q) = %v, %v, want ErrVers", in, got, err)
		}
	}
}

// Membership in the ranges must agree with the constraints read one by one.
func TestParseVersMembership(t *testing.T) {
	t.Parallel()
	list, err := ParseVers("vers:semver/>=1.0.0|!=1.5.0|<2.0.0|2.5.0|>3.0.0")
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[string]bool{"0.9.0": false, "1.0.0": true, "1.4.9": true, "1.5.0": false, "1.5.1": true, "2.0.0": false, "2.5.0": true, "2.5.1": false, "3.0.0": false, "3.0.1": true, "99.0.0": true} {
		got := false
		for _, r := range list {
			got = got || r.Contains(v)
		}
		if got != want {
			t.Errorf("%s in %v = %v, want %v", v, list, got, want)
		}
	}
}

func FuzzParseVers(f *testing.F) {
	f.Add("vers:npm/>=1.0.0|!=1.5.0|<2.0.0|3.0.0", "1.5.0")
	f.Add("<=2|>3", "0")
	f.Fuzz(func(t *testing.T, s, v string) {
		list, err := ParseVers(s)
		if err != nil {
			return
		}
		for _, r := range list {
			if r.void() {
				t.Fatalf("%q gives the empty range %v", s, r)
			}
			r.Contains(v)
		}
	})
}
