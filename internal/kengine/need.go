package kengine

import (
	"context"
	"fmt"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// People is what the room asks about organisations and their members.
type People interface {
	// Tenants lists all open organisations.
	Tenants(ctx context.Context, r storage.Runner) ([]identity.Tenant, error)
	// Members lists the members of an organisation.
	Members(ctx context.Context, a identity.Actor, organisation string) ([]identity.Member, error)
}

// Prepare puts the default model into force for every organisation that has no model yet, so that
// a new one begins with a work list instead of an empty page.
func (s *Service) Prepare(ctx context.Context) error {
	if s.People == nil {
		return nil
	}
	tenants, err := s.People.Tenants(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("kengine: prepare: %w", err)
	}
	have, err := storage.List(ctx, s.DB.Read(), storage.Scalar[string], `SELECT DISTINCT organisation FROM kengine_model`)
	if err != nil {
		return fmt.Errorf("kengine: prepare: %w", err)
	}
	known := map[string]bool{}
	for _, organisation := range have {
		known[organisation] = true
	}
	for _, t := range tenants {
		if known[t.ID] {
			continue
		}
		if _, err := s.Install(ctx, identity.System("kengine.prepare").In(t.ID), DefaultModel); err != nil {
			return err
		}
	}
	return nil
}
