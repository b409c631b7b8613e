package kengine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// ModelRow is a version of a decision model as lists show it.
type ModelRow struct {
	ID        string
	Key       string
	Version   int64
	Status    decide.Status
	Name      decide.Text
	Origin    string // "builtin:KEY", "copy:ID", "file:NAME", "learned:DECISION", "simplified:ID" or empty
	Creator   string // id of a person
	Created   time.Time
	Updated   time.Time
	Approver  string
	Activated time.Time // zero: never in force
	Retired   time.Time
	Edit      int64 // grows with each change of a draft; what an editor read must match
	Digest    string
}

// ModelView is a version of a model with everything that its editor needs.
type ModelView struct {
	ModelRow
	Model    decide.Model
	Source   string // the model as YAML
	Findings []decide.Finding
	Ready    bool             // it may be put into force
	Compiled *decide.Compiled // nil when the findings hold an error
}

const modelFields = `id, key, version, status, name_ja, name_en, origin, creator, created, updated, approver, activated, retired, edit, digest`

func scanModel(scan func(...any) error) (ModelRow, error) {
	var m ModelRow
	var status string
	var created, updated, activated, retired storage.Time
	err := scan(&m.ID, &m.Key, &m.Version, &status, &m.Name.JA, &m.Name.EN, &m.Origin, &m.Creator, &created, &updated,
		&m.Approver, &activated, &retired, &m.Edit, &m.Digest)
	m.Status, m.Created, m.Updated = decide.Status(status), created.Time, updated.Time
	m.Activated, m.Retired = activated.Time, retired.Time
	return m, err
}

// storedModel is a model with its source.
type storedModel struct {
	ModelRow
	source string
}

func scanStored(scan func(...any) error) (storedModel, error) {
	var m storedModel
	var err error
	m.ModelRow, err = scanModel(func(to ...any) error { return scan(append(to, &m.source)...) })
	return m, err
}

func readModel(ctx context.Context, r storage.Runner, organisation, id string) (storedModel, error) {
	return storage.One(ctx, r, "kengine.model", id, scanStored,
		`SELECT `+modelFields+`, source FROM kengine_model WHERE id = ? AND organisation = ?`, id, organisation)
}

// Models returns all versions of all models of the actor's organisation: by key, the newest
// version first. It needs PermModelRead.
func (s *Service) Models(ctx context.Context, a identity.Actor) ([]ModelRow, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return nil, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), scanModel,
		`SELECT `+modelFields+` FROM kengine_model WHERE organisation = ? ORDER BY key, version DESC`, a.Organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: models: %w", err)
	}
	return rows, nil
}

// BuiltinModels returns the models that come with the program, as drafts, in the reader's order.
func (s *Service) BuiltinModels() ([]decide.Model, error) {
	reg, err := s.Registry()
	if err != nil {
		return nil, fmt.Errorf("kengine: built-in models: %w", err)
	}
	models, err := decide.Builtins(reg)
	if err != nil {
		return nil, fmt.Errorf("kengine: built-in models: %w", err)
	}
	return models, nil
}

// Model returns one version of a model with its checks. It needs PermModelRead.
func (s *Service) Model(ctx context.Context, a identity.Actor, id string) (*ModelView, error) {
	if err := s.may(a, PermModelRead()); err != nil {
		return nil, err
	}
	m, err := readModel(ctx, s.DB.Read(), a.Organisation, id)
	if err != nil {
		return nil, err
	}
	return viewModel(m)
}

// viewModel parses and checks a stored model.
func viewModel(m storedModel) (*ModelView, error) {
	parsed, err := decide.Parse([]byte(m.source))
	if err != nil {
		return nil, fmt.Errorf("kengine: model %s: %w", m.ID, err)
	}
	v := &ModelView{ModelRow: m.ModelRow, Model: parsed, Source: m.source, Findings: decide.Check(parsed)}
	v.Ready = decide.Ready(v.Findings)
	c, err := decide.Compile(parsed)
	var invalid *decide.Invalid
	switch {
	case err == nil:
		v.Compiled = c
	case !errors.As(err, &invalid):
		return nil, fmt.Errorf("kengine: model %s: %w", m.ID, err)
	}
	return v, nil
}

// Activate puts a draft or a retired version into force in place of the version in force of the
// same model, and has every stored report decided by it in the background. It needs
// PermModelActivate. A model with errors or gaps is fault.Invalid; edit is ModelRow.Edit as it
// was read, another one is fault.Conflict.
func (s *Service) Activate(ctx context.Context, a identity.Actor, id string, edit int64) error {
	if err := s.may(a, PermModelActivate()); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		m, err := readModel(ctx, tx, a.Organisation, id)
		if err != nil {
			return err
		}
		if err := activatable(m, edit); err != nil {
			return err
		}
		now := storage.At(tx.Now())
		if _, err := tx.ExecContext(ctx, `UPDATE kengine_model SET status = 'retired', retired = ?, edit = edit + 1
			WHERE organisation = ? AND key = ? AND status = 'active'`, now, a.Organisation, m.Key); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE kengine_model SET status = 'active', approver = ?, activated = ?, retired = NULL,
			edit = edit + 1 WHERE id = ? AND edit = ?`, a.ID, now, id, edit)
		if err := storage.Changed(res, err, "kengine.model", id); err != nil {
			return err
		}
		if err := s.decideAgain(ctx, tx, a.Organisation, "model"); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "model.activate", id)
	})
	if err != nil {
		return fmt.Errorf("kengine: activate model %s: %w", id, err)
	}
	return nil
}

// activatable says why a model may not be put into force.
func activatable(m storedModel, edit int64) error {
	switch {
	case m.Status == decide.Active:
		return fault.New(fault.Conflict, "kengine.model.already_active", m.ID)
	case m.Edit != edit:
		return stale(m.ID)
	}
	v, err := viewModel(m)
	if err != nil {
		return err
	}
	if !v.Ready {
		return fault.New(fault.Invalid, "kengine.model.not_ready", m.ID).Field("source", "kengine.model.has_findings").Hinted("kengine.model.see_checks")
	}
	return nil
}

func stale(id string) error {
	return fault.New(fault.Conflict, "kengine.model", id).Hinted("kengine.model.reload")
}

// Retire takes the version in force out of force; its open tasks are closed unless another model
// makes the same decisions. It needs PermModelActivate.
func (s *Service) Retire(ctx context.Context, a identity.Actor, id string, edit int64) error {
	if err := s.may(a, PermModelActivate()); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		m, err := readModel(ctx, tx, a.Organisation, id)
		if err != nil {
			return err
		}
		if m.Status != decide.Active {
			return fault.New(fault.Conflict, "kengine.model.not_active", id)
		}
		res, err := tx.ExecContext(ctx, `UPDATE kengine_model SET status = 'retired', retired = ?, edit = edit + 1 WHERE id = ? AND edit = ?`,
			storage.At(tx.Now()), id, edit)
		if err := storage.Changed(res, err, "kengine.model", id); err != nil {
			return err
		}
		if err := s.decideAgain(ctx, tx, a.Organisation, "model"); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "model.retire", id)
	})
	if err != nil {
		return fmt.Errorf("kengine: retire model %s: %w", id, err)
	}
	return nil
}

// DiffModels tells what differs between two versions of the actor's organisation; an empty to is the
// version in force of the same model, and where there is none the version itself. It needs PermModelRead.
func (s *Service) DiffModels(ctx context.Context, a identity.Actor, from, to string) (decide.Diff, error) {
	x, err := s.Model(ctx, a, from)
	if err != nil {
		return decide.Diff{}, err
	}
	if to == "" {
		if to, err = s.versionInForce(ctx, a, &x.ModelRow); err != nil {
			return decide.Diff{}, err
		}
	}
	y, err := s.Model(ctx, a, to)
	if err != nil {
		return decide.Diff{}, err
	}
	d, err := decide.Compare(x.Model, y.Model)
	if err != nil {
		return decide.Diff{}, fault.New(fault.Invalid, "kengine.model.not_comparable", from, to).Because(err)
	}
	return d, nil
}

// versionInForce returns the id of the version in force of the same model as m, that of m where there
// is none.
func (s *Service) versionInForce(ctx context.Context, a identity.Actor, m *ModelRow) (string, error) {
	ids, err := storage.List(ctx, s.DB.Read(), storage.Scalar[string],
		`SELECT id FROM kengine_model WHERE organisation = ? AND key = ? AND status = 'active'`, a.Organisation, m.Key)
	if err != nil {
		return "", fmt.Errorf("kengine: version in force of %s: %w", m.Key, err)
	}
	return append(ids, m.ID)[0], nil
}
