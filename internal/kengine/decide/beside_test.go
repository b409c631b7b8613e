package decide_test

import (
	"testing"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// changedOf lists the places of a view that are marked: ends by their outcome, questions by their key.
func changedOf(v *decide.View) (ends, questions int) {
	v.Walk(func(n *decide.ViewNode) {
		switch {
		case n.Changed && n.Fact == nil:
			ends++
		case n.Changed:
			questions++
		}
	})
	return ends, questions
}

// factOf is the id of a fact by its key.
func factOf(t *testing.T, m *decide.Model, key string) ssvc.ID {
	t.Helper()
	for i := range m.Facts {
		if m.Facts[i].ID.Key == key {
			return m.Facts[i].ID
		}
	}
	t.Fatalf("no fact %s", key)
	return ssvc.ID{}
}

// TestMarkChanged changes one row of a published table and asks one question more: exactly these are marked.
func TestMarkChanged(t *testing.T) {
	t.Parallel()
	m, err := decide.Builtin(registry(t), "cisa-coordinator")
	if err != nil {
		t.Fatal(err)
	}
	node := m.Nodes[m.Node(m.Decisions[0].Outcome)]
	view := func(b decide.Branch) *decide.View {
		t.Helper()
		changed := m
		changed.Nodes = append([]decide.Node{}, m.Nodes...)
		changed.Nodes[m.Node(node.Outcome)] = decide.Node{Outcome: node.Outcome, Tree: &b}
		c, err := decide.Compile(changed)
		if err != nil {
			t.Fatal(err)
		}
		v, err := c.View(m.Fact(node.Outcome))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tree, err := m.Grow(node)
	if err != nil {
		t.Fatal(err)
	}
	same, again := view(tree), view(tree)
	decide.MarkChanged(same, again)
	if ends, questions := changedOf(same); ends+questions != 0 {
		t.Errorf("equal trees: %d ends, %d questions marked", ends, questions)
	}
	exploited, automatable := factOf(t, &m, "E"), factOf(t, &m, "A")
	small := decide.Branch{Ask: exploited, Answers: []decide.Answer{{Values: []string{"A"}, Then: decide.Branch{Outcome: "AC"}}, {Then: decide.Branch{Outcome: "T"}}}}
	other := decide.Branch{Ask: exploited, Answers: []decide.Answer{{Values: []string{"A"}, Then: decide.Branch{Outcome: "AT"}}, {Then: decide.Branch{Outcome: "T"}}}}
	a, b := view(small), view(other)
	decide.MarkChanged(a, b)
	for _, v := range []*decide.View{a, b} {
		if ends, questions := changedOf(v); ends != 1 || questions != 0 || v.Root.Answers[1].To.Changed {
			t.Errorf("one outcome differs: %d ends, %d questions marked; want the end of A alone", ends, questions)
		}
	}
	deep := small
	deep.Answers = append([]decide.Answer{}, small.Answers...)
	deep.Answers[1].Then = decide.Branch{Ask: automatable, Answers: []decide.Answer{{Values: []string{"Y"}, Then: decide.Branch{Outcome: "AT"}}, {Then: decide.Branch{Outcome: "T"}}}}
	a, b = view(small), view(deep)
	decide.MarkChanged(a, b)
	if ends, questions := changedOf(b); ends != 1 || questions != 1 {
		t.Errorf("a question more: %d ends, %d questions marked; want 1 and 1", ends, questions)
	}
	if ends, questions := changedOf(a); ends != 1 || questions != 0 || !a.Root.Answers[1].To.Changed {
		t.Errorf("a question less: %d ends, %d questions marked; want the end above it", ends, questions)
	}
	decide.MarkChanged(a, nil)
	decide.MarkChanged(nil, a)
}
