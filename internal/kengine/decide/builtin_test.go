package decide_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

var update = flag.Bool("update", false, "write golden files anew")

func registry(tb testing.TB) *ssvc.Registry {
	tb.Helper()
	reg, err := ssvc.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	return reg
}

func builtins(tb testing.TB) []decide.Model {
	tb.Helper()
	models, err := decide.Builtins(registry(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return models
}

func compiled(tb testing.TB, key string) *decide.Compiled {
	tb.Helper()
	m, err := decide.Builtin(registry(tb), key)
	if err != nil {
		tb.Fatal(err)
	}
	return compile(tb, m)
}

func compile(tb testing.TB, m decide.Model) *decide.Compiled {
	tb.Helper()
	c, err := decide.Compile(m)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestBuiltins checks that every built-in model is ready to be activated and
// has nothing to be warned of except what the published tables themselves have.
func TestBuiltins(t *testing.T) {
	t.Parallel()
	want := []string{
		"starter", "cisa-coordinator", "cisa-bod-26-04", "supplier", "deployer", "coordinator-triage", "coordinator-publish",
	}
	var got []string
	for _, m := range builtins(t) {
		got = append(got, m.Key)
		findings := decide.Check(m)
		if len(findings) > 0 {
			t.Errorf("%s: %v", m.Key, findings)
		}
		for _, f := range m.Facts {
			if m.Node(f.ID) < 0 && !f.Derived && (f.Question.JA == "" || f.Question.EN == "") {
				t.Errorf("%s: %s is asked without a question", m.Key, f.ID)
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("keys (-want +got):\n%s", d)
	}
}

// TestYAML checks that every built-in model survives the YAML form and that the
// bytes do not change.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, m := range builtins(t) {
		first, err := decide.Format(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decide.Parse(first)
		if err != nil {
			t.Fatalf("%s: %v\n%s", m.Key, err, first)
		}
		if d := cmp.Diff(m, back); d != "" {
			t.Errorf("%s (-want +got):\n%s", m.Key, d)
		}
		second, err := decide.Format(back)
		if err != nil {
			t.Fatal(err)
		}
		if string(first) != string(second) {
			t.Errorf("%s: the second writing differs", m.Key)
		}
	}
}

// TestYAMLGolden pins the written form: the starter model is its own golden
// file.
func TestYAMLGolden(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("data/starter.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := decide.Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decide.Format(m)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("data/starter.yaml", got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("data/starter.yaml (-want +got):\n%s", d)
	}
}
