package identity

import (
	"context"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
