package kengine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
)

// Set is a default fact set: facts that hold for reports where neither a source nor a product tag
// says anything. Sets are read in their order; the first that gives a fact wins.
type Set struct {
	ID string
	SetInput
	Position int // from 0
	Created  time.Time
	Updated  time.Time
	Version  int64
}

// SetInput is what a person says about a default fact set.
type SetInput struct {
	Name string
	// Condition is a filter over SetFields, as `kind:csaf product:windows* -cwe:CWE-79`; empty: always.
	Condition     string
	Facts         []Claim
	Justification string // why these are good defaults
}

// maxSets bounds the default fact sets of an organisation: each is compared with every report.
const maxSets = 200

func scanSet(scan func(...any) error) (Set, error) {
	var v Set
	var facts storage.JSON[map[string]string]
	var created, updated storage.Time
	err := scan(&v.ID, &v.Name, &v.Condition, &facts, &v.Justification, &created, &updated, &v.Version)
	v.Facts, v.Created, v.Updated = claimsOf(facts.V), created.Time, updated.Time
	return v, err
}

// Sets returns the default fact sets of the actor's organisation in their order. It needs PermTaskRead.
func (s *Service) Sets(ctx context.Context, a identity.Actor) ([]Set, error) {
	if err := s.may(a, PermTaskRead()); err != nil {
		return nil, err
	}
	return readSets(ctx, s.DB.Read(), a.Organisation)
}

func readSets(ctx context.Context, r storage.Runner, organisation string) ([]Set, error) {
	rows, err := storage.List(ctx, r, scanSet, `SELECT id, name, condition, facts, justification, created, updated, version
		FROM kengine_set WHERE organisation = ? ORDER BY position, id`, organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: default sets: %w", err)
	}
	for i := range rows {
		rows[i].Position = i
	}
	return rows, nil
}

// Set returns one default fact set. It needs PermTaskRead; one of another organisation is
// fault.NotFound.
func (s *Service) Set(ctx context.Context, a identity.Actor, id string) (Set, error) {
	sets, err := s.Sets(ctx, a)
	if err != nil {
		return Set{}, err
	}
	if i := slices.IndexFunc(sets, func(v Set) bool { return v.ID == id }); i >= 0 {
		return sets[i], nil
	}
	return Set{}, fault.New(fault.NotFound, "kengine.set", id)
}

// tidySet brings an input into its stored form and names what is wrong with it.
func (s *Service) tidySet(t *tenant, in *SetInput) error {
	in.Name, in.Justification = cut(oneLine(in.Name), maxName), cut(strings.TrimSpace(in.Justification), 2000)
	in.Facts = slices.DeleteFunc(slices.Clone(in.Facts), func(c Claim) bool { return len(c.Values) == 0 })
	f := fault.New(fault.Invalid, "kengine.set")
	if in.Name == "" {
		f.Field("name", "required")
	}
	if len(in.Facts) == 0 {
		f.Field("facts", "required")
	}
	e, err := filter.Parse(in.Condition)
	if err == nil {
		err = checkCondition(e)
	}
	if wrong := fault.Of(err); wrong != nil {
		for _, field := range wrong.Fields {
			field.Name = "condition"
			f.Fields = append(f.Fields, field)
		}
	} else if err != nil {
		return err
	}
	in.Condition = e.String()
	s.checkGiven(t, f, in.Facts)
	return f.OrNil()
}

// editSets runs a change of default fact sets in one transaction with all that follows from it.
func (s *Service) editSets(ctx context.Context, a identity.Actor, op, object string, do func(context.Context, *storage.Tx, *tenant) error) error {
	if err := s.may(a, PermTagEdit()); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t, err := s.lockTenant(ctx, tx, a.Organisation)
		if err != nil {
			return err
		}
		if err := do(ctx, tx, t); err != nil {
			return fmt.Errorf("kengine: %s: %w", op, err)
		}
		if err := s.decideAgain(ctx, tx, a.Organisation, "set"); err != nil {
			return err
		}
		return s.record(ctx, tx, a, op, object)
	})
}

// CreateSet adds a default fact set at the end of the order. It needs PermTagEdit.
func (s *Service) CreateSet(ctx context.Context, a identity.Actor, in SetInput) (string, error) {
	id := s.IDs.UUID()
	return made(id, s.editSets(ctx, a, "set.create", id, func(ctx context.Context, tx *storage.Tx, t *tenant) error {
		if err := s.tidySet(t, &in); err != nil {
			return err
		}
		there, err := readSets(ctx, tx, a.Organisation)
		if err != nil {
			return err
		}
		if len(there) >= maxSets {
			return fault.New(fault.Limit, "kengine.set").With("max", maxSets)
		}
		now := storage.At(tx.Now())
		_, err = tx.ExecContext(ctx, `INSERT INTO kengine_set (id, organisation, name, condition, facts, justification, position, created, updated)
			VALUES (?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(position), -1) + 1 FROM kengine_set WHERE organisation = ?), ?, ?)`,
			id, a.Organisation, in.Name, in.Condition, storage.JSON[map[string]string]{V: factMap(in.Facts)}, in.Justification, a.Organisation, now, now)
		return err
	}))
}

// UpdateSet changes a default fact set. It needs PermTagEdit; somebody else's change since version is
// fault.Conflict.
func (s *Service) UpdateSet(ctx context.Context, a identity.Actor, id string, version int64, in SetInput) error {
	return s.editSets(ctx, a, "set.update", id, func(ctx context.Context, tx *storage.Tx, t *tenant) error {
		if err := s.tidySet(t, &in); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE kengine_set SET name = ?, condition = ?, facts = ?, justification = ?, updated = ?, version = version + 1
			WHERE id = ? AND organisation = ? AND version = ?`, in.Name, in.Condition, storage.JSON[map[string]string]{V: factMap(in.Facts)},
			in.Justification, storage.At(tx.Now()), id, a.Organisation, version)
		return s.changedSet(ctx, tx, a, id, storage.Changed(res, err, "kengine.set", id))
	})
}

// DeleteSet removes a default fact set. It needs PermTagEdit; somebody else's change since version is
// fault.Conflict.
func (s *Service) DeleteSet(ctx context.Context, a identity.Actor, id string, version int64) error {
	return s.editSets(ctx, a, "set.delete", id, func(ctx context.Context, tx *storage.Tx, _ *tenant) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM kengine_set WHERE id = ? AND organisation = ? AND version = ?`, id, a.Organisation, version)
		return s.changedSet(ctx, tx, a, id, storage.Changed(res, err, "kengine.set", id))
	})
}

// changedSet tells a set that is not there from one that somebody else changed.
func (s *Service) changedSet(ctx context.Context, tx *storage.Tx, a identity.Actor, id string, err error) error {
	if !errors.Is(err, fault.Conflict) {
		return err
	}
	_, there := storage.One(ctx, tx, "kengine.set", id, storage.Scalar[string], `SELECT id FROM kengine_set WHERE id = ? AND organisation = ?`, id, a.Organisation)
	if there != nil {
		return there
	}
	return outdated("kengine.set", id)
}

// OrderSets puts the default fact sets of the actor's organisation into the order of ids, which names
// each once. It needs PermTagEdit; ids of other sets than those that are there are fault.Conflict.
func (s *Service) OrderSets(ctx context.Context, a identity.Actor, ids []string) error {
	return s.editSets(ctx, a, "set.order", a.Organisation, func(ctx context.Context, tx *storage.Tx, _ *tenant) error {
		there, err := readSets(ctx, tx, a.Organisation)
		if err != nil {
			return err
		}
		have := make([]string, len(there))
		for i := range there {
			have[i] = there[i].ID
		}
		if !slices.Equal(slices.Sorted(slices.Values(have)), slices.Sorted(slices.Values(ids))) {
			return outdated("kengine.set", "")
		}
		for i, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE kengine_set SET position = ? WHERE id = ? AND organisation = ?`, i, id, a.Organisation); err != nil {
				return err
			}
		}
		return nil
	})
}
