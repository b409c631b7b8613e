package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// BeginPasskey starts a registration: options is the JSON for the browser,
// secret the challenge for a cookie. Recent proof.
func (s *Service) BeginPasskey(ctx context.Context, a Actor) (options []byte, secret string, err error) {
	if err := s.ownRecent(a); err != nil {
		return nil, "", err
	}
	if err := s.offered(); err != nil {
		return nil, "", err
	}
	h, err := loadHolder(ctx, s.db.Read(), a.ID)
	if err != nil {
		return nil, "", err
	}
	if len(h.keys) >= maxPasskeys {
		return nil, "", fault.New(fault.Limit, "identity.passkeys").With("max", maxPasskeys)
	}
	creation, session, err := s.passkeys.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, "", fmt.Errorf("identity: begin passkey: %w", err)
	}
	return s.beginAnswer(ctx, challengeAdd, a.ID, creation, session)
}

// beginAnswer stores the session data of a ceremony and returns its options.
func (s *Service) beginAnswer(ctx context.Context, kind, person string, options, session any) (out []byte, secret string, err error) {
	if out, err = json.Marshal(options); err != nil {
		return nil, "", fmt.Errorf("identity: passkey options: %w", err)
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		secret, err = s.begin(ctx, tx, kind, person, session)
		return err
	})
	return out, secret, err
}

// FinishPasskey registers the authenticator of a browser's answer. Recent
// proof. All other sessions end. Faults: Denied, Invalid.
func (s *Service) FinishPasskey(ctx context.Context, a Actor, secret, name string, answer []byte) error {
	if err := s.ownRecent(a); err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "identity.passkey")
	checkName(f, "name", name)
	if err := f.OrNil(); err != nil {
		return err
	}
	c, session, err := s.ceremony(ctx, challengeAdd, secret)
	if err != nil {
		return err
	}
	if c.person != a.ID {
		return fault.New(fault.Denied, "identity.begin_again")
	}
	h, err := loadHolder(ctx, s.db.Read(), a.ID)
	if err != nil {
		return err
	}
	if len(answer) > maxAnswer {
		return fault.New(fault.Limit, "identity.passkey")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fault.New(fault.Invalid, "identity.passkey").Because(err)
	}
	key, err := s.passkeys.CreateCredential(h, session, parsed)
	if err != nil {
		return fault.New(fault.Invalid, "identity.passkey").Because(err)
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := take(ctx, tx, c); err != nil {
			return err
		}
		passkey := s.ids.UUID()
		if _, err := tx.ExecContext(ctx, `INSERT INTO identity_passkey (id, person, key_id, credential, name, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
			passkey, a.ID, key.ID, storage.JSON[webauthn.Credential]{V: *key}, strings.TrimSpace(name), storage.At(tx.Now())); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, a.ID, a.SessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "add_passkey", passkey, "", map[string]string{"name": name})
	})
}
