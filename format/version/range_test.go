package version

import "testing"

func TestRangeContains(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		r       Range
		in, out []string
	}{
		{"everything", Range{}, []string{"1", "0", ""}, nil},
		{"exact", Range{Exact: "1.2"}, []string{"1.2", "1.2.0"}, []string{"1.2.1", ""}},
		{"start included, end excluded", Range{Kind: Semver, Start: "1.0.0", End: "2.0.0", EndExcluded: true}, []string{"1.0.0", "1.9.9", "2.0.0-rc.1"}, []string{"0.9.0", "2.0.0", ""}},
		{"start excluded, end included", Range{Start: "1", StartExcluded: true, End: "2"}, []string{"1.0.1", "2"}, []string{"1", "2.0.1"}},
		{"zero is the beginning", Range{Start: "0", End: "3", EndExcluded: true}, []string{"0.0.1-alpha", "2.99"}, []string{"3"}},
		{"star is without end", Range{Start: "3", End: "*"}, []string{"3", "99"}, []string{"2"}},
		{"commits have no order", Range{Kind: Git, Start: "aa", End: "ff", EndExcluded: true}, []string{"aa"}, []string{"bb", "ff"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, v := range tt.in {
				if !tt.r.Contains(v) {
					t.Errorf("%v.Contains(%q) = false, want true", tt.r, v)
				}
			}
			for _, v := range tt.out {
				if tt.r.Contains(v) {
					t.Errorf("%v.Contains(%q) = true, want false", tt.r, v)
				}
			}
		})
	}
}

func TestRangeString(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Range{
		"*":          {},
		"=1.2":       {Exact: "1.2"},
		">=1.0|<2.0": {Start: "1.0", End: "2.0", EndExcluded: true},
		">1.0":       {Start: "1.0", StartExcluded: true, End: "*"},
		"<=2.0":      {Start: "0", End: "2.0"},
	} {
		if got := r.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}
