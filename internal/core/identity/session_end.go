package identity

import (
	"context"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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

// endSessions ends the sessions of a person but one, and sign-ins that wait for
// their second factor: they would become sessions.
func endSessions(ctx context.Context, tx *storage.Tx, person, except string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM identity_challenge WHERE person = ? AND kind = ?`, person, challengeSecond); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM identity_session WHERE person = ? AND id <> ?`, person, except)
	return err
}
