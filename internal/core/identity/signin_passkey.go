package identity

import (
	"bytes"
	"context"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// BeginPasskeySignIn starts a sign-in without a name: the authenticator says who.
func (s *Service) BeginPasskeySignIn(ctx context.Context, v Visit) (options []byte, secret string, err error) {
	if err := s.offered(); err != nil {
		return nil, "", err
	}
	if err := s.limiter.allow(s.clock.Now(), "", v.Address); err != nil {
		return nil, "", err
	}
	assertion, session, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", fmt.Errorf("identity: begin passkey sign-in: %w", err)
	}
	return s.beginAnswer(ctx, challengeSignIn, "", assertion, session)
}

// SignInPasskey checks a browser's assertion and opens a session. For a person
// who is signed in already (a.ID is set) it must be that person's passkey, and
// the present session gets a new secret and a fresh proof. Faults: Denied.
func (s *Service) SignInPasskey(ctx context.Context, a Actor, v Visit, secret string, answer []byte) (Door, error) {
	c, session, err := s.ceremony(ctx, challengeSignIn, secret)
	if err != nil {
		return Door{}, err
	}
	h, key, err := s.assertion(ctx, session, answer)
	if err != nil || a.Kind == KindPerson && a.ID != h.person.ID || !h.person.DisabledAt.IsZero() {
		return Door{}, s.refuse(ctx, v, "sign_in", h.person.ID, "", "identity.passkey_failed")
	}
	s.limiter.forgive("", v.Address)
	var d Door
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if err := take(ctx, tx, c); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE identity_passkey SET credential = ?, used_at = ? WHERE key_id = ? AND person = ?`,
			storage.JSON[webauthn.Credential]{V: *key}, storage.At(tx.Now()), key.ID, h.person.ID); err != nil {
			return err
		}
		op := "sign_in"
		if a.Kind == KindPerson {
			op = "prove"
			d, err = s.rotate(ctx, tx, a)
		} else {
			d, err = s.open(ctx, tx, h.person.ID, v, "passkey")
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Actor{Kind: KindPerson, ID: h.person.ID}, op, h.person.ID, "", map[string]string{"method": "passkey", "address": v.Address})
	})
	return d, err
}

// assertion verifies an answer and returns its person and the updated key.
func (s *Service) assertion(ctx context.Context, session webauthn.SessionData, answer []byte) (holder, *webauthn.Credential, error) {
	if len(answer) > maxAnswer {
		return holder{}, nil, fault.New(fault.Limit, "identity.passkey")
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return holder{}, nil, err
	}
	var h holder
	_, key, err := s.passkeys.ValidatePasskeyLogin(func(raw, handle []byte) (webauthn.User, error) {
		var err error
		if h, err = loadHolder(ctx, s.db.Read(), string(handle)); err != nil {
			return nil, err
		}
		for _, k := range h.keys {
			if bytes.Equal(k.ID, raw) {
				return h, nil
			}
		}
		return nil, fault.New(fault.NotFound, "identity.passkey")
	}, session, parsed)
	if err != nil {
		return h, nil, err
	}
	if key.Authenticator.CloneWarning {
		return h, nil, fault.New(fault.Denied, "identity.passkey_failed")
	}
	return h, key, nil
}
