package kengine

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// maxCounted is up to how many reports a page counts on its way through a tree.
const maxCounted = 20_000

// ModelTrees returns every node of a version as a tree, in the order of its nodes; nil for one that has
// gaps. As long as there are not too many, the published reports, as the actor's organisation knows
// them, are counted at each place that they can come to; the number of them is returned, 0 if they
// were not counted. It needs PermModelRead.
func (s *Service) ModelTrees(ctx context.Context, a identity.Actor, v *ModelView) ([]*decide.View, int, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return nil, 0, err
	}
	if v == nil {
		return nil, 0, fault.New(fault.NotFound, "kengine.model")
	}
	if v.Compiled == nil {
		return make([]*decide.View, len(v.Model.Nodes)), 0, nil
	}
	views := make([]*decide.View, len(v.Model.Nodes))
	for i, n := range v.Model.Nodes {
		if view, err := v.Compiled.View(v.Model.Fact(n.Outcome)); err == nil {
			views[i] = view // a node with gaps has no tree; its findings say so
		}
	}
	columns, n, err := s.columns(ctx, a, v)
	if err != nil || n == 0 {
		return views, 0, err
	}
	for _, view := range views {
		if view != nil {
			v.Compiled.Count(view, columns, n)
		}
	}
	return views, n, nil
}

// columns returns what is known of the inputs of a model about all reports; none where they are too many.
func (s *Service) columns(ctx context.Context, a identity.Actor, v *ModelView) ([][]decide.Set, int, error) {
	n, err := storage.Count(ctx, s.DB.Read(), "kengine_report")
	if err != nil || n > maxCounted {
		return nil, 0, err
	}
	var h *replay
	err = s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		l, err := s.compile(v.Digest, v.Source)
		if err != nil {
			return err
		}
		h, err = s.history(ctx, r, a.Organisation, nil, l, time.Time{})
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("kengine: count reports of model %s: %w", v.ID, err)
	}
	return h.after, len(h.keys), nil
}
