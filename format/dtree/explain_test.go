package dtree

import (
	"math"
	"strings"
	"testing"
)

func TestExplainAndChange(t *testing.T) {
	tree := priorTree(t)
	for _, v := range everyRow(tree.Schema) {
		row := []uint64{1 << v[0], 1 << v[1], 1 << v[2]}
		path := tree.Explain(row)
		leaf := tree.Predict(row).Leaf
		if last := path[len(path)-1]; tree.Nodes[leaf].Parent != last.Node || len(path) != tree.Nodes[leaf].Depth {
			t.Fatalf("%v: the path ends at %d, the leaf is %d", v, last.Node, leaf)
		}
		p := tree.Path(leaf)
		for a := range row {
			if row[a]&p.Values[a] == 0 {
				t.Errorf("%v: the path of its leaf excludes fact %d", v, a)
			}
		}
		changes, class := tree.Change(row)
		if len(changes) != 1 || class == tree.Class(row) {
			t.Errorf("%v: one fact is enough: %+v %d", v, changes, class)
		}
		for _, c := range changes {
			if c.From != row[c.Attribute] {
				t.Errorf("%v: changes from %b", v, c.From)
			}
			row[c.Attribute] = 1 << c.To
		}
		if got := tree.Class(row); got != class {
			t.Errorf("%v: the change gives %d instead of %d", v, got, class)
		}
	}
}

// TestChangeGivesWhatItSays checks every change on trees with unknown facts.
func TestChangeGivesWhatItSays(t *testing.T) {
	for _, m := range manyMade() {
		d := m.data()
		tree := train(t, d, Options{NeverAbstain: true, Rule: RuleMin, Repeats: 1}).Tree
		for i := range min(40, d.Rows()) {
			row := d.Row(i)
			changes, class := tree.Change(row)
			if class < 0 {
				continue
			}
			if class == tree.Class(row) {
				t.Fatalf("the change keeps the class")
			}
			for _, c := range changes {
				row[c.Attribute] = 1 << c.To
			}
			if got := tree.Class(row); got != class {
				t.Errorf("row %d: the change gives %d instead of %d", i, got, class)
			}
		}
	}
}

func TestExplainUnknown(t *testing.T) {
	d := small(t, "a,b,class\n"+strings.Repeat("x,p,no\n", 30)+strings.Repeat("y,p,yes\n", 20)+strings.Repeat("y,q,no\n", 20))
	tree := train(t, d, Options{NeverAbstain: true}).Tree
	path := tree.Explain(nil)
	if len(path) == 0 || path[0].Way != SideBoth || path[0].Known != 0 || path[0].Part < 0.5 {
		t.Errorf("%+v\n%s", path, tree.Text())
	}
	if list, class := tree.Change([]uint64{2, 1}); len(list) != 1 || class != 0 {
		t.Errorf("%+v %d", list, class)
	}
	one := train(t, small(t, "a,class\nx,yes\ny,yes\n"), Options{}).Tree
	if list, class := one.Change(nil); list != nil || class != -1 {
		t.Errorf("a single answer has another: %+v %d", list, class)
	}
}

func TestImportance(t *testing.T) {
	d := made{rows: 600, facts: 5, classes: 3, seed: 1}.data()
	m := train(t, d, Options{})
	share := m.Tree.Importance()
	if all := sum(share); math.Abs(all-1) > 1e-9 || share[0]+share[1] < 0.9 {
		t.Errorf("the first two facts decide: %v", share)
	}
	if one := train(t, small(t, "a,class\nx,y\n"), Options{}).Tree.Importance(); sum(one) != 0 {
		t.Errorf("no questions: %v", one)
	}
}

func TestText(t *testing.T) {
	d := small(t, "kev,av,class\n"+strings.Repeat("yes,N,now\n", 30)+strings.Repeat("no,N,later\n", 30)+strings.Repeat("?,L,later\n", 30))
	want := "kev = no, ?\n  -> later (60/60)\nkev = yes\n  -> now (30/30)\n"
	if got := train(t, d, Options{}).Tree.Text(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	quiet := train(t, small(t, "a,class\nx,y\n"), Options{}).Tree.Text()
	if !strings.HasPrefix(quiet, "abstained: ") {
		t.Error(quiet)
	}
}
