package identity

import (
	"context"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// TokenPrefix begins every API token, so that scanners for leaked secrets know it.
const TokenPrefix = "noroshi_"

// Bounds of API tokens.
const (
	maxTokenLife   = 366 * 24 * time.Hour
	maxTokens      = 50        // of one person
	tokenTouch     = time.Hour // a use is written at most once in this time
	maxTokenLength = 100
)

// Token is an API token without its secret.
type Token struct {
	ID           string
	Person       string
	Organisation string
	Name         string
	Scopes       []string // names of permissions
	CreatedAt    time.Time
	ExpiresAt    time.Time
	UsedAt       time.Time // to the hour; zero: never
}

const tokenColumns = `id, person, organisation, name, scopes, created_at, expires_at, used_at` //nolint:gosec // names of columns

func scanToken(scan func(...any) error) (Token, error) {
	var t Token
	var scopes storage.JSON[[]string]
	var created, expires, used storage.Time
	err := scan(&t.ID, &t.Person, &t.Organisation, &t.Name, &scopes, &created, &expires, &used)
	t.Scopes, t.CreatedAt, t.ExpiresAt, t.UsedAt = scopes.V, created.Time, expires.Time, used.Time
	return t, err
}

// Tokens lists the actor's own tokens, newest first.
func (s *Service) Tokens(ctx context.Context, a Actor) ([]Token, error) {
	if a.Kind != KindPerson {
		return nil, fault.New(fault.Denied, "identity.sign_in_first")
	}
	return storage.List(ctx, s.db.Read(), scanToken,
		`SELECT `+tokenColumns+` FROM identity_token WHERE person = ? ORDER BY created_at DESC, id DESC`, a.ID)
}

// RevokeToken ends one of the actor's own tokens at once.
func (s *Service) RevokeToken(ctx context.Context, a Actor, token string) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM identity_token WHERE id = ? AND person = ?`, token, a.ID)
		if err := gone(res, err, "identity.token", token); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "revoke_token", token, "", nil)
	})
}
