package identity

import (
	"context"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
