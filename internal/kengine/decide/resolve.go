package decide

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"noroshi.dev/format/ssvc"
)

// resolver turns ids and keys of a model into positions and notes what is
// wrong with them.
type resolver struct {
	model    Model
	index    map[ssvc.ID]int
	built    []node
	producer []int
	findings []Finding
	total    int // combinations of all nodes so far
}

func (r *resolver) add(s Severity, key, place string, args ...string) {
	r.findings = append(r.findings, Finding{Severity: s, Key: key, Place: place, Args: args})
}

func (r *resolver) failed() bool {
	return slices.ContainsFunc(r.findings, func(f Finding) bool { return f.Severity == Error })
}

// facts checks the facts and finds their positions; false when the model is too
// large to look any further.
func (r *resolver) facts() bool {
	if len(r.model.Facts) > MaxFacts || len(r.model.Nodes) > MaxNodes || len(r.model.Decisions) > MaxDecisions {
		r.add(Error, KeyFactInvalid, r.model.Key, fmt.Sprintf("more than %d facts, %d nodes or %d decisions", MaxFacts, MaxNodes, MaxDecisions))
		return false
	}
	for i, f := range r.model.Facts {
		place := f.ID.String()
		if _, err := ssvc.ParseID(place); err != nil {
			r.add(Error, KeyFactInvalid, place, err.Error())
		}
		if _, twice := r.index[f.ID]; twice {
			r.add(Error, KeyFactTwice, place)
		}
		r.index[f.ID] = i
		if reason := f.fault(); reason != "" {
			r.add(Error, KeyFactInvalid, place, reason)
		}
	}
	return true
}

// fault says what is wrong with a fact, or nothing.
func (f Fact) fault() string {
	if len(f.Values) == 0 || len(f.Values) > MaxValues {
		return strconv.Itoa(len(f.Values)) + " values; 1 to " + strconv.Itoa(MaxValues) + " are allowed"
	}
	seen := map[string]bool{}
	for _, v := range f.Values {
		if !ssvc.ValidKey(v.Key) || seen[v.Key] {
			return "value key " + strconv.Quote(v.Key) + " breaks the key pattern or occurs twice"
		}
		seen[v.Key] = true
	}
	if f.Scale != Ordinal && f.Scale != Nominal {
		return "scale " + strconv.Quote(string(f.Scale)) + " is neither ordinal nor nominal"
	}
	if f.Scope != World && f.Scope != Organisation && f.Scope != Asset {
		return "scope " + strconv.Quote(string(f.Scope)) + " is none of world, organisation, asset"
	}
	if f.Default != nil {
		if s, ok := f.Set(f.Default.Values...); !ok || s == 0 {
			return "the default names unknown values"
		}
	}
	return ""
}

func (r *resolver) nodes() {
	r.producer = make([]int, len(r.model.Facts))
	for i := range r.producer {
		r.producer[i] = -1
	}
	for _, n := range r.model.Nodes {
		place := n.Outcome.String()
		out, ok := r.index[n.Outcome]
		if !ok {
			r.add(Error, KeyFactUnknown, place, place)
			continue
		}
		if (n.Table == nil) == (n.Tree == nil) {
			r.add(Error, KeyNodeEmpty, place)
			continue
		}
		if r.producer[out] >= 0 {
			r.add(Error, KeyNodeTwice, place)
			continue
		}
		if n.Tree != nil && !r.treeFits(place, *n.Tree) {
			continue
		}
		b := node{outcome: out, size: len(r.model.Facts[out].Values)}
		if !r.inputs(place, n, &b) {
			continue
		}
		if n.Table != nil {
			r.table(place, *n.Table, &b)
		} else {
			r.tree(place, n, &b)
		}
		r.producer[out] = len(r.built)
		r.built = append(r.built, b)
	}
}

func (r *resolver) inputs(place string, n Node, b *node) bool {
	ids := n.Inputs()
	ok := true
	cells := 1
	for i, id := range ids {
		f, known := r.index[id]
		if !known {
			r.add(Error, KeyFactUnknown, place, id.String())
			ok = false
			continue
		}
		if slices.Contains(ids[:i], id) {
			r.add(Error, KeyFactTwice, place+" "+id.String())
			ok = false
		}
		size := len(r.model.Facts[f].Values)
		b.inputs = append(b.inputs, f)
		b.sizes = append(b.sizes, size)
		cells = min(cells*max(size, 1), MaxCells+1)
	}
	if n.Table != nil && (len(ids) == 0 || len(ids) > MaxFacts) {
		r.add(Error, KeyNodeEmpty, place)
		return false
	}
	if r.total+cells > maxTotal {
		r.add(Error, KeyNodeLarge, place, strconv.Itoa(maxTotal))
		return false
	}
	if cells <= MaxCells {
		r.total += cells
		b.strides = strides(b.sizes)
		if ok {
			b.cells = slices.Repeat([]uint8{undecided}, cells)
		}
	} else if n.Table != nil {
		r.add(Error, KeyNodeLarge, place, strconv.Itoa(MaxCells))
		ok = false
	}
	return ok
}

func (r *resolver) table(place string, t Table, b *node) {
	for i, row := range t.Rows {
		name := strconv.Itoa(i + 1)
		if len(row.When) != len(b.inputs) {
			r.add(Error, KeyRowWidth, place, name, strconv.Itoa(len(row.When)), strconv.Itoa(len(b.inputs)))
			continue
		}
		cell, ok := 0, true
		for c, key := range row.When {
			v := r.value(place, "row "+name, b.inputs[c], key)
			ok = ok && v >= 0
			cell += v * b.strides[c]
		}
		v := r.value(place, "row "+name, b.outcome, row.Then)
		switch {
		case !ok || v < 0:
		case b.cells[cell] == undecided:
			b.cells[cell] = uint8(v)
			b.reach |= 1 << v
		case b.cells[cell] == uint8(v):
			r.add(Warning, KeyDuplicate, place, name, strings.Join(row.When, " "))
		default:
			r.add(Error, KeyContradiction, place, name, strings.Join(row.When, " "))
		}
	}
}

func (r *resolver) value(place, at string, fact int, key string) int {
	v := r.model.Facts[fact].Index(key)
	if v < 0 {
		r.add(Error, KeyValueUnknown, place, at, key, r.model.Facts[fact].ID.String())
	}
	return v
}

// order sorts the nodes so that each follows those it reads, and names the path
// of a cycle.
func (r *resolver) order(c *Compiled) bool {
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(c.nodes))
	var sorted, path []int
	var visit func(int) bool
	visit = func(i int) bool {
		state[i] = open
		path = append(path, i)
		for _, f := range c.nodes[i].inputs {
			next := r.producer[f]
			if next < 0 || state[next] == done {
				continue
			}
			if state[next] == open {
				r.cycle(c, path[slices.Index(path, next):])
				return false
			}
			if !visit(next) {
				return false
			}
		}
		path = path[:len(path)-1]
		state[i] = done
		sorted = append(sorted, i)
		return true
	}
	for i := range c.nodes {
		if state[i] == unseen && !visit(i) {
			return false
		}
	}
	nodes := make([]node, len(sorted))
	for to, from := range sorted {
		nodes[to] = c.nodes[from]
		r.producer[nodes[to].outcome] = to
	}
	c.nodes = nodes
	return true
}

func (r *resolver) cycle(c *Compiled, path []int) {
	var words []string
	for _, i := range path {
		words = append(words, r.model.Facts[c.nodes[i].outcome].ID.String())
	}
	r.add(Error, KeyCycle, words[0], strings.Join(append(words, words[0]), " <- "))
}

func (r *resolver) decisions(c *Compiled) {
	seen := map[string]bool{}
	for _, d := range r.model.Decisions {
		f, ok := r.index[d.Outcome]
		switch {
		case !ok:
			r.add(Error, KeyFactUnknown, d.Key, d.Outcome.String())
			continue
		case r.producer[f] < 0:
			r.add(Error, KeyDecisionInvalid, d.Key, "no node decides "+d.Outcome.String())
			continue
		case d.Key == "" || seen[d.Key]:
			r.add(Error, KeyDecisionInvalid, d.Key, "the key is empty or used twice")
		}
		seen[d.Key] = true
		r.actions(d, r.model.Facts[f])
		c.decisions = append(c.decisions, c.newPlan(f))
	}
	if len(r.model.Decisions) == 0 {
		r.add(Gap, KeyDecisionInvalid, r.model.Key, "the model decides nothing")
	}
}

func (r *resolver) actions(d Decision, f Fact) {
	given := map[string]bool{}
	for _, a := range d.Actions {
		switch {
		case f.Index(a.Outcome) < 0:
			r.add(Error, KeyValueUnknown, d.Key, "actions", a.Outcome, f.ID.String())
		case given[a.Outcome]:
			r.add(Error, KeyDecisionInvalid, d.Key, "two actions for "+a.Outcome)
		case a.Mark != Now && a.Mark != Soon && a.Mark != Plan && a.Mark != None:
			r.add(Error, KeyDecisionInvalid, d.Key, "mark "+strconv.Quote(string(a.Mark))+" is none of now, soon, plan, none")
		case !a.Due.valid():
			r.add(Error, KeyDecisionInvalid, d.Key, "due rule of "+a.Outcome+" is neither none, next upgrade nor a positive number of hours")
		}
		given[a.Outcome] = true
	}
	for _, v := range f.Values {
		if !given[v.Key] {
			r.add(Gap, KeyActionMissing, d.Key, v.Key)
		}
	}
}

func (d Due) valid() bool {
	const century = 100 * 366 * 24
	switch d.Kind {
	case DueNone, DueNextUpgrade:
		return d.Hours == 0
	case DueWithin:
		return d.Hours > 0 && d.Hours <= century
	}
	return false
}
