package identity

import (
	"context"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// OutsidePath is the path, without language prefix, to which a provider sends
// people back.
func OutsidePath(name string) string { return "/sign-in/outside/" + name + "/back" }

// outside is what a challenge keeps while a person is at a provider.
type outside struct {
	Provider string
	State    string
	Nonce    string
	Verifier string // PKCE
	Next     string
}

// BeginOutside returns the provider's address and the challenge secret for a
// cookie. For an actor who is signed in, the provider's account will be linked
// to the actor's: recent proof. next is where to go afterwards.
func (s *Service) BeginOutside(ctx context.Context, a Actor, v Visit, name, next string) (url, secret string, err error) {
	p, err := s.provider(name)
	if err != nil {
		return "", "", err
	}
	if a.Kind == KindPerson {
		if err := s.recent(a); err != nil {
			return "", "", err
		}
	}
	if err := s.limiter.allow(s.clock.Now(), "", v.Address); err != nil {
		return "", "", err
	}
	found, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	o := outside{Provider: name, State: s.ids.Token(20), Nonce: s.ids.Token(20), Verifier: oauth2.GenerateVerifier(), Next: next}
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		secret, err = s.begin(ctx, tx, challengeProvide, a.ID, o)
		return err
	})
	if err != nil {
		return "", "", err
	}
	return p.config(found).AuthCodeURL(o.State, oidc.Nonce(o.Nonce), oauth2.S256ChallengeOption(o.Verifier)), secret, nil
}

// linkOutside binds a provider's account to the actor's.
func (s *Service) linkOutside(ctx context.Context, a Actor, token *oidc.IDToken) error {
	if err := s.ownRecent(a); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		people, err := storage.List(ctx, tx, storage.Scalar[string],
			`SELECT person FROM identity_outside WHERE issuer = ? AND subject = ?`, token.Issuer, token.Subject)
		if err != nil {
			return err
		}
		if len(people) > 0 {
			return fault.New(fault.Conflict, "identity.outside_taken")
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO identity_outside (issuer, subject, person, created_at) VALUES (?, ?, ?, ?)`,
			token.Issuer, token.Subject, a.ID, storage.At(tx.Now())); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "link_outside", a.ID, "", map[string]string{"issuer": token.Issuer, "subject": token.Subject})
	})
}

// UnlinkOutside removes the actor's accounts of an issuer. Recent proof.
func (s *Service) UnlinkOutside(ctx context.Context, a Actor, issuer string) error {
	if err := s.ownRecent(a); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM identity_outside WHERE person = ? AND issuer = ?`, a.ID, issuer)
		if err := gone(res, err, "identity.provider", issuer); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "unlink_outside", a.ID, "", map[string]string{"issuer": issuer})
	})
}
