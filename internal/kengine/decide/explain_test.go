package decide_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

func known(pairs map[string]int) map[ssvc.ID]decide.Set {
	versions := map[string]string{"E": "1.1.0", "EXP": "1.0.1", "A": "2.0.0", "SI": "2.0.1", "MI": "2.0.0", "TI": "1.0.0", "MWI": "1.0.0"}
	out := map[ssvc.ID]decide.Set{}
	for k, v := range pairs {
		out[ssvc.ID{Namespace: "ssvc", Key: k, Version: versions[k]}] = decide.Of(v)
	}
	return out
}

func TestExplain(t *testing.T) {
	t.Parallel()
	c := compiled(t, "deployer")
	in := c.Sets(known(map[string]int{"E": 2, "EXP": 2, "A": 1, "SI": 1, "MI": 0}))
	e := c.Explain(0, in)
	want := []string{
		"安全への影響：軽度", "任務への影響：低下", "→ 人への影響：低い",
		"悪用の状況：悪用を確認", "システムの露出：公開", "攻撃の自動化：できる", "→ 対応の優先度：臨時",
	}
	if d := cmp.Diff(want, c.Lines(e, "ja")); d != "" {
		t.Errorf("ja (-want +got):\n%s", d)
	}
	if got := c.Lines(e, "en")[6]; got != "→ Defer, Scheduled, Out-of-Cycle, Immediate: Out-of-Cycle" {
		t.Errorf("en: %s", got)
	}
	if len(e.Open) != 0 || !e.Outcome.Exact {
		t.Errorf("everything is known, but open %v, outcome %v", e.Open, e.Outcome)
	}
	in[c.Column(ssvc.ID{Namespace: "ssvc", Key: "MI", Version: "2.0.0"})] = 0
	e = c.Explain(0, in)
	if got := c.Lines(e, "en")[1]; got != "Mission Impact: unknown" {
		t.Errorf("unknown: %s", got)
	}
	if got := c.Lines(e, "ja")[2]; got != "→ 人への影響：低いまたは中くらいまたはきわめて高い" {
		t.Errorf("set: %s", got)
	}
	if len(e.Open) != 1 {
		t.Errorf("open: %v, want Mission Impact", e.Open)
	}
}

// TestExplainTree: a tree names only the questions on the way taken.
func TestExplainTree(t *testing.T) {
	t.Parallel()
	c := compiled(t, "starter")
	e := c.Explain(0, c.Sets(known(map[string]int{"E": 2, "EXP": 2})))
	want := []string{"Exploited: Being exploited", "Reach: From the Internet", "→ Priority: Now"}
	if d := cmp.Diff(want, c.Lines(e, "en")); d != "" {
		t.Errorf("en (-want +got):\n%s", d)
	}
}

// TestChanges holds the smallest changes against trying everything by
// enumeration.
func TestChanges(t *testing.T) {
	t.Parallel()
	const all = 1 << 20
	for seed := range uint64(80) {
		m := randomModel(seed, false)
		c := compile(t, m)
		facts := c.Inputs()
		r := rand.New(rand.NewPCG(seed, 21))
		in := make([]decide.Set, len(facts))
		for i, f := range facts {
			in[i] = decide.Of(r.IntN(len(f.Values)))
		}
		last := len(m.Decisions) - 1
		outcome := m.Decisions[last].Outcome
		before := brute{m}.set(facts, in, outcome)
		got := map[string]decide.Set{}
		for _, ch := range c.Changes(last, in, all) {
			got[editsKey(ch)] = ch.Outcome.Set
		}
		if d := cmp.Diff(tried(brute{m}, facts, in, outcome, before), got); d != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, d)
		}
	}
}

func editsKey(ch decide.Change) string {
	s := ""
	for _, e := range ch.Edits {
		s += e.Fact.Key + string(rune('0'+e.To)) + " "
	}
	return s
}

// tried enumerates single edits and pairs of edits that do nothing alone.
func tried(b brute, facts []decide.Fact, in []decide.Set, outcome ssvc.ID, before decide.Set) map[string]decide.Set {
	type edit struct{ at, to int }
	var edits []edit
	for i, f := range facts {
		for v := range f.Values {
			if !in[i].Has(v) {
				edits = append(edits, edit{i, v})
			}
		}
	}
	with := func(es ...edit) decide.Set {
		trial := slices.Clone(in)
		for _, e := range es {
			trial[e.at] = decide.Of(e.to)
		}
		return b.set(facts, trial, outcome)
	}
	name := func(e edit) string { return facts[e.at].ID.Key + string(rune('0'+e.to)) + " " }
	out := map[string]decide.Set{}
	for i, a := range edits {
		if s := with(a); s != before {
			out[name(a)] = s
			continue
		}
		for _, z := range edits[i+1:] {
			if z.at == a.at || with(z) != before {
				continue
			}
			if s := with(a, z); s != before {
				out[name(a)+name(z)] = s
			}
		}
	}
	return out
}

func TestChangesInWords(t *testing.T) {
	t.Parallel()
	c := compiled(t, "cisa-coordinator")
	in := c.Sets(known(map[string]int{"E": 0, "A": 0, "TI": 0, "MWI": 0}))
	changes := c.Changes(0, in, 3)
	var got []string
	for _, ch := range changes {
		got = append(got, c.Words(0, ch, "ja"))
	}
	want := []string{
		"悪用の状況：実証コードあり、任務と暮らしへの影響：高い→注意して追跡",
		"悪用の状況：悪用を確認、攻撃の自動化：できる→注力",
		"攻撃の自動化：できる、任務と暮らしへの影響：高い→注力",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	if got, want := c.Words(0, changes[0], "en"), "Exploitation: Public PoC, Mission and Well-Being Impact: High → Track*"; got != want {
		t.Errorf("first change: %s, want %s", got, want)
	}
	for _, ch := range changes {
		if len(ch.Edits) != 2 {
			t.Errorf("%v: no single fact changes the lowest combination", ch)
		}
	}
}
