package identity

import (
	"context"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// LinkKind is the purpose of a single-use link.
type LinkKind string

// The purposes of links.
const (
	LinkFirst      LinkKind = "first"      // makes the first admin
	LinkSignIn     LinkKind = "sign_in"    // signs a person in, for recovery; the second factor is still asked
	LinkInvitation LinkKind = "invitation" // makes an account or a membership
)

// How long links live.
const (
	FirstLife      = 24 * time.Hour
	SignInLinkLife = time.Hour
	InvitationLife = 7 * 24 * time.Hour
)

// Link is a single-use link without its secret.
type Link struct {
	ID            string // public, for lists
	Kind          LinkKind
	Person        string // for LinkSignIn
	Login         string // suggested sign-in name, may be empty
	Organisation  string // id, may be empty
	Roles         []Role // in the organisation
	InstanceRoles []Role
	CreatedBy     string
	CreatedAt     time.Time
	ExpiresAt     time.Time
}

// LinkPath is the path, without language prefix, at which a link's secret is used.
func LinkPath(secret string) string { return "/link/" + secret }

const linkColumns = `id, kind, person, login, organisation, roles, instance_roles, created_by, created_at, expires_at`

func scanLink(scan func(...any) error) (Link, error) {
	var l Link
	var roles, instance storage.JSON[[]Role]
	var created, expires storage.Time
	err := scan(&l.ID, &l.Kind, &l.Person, &l.Login, &l.Organisation, &roles, &instance, &l.CreatedBy, &created, &expires)
	l.Roles, l.InstanceRoles, l.CreatedAt, l.ExpiresAt = roles.V, instance.V, created.Time, expires.Time
	return l, err
}

// issue stores a link in tx and returns its secret.
func (s *Service) issue(ctx context.Context, tx *storage.Tx, l Link, life time.Duration) (string, error) {
	secret := s.ids.Token(20)
	if _, err := tx.ExecContext(ctx, `DELETE FROM identity_link WHERE expires_at < ?`, storage.At(tx.Now())); err != nil {
		return "", err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO identity_link (hash, `+linkColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		secretHash("link", secret), s.ids.UUID(), string(l.Kind), l.Person, l.Login, l.Organisation,
		storage.JSON[[]Role]{V: l.Roles}, storage.JSON[[]Role]{V: l.InstanceRoles}, l.CreatedBy,
		storage.At(tx.Now()), storage.At(tx.Now().Add(life)))
	return secret, err
}

// IssueSignInLink returns a link that signs a person in once within
// SignInLinkLife: for the first sign-in and for a lost password. It does not
// bypass one-time codes. Permission: ManagePeople over nobody more powerful,
// recent proof.
func (s *Service) IssueSignInLink(ctx context.Context, a Actor, person string) (string, error) {
	var secret string
	err := s.manage(ctx, a, person, func(ctx context.Context, tx *storage.Tx, p Account) (err error) {
		if !p.DisabledAt.IsZero() {
			return fault.New(fault.Conflict, "identity.disabled", person)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM identity_link WHERE person = ? AND kind = 'sign_in'`, person); err != nil {
			return err
		}
		if secret, err = s.issue(ctx, tx, Link{Kind: LinkSignIn, Person: person, CreatedBy: a.ID}, SignInLinkLife); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "issue_link", person, "", nil)
	})
	return secret, err
}

// Link returns what a link is for, without using it. Fault: NotFound, for links
// that never were, are used or have expired alike.
func (s *Service) Link(ctx context.Context, secret string) (Link, error) {
	return s.link(ctx, s.db.Read(), secret)
}

func (s *Service) link(ctx context.Context, r storage.Runner, secret string) (Link, error) {
	return storage.One(ctx, r, "identity.link", "", scanLink, `SELECT `+linkColumns+` FROM identity_link WHERE hash = ? AND expires_at > ?`,
		secretHash("link", secret), storage.At(s.clock.Now()))
}
