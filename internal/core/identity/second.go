package identity

import (
	"context"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// seed returns the opened seed of a person, nil if there is none.
func (s *Service) seed(ctx context.Context, r storage.Runner, person string) (seed []byte, last int64, confirmed bool, err error) {
	type row struct {
		sealed    []byte
		confirmed bool
		last      int64
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
		var x row
		err := scan(&x.sealed, &x.confirmed, &x.last)
		return x, err
	}, `SELECT sealed, confirmed, last_step FROM identity_totp WHERE person = ?`, person)
	if err != nil || len(rows) == 0 {
		return nil, 0, false, err
	}
	seed, err = s.sealer.Open(rows[0].sealed, person)
	return seed, rows[0].last, rows[0].confirmed, err
}

// RemoveCodes switches the actor's own one-time codes off. Recent proof.
func (s *Service) RemoveCodes(ctx context.Context, a Actor) error {
	if err := s.ownRecent(a); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := removeCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, a.ID, a.SessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "remove_codes", a.ID, "", nil)
	})
}

// RemoveCodesOf helps a person who lost the second factor: codes go off and all
// sessions end. Who the person is must be checked as at enrolment. Permission:
// ManagePeople over nobody more powerful, recent proof.
func (s *Service) RemoveCodesOf(ctx context.Context, a Actor, person string) error {
	return s.manage(ctx, a, person, func(ctx context.Context, tx *storage.Tx, _ Account) error {
		if err := removeCodes(ctx, tx, person); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, person, ""); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "remove_codes", person, "", nil)
	})
}

func removeCodes(ctx context.Context, tx *storage.Tx, person string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM identity_totp WHERE person = ?`, person); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM identity_recovery WHERE person = ?`, person)
	return err
}

// Factors says which credentials a person has set up, never what they are.
type Factors struct {
	Password bool
	Codes    bool
	Recovery int // recovery codes left
	Passkeys int
	Outside  []string // issuers
}

// FactorsOf returns the credentials that the actor has set up.
func (s *Service) FactorsOf(ctx context.Context, a Actor) (Factors, error) {
	var f Factors
	if a.Kind != KindPerson {
		return f, fault.New(fault.Denied, "identity.sign_in_first")
	}
	err := s.db.InRead(ctx, func(ctx context.Context, r storage.Runner) (err error) {
		hash, err := passwordHash(ctx, r, a.ID)
		if err != nil {
			return err
		}
		f.Password = hash != ""
		if f.Codes, err = hasSecond(ctx, r, a.ID); err != nil {
			return err
		}
		if f.Outside, err = storage.List(ctx, r, storage.Scalar[string],
			`SELECT issuer FROM identity_outside WHERE person = ? ORDER BY issuer`, a.ID); err != nil {
			return err
		}
		if err := r.QueryRowContext(ctx, `SELECT COUNT(*) FROM identity_recovery WHERE person = ? AND used_at IS NULL`, a.ID).Scan(&f.Recovery); err != nil {
			return err
		}
		return r.QueryRowContext(ctx, `SELECT COUNT(*) FROM identity_passkey WHERE person = ?`, a.ID).Scan(&f.Passkeys)
	})
	return f, err
}
