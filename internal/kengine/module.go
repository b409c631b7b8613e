package kengine

import (
	"context"
	"fmt"

	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/storage"
)

// Module says what the room is to the roof.
func (s *Service) Module() module.Module {
	return module.Module{
		Name: Room, Migrations: Migrations, Messages: Messages, Permissions: Permissions(),
		Pages: s.declare, API: s.operations, Menu: s.menu(), Finders: s.finders(), Jobs: s.registerJobs, Commands: s.commands,
		Seed: s.Seed, Check: s.Check, State: s.WriteState, Reindex: s.Reindex,
	}
}

// Check returns why the room cannot work, nil if it can: its tables answer, and every report can be found.
func (s *Service) Check(ctx context.Context) error {
	var w storage.Where
	index().Missing(&w, "r.id", s.DB.Dialect())
	lost, err := storage.One(ctx, s.DB.Read(), "kengine.report", "", storage.Scalar[int64], `SELECT COUNT(*) FROM kengine_report r`+w.SQL(), w.Args()...)
	if err != nil {
		return fmt.Errorf("kengine: check: %w", err)
	}
	if lost > 0 {
		return fmt.Errorf("kengine: check: %d reports are not in the search index", lost)
	}
	return nil
}

// reindexChunk is the number of reports that one transaction of Reindex writes.
const reindexChunk = 1000

// Reindex makes the search index of reports again from what is stored.
func (s *Service) Reindex(ctx context.Context) error {
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return index().Clear(ctx, tx) })
	if err != nil {
		return fmt.Errorf("kengine: reindex: %w", err)
	}
	for after, more := "", true; more; {
		err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			pairs, err := storage.List(ctx, tx, scanPair, `SELECT id, key FROM kengine_report WHERE id > ? ORDER BY id LIMIT ?`, after, reindexChunk)
			if err != nil {
				return err
			}
			if more = len(pairs) == reindexChunk; len(pairs) == 0 {
				return nil
			}
			after = pairs[len(pairs)-1][0]
			return reindex(ctx, tx, pairs)
		})
		if err != nil {
			return fmt.Errorf("kengine: reindex: %w", err)
		}
	}
	return nil
}

// reindex writes the search rows of reports, given as pairs of id and key.
func reindex(ctx context.Context, tx *storage.Tx, pairs [][2]string) error {
	ids := make([]string, len(pairs))
	for i, p := range pairs {
		ids[i] = p[0]
	}
	origins, err := readOrigins(ctx, tx, ids)
	if err != nil {
		return err
	}
	aliases, err := readAliases(ctx, tx, ids)
	if err != nil {
		return err
	}
	return index().PutAll(ctx, tx, func(yield func(string, string) bool) {
		for _, p := range pairs {
			names := append([]string{p[1]}, aliases[p[0]]...)
			if !yield(p[0], searchText(names, heads(origins[p[0]])...)) {
				return
			}
		}
	})
}

// readAliases returns the other ids of reports, by report.
func readAliases(ctx context.Context, r storage.Runner, reports []string) (map[string][]string, error) {
	out := map[string][]string{}
	err := inParts(reports, func(part []any) error {
		pairs, err := storage.List(ctx, r, scanPair,
			`SELECT report, alias FROM kengine_alias WHERE report IN (`+storage.Marks(len(part))+`) ORDER BY alias`, part...)
		for _, p := range pairs {
			out[p[0]] = append(out[p[0]], p[1])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kengine: read aliases: %w", err)
	}
	return out, nil
}
