package identity

import (
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
