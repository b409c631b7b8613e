package version

import "testing"

func TestCompare(t *testing.T) {
	t.Parallel()
	// Each row is one chain from oldest to newest; every pair of it is compared both ways.
	tests := []struct {
		name, kind string
		chain      []string
	}{
		{"semver precedence of section 11", "semver", []string{"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"}},
		{"semver core", "semver", []string{"0.9.9", "1.0.0", "1.2.0", "1.10.0", "2.0.0", "10.0.0"}},
		{"semver with big numbers", "semver", []string{"1.0.99999999999999999999", "1.0.100000000000000000000"}},
		{"semver tolerates other shapes", "SemVer", []string{"1.2", "1.2.0.1", "v1.2.1", "1.3rc1", "1.3"}},
		{"rpm segments", "rpm", []string{"1.0~rc1-1", "1.0", "1.0-1", "1.0-2", "1.0^git1-1", "1.0a-1", "1.0.1-1", "1:0.1-1"}},
		{"rpm digits are newer than letters", "rpm", []string{"5.a", "5.5", "5.16"}},
		{"deb", "deb", []string{"1.0~~", "1.0~", "1.0~rc1", "1.0", "1.0-1", "1.0-1ubuntu1", "1.0a-1", "1.0+b-1", "1.0.1-1", "1:0.1"}},
		{"generic dotted", "custom", []string{"0.9", "1", "1.0.1", "1.2", "1.10", "2", "2.0.0.1", "10"}},
		{"generic words before the release", "", []string{"1.0-dev", "1.0-alpha", "1.0-beta2", "1.0-M1x", "1.0.1"}},
		{"generic candidates", "maven", []string{"1.0-alpha-1", "1.0-beta-1", "1.0-milestone-1", "1.0-rc1", "1.0-SNAPSHOT", "1.0", "1.0-sp1", "1.0.1"}},
		{"generic letter releases", "custom", []string{"1.0.2", "1.0.2a", "1.0.2k", "1.0.2za", "1.0.3"}},
		{"generic epoch", "python", []string{"2.0", "10.0", "1!0.1"}},
		{"generic firmware", "custom", []string{"FW 1.02", "FW 1.10", "FW 1.10 Build 3", "FW 2.0"}},
		{"git falls back to text", "git", []string{"0a", "0b", "ff"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkChain(t, tt.kind, tt.chain)
		})
	}
}

func checkChain(t *testing.T, kind string, chain []string) {
	t.Helper()
	for i, a := range chain {
		for j, b := range chain {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := Compare(kind, a, b); got != want {
				t.Errorf("Compare(%q, %q, %q) = %d, want %d", kind, a, b, got, want)
			}
		}
	}
}

func TestCompareEqual(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, a, b string }{
		{"semver", "1.0.0+build1", "1.0.0+build2"},
		{"semver", "v1.2.0", "1.2"},
		{"custom", "1.0.0", "1"},
		{"custom", "1.0-rc", "1_RC"},
		{"custom", "01.002", "1.2"},
		{"custom", " 1.2 ", "1.2"},
		{"rpm", "1.01-1", "1.1-1"},
		{"deb", "1.0-0", "1.0"},
		{"", "", ""},
	} {
		if got := Compare(tt.kind, tt.a, tt.b); got != 0 {
			t.Errorf("Compare(%q, %q, %q) = %d, want 0", tt.kind, tt.a, tt.b, got)
		}
	}
}

func TestOrdered(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{"git": false, "GIT": false, "semver": true, "": true, "anything": true} {
		if got := Ordered(kind); got != want {
			t.Errorf("Ordered(%q) = %v, want %v", kind, got, want)
		}
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("1.0.0-rc.1", "1.0", "2~a")
	f.Add("1:2-3", "1.02a", "v1")
	f.Add("1.0.a", "1.a", "1.0.0.0b0")
	f.Add("日本1", "1-", "^~")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, kind := range []string{Semver, RPM, Deb, Git, Generic} {
			ab, ba := Compare(kind, a, b), Compare(kind, b, a)
			if ab != -ba {
				t.Fatalf("%s: Compare(%q, %q) = %d and backwards %d", kind, a, b, ab, ba)
			}
			bc, ac := Compare(kind, b, c), Compare(kind, a, c)
			if ab <= 0 && bc <= 0 && ac > 0 {
				t.Fatalf("%s: %q <= %q <= %q, but the first is after the last", kind, a, b, c)
			}
			if ab == 0 && bc == 0 && ac != 0 {
				t.Fatalf("%s: %q, %q, %q are not transitively equal", kind, a, b, c)
			}
		}
	})
}
