package identity

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"noroshi.dev/internal/core/fault"
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
