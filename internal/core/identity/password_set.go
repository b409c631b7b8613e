package identity

import (
	"context"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
