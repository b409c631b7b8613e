package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
