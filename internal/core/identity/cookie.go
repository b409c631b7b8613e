package identity

import (
	"net/http"
	"time"
)

// CookieName is the cookie of a session behind plain HTTP; behind HTTPS it
// carries the prefix __Host-, which binds it to the host and to TLS.
const CookieName = "noroshi_session"

func (s *Service) cookieName() string {
	if s.secure {
		return "__Host-" + CookieName
	}
	return CookieName
}

// Cookie returns the cookie that carries an open door's session; an empty door
// gives the cookie that removes it.
func (s *Service) Cookie(d Door) *http.Cookie {
	c := s.cookie(s.cookieName(), d.Secret) //nolint:gosec // cookie sets the attributes
	c.Expires = d.Expires
	return c
}

// StepCookie returns the cookie that carries a challenge between two requests
// under a name of one word; an empty secret gives the cookie that removes it.
func (s *Service) StepCookie(name, secret string) *http.Cookie {
	c := s.cookie(s.stepName(name), secret) //nolint:gosec // cookie sets the attributes
	if secret != "" {
		c.MaxAge = int(challengeLife / time.Second)
	}
	return c
}

// Step returns the challenge secret that a request carries under a name.
func (s *Service) Step(r *http.Request, name string) string {
	c, err := r.Cookie(s.stepName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Service) stepName(name string) string {
	if s.secure {
		return "__Host-noroshi_" + name
	}
	return "noroshi_" + name
}

func (s *Service) cookie(name, value string) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure where the site has TLS; a laptop has none
		Name: name, Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}
