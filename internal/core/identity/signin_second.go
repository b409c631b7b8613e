package identity

import (
	"context"
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
		res, err := tx.ExecContext(ctx, `UPDATE identity_totp SET last_step = ? WHERE person = ? AND last_step < ?`, step, person, step)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, wrong) // another sign-in spent it a moment ago
		}
		return nil
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
