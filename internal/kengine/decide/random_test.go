package decide_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/kengine/decide"
)

// generator makes random models with shared inputs, so that properties are
// tested on graphs and not only on single tables.
type generator struct {
	r     *rand.Rand
	model decide.Model
}

func id(key string) ssvc.ID {
	return ssvc.ID{Namespace: "x_example.test#facts", Key: key, Version: "1.0.0"}
}

func newFact(key string, values int) decide.Fact {
	f := decide.Fact{
		ID: id(key), Name: decide.Text{JA: "項目" + key, EN: "Fact " + key}, Scale: decide.Ordinal, Scope: decide.World,
	}
	for v := range values {
		f.Values = append(f.Values, decide.FactValue{
			Key: fmt.Sprintf("V%d", v), Name: decide.Text{JA: fmt.Sprintf("値%d", v), EN: fmt.Sprintf("value %d", v)},
		})
	}
	return f
}

// randomModel makes a model of up to six inputs and four nodes; with missing,
// some combinations have no row.
func randomModel(seed uint64, missing bool) decide.Model {
	g := generator{r: rand.New(rand.NewPCG(seed, 7))}
	g.model = decide.Model{Key: "random", Version: 1, Status: decide.Draft, Name: decide.Text{JA: "試験", EN: "random"}}
	for i := range 3 + g.r.IntN(4) {
		g.model.Facts = append(g.model.Facts, newFact(fmt.Sprintf("I%d", i), 2+g.r.IntN(2)))
	}
	nodes := 1 + g.r.IntN(4)
	for i := range nodes {
		g.node(i, missing)
	}
	for i := range nodes {
		if i == nodes-1 || g.r.IntN(3) == 0 {
			g.model.Decisions = append(g.model.Decisions, decide.Decision{
				Key: fmt.Sprintf("d%d", i), Name: decide.Text{JA: "判断", EN: "decision"}, Outcome: id(fmt.Sprintf("O%d", i)),
			})
		}
	}
	return g.model
}

func (g *generator) node(i int, missing bool) {
	out := newFact(fmt.Sprintf("O%d", i), 2+g.r.IntN(3))
	order := g.r.Perm(len(g.model.Facts))
	inputs := order[:min(len(order), 2+g.r.IntN(2))]
	if i > 0 { // always chain, so that graphs are deep
		inputs = append([]int{len(g.model.Facts) - 1}, inputs...)
	}
	var ids []ssvc.ID
	var facts []decide.Fact
	seen := map[int]bool{}
	for _, f := range inputs {
		if !seen[f] {
			seen[f] = true
			facts = append(facts, g.model.Facts[f])
			ids = append(ids, g.model.Facts[f].ID)
		}
	}
	n := decide.Node{Outcome: out.ID}
	if g.r.IntN(2) == 0 {
		t := decide.Table{Inputs: ids}
		g.rows(&t, facts, nil, out, missing)
		n.Table = &t
	} else {
		b := g.branch(facts, out)
		n.Tree = &b
	}
	g.model.Facts = append(g.model.Facts, out)
	g.model.Nodes = append(g.model.Nodes, n)
}

func (g *generator) rows(t *decide.Table, facts []decide.Fact, when []string, out decide.Fact, missing bool) {
	if len(when) == len(facts) {
		if missing && g.r.IntN(4) == 0 {
			return
		}
		t.Rows = append(t.Rows, decide.Row{When: append([]string{}, when...), Then: out.Values[g.r.IntN(len(out.Values))].Key})
		return
	}
	for _, v := range facts[len(when)].Values {
		g.rows(t, facts, append(when[:len(when):len(when)], v.Key), out, missing)
	}
}

func (g *generator) branch(facts []decide.Fact, out decide.Fact) decide.Branch {
	if len(facts) == 0 || g.r.IntN(5) == 0 {
		return decide.Branch{Outcome: out.Values[g.r.IntN(len(out.Values))].Key}
	}
	at := g.r.IntN(len(facts))
	f := facts[at]
	rest := append(append([]decide.Fact{}, facts[:at]...), facts[at+1:]...)
	b := decide.Branch{Ask: f.ID}
	cut := 1 + g.r.IntN(len(f.Values)-1)
	var first []string
	for _, v := range f.Values[:cut] {
		first = append(first, v.Key)
	}
	b.Answers = append(b.Answers,
		decide.Answer{Values: first, Then: g.branch(rest, out)},
		decide.Answer{Then: g.branch(rest, out)})
	return b
}

// brute evaluates a model by walking its document, without anything compiled.
type brute struct{ m decide.Model }

// outcome gives the value of a fact for one value per input; false without a
// row.
func (b brute) outcome(fact ssvc.ID, values map[ssvc.ID]int) (int, bool) {
	i := b.m.Node(fact)
	if i < 0 {
		v, ok := values[fact]
		return v, ok
	}
	n := b.m.Nodes[i]
	out := b.m.Facts[b.m.Fact(fact)]
	if n.Tree != nil {
		return b.walk(*n.Tree, out, values)
	}
	var when []string
	for _, in := range n.Table.Inputs {
		v, ok := b.outcome(in, values)
		if !ok {
			return 0, false
		}
		when = append(when, b.m.Facts[b.m.Fact(in)].Values[v].Key)
	}
	for _, row := range n.Table.Rows {
		if slices.Equal(row.When, when) {
			return out.Index(row.Then), true
		}
	}
	return 0, false
}

func (b brute) walk(at decide.Branch, out decide.Fact, values map[ssvc.ID]int) (int, bool) {
	if at.Leaf() {
		return out.Index(at.Outcome), true
	}
	v, ok := b.outcome(at.Ask, values)
	if !ok {
		return 0, false
	}
	key := b.m.Facts[b.m.Fact(at.Ask)].Values[v].Key
	for _, a := range at.Answers {
		if len(a.Values) == 0 {
			return b.walk(a.Then, out, values)
		}
		for _, k := range a.Values {
			if k == key {
				return b.walk(a.Then, out, values)
			}
		}
	}
	return 0, false
}

// completions visits every assignment of single values within the sets.
func completions(facts []decide.Fact, in []decide.Set, visit func(map[ssvc.ID]int)) {
	values := map[ssvc.ID]int{}
	var walk func(int)
	walk = func(i int) {
		if i == len(facts) {
			visit(values)
			return
		}
		for _, v := range in[i].Positions() {
			values[facts[i].ID] = v
			walk(i + 1)
		}
	}
	walk(0)
}

// set gives the exact outcome set by enumerating all completions.
func (b brute) set(facts []decide.Fact, in []decide.Set, fact ssvc.ID) decide.Set {
	var s decide.Set
	completions(facts, in, func(values map[ssvc.ID]int) {
		if v, ok := b.outcome(fact, values); ok {
			s |= decide.Of(v)
		}
	})
	return s
}

func randomSets(r *rand.Rand, facts []decide.Fact) []decide.Set {
	in := make([]decide.Set, len(facts))
	for i, f := range facts {
		for in[i] == 0 {
			in[i] = decide.Set(r.Uint64()) & f.All()
		}
	}
	return in
}
