package kengine

import (
	"bytes"
	"context"
	"embed"
	"fmt"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// demoFiles holds the records of the demo; see demo/ATTRIBUTION.md.
//
//go:embed demo
var demoFiles embed.FS

// Seed adds demo data: real, attributed vulnerability records, decided by models of the demo's
// organisations, and tasks on which people of the demo have worked for some weeks. Run again it adds nothing.
func (s *Service) Seed(ctx context.Context) error {
	if s.People == nil {
		return nil
	}
	tenants, err := s.People.Tenants(ctx, s.DB.Read())
	if err != nil {
		return fmt.Errorf("kengine: seed: %w", err)
	}
	n, err := storage.Count(ctx, s.DB.Read(), "kengine_report")
	if err != nil || n > 0 || len(tenants) == 0 {
		return err
	}
	for _, t := range tenants {
		if err := s.seedModels(ctx, t.ID, variant(t.Name)); err != nil {
			return fmt.Errorf("kengine: seed %s: %w", t.Name, err)
		}
	}
	for _, name := range []string{"demo/records.tar.gz", "demo/kev.json"} {
		data, err := demoFiles.ReadFile(name)
		if err != nil {
			return fmt.Errorf("kengine: seed: %w", err)
		}
		if _, err := s.Import(ctx, identity.System("demo").In(tenants[0].ID), name, bytes.NewReader(data), ImportOptions{}); err != nil {
			return fmt.Errorf("kengine: seed: %w", err)
		}
	}
	if err := s.spread(ctx); err != nil {
		return fmt.Errorf("kengine: seed: %w", err)
	}
	for _, t := range tenants {
		if err := s.seedWork(ctx, t.ID, variant(t.Name)); err != nil {
			return fmt.Errorf("kengine: seed %s: %w", t.Name, err)
		}
		// Learnt here, the candidates are there at the first page; the jobs of the rulings then find nothing new.
		if _, err := s.Learn(ctx, identity.System("demo").In(t.ID), ""); err != nil {
			return fmt.Errorf("kengine: seed %s: %w", t.Name, err)
		}
	}
	return nil
}

// variant chooses what an organisation of the demo is given: its words are in its own language.
func variant(name string) int {
	if hasJapanese(name) {
		return 0
	}
	return 1
}
