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

// SetPassword sets the actor's own password. It needs the present one, except
// when there is none yet or the session began with a sign-in link; always a
// recent proof. All other sessions end and this one gets a new secret.
func (s *Service) SetPassword(ctx context.Context, a Actor, v Visit, current, next string) (Door, error) {
	if err := s.ownRecent(a); err != nil {
		return Door{}, err
	}
	p, err := loadPerson(ctx, s.db.Read(), a.ID)
	if err != nil {
		return Door{}, err
	}
	f := fault.New(fault.Invalid, "identity.password")
	checkPassword(f, "password", next, p.Login, p.Name)
	if err := s.checkCurrent(ctx, a, v, current, f); err != nil {
		return Door{}, err
	}
	if err := f.OrNil(); err != nil {
		return Door{}, err
	}
	hash, err := s.hasher.hash(ctx, next)
	if err != nil {
		return Door{}, err
	}
	var d Door
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if err := putPassword(ctx, tx, a.ID, hash); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, a.ID, a.SessionID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE identity_session SET method = 'password' WHERE id = ?`, a.SessionID); err != nil {
			return err
		}
		if d, err = s.rotate(ctx, tx, a); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "set_password", a.ID, "", nil)
	})
	return d, err
}

// NeedsCurrent reports whether SetPassword asks for the present password.
func (s *Service) NeedsCurrent(ctx context.Context, a Actor) (bool, error) {
	hash, err := passwordHash(ctx, s.db.Read(), a.ID)
	if err != nil || hash == "" {
		return false, err
	}
	rows, err := storage.List(ctx, s.db.Read(), storage.Scalar[string], `SELECT method FROM identity_session WHERE id = ?`, a.SessionID)
	byLink := len(rows) == 1 && (rows[0] == "link" || rows[0] == "link+code")
	return !byLink, err
}

// checkCurrent compares the present password where it is needed.
func (s *Service) checkCurrent(ctx context.Context, a Actor, v Visit, current string, f *fault.Error) error {
	needed, err := s.NeedsCurrent(ctx, a)
	if err != nil || !needed {
		return err
	}
	if err := s.limiter.allow(s.clock.Now(), "prove:"+a.ID, v.Address); err != nil {
		return err
	}
	hash, err := passwordHash(ctx, s.db.Read(), a.ID)
	if err != nil {
		return err
	}
	ok, _, err := s.hasher.matches(ctx, hash, current)
	if err != nil {
		return err
	}
	if !ok {
		f.Field("current", "identity.current_wrong")
		return nil
	}
	s.limiter.forgive("prove:"+a.ID, v.Address)
	return nil
}
