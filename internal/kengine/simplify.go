package kengine

import (
	"context"
	"errors"
	"fmt"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// Simplified is a node of a model in another form, with what the table behind it tells.
type Simplified struct {
	decide.Simplification
	// Fact is what the node decides.
	Fact decide.Fact
	// Importance of its inputs, the most important first; those that change nothing can be left out.
	Importance []decide.Importance
	// Unreachable is what is never reached; nil where that cannot be told.
	Unreachable *decide.Unreachable
}

// smaller reports whether the new form is worth keeping: another form, or fewer leaves.
func (v *Simplified) smaller() bool {
	return v.Before.Form != v.After.Form || v.After.Leaves < v.Before.Leaves
}

// simplifyNode writes a node in another form; a refusal is fault.Invalid with the reason.
func simplifyNode(m *decide.Model, c *decide.Compiled, outcome ssvc.ID, to decide.Form) (Simplified, error) {
	v := Simplified{Fact: decide.Fact{ID: outcome}}
	if at := m.Fact(outcome); at >= 0 {
		v.Fact = m.Facts[at]
	}
	var err error
	v.Simplification, err = m.Simplify(outcome, to)
	refuse := func(key string) error {
		return fault.New(fault.Invalid, "kengine.edit", "simplify").Field("node", key).Because(err)
	}
	switch {
	case m.Node(outcome) < 0:
		return v, refuse("kengine.edit.no_node")
	case errors.Is(err, decide.ErrTooLarge):
		return v, refuse("kengine.edit.too_large")
	case err != nil:
		return v, refuse("kengine.edit.incomplete")
	}
	v.Importance, _ = c.NodeImportance(outcome)
	if u, ok := c.Unreachable(outcome); ok {
		v.Unreachable = &u
	}
	return v, nil
}

// Simplify writes a node of a version in another form and changes nothing. Node is the id of the
// fact that it decides; empty means the node of the first decision. It needs PermModelRead. A node
// with gaps, or one that is too large for the form, is fault.Invalid.
func (s *Service) Simplify(ctx context.Context, a identity.Actor, id, node string, to decide.Form) (Simplified, error) {
	v, err := s.Model(ctx, a, id)
	if err != nil {
		return Simplified{}, err
	}
	if v.Compiled == nil {
		return Simplified{}, fault.New(fault.Invalid, "kengine.model").Field("source", "kengine.model.impact.broken")
	}
	outcome := factID(node)
	if node == "" && len(v.Model.Decisions) > 0 {
		outcome = v.Model.Decisions[0].Outcome
	}
	return simplifyNode(&v.Model, v.Compiled, outcome, to)
}

// SimplifyDraft makes a draft of a version in which the node that decides a fact, or every node if
// none is named, has the other form, and returns its id and what changed. Nodes that would not get
// smaller stay as they are; without any that does, it is fault.Invalid. It needs PermModelEdit.
func (s *Service) SimplifyDraft(ctx context.Context, a identity.Actor, id, node string, to decide.Form) (string, []Simplified, error) {
	if err := s.may(a, PermModelEdit()); err != nil {
		return "", nil, err
	}
	v, err := s.Model(ctx, a, id)
	if err != nil {
		return "", nil, err
	}
	if v.Compiled == nil {
		return "", nil, fault.New(fault.Invalid, "kengine.model").Field("source", "kengine.model.impact.broken")
	}
	list, err := simplifyAll(ctx, v, node, to)
	if err != nil {
		return "", nil, err
	}
	m := v.Model
	for i := range list {
		m = m.With(list[i].Node)
	}
	draft := s.IDs.UUID()
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return s.insertDraft(ctx, tx, a, draft, m, "simplified:"+id)
	})
	if err != nil {
		return "", nil, fmt.Errorf("kengine: simplify model %s: %w", id, err)
	}
	return draft, list, nil
}

// simplifyAll gives the nodes that get smaller. Of a single node a refusal is an error; of all, the
// nodes that cannot be written otherwise are left out.
func simplifyAll(ctx context.Context, v *ModelView, node string, to decide.Form) ([]Simplified, error) {
	var list []Simplified
	for _, n := range v.Model.Nodes {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("kengine: simplify: %w", err)
		}
		if node != "" && n.Outcome.String() != node {
			continue
		}
		one, err := simplifyNode(&v.Model, v.Compiled, n.Outcome, to)
		switch {
		case err != nil && node != "":
			return nil, err
		case err == nil && one.smaller():
			list = append(list, one)
		}
	}
	if len(list) > 0 {
		return list, nil
	}
	key := "kengine.edit.not_smaller"
	if node != "" && v.Model.Node(factID(node)) < 0 {
		key = "kengine.edit.no_node"
	}
	return nil, fault.New(fault.Invalid, "kengine.edit", "simplify").Field("node", key)
}
