package kengine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// DefaultModel is the key of the built-in model that a new organisation gets.
const DefaultModel = "cisa-coordinator"

// Registry returns the published SSVC objects, unpacked once.
func (s *Service) Registry() (*ssvc.Registry, error) { return s.registry() }

// Install puts a built-in model into force for the actor's organisation, as version 1, and has
// every stored report decided by it in the background. It needs PermModelActivate. A model of
// this key that is there already is left as it is and its id returned; a key that no built-in model has
// is fault.NotFound "kengine.builtin".
func (s *Service) Install(ctx context.Context, a identity.Actor, key string) (string, error) {
	if err := s.may(a, PermModelActivate()); err != nil {
		return "", err
	}
	reg, err := s.registry()
	if err != nil {
		return "", fmt.Errorf("kengine: install %s: %w", key, err)
	}
	m, err := decide.Builtin(reg, key)
	if err != nil {
		return "", fault.New(fault.NotFound, "kengine.builtin", key).Because(err)
	}
	source, err := decide.Format(m)
	if err != nil {
		return "", fmt.Errorf("kengine: install %s: %w", key, err)
	}
	id := ""
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		there, err := storage.List(ctx, tx, storage.Scalar[string],
			`SELECT id FROM kengine_model WHERE organisation = ? AND key = ? ORDER BY version`, a.Organisation, key)
		if err != nil {
			return fmt.Errorf("kengine: install %s: %w", key, err)
		}
		if len(there) > 0 {
			id = there[0]
			return nil
		}
		id = s.IDs.UUID()
		if err := insertActive(ctx, tx, id, a, m, string(source)); err != nil {
			return err
		}
		if err := s.decideAgain(ctx, tx, a.Organisation, "model"); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "model.install", id)
	})
	return id, err
}

// Digest is the name by which the compiled form of a model's source is kept.
func Digest(source string) string {
	sum := sha256.Sum256([]byte(source))
	return hex.EncodeToString(sum[:])
}

func insertActive(ctx context.Context, tx *storage.Tx, id string, a identity.Actor, m decide.Model, source string) error {
	now := storage.At(tx.Now())
	_, err := tx.ExecContext(ctx, `INSERT INTO kengine_model (id, organisation, key, version, status, name_ja, name_en, source, digest,
		origin, creator, created, updated, approver, activated) VALUES (?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, a.Organisation, m.Key, m.Version, m.Name.JA, m.Name.EN, source, Digest(source), "builtin:"+m.Key, a.ID, now, now, a.ID, now)
	if err != nil {
		return fmt.Errorf("kengine: install %s: %w", m.Key, err)
	}
	return nil
}
