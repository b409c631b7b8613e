package kengine

import (
	"cmp"
	"context"
	"math"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// Weights say what wrong recommendations and work cost an organisation. What is not set has a default:
// trust.DefaultCosts, and DefaultHours by priority.
type Weights struct {
	Costs map[string]trust.Costs `json:"costs,omitempty"` // by decision, MODEL/DECISION; "*": all others
	Hours map[string]float64     `json:"hours,omitempty"` // of work a task: by MODEL/DECISION/OUTCOME, else by priority (now, soon, plan, none)
}

// Bounds of weights.
const (
	maxWeights = 500
	maxWeight  = 10000
)

// DefaultHours is the work that a task of a priority takes, in hours: 8, 4, 2, and none for no action.
func DefaultHours(m decide.Mark) float64 {
	switch m {
	case decide.Now:
		return 8
	case decide.Soon:
		return 4
	case decide.Plan:
		return 2
	case decide.None:
	}
	return 0
}

// CostsOf returns the costs of errors of a decision.
func (w *Weights) CostsOf(decision string) trust.Costs {
	if w != nil {
		for _, key := range []string{decision, "*"} {
			if c, ok := w.Costs[key]; ok {
				return c
			}
		}
	}
	return trust.DefaultCosts()
}

// HoursOf returns the hours of work that a task with an outcome takes.
func (w *Weights) HoursOf(decision string, o Outcome) float64 {
	if w != nil {
		for _, key := range []string{decision + "/" + o.Key, string(cmp.Or(o.Mark, decide.None))} {
			if h, ok := w.Hours[key]; ok {
				return h
			}
		}
	}
	return DefaultHours(o.Mark)
}

func (w *Weights) check() error {
	f := fault.New(fault.Invalid, "kengine.weights")
	bad := func(v float64) bool { return math.IsNaN(v) || v < 0 || v > maxWeight }
	if len(w.Costs)+len(w.Hours) > maxWeights {
		f.Field("hours", "kengine.weights.many", "most", maxWeights)
	}
	for key, c := range w.Costs {
		if bad(c.Little) || bad(c.Much) {
			f.Field("costs", "kengine.weights.range", "of", key, "most", maxWeight)
		}
	}
	for key, h := range w.Hours {
		if bad(h) {
			f.Field("hours", "kengine.weights.range", "of", key, "most", maxWeight)
		}
	}
	return f.OrNil()
}

// readWeights returns the weights of an organisation; nil when it has set none.
func readWeights(ctx context.Context, r storage.Runner, organisation string) (*Weights, error) {
	p, err := readPolicy(ctx, r, organisation)
	return p.Weights, err
}

// SetWeights changes what errors and work cost the actor's organisation. Nothing is decided again:
// weights only measure. version is that of the policy, see SetPolicy. It needs PermModelActivate.
func (s *Service) SetWeights(ctx context.Context, a identity.Actor, w Weights, version int64) error {
	if err := s.may(a, PermModelActivate()); err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return err
	}
	return s.changePolicy(ctx, a, version, "weights.set", func(ctx context.Context, tx *storage.Tx, there *Policy) error {
		there.Weights = &w
		return touch(ctx, tx, a.Organisation)
	})
}
