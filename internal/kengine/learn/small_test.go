package learn

import (
	"fmt"
	"testing"
	"time"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// Positions of the inputs of the small model.
const (
	inReach = iota
	inKind
	inUse
)

func factID(key string) ssvc.ID { return ssvc.ID{Namespace: "ssvc", Key: key, Version: "1.0.0"} }

func smallFact(key string, scale decide.Scale, values ...string) decide.Fact {
	f := decide.Fact{ID: factID(key), Name: decide.Text{EN: "the " + key, JA: "その" + key}, Scale: scale, Scope: decide.World}
	for _, v := range values {
		f.Values = append(f.Values, decide.FactValue{Key: v, Name: decide.Text{EN: "is " + v, JA: "値" + v}})
	}
	return f
}

// smallModel decides ACT by a tree that asks HARM, which a table decides by REACH and USE, and KIND.
func smallModel() decide.Model {
	m := decide.Model{Key: "small", Version: 1, Status: decide.Draft, Name: decide.Text{EN: "Small"}}
	m.Facts = []decide.Fact{
		smallFact("REACH", decide.Ordinal, "near", "mid", "far"),
		smallFact("KIND", decide.Nominal, "lib", "app", "os"),
		smallFact("USE", decide.Ordinal, "rare", "often"),
		smallFact("HARM", decide.Ordinal, "low", "high"),
		smallFact("ACT", decide.Ordinal, "later", "plan", "now"),
	}
	harm := &decide.Table{Inputs: []ssvc.ID{factID("REACH"), factID("USE")}}
	for r, reach := range []string{"near", "mid", "far"} {
		for u, use := range []string{"rare", "often"} {
			harm.Rows = append(harm.Rows, decide.Row{When: []string{reach, use}, Then: []string{"low", "high"}[min(1, (r+u)/2)]})
		}
	}
	m.Nodes = []decide.Node{{Outcome: factID("HARM"), Table: harm}, {Outcome: factID("ACT"), Tree: smallTree()}}
	d := decide.Decision{Key: "act", Name: decide.Text{EN: "Act"}, Outcome: factID("ACT")}
	for _, v := range []string{"later", "plan", "now"} {
		d.Actions = append(d.Actions, decide.Action{Outcome: v, Do: decide.Text{EN: v}, Due: decide.Due{Kind: decide.DueNone}, Mark: decide.Plan})
	}
	m.Decisions = []decide.Decision{d}
	return m
}

// smallTree is later where HARM is low, else plan for a library and now for the rest.
func smallTree() *decide.Branch {
	return &decide.Branch{Ask: factID("HARM"), Answers: []decide.Answer{
		{Values: []string{"low"}, Then: leafOf("later")},
		{Then: decide.Branch{Ask: factID("KIND"), Answers: []decide.Answer{
			{Values: []string{"lib"}, Then: leafOf("plan")},
			{Values: []string{"app", "os"}, Then: leafOf("now")},
		}}},
	}}
}

func leafOf(outcome string) decide.Branch { return decide.Branch{Outcome: outcome} }

func smallSubject(tb testing.TB, edit func(*decide.Model)) *Subject {
	tb.Helper()
	m := smallModel()
	if edit != nil {
		edit(&m)
	}
	c, err := decide.Compile(m)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := NewSubject(c, 0)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// times gives n equal cases that begin at the given number.
func times(n, from, outcome int, in ...decide.Set) []Case {
	var out []Case
	for i := range n {
		out = append(out, Case{ID: fmt.Sprintf("c%03d", from+i), Inputs: in, Outcome: outcome, At: time.Unix(int64(from+i)*3600, 0).UTC()})
	}
	return out
}

func TestSubjectAsksTheNodeFirst(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	var got []string
	for _, f := range s.Facts {
		got = append(got, f.ID.Key)
	}
	if want := "[HARM KIND REACH USE]"; fmt.Sprint(got) != want {
		t.Errorf("facts %v, want %s", got, want)
	}
	if s.Outcome.ID != factID("ACT") || s.Present == nil || s.derived == nil {
		t.Errorf("outcome %s, present %v, derived %v", s.Outcome.ID, s.Present, s.derived)
	}
	for _, decision := range []int{-1, 1, 99} {
		if _, err := NewSubject(s.compiled, decision); err == nil {
			t.Errorf("decision %d was prepared", decision)
		}
	}
}

// TestRowsKnowWhatLiesBetween: what a node in between leaves possible is known, the rest is as it was given.
func TestRowsKnowWhatLiesBetween(t *testing.T) {
	t.Parallel()
	s := smallSubject(t, nil)
	all := decide.Full(3)
	for name, c := range map[string]struct{ in, want []decide.Set }{
		"all known":         {[]decide.Set{decide.Of(2), decide.Of(0), decide.Of(1)}, []decide.Set{decide.Of(1), decide.Of(0), decide.Of(2), decide.Of(1)}},
		"nothing known":     {[]decide.Set{0, 0, 0}, []decide.Set{decide.Full(2), all, all, decide.Full(2)}},
		"nothing given":     {nil, []decide.Set{decide.Full(2), all, all, decide.Full(2)}},
		"one decides harm":  {[]decide.Set{decide.Of(2), 0, 0}, []decide.Set{decide.Of(1), all, decide.Of(2), decide.Full(2)}},
		"near is never bad": {[]decide.Set{decide.Of(0), 0, 0}, []decide.Set{decide.Of(0), all, decide.Of(0), decide.Full(2)}},
		"either of two":     {[]decide.Set{decide.Of(0, 1), decide.Of(1, 2), decide.Of(1)}, []decide.Set{decide.Full(2), decide.Of(1, 2), decide.Of(0, 1), decide.Of(1)}},
		"values of nobody":  {[]decide.Set{1 << 40, 1 << 3, 1 << 2}, []decide.Set{decide.Full(2), all, all, decide.Full(2)}},
		"too short":         {[]decide.Set{decide.Of(1)}, []decide.Set{decide.Full(2), all, decide.Of(1), decide.Full(2)}},
	} {
		if got := s.row(c.in); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: row = %v, want %v", name, got, c.want)
		}
	}
}
