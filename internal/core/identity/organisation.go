package identity

import (
	"context"
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
