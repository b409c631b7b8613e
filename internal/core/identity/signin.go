package identity

import (
	"context"
	"fmt"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// SignIn checks a password. Known and unknown names, people without a password
// and closed accounts get the same answer after the same work: one hash, one
// audit leaf. Faults: Denied, Limit.
func (s *Service) SignIn(ctx context.Context, v Visit, login, password string) (Door, error) {
	name := canonical(shorten(login, maxName+1))
	if err := s.limiter.allow(s.clock.Now(), "login:"+name, v.Address); err != nil {
		return Door{}, err
	}
	c, err := loadCredential(ctx, s.db.Read(), name)
	if err != nil {
		return Door{}, fmt.Errorf("identity: sign in: %w", err)
	}
	ok, stale, err := s.hasher.matches(ctx, c.hash, password)
	if err != nil {
		return Door{}, fmt.Errorf("identity: sign in: %w", err)
	}
	if !ok {
		return Door{}, s.refuse(ctx, v, "sign_in", c.person.ID, name, "identity.sign_in_failed")
	}
	fresh := ""
	if stale {
		if fresh, err = s.hasher.hash(ctx, password); err != nil {
			return Door{}, err
		}
	}
	s.limiter.forgive("login:"+name, v.Address)
	return s.enter(ctx, v, c.person.ID, "password", c.second, func(ctx context.Context, tx *storage.Tx) error {
		if fresh == "" {
			return nil
		}
		return putPassword(ctx, tx, c.person.ID, fresh)
	})
}

// refuse writes the audit leaf of a failed proof and returns the fault.
func (s *Service) refuse(ctx context.Context, v Visit, op, person, name, key string) error {
	if err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return s.record(ctx, tx, Actor{}, op, person, "denied", map[string]string{"name": name, "address": v.Address})
	}); err != nil {
		return fmt.Errorf("identity: %s: %w", op, err)
	}
	return fault.New(fault.Denied, key)
}

// enter opens a session for a person whose first factor was right, or asks for
// the second. The extra work is done in the same transaction before it.
func (s *Service) enter(ctx context.Context, v Visit, person, method string, second bool,
	extra func(context.Context, *storage.Tx) error,
) (Door, error) {
	var d Door
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if err := extra(ctx, tx); err != nil {
			return err
		}
		if second {
			d = Door{Person: person}
			if d.Second, err = s.begin(ctx, tx, challengeSecond, person, method); err != nil {
				return err
			}
			return s.record(ctx, tx, Actor{}, "sign_in", person, "second_factor", map[string]string{"method": method, "address": v.Address})
		}
		if d, err = s.open(ctx, tx, person, v, method); err != nil {
			return err
		}
		return s.record(ctx, tx, Actor{Kind: KindPerson, ID: person}, "sign_in", person, "", map[string]string{"method": method, "address": v.Address})
	})
	if err != nil {
		return Door{}, fmt.Errorf("identity: sign in: %w", err)
	}
	return d, nil
}

// SignOut ends the actor's present session.
func (s *Service) SignOut(ctx context.Context, a Actor) error {
	if a.Kind != KindPerson {
		return nil
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM identity_session WHERE id = ?`, a.SessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "sign_out", a.ID, "", nil)
	})
}
