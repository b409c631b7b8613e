package identity

import (
	"context"
	"fmt"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
