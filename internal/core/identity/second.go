package identity

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// SignInSecond checks the one-time or recovery code that follows a right first
// factor. Codes work once; tries are limited by person. Faults: Denied, Limit.
func (s *Service) SignInSecond(ctx context.Context, v Visit, secret, code string) (Door, error) {
	c, err := s.look(ctx, s.db.Read(), challengeSecond, secret, s.clock.Now())
	if err != nil {
		return Door{}, err
	}
	if err := s.limiter.allow(s.clock.Now(), "code:"+c.person, v.Address); err != nil {
		return Door{}, err
	}
	var method string
	if err := json.Unmarshal(c.data, &method); err != nil {
		return Door{}, fmt.Errorf("identity: second factor: %w", err)
	}
	var d Door
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if err := s.useCode(ctx, tx, c.person, code); err != nil {
			return err
		}
		if err := take(ctx, tx, c); err != nil {
			return err
		}
		if d, err = s.open(ctx, tx, c.person, v, method+"+code"); err != nil {
			return err
		}
		return s.record(ctx, tx, Actor{Kind: KindPerson, ID: c.person}, "sign_in", c.person, "",
			map[string]string{"method": method + "+code", "address": v.Address})
	})
	if errors.Is(err, fault.Denied) {
		return Door{}, s.refuse(ctx, v, "second_factor", c.person, "", "identity.code_wrong")
	}
	if err != nil {
		return Door{}, fmt.Errorf("identity: second factor: %w", err)
	}
	s.limiter.forgive("code:"+c.person, v.Address)
	return d, nil
}

// useCode spends a one-time or a recovery code. Fault: Denied.
func (s *Service) useCode(ctx context.Context, tx *storage.Tx, person, code string) error {
	wrong := fault.New(fault.Denied, "identity.code_wrong")
	seed, last, confirmed, err := s.seed(ctx, tx, person)
	if err != nil {
		return err
	}
	if !confirmed {
		return wrong
	}
	if step, ok := totpMatch(seed, code, tx.Now(), last); ok {
		_, err := tx.ExecContext(ctx, `UPDATE identity_totp SET last_step = ? WHERE person = ?`, step, person)
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE identity_recovery SET used_at = ? WHERE hash = ? AND person = ? AND used_at IS NULL`,
		storage.At(tx.Now()), recoveryHash(code), person)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return wrong
	}
	return nil
}

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

// NewRecovery replaces the actor's recovery codes. Recent proof.
func (s *Service) NewRecovery(ctx context.Context, a Actor) ([]string, error) {
	if err := s.ownRecent(a); err != nil {
		return nil, err
	}
	var codes []string
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		on, err := hasSecond(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if !on {
			return fault.New(fault.NotFound, "identity.enrolment")
		}
		if codes, err = newRecovery(ctx, tx, a.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "new_recovery", a.ID, "", nil)
	})
	return codes, err
}

func newRecovery(ctx context.Context, tx *storage.Tx, person string) ([]string, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM identity_recovery WHERE person = ?`, person); err != nil {
		return nil, err
	}
	codes := make([]string, recoverySet)
	for i := range codes {
		code, hash := recoveryCode()
		if _, err := tx.ExecContext(ctx, `INSERT INTO identity_recovery (hash, person) VALUES (?, ?)`, hash, person); err != nil {
			return nil, err
		}
		codes[i] = code
	}
	return codes, nil
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
