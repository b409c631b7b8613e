package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Provider is an outside OpenID Connect provider that people may sign in with.
type Provider struct {
	Name         string // in URLs: lower-case letters, digits, hyphens
	Title        string // on the button
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string // empty: openid
}

// provider is a Provider with what was discovered about it.
type provider struct {
	Provider
	client *http.Client
	back   string // our outside address

	mu    sync.Mutex
	found *oidc.Provider
}

// OutsidePath is the path, without language prefix, to which a provider sends
// people back.
func OutsidePath(name string) string { return "/sign-in/outside/" + name + "/back" }

// Providers returns names and titles for the buttons of the sign-in page.
func (s *Service) Providers() []Provider {
	out := make([]Provider, len(s.providers))
	for i, p := range s.providers {
		out[i] = Provider{Name: p.Name, Title: p.Title, Issuer: p.Issuer}
		if p.Title == "" {
			out[i].Title = p.Name
		}
	}
	return out
}

func (s *Service) provider(name string) (*provider, error) {
	i := slices.IndexFunc(s.providers, func(p *provider) bool { return p.Name == name })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "identity.provider", name)
	}
	return s.providers[i], nil
}

// discover reads the provider's metadata at the first use, and again after a failure.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The provider keeps this context for fetching keys later: it must not end with the request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.Issuer)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "identity.provider_silent", p.Name).Because(err)
	}
	p.found = found
	return found, nil
}

func (p *provider) config(found *oidc.Provider) *oauth2.Config {
	scopes := p.Scopes
	if !slices.Contains(scopes, oidc.ScopeOpenID) {
		scopes = append([]string{oidc.ScopeOpenID}, scopes...)
	}
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: p.back + OutsidePath(p.Name), Scopes: scopes,
	}
}

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
