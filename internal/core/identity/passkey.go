package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// maxPasskeys is how many passkeys one person has; maxAnswer how many bytes a
// browser's answer has.
const (
	maxPasskeys = 20
	maxAnswer   = 64 << 10
)

// Passkey is a registered authenticator without its key.
type Passkey struct {
	ID        string
	Name      string
	CreatedAt time.Time
	UsedAt    time.Time // zero: never
}

// newPasskeys returns the relying party of an outside address, nil where the
// address is no name, so that passkeys cannot be offered. User
// verification is required, so that a passkey is two factors in one.
func newPasskeys(origin string) (*url.URL, *webauthn.WebAuthn, error) {
	u, err := url.Parse(strings.TrimSuffix(origin, "/"))
	if err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, nil, fmt.Errorf("identity: outside address %q: want https://host without a path", origin)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return u, nil, nil // browsers offer passkeys to names, never to addresses
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Noroshi", RPOrigins: []string{u.String()},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("identity: passkeys for %s: %w", origin, err)
	}
	return u, w, nil
}

// PasskeysOffered reports whether passkeys can be used at the outside address.
func (s *Service) PasskeysOffered() bool { return s.passkeys != nil }

// offered refuses passkeys where the outside address is no name.
func (s *Service) offered() error {
	if s.passkeys == nil {
		return fault.New(fault.Unavailable, "identity.passkeys_off")
	}
	return nil
}

// holder is a person as the protocol wants it; the handle is the person's id.
type holder struct {
	person Account
	keys   []webauthn.Credential
}

// WebAuthnID returns the person's id.
func (h holder) WebAuthnID() []byte { return []byte(h.person.ID) }

// WebAuthnName returns the sign-in name.
func (h holder) WebAuthnName() string { return h.person.Login }

// WebAuthnDisplayName returns the displayed name.
func (h holder) WebAuthnDisplayName() string { return h.person.Name }

// WebAuthnCredentials returns the registered keys.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func loadHolder(ctx context.Context, r storage.Runner, person string) (holder, error) {
	p, err := loadPerson(ctx, r, person)
	if err != nil {
		return holder{}, err
	}
	keys, err := storage.List(ctx, r, func(scan func(...any) error) (webauthn.Credential, error) {
		var c storage.JSON[webauthn.Credential]
		err := scan(&c)
		return c.V, err
	}, `SELECT credential FROM identity_passkey WHERE person = ? ORDER BY id`, person)
	return holder{person: p, keys: keys}, err
}

// Passkeys lists the actor's own passkeys.
func (s *Service) Passkeys(ctx context.Context, a Actor) ([]Passkey, error) {
	if a.Kind != KindPerson {
		return nil, fault.New(fault.Denied, "identity.sign_in_first")
	}
	return storage.List(ctx, s.db.Read(), func(scan func(...any) error) (Passkey, error) {
		var k Passkey
		var created, used storage.Time
		err := scan(&k.ID, &k.Name, &created, &used)
		k.CreatedAt, k.UsedAt = created.Time, used.Time
		return k, err
	}, `SELECT id, name, created_at, used_at FROM identity_passkey WHERE person = ? ORDER BY created_at, id`, a.ID)
}

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

// ceremony returns a challenge with the protocol's session data.
func (s *Service) ceremony(ctx context.Context, kind, secret string) (challenge, webauthn.SessionData, error) {
	var session webauthn.SessionData
	c, err := s.look(ctx, s.db.Read(), kind, secret, s.clock.Now())
	if err != nil {
		return c, session, err
	}
	if err := json.Unmarshal(c.data, &session); err != nil {
		return c, session, fmt.Errorf("identity: passkey ceremony: %w", err)
	}
	return c, session, nil
}

// RemovePasskey forgets one of the actor's own passkeys. Recent proof. All
// other sessions end.
func (s *Service) RemovePasskey(ctx context.Context, a Actor, passkey string) error {
	if err := s.ownRecent(a); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM identity_passkey WHERE id = ? AND person = ?`, passkey, a.ID)
		if err := gone(res, err, "identity.passkey", passkey); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, a.ID, a.SessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "remove_passkey", passkey, "", nil)
	})
}

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
