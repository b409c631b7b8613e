package identity

import (
	"context"
	"fmt"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// tokenActor returns a reduced to one organisation, without instance roles.
func tokenActor(a Actor, organisation string) Actor {
	m, ok := a.Member(organisation)
	a.InstanceRoles, a.Memberships, a.Organisation = nil, nil, organisation
	if ok {
		a.Memberships = []Membership{m}
	}
	return a
}

// OnBehalf returns the actor for something that runs later in a person's name,
// such as a feed of a saved view: with the person's present roles in one
// organisation, limited to the named permissions. Fault: Denied when the account
// is closed or the membership has ended.
func (s *Service) OnBehalf(ctx context.Context, person, organisation, id string, scopes ...string) (Actor, error) {
	p, err := loadPerson(ctx, s.db.Read(), person)
	if err != nil {
		return Actor{}, err
	}
	a := tokenActor(p.actor(), organisation)
	if !p.DisabledAt.IsZero() || len(a.Memberships) == 0 {
		return Actor{}, fault.New(fault.Denied, "identity.token_invalid")
	}
	a.Kind, a.TokenID, a.TokenScopes = KindToken, id, scopes
	return a, nil
}

// Authenticate returns the actor of an API token with the person's present
// roles in the token's organisation. Fault: Denied, the same for every reason.
func (s *Service) Authenticate(ctx context.Context, secret string) (Actor, error) {
	denied := fault.New(fault.Denied, "identity.token_invalid")
	if !strings.HasPrefix(secret, TokenPrefix) || len(secret) > maxTokenLength {
		return Actor{}, denied
	}
	now, r := s.clock.Now(), s.db.Read()
	rows, err := storage.List(ctx, r, scanToken, `SELECT `+tokenColumns+` FROM identity_token WHERE hash = ? AND expires_at > ?`,
		secretHash("token", secret), storage.At(now))
	if err != nil {
		return Actor{}, fmt.Errorf("identity: token: %w", err)
	}
	if len(rows) == 0 {
		return Actor{}, denied
	}
	t := rows[0]
	p, err := loadPerson(ctx, r, t.Person)
	if err != nil {
		return Actor{}, fmt.Errorf("identity: token: %w", err)
	}
	a := tokenActor(p.actor(), t.Organisation)
	if !p.DisabledAt.IsZero() || len(a.Memberships) == 0 {
		return Actor{}, denied
	}
	a.Kind, a.TokenID, a.TokenScopes = KindToken, t.ID, t.Scopes
	if now.Sub(t.UsedAt) >= tokenTouch {
		// When a token was last used is told to the hour and is worth no refused request.
		_ = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE identity_token SET used_at = ? WHERE id = ?`, storage.At(now), t.ID)
			return err
		})
	}
	return a, nil
}
