package identity

import (
	"context"
	"time"

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
