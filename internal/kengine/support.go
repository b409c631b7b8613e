package kengine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// maxPastGroups is how many kinds of past rulings, each with its own facts, are looked at for the support of a
// recommendation, those of most rulings first.
const maxPastGroups = 5000

// Support is the record that a recommendation stands on: the rulings of the organisation about other reports.
type Support struct {
	Equal    trust.Support // on equal facts, which the shown confidence is of
	Leaf     trust.Support // at the same leaf of the tree, imported ones too; without exceptions
	Imported int           // of Leaf.Total
	Counted  int           // all that were counted in Tree
	Tree     *decide.View  // with the way of the report and the rulings at each place; nil: the node has no tree
	single   bool          // one outcome is recommended
}

// Known reports whether there is a confidence to be shown: one outcome is recommended, and something was ruled on
// equal facts.
func (v *Support) Known() bool { return v.single && v.Equal.Total > 0 }

// pastGroup are past rulings with equal facts, one outcome and one reason.
type pastGroup struct {
	inputs  string
	outcome string
	reason  Reason
	n       int
}

func scanPastGroup(scan func(...any) error) (pastGroup, error) {
	var g pastGroup
	err := scan(&g.inputs, &g.outcome, &g.reason, &g.n)
	return g, err
}

// support fills the record of a recommendation, and the tree of its decision.
func (s *Service) support(ctx context.Context, r storage.Runner, v *TaskView, m *loaded, d int, k *known) error {
	own, err := storage.List(ctx, r, scanPastGroup, `SELECT u.inputs, u.outcome, u.reason, COUNT(*) FROM kengine_ruling u
		WHERE u.organisation = ? AND u.decision = ? AND u.undone IS NULL AND u.task <> ? AND NOT EXISTS (SELECT 1 FROM kengine_ruling w
			WHERE w.task = u.task AND w.undone IS NULL AND w.inputs = u.inputs AND (w.at, w.id) > (u.at, u.id))
		GROUP BY u.inputs, u.outcome, u.reason ORDER BY COUNT(*) DESC, u.outcome LIMIT ?`, v.Organisation, v.Decision, v.ID, maxPastGroups)
	if err != nil {
		return fmt.Errorf("kengine: support of %s: %w", v.ID, err)
	}
	imported, err := storage.List(ctx, r, scanPastGroup, `SELECT inputs, outcome, '', COUNT(*) FROM kengine_learned_case
		WHERE organisation = ? AND decision = ? GROUP BY inputs, outcome ORDER BY COUNT(*) DESC, outcome LIMIT ?`, v.Organisation, v.Decision, maxPastGroups)
	if err != nil {
		return fmt.Errorf("kengine: support of %s: %w", v.ID, err)
	}
	c := supporting{Support: &v.Support, m: m, decision: d, possible: v.Possible}
	if err := c.begin(k); err != nil {
		return err
	}
	for i := range own {
		if err := c.add(&own[i], false); err != nil {
			return err
		}
	}
	for i := range imported {
		if err := c.add(&imported[i], true); err != nil {
			return err
		}
	}
	return nil
}

// supporting counts past rulings beside one report.
type supporting struct {
	*Support
	m        *loaded
	decision int
	possible []Outcome
	facts    string
	leaves   []*decide.ViewNode // that the report can come to
}

// begin marks the way of the report.
func (c *supporting) begin(k *known) error {
	var inputs map[string]string
	if err := json.Unmarshal(c.m.encodeInputs(k), &inputs); err != nil {
		return fmt.Errorf("kengine: support: %w", err)
	}
	c.facts, c.single = c.m.factsOf(c.decision, inputs).text, len(c.possible) == 1
	view, err := c.m.View(c.m.Model.Fact(c.m.OutcomeFact(c.decision).ID))
	if err != nil {
		return nil //nolint:nilerr // a node that is too large to be drawn has its words and no tree
	}
	c.Tree = view
	for _, n := range c.m.Places(view, k.sets) {
		n.OnPath = true
		if n.Fact == nil {
			c.leaves = append(c.leaves, n)
		}
	}
	return nil
}

// add counts past rulings of one kind.
func (c *supporting) add(g *pastGroup, imported bool) error {
	var inputs map[string]string
	if err := json.Unmarshal([]byte(g.inputs), &inputs); err != nil {
		return fmt.Errorf("kengine: inputs of a ruling: %w", err)
	}
	agree := 0
	if c.single && c.possible[0].Key == g.outcome {
		agree = g.n
	}
	if !imported && c.m.factsOf(c.decision, inputs).text == c.facts {
		c.Equal.Total += g.n
		c.Equal.Agree += agree
	}
	if c.Tree == nil || g.reason == Exception {
		return nil
	}
	c.Counted += g.n
	here := true
	for _, n := range c.m.Places(c.Tree, c.m.setsOf(inputs)) {
		n.Count += g.n
		here = here && (n.Fact != nil || slices.Contains(c.leaves, n))
	}
	if here {
		c.Leaf.Total += g.n
		c.Leaf.Agree += agree
		if imported {
			c.Imported += g.n
		}
	}
	return nil
}

// setsOf are stored inputs by column.
func (l *loaded) setsOf(inputs map[string]string) []decide.Set {
	values := make([]Value, 0, len(inputs))
	for id, keys := range inputs {
		values = append(values, Value{Fact: id, Values: strings.Fields(keys)})
	}
	return l.know(values).sets
}
