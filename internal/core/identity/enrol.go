package identity

import (
	"context"
	"crypto/rand"
	"errors"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Enrolment is what an authenticator application needs to know.
type Enrolment struct {
	URI  string // for the QR code
	Seed string // for typing
}

// BeginCodes makes a new seed that ConfirmCodes must confirm. Recent proof.
// While codes are in use it is refused: they are switched off first.
func (s *Service) BeginCodes(ctx context.Context, a Actor) (Enrolment, error) {
	if err := s.ownRecent(a); err != nil {
		return Enrolment{}, err
	}
	seed := make([]byte, totpSeed)
	_, _ = rand.Read(seed) // never fails (crypto/rand since Go 1.24)
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if on, err := hasSecond(ctx, tx, a.ID); err != nil || on {
			return errors.Join(err, fault.New(fault.Conflict, "identity.codes_on"))
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO identity_totp (person, sealed, confirmed, last_step, at) VALUES (?, ?, FALSE, 0, ?)
			ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed, at = excluded.at`,
			a.ID, s.sealer.Seal(seed, a.ID), storage.At(tx.Now())); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "begin_codes", a.ID, "", nil)
	})
	if err != nil {
		return Enrolment{}, err
	}
	return s.enrolment(ctx, a, seed)
}

// PendingCodes returns the enrolment that waits for its first code. Recent
// proof; a confirmed seed is never shown again. Fault: NotFound.
func (s *Service) PendingCodes(ctx context.Context, a Actor) (Enrolment, error) {
	if err := s.ownRecent(a); err != nil {
		return Enrolment{}, err
	}
	seed, _, confirmed, err := s.seed(ctx, s.db.Read(), a.ID)
	if err != nil {
		return Enrolment{}, err
	}
	if confirmed || seed == nil {
		return Enrolment{}, fault.New(fault.NotFound, "identity.enrolment")
	}
	return s.enrolment(ctx, a, seed)
}

func (s *Service) enrolment(ctx context.Context, a Actor, seed []byte) (Enrolment, error) {
	p, err := loadPerson(ctx, s.db.Read(), a.ID)
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{URI: totpURI(seed, "Noroshi", p.Login), Seed: seedText(seed)}, nil
}

// ConfirmCodes switches one-time codes on when the first code is right and
// returns the recovery codes: they are shown this once. Recent proof. All other
// sessions end.
func (s *Service) ConfirmCodes(ctx context.Context, a Actor, code string) ([]string, error) {
	if err := s.ownRecent(a); err != nil {
		return nil, err
	}
	var codes []string
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		seed, last, confirmed, err := s.seed(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if seed == nil || confirmed {
			return fault.New(fault.NotFound, "identity.enrolment")
		}
		step, ok := totpMatch(seed, code, tx.Now(), last)
		if !ok {
			return fault.New(fault.Invalid, "identity.enrolment").Field("code", "identity.code_wrong")
		}
		if _, err := tx.ExecContext(ctx, `UPDATE identity_totp SET confirmed = TRUE, last_step = ? WHERE person = ?`, step, a.ID); err != nil {
			return err
		}
		if codes, err = newRecovery(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, a.ID, a.SessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "confirm_codes", a.ID, "", nil)
	})
	return codes, err
}
