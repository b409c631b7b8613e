package decide_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

func TestText(t *testing.T) {
	t.Parallel()
	both, only := decide.Text{JA: "狼煙", EN: "beacon"}, decide.Text{EN: "beacon"}
	if both.In("ja") != "狼煙" || both.In("en") != "beacon" || only.In("ja") != "beacon" || (decide.Text{JA: "狼煙"}).In("en") != "狼煙" {
		t.Error("a text falls back to the other language")
	}
}

func TestFact(t *testing.T) {
	t.Parallel()
	f := newFact("A", 3)
	if s, ok := f.Set("V0", "V2"); !ok || s != decide.Of(0, 2) || !cmp.Equal(f.Keys(s), []string{"V0", "V2"}) {
		t.Errorf("Set() = %v, %v, keys %v", s, ok, f.Keys(s))
	}
	if _, ok := f.Set("V0", "V9"); ok {
		t.Error("an unknown key has a set")
	}
	if f.Assumed() != f.All() {
		t.Error("without default everything is possible")
	}
	f.Default = &decide.Default{Values: []string{"V1"}}
	if f.Assumed() != decide.Of(1) {
		t.Errorf("Assumed() = %v", f.Assumed())
	}
	if got := f.Words(decide.Of(0, 2), "ja"); got != "値0または値2" {
		t.Errorf("Words() = %s", got)
	}
	if got := f.Words(decide.Of(0, 2), "en"); got != "value 0 or value 2" {
		t.Errorf("Words() = %s", got)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	order := []decide.Mark{decide.None, decide.Plan, decide.Soon, decide.Now}
	for i, m := range order {
		if m.Rank() != i {
			t.Errorf("%s ranks %d, want %d", m, m.Rank(), i)
		}
	}
}

// TestMarksRise: in every built-in model a higher outcome never has a lower
// mark or a later due time.
func TestMarksRise(t *testing.T) {
	t.Parallel()
	hours := func(d decide.Due) int {
		switch d.Kind {
		case decide.DueWithin:
			return d.Hours
		case decide.DueNextUpgrade:
			return 1 << 20
		default:
			return 1 << 21
		}
	}
	for _, m := range builtins(t) {
		for _, d := range m.Decisions {
			f := m.Facts[m.Fact(d.Outcome)]
			for i := 1; i < len(f.Values); i++ {
				low, _ := d.Action(f.Values[i-1].Key)
				high, ok := d.Action(f.Values[i].Key)
				late := hours(high.Due) > hours(low.Due) && m.Key != "coordinator-triage" // declining is answered sooner than tracking
				if !ok || high.Mark.Rank() < low.Mark.Rank() || late {
					t.Errorf("%s %s: %s after %s", m.Key, d.Key, f.Values[i].Key, f.Values[i-1].Key)
				}
			}
		}
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	facts, err := decide.Catalogue(registry(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range facts {
		if i > 0 && facts[i-1].ID.Compare(f.ID) >= 0 {
			t.Errorf("%s is out of order", f.ID)
		}
		if f.Name.JA == "" || f.Definition.JA == "" || f.Definition.EN == "" {
			t.Errorf("%s lacks words", f.ID)
		}
		for _, v := range f.Values {
			if v.Name.JA == "" || v.Name.EN == "" {
				t.Errorf("%s %s lacks a name", f.ID, v.Key)
			}
		}
		if f.Default != nil && (f.Default.Why.JA == "" || f.Default.Why.EN == "" || f.Assumed() == f.All()) {
			t.Errorf("%s has a default without justification", f.ID)
		}
	}
	kev := parseID(t, "cisa:KEV:1.0.0")
	for _, f := range facts {
		if f.Derived != (f.ID == kev) {
			t.Errorf("%s: derived %v", f.ID, f.Derived)
		}
	}
}

// TestFindingTexts: every finding reads in both languages with all of its
// arguments.
func TestFindingTexts(t *testing.T) {
	t.Parallel()
	args := map[string]int{
		decide.KeyFactInvalid: 1, decide.KeyFactTwice: 0, decide.KeyFactUnknown: 1, decide.KeyFactUnused: 0, decide.KeyNodeTwice: 0,
		decide.KeyNodeEmpty: 0, decide.KeyNodeLarge: 1, decide.KeyNodeUnused: 0, decide.KeyCycle: 1, decide.KeyValueUnknown: 3,
		decide.KeyRowWidth: 3, decide.KeyMissing: 2, decide.KeyDuplicate: 2, decide.KeyContradiction: 2, decide.KeyOrder: 5,
		decide.KeyUnreachable: 1, decide.KeyDeadBranch: 1, decide.KeyAnswerTwice: 2, decide.KeyAnswerMissing: 2, decide.KeyIdle: 1,
		decide.KeyDecisionInvalid: 1, decide.KeyActionMissing: 1, decide.KeyTextMissing: 2,
	}
	for key, n := range args {
		f := decide.Finding{Key: key, Place: "PLACE"}
		for i := range n {
			f.Args = append(f.Args, strings.Repeat("X", i+1)+"!")
		}
		for _, lang := range []string{"ja", "en"} {
			text := f.Text(lang)
			if !strings.Contains(text, "PLACE") || strings.Contains(text, "%!") || strings.HasPrefix(text, "kengine.") {
				t.Errorf("%s in %s: %s", key, lang, text)
			}
			for _, a := range f.Args {
				if !strings.Contains(text, a) {
					t.Errorf("%s in %s lacks %s: %s", key, lang, a, text)
				}
			}
		}
	}
	if got := (decide.Finding{Key: "other", Place: "p"}).String(); got != "other p " {
		t.Errorf("an unknown key reads %q", got)
	}
}

// TestLargeTree: a tree over more combinations than a table can have is
// evaluated branch by branch, also for sets.
func TestLargeTree(t *testing.T) {
	t.Parallel()
	const n = 24
	m := decide.Model{Key: "chain", Version: 1, Status: decide.Draft}
	at := decide.Branch{Outcome: "V1"}
	for i := n - 1; i >= 0; i-- { // V1 only when all are V1
		f := newFact("I"+string(rune('A'+i)), 2)
		m.Facts = append(m.Facts, f)
		at = decide.Branch{Ask: f.ID, Answers: []decide.Answer{
			{Values: []string{"V1"}, Then: at}, {Then: decide.Branch{Outcome: "V0"}},
		}}
	}
	out := newFact("OUT", 2)
	m.Facts = append(m.Facts, out)
	m.Nodes = []decide.Node{{Outcome: out.ID, Tree: &at}}
	m.Decisions = []decide.Decision{{Key: "d", Outcome: out.ID}}
	c := compile(t, m)
	if o := c.Decide(nil)[0]; o.Set != decide.Of(0, 1) || !o.Exact {
		t.Errorf("nothing known: %v", o)
	}
	in := make([]decide.Set, n)
	for i := range in {
		in[i] = decide.Of(1)
	}
	if o := c.Decide(in)[0]; o.Set != decide.Of(1) {
		t.Errorf("all V1: %v", o)
	}
	in[7] = decide.Of(0)
	if o := c.Decide(in)[0]; o.Set != decide.Of(0) {
		t.Errorf("one V0: %v", o)
	}
	in[7] = 0
	if qs := c.Questions(in, nil); len(qs) != 1 || qs[0].Column != 7 || qs[0].Gain < 0.999 {
		t.Errorf("one open: %v", qs)
	}
	if _, ok := c.Importance(0); ok {
		t.Error("importance over 2^24 combinations")
	}
	if _, err := m.Flatten(m.Nodes[0]); err == nil {
		t.Error("2^24 combinations became a table")
	}
	v, err := c.View(c.Model.Fact(out.ID))
	if err != nil || v.Leaves != n+1 || v.Depth != n {
		t.Errorf("view of %d leaves, depth %d, %v", v.Leaves, v.Depth, err)
	}
	if got := len(c.Relevant(0)); got != n {
		t.Errorf("%d relevant inputs, want %d", got, n)
	}
	if c.Column(ssvc.ID{}) != -1 {
		t.Error("a fact that does not exist has a column")
	}
}

func TestLargeTreeRefused(t *testing.T) {
	t.Parallel()
	f, out := newFact("A", 2), newFact("OUT", 2)
	at := decide.Branch{Outcome: "V0"}
	for range decide.MaxDepth + 2 {
		at = decide.Branch{Ask: f.ID, Answers: []decide.Answer{{Then: at}}}
	}
	_, err := decide.Compile(decide.Model{Facts: []decide.Fact{f, out}, Nodes: []decide.Node{{Outcome: out.ID, Tree: &at}}})
	if err == nil || !strings.Contains(err.Error(), "depth") {
		t.Errorf("Compile() = %v, want an error about depth", err)
	}
}
