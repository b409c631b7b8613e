package kengine

import (
	"context"
	"fmt"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// PolicyView is the resolution policy of an organisation.
type PolicyView struct {
	Policy
	Version int64     // 0: none was set, the default holds
	Updated time.Time // zero: never
}

// Policy returns the resolution policy of the actor's organisation, the default one where none was
// set. It needs PermModelRead.
func (s *Service) Policy(ctx context.Context, a identity.Actor) (PolicyView, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return PolicyView{}, err
	}
	return readPolicyView(ctx, s.DB.Read(), a.Organisation)
}

func readPolicyView(ctx context.Context, r storage.Runner, organisation string) (PolicyView, error) {
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (PolicyView, error) {
		var v PolicyView
		var policy storage.JSON[Policy]
		var updated storage.Time
		err := scan(&policy, &v.Version, &updated)
		v.Policy, v.Updated = policy.V, updated.Time
		return v, err
	}, `SELECT policy, version, updated FROM kengine_policy WHERE organisation = ?`, organisation)
	if err != nil {
		return PolicyView{}, fmt.Errorf("kengine: policy: %w", err)
	}
	if len(rows) == 0 {
		return PolicyView{Policy: DefaultPolicy()}, nil
	}
	return rows[0], nil
}

// SetPolicy changes the resolution policy of the actor's organisation and has every report decided
// again in the background. version is that of the policy as it was seen, 0 where none was set. It
// needs PermModelActivate; somebody else's change since then is fault.Conflict.
func (s *Service) SetPolicy(ctx context.Context, a identity.Actor, p Policy, version int64) error {
	if err := s.may(a, PermModelActivate()); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	return s.changePolicy(ctx, a, version, "policy.set", func(ctx context.Context, tx *storage.Tx, there *Policy) error {
		p.Weights = there.Weights
		*there = p
		return s.decideAgain(ctx, tx, a.Organisation, "policy")
	})
}

// changePolicy writes the policy of the actor's organisation as change leaves it, if version is the one that is there.
func (s *Service) changePolicy(ctx context.Context, a identity.Actor, version int64, op string, change func(context.Context, *storage.Tx, *Policy) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := s.lockTenant(ctx, tx, a.Organisation); err != nil {
			return err
		}
		there, err := readPolicyView(ctx, tx, a.Organisation)
		if err != nil {
			return err
		}
		if there.Version != version {
			return outdated("kengine.policy", a.Organisation)
		}
		if err := change(ctx, tx, &there.Policy); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO kengine_policy (organisation, policy, updated, version) VALUES (?, ?, ?, 1)
			ON CONFLICT (organisation) DO UPDATE SET policy = excluded.policy, updated = excluded.updated, version = kengine_policy.version + 1`,
			a.Organisation, storage.JSON[Policy]{V: there.Policy}, storage.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("kengine: set policy: %w", err)
		}
		return s.record(ctx, tx, a, op, a.Organisation)
	})
}
