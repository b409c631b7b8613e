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

// FirstRun returns a fresh link that makes the first admin, or "" if there is
// one already. An older such link stops working.
func (s *Service) FirstRun(ctx context.Context) (string, error) {
	var secret string
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		n, err := countAdmins(ctx, tx)
		if err != nil || n > 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM identity_link WHERE kind = 'first'`); err != nil {
			return err
		}
		if secret, err = s.issue(ctx, tx, Link{Kind: LinkFirst, InstanceRoles: []Role{Admin}, CreatedBy: "first-run"}, FirstLife); err != nil {
			return err
		}
		return s.record(ctx, tx, System("first-run"), "issue_link", "first", "", nil)
	})
	if err != nil {
		return "", fmt.Errorf("identity: first run: %w", err)
	}
	return secret, nil
}

// CreatePerson makes an account without credentials: its first sign-in is by
// link, passkey or provider. Permission: ManagePeople, recent proof.
func (s *Service) CreatePerson(ctx context.Context, a Actor, login, name, lang string, instance []Role) (Account, error) {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return Account{}, err
	}
	if err := s.recent(a); err != nil {
		return Account{}, err
	}
	if err := checkRoles(instance, InstanceRoles()); err != nil {
		return Account{}, err
	}
	p := Account{ID: s.ids.UUID(), Login: login, Name: name, Lang: lang, InstanceRoles: instance}
	f := fault.New(fault.Invalid, "identity.person")
	checkLogin(f, "login", login)
	if err := f.OrNil(); err != nil {
		return Account{}, err
	}
	if err := (Profile{Name: name, Lang: lang}).check(); err != nil {
		return Account{}, err
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		p.CreatedAt = tx.Now()
		if err := s.insertNew(ctx, tx, p); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "create_person", p.ID, "", map[string]string{"login": login, "roles": joinRoles(instance)})
	})
	return p, err
}

// insertNew inserts a person and names the field if the login is taken.
func (s *Service) insertNew(ctx context.Context, tx *storage.Tx, p Account) error {
	rows, err := storage.List(ctx, tx, storage.Scalar[string], `SELECT id FROM identity_person WHERE canonical = ?`, canonical(p.Login))
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		return fault.New(fault.Invalid, "identity.person").Field("login", "identity.login_taken")
	}
	return insertPerson(ctx, tx, p)
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

// Invite returns a link by which somebody joins an organisation with roles.
// Permission: ManageMembers of it, recent proof; instance roles need ManagePeople.
func (s *Service) Invite(ctx context.Context, a Actor, organisation, login string, roles, instance []Role) (string, error) {
	if err := s.mayInvite(a, organisation, roles, instance); err != nil {
		return "", err
	}
	var secret string
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if organisation != "" {
			if _, err := loadOrganisation(ctx, tx, organisation); err != nil {
				return err
			}
		}
		l := Link{
			Kind: LinkInvitation, Login: strings.TrimSpace(login), Organisation: organisation,
			Roles: roles, InstanceRoles: instance, CreatedBy: a.ID,
		}
		if secret, err = s.issue(ctx, tx, l, InvitationLife); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "invite", organisation, "", map[string]string{"login": login, "roles": joinRoles(append(slices.Clone(roles), instance...))})
	})
	return secret, err
}

// mayInvite checks right, proof and input of an invitation.
func (s *Service) mayInvite(a Actor, organisation string, roles, instance []Role) error {
	if len(instance) > 0 || organisation == "" {
		if err := a.Can(ManagePeople(), ""); err != nil {
			return err
		}
	}
	if organisation != "" {
		if err := a.Can(ManageMembers(), organisation); err != nil {
			return err
		}
		if len(roles) == 0 {
			return fault.New(fault.Invalid, "identity.roles").Field("roles", "identity.required")
		}
	}
	if err := checkRoles(roles, Roles()); err != nil {
		return err
	}
	if err := checkRoles(instance, InstanceRoles()); err != nil {
		return err
	}
	return s.recent(a)
}

// Invitations lists the open invitations to an organisation. Permission: ManageMembers.
func (s *Service) Invitations(ctx context.Context, a Actor, organisation string) ([]Link, error) {
	if err := a.Can(ManageMembers(), organisation); err != nil {
		return nil, err
	}
	return storage.List(ctx, s.db.Read(), scanLink, `SELECT `+linkColumns+` FROM identity_link
		WHERE kind = 'invitation' AND organisation = ? AND expires_at > ? ORDER BY created_at DESC, id DESC`, organisation, storage.At(s.clock.Now()))
}

// RevokeInvitation makes an invitation useless. Permission: ManageMembers.
func (s *Service) RevokeInvitation(ctx context.Context, a Actor, organisation, link string) error {
	if err := a.Can(ManageMembers(), organisation); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM identity_link WHERE id = ? AND organisation = ? AND kind = 'invitation'`, link, organisation)
		if err := gone(res, err, "identity.link", link); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "revoke_invitation", organisation, "", nil)
	})
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

// useLink ends a link in tx; of two requests only one gets it.
func (s *Service) useLink(ctx context.Context, tx *storage.Tx, secret string, kinds ...LinkKind) (Link, error) {
	l, err := s.link(ctx, tx, secret)
	if err != nil {
		return Link{}, err
	}
	if !slices.Contains(kinds, l.Kind) {
		return Link{}, fault.New(fault.NotFound, "identity.link")
	}
	res, err := tx.ExecContext(ctx, `DELETE FROM identity_link WHERE hash = ?`, secretHash("link", secret))
	return l, gone(res, err, "identity.link", "")
}

// SignInByLink uses a sign-in link. Faults: NotFound, Limit.
func (s *Service) SignInByLink(ctx context.Context, v Visit, secret string) (Door, error) {
	if err := s.limiter.allow(s.clock.Now(), "", v.Address); err != nil {
		return Door{}, err
	}
	l, err := s.Link(ctx, secret)
	if err != nil {
		return Door{}, err
	}
	if l.Kind != LinkSignIn {
		return Door{}, fault.New(fault.NotFound, "identity.link")
	}
	p, err := loadPerson(ctx, s.db.Read(), l.Person)
	if err != nil || !p.DisabledAt.IsZero() {
		return Door{}, fault.New(fault.NotFound, "identity.link").Because(err)
	}
	second, err := hasSecond(ctx, s.db.Read(), l.Person)
	if err != nil {
		return Door{}, err
	}
	s.limiter.forgive("", v.Address)
	return s.enter(ctx, v, l.Person, "link", second, func(ctx context.Context, tx *storage.Tx) error {
		_, err := s.useLink(ctx, tx, secret, LinkSignIn)
		return err
	})
}

// NewPerson is what somebody fills in to accept an invitation.
type NewPerson struct {
	Login, Name, Lang, Password string
}

// Accept uses the first-run link or an invitation to make an account and signs
// it in. Faults: NotFound, Invalid, Limit.
func (s *Service) Accept(ctx context.Context, v Visit, secret string, in NewPerson) (Door, error) {
	if err := s.limiter.allow(s.clock.Now(), "", v.Address); err != nil {
		return Door{}, err
	}
	if _, err := s.Link(ctx, secret); err != nil {
		return Door{}, err
	}
	f := fault.New(fault.Invalid, "identity.person")
	checkLogin(f, "login", in.Login)
	checkName(f, "name", in.Name)
	checkPassword(f, "password", in.Password, in.Login, in.Name)
	if in.Lang != "ja" && in.Lang != "en" {
		f.Field("lang", "identity.choice")
	}
	if err := f.OrNil(); err != nil {
		return Door{}, err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return Door{}, err
	}
	var d Door
	err = s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		l, err := s.useLink(ctx, tx, secret, LinkFirst, LinkInvitation)
		if err != nil {
			return err
		}
		p := Account{ID: s.ids.UUID(), Login: in.Login, Name: in.Name, Lang: in.Lang, InstanceRoles: l.InstanceRoles, CreatedAt: tx.Now()}
		if err := s.insertNew(ctx, tx, p); err != nil {
			return err
		}
		if err := putPassword(ctx, tx, p.ID, hash); err != nil {
			return err
		}
		if err := joinByLink(ctx, tx, l, p.ID); err != nil {
			return err
		}
		if d, err = s.open(ctx, tx, p.ID, v, "password"); err != nil {
			return err
		}
		return s.record(ctx, tx, p.actor(), "accept_"+string(l.Kind), p.ID, "",
			map[string]string{"login": in.Login, "organisation": l.Organisation, "address": v.Address})
	})
	if err == nil {
		s.limiter.forgive("", v.Address)
	}
	return d, err
}

// Join uses an invitation for the account of the actor, who is signed in.
// Instance roles of the invitation are not given this way.
func (s *Service) Join(ctx context.Context, a Actor, secret string) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		l, err := s.useLink(ctx, tx, secret, LinkInvitation)
		if err != nil {
			return err
		}
		if l.Organisation == "" {
			return fault.New(fault.NotFound, "identity.link")
		}
		if err := joinByLink(ctx, tx, l, a.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "join", l.Organisation, "", map[string]string{"roles": joinRoles(l.Roles)})
	})
}

// joinByLink makes the membership that a link promises; an older one stays.
func joinByLink(ctx context.Context, tx *storage.Tx, l Link, person string) error {
	if l.Organisation == "" {
		return nil
	}
	if _, err := loadOrganisation(ctx, tx, l.Organisation); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO identity_member (person, organisation, roles, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (person, organisation) DO NOTHING`, person, l.Organisation, storage.JSON[[]Role]{V: l.Roles}, storage.At(tx.Now()))
	return err
}
