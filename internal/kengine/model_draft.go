package kengine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// maxModelVersions bounds the versions of all models of one organisation.
const maxModelVersions = 2000

// NewDraft says what a draft begins with; exactly one of Builtin, Copy and Source is set.
type NewDraft struct {
	Builtin string // key of a built-in model
	Copy    string // id of a version of the same organisation
	Source  []byte // a file: our YAML, an SSVC 2.0.0 decision table, or a tree of the older calculator
	File    string // the name of the file, for people
	Key     string // key of the new model; empty: that of what it begins with
	Missing string // outcome label of combinations that a tree of the older calculator leaves out
}

// CreateDraft makes a new version of a model as a draft and returns its id. It needs
// PermModelEdit. A file that cannot be read is fault.Invalid with the place and the remedy.
func (s *Service) CreateDraft(ctx context.Context, a identity.Actor, n NewDraft) (string, error) {
	if err := s.may(a, PermModelEdit()); err != nil {
		return "", err
	}
	m, origin, err := s.beginning(ctx, a, n)
	if err != nil {
		return "", err
	}
	if n.Key != "" {
		m.Key = n.Key
	}
	if !validModelKey(m.Key) {
		return "", fault.New(fault.Invalid, "kengine.model").Field("key", "kengine.model.key_invalid")
	}
	id := s.IDs.UUID()
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return s.insertDraft(ctx, tx, a, id, m, origin)
	})
	if err != nil {
		return "", fmt.Errorf("kengine: create draft of %s: %w", m.Key, err)
	}
	return id, nil
}

// validModelKey accepts ASCII letters, digits, hyphen, dot and underscore: a key is part of the names of
// decisions, which divide it from the rest by a slash.
func validModelKey(key string) bool {
	return key != "" && len(key) <= 100 && !strings.ContainsFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
	})
}

// beginning returns the model that a draft begins with and where it is from.
func (s *Service) beginning(ctx context.Context, a identity.Actor, n NewDraft) (decide.Model, string, error) {
	switch {
	case n.Copy != "":
		v, err := s.Model(ctx, a, n.Copy)
		if err != nil {
			return decide.Model{}, "", err
		}
		return v.Model, "copy:" + n.Copy, nil
	case n.Source != nil:
		m, err := readModelFile(n)
		return m, "file:" + cut(n.File, 200), err
	}
	reg, err := s.Registry()
	if err != nil {
		return decide.Model{}, "", fmt.Errorf("kengine: built-in models: %w", err)
	}
	m, err := decide.Builtin(reg, n.Builtin)
	if err != nil {
		return decide.Model{}, "", fault.New(fault.NotFound, "kengine.builtin", n.Builtin).Because(err)
	}
	return m, "builtin:" + n.Builtin, nil
}

// insertDraft writes a model as the newest version of its key.
func (s *Service) insertDraft(ctx context.Context, tx *storage.Tx, a identity.Actor, id string, m decide.Model, origin string) error {
	type extent struct{ versions, top int64 }
	have, err := storage.One(ctx, tx, "kengine.model", m.Key, func(scan func(...any) error) (extent, error) {
		var e extent
		err := scan(&e.versions, &e.top)
		return e, err
	}, `SELECT COUNT(*), COALESCE(MAX(CASE WHEN key = ? THEN version END), 0) FROM kengine_model WHERE organisation = ?`, m.Key, a.Organisation)
	if err != nil {
		return err
	}
	if have.versions >= maxModelVersions {
		return fault.New(fault.Limit, "kengine.model.too_many").With("max", maxModelVersions)
	}
	m.Version, m.Status, m.Organisation = int(have.top)+1, decide.Draft, ""
	source, err := decide.Format(m)
	if err != nil {
		return fault.New(fault.Invalid, "kengine.model").Field("source", "kengine.model.unreadable", "reason", err.Error())
	}
	now := storage.At(tx.Now())
	_, err = tx.ExecContext(ctx, `INSERT INTO kengine_model (id, organisation, key, version, status, name_ja, name_en, source, digest,
		origin, creator, created, updated) VALUES (?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, a.Organisation, m.Key, m.Version, m.Name.JA, m.Name.EN, string(source), Digest(string(source)), origin, a.ID, now, now)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, a, "model.draft", id)
}

// SaveDraft replaces the text of a draft, which may still have findings. It needs PermModelEdit.
// A text that is not a model is fault.Invalid with the place; edit is ModelRow.Edit as it was
// read, another one is fault.Conflict.
func (s *Service) SaveDraft(ctx context.Context, a identity.Actor, id string, edit int64, source string) error {
	m, err := decide.Parse([]byte(source))
	if err != nil {
		return badSource(err)
	}
	return s.changeDraft(ctx, a, id, edit, func(decide.Model) (decide.Model, error) { return m, nil })
}

func badSource(err error) error {
	return fault.New(fault.Invalid, "kengine.model").Field("source", "kengine.model.unreadable", "reason", err.Error())
}

// EditDraft changes a draft by one act of the outline editor. It needs PermModelEdit.
func (s *Service) EditDraft(ctx context.Context, a identity.Actor, id string, edit int64, e ModelEdit) error {
	return s.changeDraft(ctx, a, id, edit, e.apply)
}

// changeDraft writes a draft after a change, as part of the same version.
func (s *Service) changeDraft(ctx context.Context, a identity.Actor, id string, edit int64, change func(decide.Model) (decide.Model, error)) error {
	if err := s.may(a, PermModelEdit()); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		old, err := readDraft(ctx, tx, a.Organisation, id, edit)
		if err != nil {
			return err
		}
		model, err := decide.Parse([]byte(old.source))
		if err != nil {
			return fmt.Errorf("stored source: %w", err)
		}
		if model, err = change(model); err != nil {
			return err
		}
		model.Key, model.Version, model.Status, model.Organisation = old.Key, int(old.Version), decide.Draft, ""
		source, err := decide.Format(model)
		if err != nil {
			return badSource(err)
		}
		res, err := tx.ExecContext(ctx, `UPDATE kengine_model SET source = ?, digest = ?, name_ja = ?, name_en = ?, updated = ?, edit = edit + 1
			WHERE id = ? AND edit = ?`, string(source), Digest(string(source)), model.Name.JA, model.Name.EN, storage.At(tx.Now()), id, edit)
		if err := storage.Changed(res, err, "kengine.model", id); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "model.edit", id)
	})
	if err != nil {
		return fmt.Errorf("kengine: edit model %s: %w", id, err)
	}
	return nil
}

func readDraft(ctx context.Context, r storage.Runner, organisation, id string, edit int64) (storedModel, error) {
	m, err := readModel(ctx, r, organisation, id)
	switch {
	case err != nil:
		return m, err
	case m.Status != decide.Draft:
		return m, fault.New(fault.Conflict, "kengine.model.not_draft", id).Hinted("kengine.model.copy_first")
	case m.Edit != edit:
		return m, stale(id)
	}
	return m, nil
}

// DiscardDraft deletes a draft. It needs PermModelEdit.
func (s *Service) DiscardDraft(ctx context.Context, a identity.Actor, id string, edit int64) error {
	if err := s.may(a, PermModelEdit()); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := readDraft(ctx, tx, a.Organisation, id, edit); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `DELETE FROM kengine_model WHERE id = ? AND edit = ?`, id, edit)
		if err := storage.Changed(res, err, "kengine.model", id); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "model.discard", id)
	})
	if err != nil {
		return fmt.Errorf("kengine: discard draft %s: %w", id, err)
	}
	return nil
}

var errNoModel = errors.New("it is neither a noroshi model (YAML), an SSVC 2.0.0 decision table nor a tree of the older SSVC calculator (JSON)")
