package ssvc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
)

func mapper(tb testing.TB) *ssvc.OptionMapper {
	tb.Helper()
	m, err := ssvc.NewOptionMapper(builtin(tb), mustID(tb, "ssvc:E:1.1.0"), mustID(tb, "ssvc:A:2.0.0"), mustID(tb, "ssvc:TI:1.0.0"),
		mustID(tb, "ssvc:MWI:1.0.0"), mustID(tb, "ssvc:SI:2.0.1"))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestOptionMapper(t *testing.T) {
	t.Parallel()
	m := mapper(t)
	for _, tc := range []struct {
		name, value string
		id          string
		at          int
		reason      string
	}{
		{"Exploitation", "none", "ssvc:E:1.1.0", 0, ""},
		{"Exploitation", "PoC", "ssvc:E:1.1.0", 1, ""},
		{"exploitation", "public poc", "ssvc:E:1.1.0", 1, ""},
		{"Exploitation", "Active", "ssvc:E:1.1.0", 2, ""},
		{"Technical Impact", "Total", "ssvc:TI:1.0.0", 1, ""},
		{"Mission & Well-being", "medium", "ssvc:MWI:1.0.0", 1, ""},
		{"Automatable", "SLOW", "ssvc:A:2.0.0", -1, "value"},
		{"Automatable", "RAPID", "ssvc:A:2.0.0", -1, "value"},
		{"Virulence", "rapid", "::", -1, "name"},
		{"Safety Impact", "Major", "ssvc:SI:2.0.1", -1, "value"}, // of version 1, which has other steps
		{"Safety Impact", "critical", "ssvc:SI:2.0.1", 2, ""},
	} {
		id, at, reason := m.Map(tc.name, tc.value)
		if id.String() != tc.id || at != tc.at || reason != tc.reason {
			t.Errorf("Map(%q, %q) = %v, %d, %q; want %s, %d, %q", tc.name, tc.value, id, at, reason, tc.id, tc.at, tc.reason)
		}
	}
	if _, err := ssvc.NewOptionMapper(builtin(t), mustID(t, "ssvc:E:9.9.9")); err == nil {
		t.Error("an unknown version was pinned")
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	o, err := ssvc.ParseOptions([]byte(`{"id": "CVE-2099-1", "role": "CISA Coordinator", "version": "2.0.3", "timestamp": "2024-01-01T00:00:00.000000Z",
	 "options": [{"Exploitation": ["none", "PoC"]}, {"Automatable": "No"}, {"Technical Impact": "huge"}, {"Severity": "9"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	sels, unmapped := mapper(t).Selections(o, builtin(t))
	if len(sels) != 2 || len(sels[0].Values) != 2 || sels[1].Values[0].Key != "N" {
		t.Errorf("selections %+v", sels)
	}
	want := []ssvc.Unmapped{{Name: "Technical Impact", Value: "huge", Reason: "value"}, {Name: "Severity", Value: "9", Reason: "name"}}
	if d := cmp.Diff(want, unmapped); d != "" {
		t.Errorf("unmapped (-want +got):\n%s", d)
	}
	for _, bad := range []string{`{"options": [{}]}`, `{"options": [{"A": "x", "B": "y"}]}`, `{"options": [{"A": 1}]}`, `{"options": [{"A": []}]}`, `[]`} {
		if _, err := ssvc.ParseOptions([]byte(bad)); err == nil {
			t.Errorf("ParseOptions(%s) was read", bad)
		}
	}
}

// FuzzParseOptions: no input makes the reader panic, and everything is either
// mapped or listed.
func FuzzParseOptions(f *testing.F) {
	f.Add([]byte(`{"options": [{"Exploitation": "none"}, {"Automatable": ["Yes", "SLOW"]}]}`))
	m, reg := mapper(f), builtin(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ssvc.ParseOptions(data)
		if err != nil {
			return
		}
		values, found := 0, 0
		for _, opt := range o.Options {
			values += len(opt.Values)
		}
		sels, unmapped := m.Selections(o, reg)
		for _, s := range sels {
			found += len(s.Values)
		}
		if found+len(unmapped) != values {
			t.Errorf("%d mapped and %d listed of %d", found, len(unmapped), values)
		}
	})
}
