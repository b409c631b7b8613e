package ssvc_test

import (
	"slices"
	"strings"
	"testing"

	"noroshi.dev/format/ssvc"
)

func TestParseID(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"ssvc:E:1.1.0", "cisa:DT_CO:2.0.3", "x_com.yahooinc#prioritized-risk-remediation:K:1.0.0", "nist#800-30:TL:1.0.0",
		"x_example.test#test//.example.test#private-extension:K:1.0.0", "ssvc/de-DE/.example.organization#reference-arch-1:E:1.0.0",
		"ssvc:T*:1.0.0-rc.1+build",
	} {
		id, err := ssvc.ParseID(good)
		if err != nil || id.String() != good {
			t.Errorf("ParseID(%q) = %v, %v", good, id, err)
		}
	}
	for _, bad := range []string{
		"", "E", "ss:E:1.0.0", "x_example.test:E:1.0.0", "SSVC:E:1.0.0", "ssvc:E-:1.0.0", "ssvc:_E:1.0.0", "ssvc:E:1.0", "ssvc:E:01.0.0",
		"ssvc:E:1.0.0:x", "ssvc:**:1.0.0", "ssvc..x:E:1.0.0", strings.Repeat("a", 1001) + ":E:1.0.0", "ssvc:E:" + strings.Repeat("1", 300) + ".0.0",
	} {
		if id, err := ssvc.ParseID(bad); err == nil {
			t.Errorf("ParseID(%q) = %v, want an error", bad, id)
		}
	}
	if id, err := ssvc.ParseID("ssvc:E"); err != nil || id.Version != ssvc.DefaultVersion {
		t.Errorf("without version: %v, %v; want the schema's default", id, err)
	}
}

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	got := []string{"2.0.0", "1.10.0", "1.2.0", "1.2.0-rc.1", "0.9.9", "10.0.0"}
	slices.SortFunc(got, ssvc.CompareVersions)
	want := []string{"0.9.9", "1.2.0-rc.1", "1.2.0", "1.10.0", "2.0.0", "10.0.0"}
	if !slices.Equal(got, want) {
		t.Errorf("sorted %v, want %v", got, want)
	}
}

// FuzzParseID: what is read is written back the same.
func FuzzParseID(f *testing.F) {
	f.Add("ssvc:E:1.1.0")
	f.Add("x_a.b#c/de-DE/.x.y$ja:T*:0.0.1-a+b")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ssvc.ParseID(s)
		if err != nil {
			return
		}
		again, err := ssvc.ParseID(id.String())
		if err != nil || again != id {
			t.Errorf("%q became %v and then %v, %v", s, id, again, err)
		}
	})
}
