package decide_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/kengine/decide"
)

func starter(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile("data/starter.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := starter(t)
	cases := []struct{ name, old, new, want string }{
		{"unknown_key", "status: draft", "status: draft\ncolour: red", "colour"},
		{"format", "noroshi-model/1", "noroshi-model/2", "format"},
		{"no_key", "key: starter", `key: ""`, "key"},
		{"version", "version: 1", "version: 0", "version"},
		{"status", "status: draft", "status: perhaps", "perhaps"},
		{"id", "id: ssvc:E:1.1.0", "id: exploited", "exploited"},
		{"due", "due: 7d", "due: soon", "soon"},
		{"alias", "version: 1", "version: &v 1\norganisation: *v", "anchors"},
		{"leaf_and_question", "outcome: NOW", "outcome: NOW\n                  ask: ssvc:E:1.1.0", "either ask or outcome"},
		{"deep", "version: 1", "version: " + strings.Repeat("[", 2000), "nested"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := decide.Parse([]byte(strings.Replace(good, tc.old, tc.new, 1)))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Parse() = %v, want an error about %q", err, tc.want)
			}
		})
	}
	if _, err := decide.Parse(make([]byte, 5<<20)); err == nil {
		t.Error("a file of 5 MB was read")
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	const head = "format: noroshi-model/1\nkey: k\nversion: 1\nstatus: draft\nname: {en: k}\nfacts: []\ndecisions: []\n" +
		"nodes:\n  - outcome: ssvc:E:1.1.0\n    table:\n      inputs: [ssvc:A:2.0.0]\n      rows:\n"
	m, err := decide.Parse([]byte(head + "        - N -> T*\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]decide.Row{{When: []string{"N"}, Then: "T*"}}, m.Nodes[0].Table.Rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	for _, bad := range []string{"N T", "N ->", "N -> A B"} {
		if _, err := decide.Parse([]byte(head + "        - " + bad + "\n")); err == nil {
			t.Errorf("row %q was read", bad)
		}
	}
}

// TestYAMLRandom: random models survive the written form.
func TestYAMLRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		m := randomModel(seed, true)
		data, err := decide.Format(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decide.Parse(data)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if d := cmp.Diff(m, back); d != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, d)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]decide.Due{
		"none": {Kind: decide.DueNone}, "next upgrade": {Kind: decide.DueNextUpgrade},
		"3d": {Kind: decide.DueWithin, Hours: 72}, "5h": {Kind: decide.DueWithin, Hours: 5},
	} {
		got, err := decide.ParseDue(s)
		if err != nil || got != want || got.String() != s {
			t.Errorf("ParseDue(%q) = %v %v, written %q", s, got, err, got.String())
		}
	}
	for _, s := range []string{"0d", "-1h", "3", "d", "3w", "99999999999h", "3dh"} {
		if d, err := decide.ParseDue(s); err == nil {
			t.Errorf("ParseDue(%q) = %v", s, d)
		}
	}
}

// FuzzParse: no input makes the reader panic, and what it reads is written and
// read back unchanged and can be checked.
func FuzzParse(f *testing.F) {
	f.Add(starter(f))
	f.Add("format: noroshi-model/1\nkey: k\nversion: 1\nstatus: draft\n")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := decide.Parse([]byte(s))
		if err != nil {
			return
		}
		decide.Check(m)
		data, err := decide.Format(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decide.Parse(data); err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, data)
		}
	})
}
