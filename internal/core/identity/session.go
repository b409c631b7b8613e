package identity

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// The lives of sessions (doc/operations.md gives the reasons).
const (
	SessionIdle  = 12 * time.Hour     // without a request
	SessionLife  = 7 * 24 * time.Hour // in any case
	RecentProof  = 15 * time.Minute   // how long a proof counts for changing credentials
	maxSessions  = 20                 // of one person; the oldest ends
	touchEvery   = 5 * time.Minute    // how exactly idleness is kept
	maxUserAgent = 200                // characters kept
)

// CookieName is the cookie of a session behind plain HTTP; behind HTTPS it
// carries the prefix __Host-, which binds it to the host and to TLS.
const CookieName = "noroshi_session"

// Visit says where a request comes from: for limits and the list of sessions.
type Visit struct {
	Address string
	Agent   string
}

// VisitOf returns the visit of a request. The address is that of the
// connection; a trusted proxy's header is evaluated before, by the server.
func VisitOf(r *http.Request) Visit {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return Visit{Address: host, Agent: shorten(r.UserAgent(), maxUserAgent)}
}

// shorten cuts text to n characters of valid UTF-8.
func shorten(s string, n int) string {
	out := make([]rune, 0, n)
	for _, r := range s {
		if len(out) == n {
			break
		}
		if r == utf8.RuneError || r < ' ' {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}

// Door is what a right credential opens: a session, or the question for the
// second factor.
type Door struct {
	Person  string
	Secret  string    // of the session, for the cookie; empty if Second is set
	Expires time.Time // of the session
	Second  string    // challenge secret: a one-time code is needed
}

// Session is one signed-in browser.
type Session struct {
	ID            string // public
	Person        string
	Organisation  string
	Method        string // password, passkey, oidc, link; "+code" after a second factor
	Address       string
	Agent         string
	CreatedAt     time.Time
	SeenAt        time.Time
	Authenticated time.Time
	ExpiresAt     time.Time
}

const sessionColumns = `id, person, organisation, method, address, agent, created_at, seen_at, authenticated_at, expires_at`

func scanSession(scan func(...any) error) (Session, error) {
	var s Session
	var created, seen, proved, expires storage.Time
	err := scan(&s.ID, &s.Person, &s.Organisation, &s.Method, &s.Address, &s.Agent, &created, &seen, &proved, &expires)
	s.CreatedAt, s.SeenAt, s.Authenticated, s.ExpiresAt = created.Time, seen.Time, proved.Time, expires.Time
	return s, err
}

// open makes a session in tx: always with a new secret.
func (s *Service) open(ctx context.Context, tx *storage.Tx, person string, v Visit, method string) (Door, error) {
	now := tx.Now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM identity_session WHERE person = ? AND (expires_at <= ? OR seen_at <= ? OR id NOT IN (
		SELECT id FROM identity_session WHERE person = ? ORDER BY created_at DESC, id DESC LIMIT ?))`,
		person, storage.At(now), storage.At(now.Add(-SessionIdle)), person, maxSessions-1); err != nil {
		return Door{}, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE identity_person SET signed_in_at = ? WHERE id = ?`, storage.At(now), person); err != nil {
		return Door{}, err
	}
	d := Door{Person: person, Secret: s.ids.Token(25), Expires: now.Add(SessionLife)}
	_, err := tx.ExecContext(ctx, `INSERT INTO identity_session (id, hash, person, organisation, method, address, agent, created_at, seen_at,
		authenticated_at, expires_at) VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?)`,
		s.ids.UUID(), secretHash("session", d.Secret), person, method, v.Address, v.Agent,
		storage.At(now), storage.At(now), storage.At(now), storage.At(d.Expires))
	return d, err
}

// Actor returns who sent a request, by the session cookie. No cookie, an
// unknown or ended session are nobody, without an error: the page decides.
func (s *Service) Actor(ctx context.Context, r *http.Request) (Actor, error) {
	c, err := r.Cookie(s.cookieName())
	if err != nil || c.Value == "" {
		return Actor{}, nil
	}
	return s.ActorOf(ctx, c.Value)
}

// ActorOf returns the actor of a session's secret with rights as they are now.
func (s *Service) ActorOf(ctx context.Context, secret string) (Actor, error) {
	now, r := s.clock.Now(), s.db.Read()
	rows, err := storage.List(ctx, r, scanSession, `SELECT `+sessionColumns+` FROM identity_session
		WHERE hash = ? AND expires_at > ? AND seen_at > ?`, secretHash("session", secret), storage.At(now), storage.At(now.Add(-SessionIdle)))
	if err != nil {
		return Actor{}, fmt.Errorf("identity: session: %w", err)
	}
	if len(rows) == 0 {
		return Actor{}, nil
	}
	session := rows[0]
	p, err := loadPerson(ctx, r, session.Person)
	if err != nil || !p.DisabledAt.IsZero() {
		return Actor{}, err
	}
	if now.Sub(session.SeenAt) >= touchEvery {
		// A session that cannot be touched only ends earlier: no reason to refuse the page.
		_ = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE identity_session SET seen_at = ? WHERE id = ? AND seen_at < ?`,
				storage.At(now), session.ID, storage.At(now))
			return err
		})
	}
	return session.actor(p), nil
}

// actor joins session and person. The current organisation is the chosen one
// while the person belongs to it, else the first.
func (s Session) actor(p Account) Actor {
	a := p.actor()
	a.SessionID, a.Authenticated = s.ID, s.Authenticated
	if _, ok := a.Member(s.Organisation); ok {
		a.Organisation = s.Organisation
	} else if len(a.Memberships) > 0 {
		a.Organisation = a.Memberships[0].Organisation
	}
	return a
}

// Sessions lists the actor's own sessions, newest first.
func (s *Service) Sessions(ctx context.Context, a Actor) ([]Session, error) {
	if a.Kind != KindPerson {
		return nil, fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.sessionsOf(ctx, a.ID)
}

// SessionsOf lists the sessions of a person. Permission: ManagePeople.
func (s *Service) SessionsOf(ctx context.Context, a Actor, person string) ([]Session, error) {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return nil, err
	}
	return s.sessionsOf(ctx, person)
}

func (s *Service) sessionsOf(ctx context.Context, person string) ([]Session, error) {
	now := s.clock.Now()
	return storage.List(ctx, s.db.Read(), scanSession, `SELECT `+sessionColumns+` FROM identity_session
		WHERE person = ? AND expires_at > ? AND seen_at > ? ORDER BY created_at DESC, id DESC`,
		person, storage.At(now), storage.At(now.Add(-SessionIdle)))
}

// EndSession ends one of the actor's own sessions: it is refused from then on.
func (s *Service) EndSession(ctx context.Context, a Actor, session string) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM identity_session WHERE id = ? AND person = ?`, session, a.ID)
		if err := gone(res, err, "identity.session", session); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "end_session", session, "", nil)
	})
}

// EndOtherSessions ends all of the actor's sessions but the present one.
func (s *Service) EndOtherSessions(ctx context.Context, a Actor) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := endSessions(ctx, tx, a.ID, a.SessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "end_sessions", a.ID, "", nil)
	})
}

// EndSessionsOf ends all sessions of a person. Permission: ManagePeople over
// nobody more powerful, recent proof.
func (s *Service) EndSessionsOf(ctx context.Context, a Actor, person string) error {
	return s.manage(ctx, a, person, func(ctx context.Context, tx *storage.Tx, _ Account) error {
		if err := endSessions(ctx, tx, person, ""); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "end_sessions", person, "", nil)
	})
}

// endSessions ends the sessions of a person but one.
func endSessions(ctx context.Context, tx *storage.Tx, person, except string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM identity_session WHERE person = ? AND id <> ?`, person, except)
	return err
}

// SwitchOrganisation makes one of the actor's organisations the current one.
func (s *Service) SwitchOrganisation(ctx context.Context, a Actor, organisation string) error {
	if _, ok := a.Member(organisation); !ok || a.Kind != KindPerson {
		return fault.New(fault.NotFound, "identity.organisation", organisation)
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE identity_session SET organisation = ? WHERE id = ?`, organisation, a.SessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "switch", organisation, "", nil)
	})
}

// rotate gives the actor's session a new secret and a fresh proof.
func (s *Service) rotate(ctx context.Context, tx *storage.Tx, a Actor) (Door, error) {
	d := Door{Person: a.ID, Secret: s.ids.Token(25)}
	row := tx.QueryRowContext(ctx, `UPDATE identity_session SET hash = ?, authenticated_at = ? WHERE id = ? AND person = ? RETURNING expires_at`,
		secretHash("session", d.Secret), storage.At(tx.Now()), a.SessionID, a.ID)
	var expires storage.Time
	if err := row.Scan(&expires); err != nil {
		return Door{}, fault.New(fault.Denied, "identity.sign_in_first").Because(err)
	}
	d.Expires = expires.Time
	return d, nil
}

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
