package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// SetDisabled closes an account and ends its sessions, tokens and sign-in links,
// or opens it again. Permission: ManagePeople over nobody more powerful, recent proof; the
// last admin stays.
func (s *Service) SetDisabled(ctx context.Context, a Actor, person string, disabled bool) error {
	return s.manage(ctx, a, person, func(ctx context.Context, tx *storage.Tx, p Account) error {
		at, op := storage.Time{}, "enable"
		if disabled {
			at, op = storage.At(tx.Now()), "disable"
			if err := endSessions(ctx, tx, person, ""); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM identity_token WHERE person = ?`, person); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM identity_link WHERE person = ? AND kind = ?`, person, string(LinkSignIn)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE identity_person SET disabled_at = ?, version = version + 1 WHERE id = ?`, at, person); err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, disabled && slices.Contains(p.InstanceRoles, Admin)); err != nil {
			return err
		}
		return s.record(ctx, tx, a, op, person, "", nil)
	})
}

// SetInstanceRoles gives a person roles for the whole instance and ends the
// person's sessions, so that the new power begins with a new sign-in.
// Permission: ManagePeople over nobody more powerful, recent proof.
func (s *Service) SetInstanceRoles(ctx context.Context, a Actor, person string, roles []Role) error {
	if err := checkRoles(roles, InstanceRoles()); err != nil {
		return err
	}
	return s.manage(ctx, a, person, func(ctx context.Context, tx *storage.Tx, p Account) error {
		if _, err := tx.ExecContext(ctx, `UPDATE identity_person SET instance_roles = ?, version = version + 1 WHERE id = ?`,
			storage.JSON[[]Role]{V: roles}, person); err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, slices.Contains(p.InstanceRoles, Admin)); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, person, ""); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "instance_roles", person, "", map[string]string{"roles": joinRoles(roles)})
	})
}

// manage runs f on a person whom the actor may manage.
func (s *Service) manage(ctx context.Context, a Actor, person string, f func(context.Context, *storage.Tx, Account) error) error {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return err
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		p, err := loadPerson(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := s.mayManage(a, p); err != nil {
			return err
		}
		return f(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("identity: manage %s: %w", person, err)
	}
	return nil
}

// checkRoles refuses roles outside of a list.
func checkRoles(roles, known []Role) error {
	for _, r := range roles {
		if !slices.Contains(known, r) {
			return fault.New(fault.Invalid, "identity.roles").Field("roles", "identity.choice")
		}
	}
	return nil
}

func joinRoles(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// keepAnAdmin refuses a change after which nobody could run the instance.
func keepAnAdmin(ctx context.Context, tx *storage.Tx, wasAdmin bool) error {
	if !wasAdmin {
		return nil
	}
	n, err := countAdmins(ctx, tx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "identity.last_admin")
	}
	return nil
}
