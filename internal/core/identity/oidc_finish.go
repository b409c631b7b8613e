package identity

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Return is what a provider's answer led to.
type Return struct {
	Door   Door
	Linked bool // the account was linked to the actor's; no new session
	Next   string
}

// FinishOutside checks a provider's answer. A person is recognised by issuer
// and subject alone, never by mail address or name, which a provider's users may
// choose. Faults: Denied, Unavailable.
func (s *Service) FinishOutside(ctx context.Context, a Actor, v Visit, name, secret, state, code string) (Return, error) {
	p, err := s.provider(name)
	if err != nil {
		return Return{}, err
	}
	c, err := s.look(ctx, s.db.Read(), challengeProvide, secret, s.clock.Now())
	if err != nil {
		return Return{}, err
	}
	var o outside
	if err := json.Unmarshal(c.data, &o); err != nil {
		return Return{}, fmt.Errorf("identity: outside: %w", err)
	}
	if err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return take(ctx, tx, c) }); err != nil {
		return Return{}, err
	}
	if o.Provider != name || o.State != state || state == "" || c.person != a.ID {
		return Return{}, s.refuse(ctx, v, "outside", c.person, "", "identity.begin_again")
	}
	token, err := p.exchange(ctx, o, code)
	if err != nil {
		return Return{}, s.refuseOutside(ctx, v, err)
	}
	s.limiter.forgive("", v.Address)
	if a.Kind == KindPerson {
		return Return{Linked: true, Next: o.Next}, s.linkOutside(ctx, a, token)
	}
	d, err := s.signInOutside(ctx, v, token)
	return Return{Door: d, Next: o.Next}, err
}

// refuseOutside keeps "the provider is silent" apart from "the answer is wrong".
func (s *Service) refuseOutside(ctx context.Context, v Visit, err error) error {
	if f := fault.Of(err); f != nil && f.Kind == fault.Unavailable {
		return err
	}
	return s.refuse(ctx, v, "outside", "", err.Error(), "identity.outside_failed")
}

// exchange trades the code for a verified ID token: signature, issuer, audience,
// expiry by the library, the nonce here.
func (p *provider) exchange(ctx context.Context, o outside, code string) (*oidc.IDToken, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	granted, err := p.config(found).Exchange(ctx, code, oauth2.VerifierOption(o.Verifier))
	if err != nil {
		return nil, fmt.Errorf("identity: exchange: %w", err)
	}
	raw, ok := granted.Extra("id_token").(string)
	if !ok {
		return nil, fmt.Errorf("identity: %s sent no ID token", p.Name)
	}
	token, err := found.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("identity: verify ID token: %w", err)
	}
	if token.Nonce != o.Nonce || token.Subject == "" {
		return nil, fmt.Errorf("identity: ID token of %s is for another request", p.Name)
	}
	return token, nil
}

// signInOutside opens a session for the person that an account is linked to.
func (s *Service) signInOutside(ctx context.Context, v Visit, token *oidc.IDToken) (Door, error) {
	people, err := storage.List(ctx, s.db.Read(), storage.Scalar[string], `SELECT o.person FROM identity_outside o
		JOIN identity_person p ON p.id = o.person WHERE o.issuer = ? AND o.subject = ? AND p.disabled_at IS NULL`, token.Issuer, token.Subject)
	if err != nil {
		return Door{}, fmt.Errorf("identity: outside: %w", err)
	}
	if len(people) == 0 {
		return Door{}, s.refuse(ctx, v, "outside", "", token.Issuer+" "+token.Subject, "identity.outside_unknown")
	}
	second, err := hasSecond(ctx, s.db.Read(), people[0])
	if err != nil {
		return Door{}, err
	}
	return s.enter(ctx, v, people[0], "oidc", second, func(context.Context, *storage.Tx) error { return nil })
}
