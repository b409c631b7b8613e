package identity

import (
	"context"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// CreateToken makes a token of the actor for one organisation and returns its
// secret, shown this once. Scopes are names of permissions that the actor holds
// there now; what the person loses later, the token loses too. Recent proof.
func (s *Service) CreateToken(ctx context.Context, a Actor, t Token, life time.Duration) (Token, string, error) {
	if err := s.ownRecent(a); err != nil {
		return Token{}, "", err
	}
	if err := s.checkToken(a, t, life); err != nil {
		return Token{}, "", err
	}
	secret := TokenPrefix + s.ids.Token(25)
	t.ID, t.Person, t.Name = s.ids.UUID(), a.ID, strings.TrimSpace(t.Name)
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		n, err := storage.One(ctx, tx, "identity.token", "", storage.Scalar[int], `SELECT COUNT(*) FROM identity_token WHERE person = ?`, a.ID)
		if err != nil {
			return err
		}
		if n >= maxTokens {
			return fault.New(fault.Limit, "identity.tokens").With("max", maxTokens)
		}
		t.CreatedAt, t.ExpiresAt = tx.Now(), tx.Now().Add(life)
		if _, err := tx.ExecContext(ctx, `INSERT INTO identity_token (id, hash, person, organisation, name, scopes, created_at, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, t.ID, secretHash("token", secret), t.Person, t.Organisation, t.Name,
			storage.JSON[[]string]{V: t.Scopes}, storage.At(t.CreatedAt), storage.At(t.ExpiresAt)); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "create_token", t.ID, "", map[string]string{"name": t.Name, "scopes": strings.Join(t.Scopes, " ")})
	})
	return t, secret, err
}

// checkToken returns what is wrong with a new token.
func (s *Service) checkToken(a Actor, t Token, life time.Duration) error {
	f := fault.New(fault.Invalid, "identity.token")
	checkName(f, "name", t.Name)
	if life <= 0 || life > maxTokenLife {
		f.Field("days", "identity.token_life", "max", int(maxTokenLife/(24*time.Hour)))
	}
	if _, ok := a.Member(t.Organisation); !ok {
		f.Field("organisation", "identity.choice")
	}
	if len(t.Scopes) == 0 {
		f.Field("scopes", "identity.required")
	}
	may := s.Grantable(a, t.Organisation)
	for _, scope := range t.Scopes {
		if !slices.Contains(may, scope) {
			f.Field("scopes", "identity.choice")
			break
		}
	}
	return f.OrNil()
}

// Grantable returns the names of the permissions that a token of the actor may
// have in an organisation: never one over people or credentials.
func (s *Service) Grantable(a Actor, organisation string) []string {
	bare := tokenActor(a, organisation)
	var names []string
	for _, p := range s.Declared() {
		if p.Scope == Organisation && !strings.HasPrefix(p.Name, "identity.") && bare.Can(p, organisation) == nil {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
