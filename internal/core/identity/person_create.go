package identity

import (
	"context"
	"fmt"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
