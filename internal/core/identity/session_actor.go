package identity

import (
	"context"
	"fmt"
	"net/http"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
