package identity

import (
	"context"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Prove checks the actor's password, and code where one-time codes are set up,
// again: the session gets a new secret and a fresh proof. Faults: Denied, Limit.
func (s *Service) Prove(ctx context.Context, a Actor, v Visit, password, code string) (Door, error) {
	if a.Kind != KindPerson {
		return Door{}, fault.New(fault.Denied, "identity.sign_in_first")
	}
	if err := s.limiter.allow(s.clock.Now(), "prove:"+a.ID, v.Address); err != nil {
		return Door{}, err
	}
	hash, err := passwordHash(ctx, s.db.Read(), a.ID)
	if err != nil {
		return Door{}, err
	}
	ok, _, err := s.hasher.matches(ctx, hash, password)
	if err != nil {
		return Door{}, err
	}
	if !ok {
		return Door{}, s.refuse(ctx, v, "prove", a.ID, a.Name, "identity.prove_failed")
	}
	var d Door
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		second, err := hasSecond(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if second {
			if err := s.useCode(ctx, tx, a.ID, code); err != nil {
				return err
			}
		}
		if d, err = s.rotate(ctx, tx, a); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "prove", a.ID, "", nil)
	})
	if err == nil {
		s.limiter.forgive("prove:"+a.ID, v.Address)
	}
	return d, err
}
