package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// Tenant is an organisation that works in this instance.
type Tenant struct {
	ID        string
	Name      string
	CreatedAt time.Time
	ClosedAt  time.Time // zero: open
	Members   int       // filled by Organisations
}

// Member is a person's place in one organisation.
type Member struct {
	Person, Login, Name string
	Roles               []Role
	Disabled            bool
	CreatedAt           time.Time
}

const organisationColumns = `id, name, created_at, closed_at`

func scanOrganisation(scan func(...any) error) (Tenant, error) {
	var t Tenant
	var created, closed storage.Time
	err := scan(&t.ID, &t.Name, &created, &closed)
	t.CreatedAt, t.ClosedAt = created.Time, closed.Time
	return t, err
}

func loadOrganisation(ctx context.Context, r storage.Runner, organisation string) (Tenant, error) {
	return storage.One(ctx, r, "identity.organisation", organisation, scanOrganisation,
		`SELECT `+organisationColumns+` FROM identity_organisation WHERE id = ?`, organisation)
}

// Tenants lists all open organisations by name, for jobs and seeding that run
// for each of them. It checks no right and must not be shown to people.
func (s *Service) Tenants(ctx context.Context, r storage.Runner) ([]Tenant, error) {
	return storage.List(ctx, r, scanOrganisation,
		`SELECT `+organisationColumns+` FROM identity_organisation WHERE closed_at IS NULL ORDER BY canonical`)
}

// Organisations lists all organisations with their number of members.
// Permission: ManageOrganisations.
func (s *Service) Organisations(ctx context.Context, a Actor) ([]Tenant, error) {
	if err := a.Can(ManageOrganisations(), ""); err != nil {
		return nil, err
	}
	return storage.List(ctx, s.db.Read(), func(scan func(...any) error) (Tenant, error) {
		var t Tenant
		var created, closed storage.Time
		err := scan(&t.ID, &t.Name, &created, &closed, &t.Members)
		t.CreatedAt, t.ClosedAt = created.Time, closed.Time
		return t, err
	}, `SELECT id, name, created_at, closed_at, (SELECT COUNT(*) FROM identity_member WHERE organisation = identity_organisation.id)
		FROM identity_organisation ORDER BY canonical`)
}

// Organisation returns one organisation to its members and to admins.
func (s *Service) Organisation(ctx context.Context, a Actor, organisation string) (Tenant, error) {
	if _, member := a.Member(organisation); !member {
		if err := a.Can(ManageOrganisations(), ""); err != nil {
			return Tenant{}, fault.New(fault.NotFound, "identity.organisation", organisation).Because(err)
		}
	}
	return loadOrganisation(ctx, s.db.Read(), organisation)
}

// CreateOrganisation makes an organisation. Permission: ManageOrganisations.
func (s *Service) CreateOrganisation(ctx context.Context, a Actor, name string) (Tenant, error) {
	if err := a.Can(ManageOrganisations(), ""); err != nil {
		return Tenant{}, err
	}
	t := Tenant{ID: s.ids.UUID(), Name: strings.TrimSpace(name)}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := checkOrganisation(ctx, tx, t); err != nil {
			return err
		}
		t.CreatedAt = tx.Now()
		if _, err := tx.ExecContext(ctx, `INSERT INTO identity_organisation (id, name, canonical, created_at) VALUES (?, ?, ?, ?)`,
			t.ID, t.Name, canonical(t.Name), storage.At(t.CreatedAt)); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "create_organisation", t.ID, "", map[string]string{"name": t.Name})
	})
	return t, err
}

// RenameOrganisation changes the name. Permission: ManageOrganisations.
func (s *Service) RenameOrganisation(ctx context.Context, a Actor, organisation, name string) error {
	if err := a.Can(ManageOrganisations(), ""); err != nil {
		return err
	}
	t := Tenant{ID: organisation, Name: strings.TrimSpace(name)}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := checkOrganisation(ctx, tx, t); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE identity_organisation SET name = ?, canonical = ? WHERE id = ?`, t.Name, canonical(t.Name), t.ID)
		if err := gone(res, err, "identity.organisation", t.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "rename_organisation", t.ID, "", map[string]string{"name": t.Name})
	})
}

// CloseOrganisation ends or reopens an organisation: its members lose sight of
// it, its data stays. Permission: ManageOrganisations, recent proof.
func (s *Service) CloseOrganisation(ctx context.Context, a Actor, organisation string, closed bool) error {
	if err := a.Can(ManageOrganisations(), ""); err != nil {
		return err
	}
	if err := s.recent(a); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		at, op := storage.Time{}, "reopen_organisation"
		if closed {
			at, op = storage.At(tx.Now()), "close_organisation"
		}
		res, err := tx.ExecContext(ctx, `UPDATE identity_organisation SET closed_at = ? WHERE id = ?`, at, organisation)
		if err := gone(res, err, "identity.organisation", organisation); err != nil {
			return err
		}
		return s.record(ctx, tx, a, op, organisation, "", nil)
	})
}

// checkOrganisation checks the name and that no other organisation has it.
func checkOrganisation(ctx context.Context, tx *storage.Tx, t Tenant) error {
	f := fault.New(fault.Invalid, "identity.organisation_form")
	checkName(f, "name", t.Name)
	rows, err := storage.List(ctx, tx, storage.Scalar[string],
		`SELECT id FROM identity_organisation WHERE canonical = ? AND id <> ?`, canonical(t.Name), t.ID)
	if err != nil {
		return fmt.Errorf("identity: organisation: %w", err)
	}
	if len(rows) > 0 {
		f.Field("name", "identity.name_taken")
	}
	return f.OrNil()
}

// Members lists who belongs to an organisation, by login. Permission: SeeMembers.
func (s *Service) Members(ctx context.Context, a Actor, organisation string) ([]Member, error) {
	if err := a.Can(SeeMembers(), organisation); err != nil {
		return nil, err
	}
	return storage.List(ctx, s.db.Read(), func(scan func(...any) error) (Member, error) {
		var m Member
		var roles storage.JSON[[]Role]
		var disabled, created storage.Time
		err := scan(&m.Person, &m.Login, &m.Name, &roles, &disabled, &created)
		m.Roles, m.Disabled, m.CreatedAt = roles.V, !disabled.IsZero(), created.Time
		return m, err
	}, `SELECT p.id, p.login, p.name, m.roles, p.disabled_at, m.created_at FROM identity_member m
		JOIN identity_person p ON p.id = m.person WHERE m.organisation = ? ORDER BY p.canonical`, organisation)
}

// SetMember sets what a person is in an organisation; without roles the
// membership and the person's tokens for it end. Permission: ManageMembers;
// somebody who is no member yet can only be added by ManagePeople (others
// invite), so that a manager cannot reach for strangers. Recent proof.
func (s *Service) SetMember(ctx context.Context, a Actor, organisation, person string, roles []Role) error {
	if err := a.Can(ManageMembers(), organisation); err != nil {
		return err
	}
	if err := checkRoles(roles, Roles()); err != nil {
		return err
	}
	if err := s.recent(a); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := mayPlace(ctx, tx, a, organisation, person); err != nil {
			return err
		}
		if err := setMember(ctx, tx, organisation, person, roles); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "set_member", organisation, "", map[string]string{"person": person, "roles": joinRoles(roles)})
	})
}

// mayPlace refuses strangers to everybody but ManagePeople.
func mayPlace(ctx context.Context, tx *storage.Tx, a Actor, organisation, person string) error {
	if _, err := loadOrganisation(ctx, tx, organisation); err != nil {
		return err
	}
	if a.Can(ManagePeople(), "") == nil {
		_, err := loadPerson(ctx, tx, person)
		return err
	}
	_, err := storage.One(ctx, tx, "identity.person", person, storage.Scalar[string],
		`SELECT person FROM identity_member WHERE organisation = ? AND person = ?`, organisation, person)
	return err
}

func setMember(ctx context.Context, tx *storage.Tx, organisation, person string, roles []Role) error {
	if len(roles) > 0 {
		_, err := tx.ExecContext(ctx, `INSERT INTO identity_member (person, organisation, roles, created_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (person, organisation) DO UPDATE SET roles = excluded.roles`,
			person, organisation, storage.JSON[[]Role]{V: roles}, storage.At(tx.Now()))
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM identity_token WHERE person = ? AND organisation = ?`, person, organisation); err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `DELETE FROM identity_member WHERE person = ? AND organisation = ?`, person, organisation)
	return gone(res, err, "identity.person", person)
}
