package decide_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// TestTextsSurvive: texts of any characters survive a model file wherever a
// person may write them. YAML's own writer loses tabs and carriage returns and
// writes "? x" in a form that cannot be read.
func TestTextsSurvive(t *testing.T) {
	t.Parallel()
	texts := []string{
		"tab\there", "\ttab", "? x", "?", "a\r\nb", "a\rb", "\n", "\n\n", "a: b", "# c", "a #b", " lead", "trail ", "two\nlines", "two\nlines\n", "\nlead", "a\n\n b", "- x", "! x", "&a", "*a",
		"%a", "@a", "`a", `'q'`, `"q"`, "null", "~", "true", "yes", "NO", "1", "0x1", "1e3", ".5", "2020-01-01", "|", "|-", ">", "\u0085", "\u2028", "日本語：テスト", "{a: b}", "[a]", "a: ", "---", "...",
		`\n`, `\`, "\x00", "\x07", "\u00a0", "\ufeff", "🦊", "=", "<<", "a\n# b", "  a\n b", "a \n b", "it's", `say "x": y #z`, "\x7f", "-", "-1", ":", "a\n\tb", "<b>&amp;", "y", "N", "0o7", "1_000", ".inf", "key: |",
	}
	r := rand.New(rand.NewPCG(61, 62))
	alphabet := []rune("ab ?:#-\n\t\r\"'\\|>&*!%@`{}[],~é日\u2028\x01")
	for range 150 {
		text := make([]rune, r.IntN(12))
		for i := range text {
			text[i] = alphabet[r.IntN(len(alphabet))]
		}
		texts = append(texts, string(text))
	}
	for _, s := range texts {
		m := tableOf(1, 2, 2, odd)
		words := decide.Text{JA: s, EN: s}
		m.Organisation, m.Name, m.Description = s, words, decide.Text{EN: s}
		m.Facts[0].Name, m.Facts[0].Question, m.Facts[0].Values[1].Definition = words, decide.Text{JA: s}, words
		m.Facts[0].Default = &decide.Default{Values: []string{"V1"}, Why: words}
		m.Nodes[0].Source = s
		m.Decisions[0].Role = words
		m.Decisions[0].Actions = []decide.Action{{Outcome: "V1", Do: words, Due: decide.Due{Kind: decide.DueWithin, Hours: 72}, Mark: decide.Now}}
		out, err := decide.Format(m)
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		back, err := decide.Parse(out)
		if err != nil {
			t.Errorf("%q cannot be read back: %v", s, err)
			continue
		}
		if d := cmp.Diff(m, back); d != "" {
			t.Errorf("%q (-want +got):\n%.600s", s, d)
		}
		if again, err := decide.Format(back); err != nil || string(again) != string(out) {
			t.Errorf("%q: the second writing differs, %v", s, err)
		}
	}
}

// TestKeysSurvive: value keys that look like other kinds of YAML values stay texts.
func TestKeysSurvive(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"Y", "N", "yes", "no", "on", "null", "NULL", "true", "1", "01", "0x1", "1e3", "0o7", "1_000", "NaN", "T*"} {
		m := tableOf(1, 2, 2, odd)
		m.Facts[0].Values[0].Key = key
		m.Facts[0].Default = &decide.Default{Values: []string{key}}
		m.Nodes[0].Table.Rows[0].When[0] = key
		m.Nodes[0] = decide.Node{Outcome: m.Nodes[0].Outcome, Tree: &decide.Branch{Ask: m.Facts[0].ID, Answers: []decide.Answer{
			{Values: []string{key}, Then: decide.Branch{Outcome: "V0"}}, {Then: decide.Branch{Outcome: "V1"}},
		}}}
		out, err := decide.Format(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decide.Parse(out)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if d := cmp.Diff(m, back); d != "" {
			t.Errorf("%s (-want +got):\n%s", key, d)
		}
	}
}

// TestOneModelPerFile: what stands behind a second document mark is refused, not
// left out in silence.
func TestOneModelPerFile(t *testing.T) {
	t.Parallel()
	one := starter(t)
	for name, tc := range map[string]struct{ text, want string }{
		"second":         {one + "\n---\n" + one, "a second document follows"},
		"second, broken": {one + "\n---\n: [", "model file"},
		"key twice":      {one + "\nkey: again\n", "already defined"},
		"too large":      {one + strings.Repeat("# comment\n", 420_000), "larger than 4194304"},
		"anchor":         {"format: &a noroshi-model/1\n", "line 1: anchors, aliases and tags"},
		"alias":          {"format: noroshi-model/1\nkey: *a\n", "line 2: anchors, aliases and tags"},
		"tag":            {"format: !!str noroshi-model/1\n", "line 1: anchors, aliases and tags"},
		"deep flow":      {"format: " + strings.Repeat("[", 400), "line 1: nested deeper than 272"},
		"deep dashes":    {strings.Repeat("- ", 400) + "x\n", "nested deeper than"},
	} {
		if _, err := decide.Parse([]byte(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %.200v, want an error about %q", name, err, tc.want)
		}
	}
	if _, err := decide.Parse([]byte("---\n" + one)); err != nil {
		t.Errorf("a mark before the only document: %v", err)
	}
}

// TestDueLimits: due rules read and written, at their limits and beyond.
func TestDueLimits(t *testing.T) {
	t.Parallel()
	for text, hours := range map[string]int{"1h": 1, "24h": 24, "1d": 24, "36600d": 878_400, "878400h": 878_400, "0072h": 72} {
		d, err := decide.ParseDue(text)
		if err != nil || d.Hours != hours || d.Kind != decide.DueWithin {
			t.Errorf("ParseDue(%s) = %+v, %v; want %d hours", text, d, err, hours)
			continue
		}
		if again, err := decide.ParseDue(d.String()); err != nil || again != d {
			t.Errorf("%s is written %s and read as %+v, %v", text, d, again, err)
		}
	}
	for _, text := range []string{"36601d", "878401h", "0h", "-3d", "3.5d", "h", "3 d", "１d", "9223372036854775807d", "None", "next  upgrade", " 3d"} {
		if d, err := decide.ParseDue(text); err == nil || !strings.Contains(err.Error(), "write none, next upgrade, hours like 72h") {
			t.Errorf("ParseDue(%q) = %+v, %v; want an error with the forms", text, d, err)
		}
	}
	if d, err := decide.ParseDue(""); err != nil || d.Kind != decide.DueNone {
		t.Errorf("no rule is %+v, %v; want none", d, err)
	}
}

// TestSetAgainstMap holds Set against a plain map of positions.
func TestSetAgainstMap(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(63, 64))
	for range 3000 {
		in := map[int]bool{}
		var at []int
		for range r.IntN(9) {
			p := r.IntN(decide.MaxValues)
			in[p] = true
			at = append(at, p)
		}
		s := decide.Of(at...)
		var want []int
		for p := range decide.MaxValues {
			if s.Has(p) != in[p] {
				t.Fatalf("%v has %d: %v", at, p, s.Has(p))
			}
			if in[p] {
				want = append(want, p)
			}
		}
		lowest, highest := -1, -1
		if len(want) > 0 {
			lowest, highest = want[0], want[len(want)-1]
		}
		p, single := s.Single()
		if s.Len() != len(want) || s.Lowest() != lowest || s.Highest() != highest || single != (len(want) == 1) || single && p != lowest || !slices.Equal(s.Positions(), want) {
			t.Fatalf("%v: length %d, lowest %d, highest %d, single %d %v, positions %v", at, s.Len(), s.Lowest(), s.Highest(), p, single, s.Positions())
		}
		if text := strings.Trim(fmt.Sprint(want), "[]"); s.String() != "{"+text+"}" {
			t.Fatalf("%v is written %s", want, s)
		}
	}
	for n, want := range map[int]int{0: 0, 1: 1, 63: 63, 64: 64, 65: 64} {
		if got := decide.Full(n).Len(); got != want {
			t.Errorf("Full(%d) has %d values, want %d", n, got, want)
		}
	}
	if decide.Of(3).Has(64) || decide.Of(3).Has(255) {
		t.Error("a position beyond the last is in a set")
	}
}

// TestFactKeys: keys and sets are two forms of one thing, and what is not a
// value is refused or left out.
func TestFactKeys(t *testing.T) {
	t.Parallel()
	f := newFact("F", 5)
	for s := range decide.Full(5) + 1 {
		back, ok := f.Set(f.Keys(s)...)
		if !ok || back != s {
			t.Errorf("%s became %v, %s, %v", s, f.Keys(s), back, ok)
		}
	}
	if s, ok := f.Set("V1", "nothing"); ok || s != 0 {
		t.Errorf("an unknown key gives %s, %v", s, ok)
	}
	if got := f.Keys(decide.Of(1, 40)); !slices.Equal(got, []string{"V1"}) {
		t.Errorf("keys beyond the values: %v", got)
	}
	if got := f.Words(decide.Of(0, 2, 40), "en"); got != "value 0 or value 2" {
		t.Errorf("words: %q", got)
	}
	if got := f.Assumed(); got != f.All() {
		t.Errorf("without a default %s is assumed, want all", got)
	}
	f.Default = &decide.Default{Values: []string{"V3", "V4"}}
	if got := f.Assumed(); got != decide.Of(3, 4) {
		t.Errorf("assumed %s, want {3 4}", got)
	}
	f.Default.Values = []string{"gone"}
	if got := f.Assumed(); got != f.All() {
		t.Errorf("a default that names no value: %s assumed, want all", got)
	}
}

// TestInputsOfNode: a tree reads what it asks, in the order of first asking; a
// node without table and tree reads nothing.
func TestInputsOfNode(t *testing.T) {
	t.Parallel()
	tree := decide.Branch{Ask: id("B"), Answers: []decide.Answer{
		{Values: []string{"V0"}, Then: deepTree([]ssvc.ID{id("A"), id("B")}, 4)}, {Then: decide.Branch{Ask: id("C")}},
	}}
	for name, tc := range map[string]struct {
		node decide.Node
		want []ssvc.ID
	}{
		"tree":    {decide.Node{Tree: &tree}, []ssvc.ID{id("B"), id("A"), id("C")}},
		"table":   {decide.Node{Table: &decide.Table{Inputs: []ssvc.ID{id("X"), id("Y")}}}, []ssvc.ID{id("X"), id("Y")}},
		"leaf":    {decide.Node{Tree: &decide.Branch{Outcome: "V0"}}, nil},
		"nothing": {decide.Node{}, nil},
	} {
		if got := tc.node.Inputs(); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
