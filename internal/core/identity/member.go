package identity

import (
	"context"
	"time"

	"noroshi.dev/internal/core/storage"
)

// Member is a person's place in one organisation.
type Member struct {
	Person, Login, Name string
	Roles               []Role
	Disabled            bool
	CreatedAt           time.Time
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
