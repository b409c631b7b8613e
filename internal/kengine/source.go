package kengine

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// Source is an address from which documents are fetched again and again.
type Source struct {
	ID string
	SourceInput
	Next     time.Time // when it is fetched next; zero: never, it is paused
	Last     time.Time // when it was fetched last; zero: never
	Failures int       // in a row, since the last success
	Failure  string    // message key of the last failure, empty after a success
	Import   string    // id of the last import
	Created  time.Time
	Version  int64
}

// SourceInput is what a person says about a source.
type SourceInput struct {
	Name   string
	URL    string        // http or https, without a password
	Period time.Duration // MinPeriod to MaxPeriod
	Active bool          // false: paused
}

// The bounds of the time between two fetches.
const (
	MinPeriod = 5 * time.Minute
	MaxPeriod = 31 * 24 * time.Hour
)

// maxSources bounds the sources of one organisation.
const maxSources = 100

func (in *SourceInput) tidy() error {
	in.Name = cut(oneLine(in.Name), maxName)
	f := fault.New(fault.Invalid, "kengine.source")
	if in.Name == "" {
		f.Field("name", "required")
	}
	u, err := url.Parse(in.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(in.URL) > 2000 {
		f.Field("url", "kengine.source.url")
	}
	if in.Period < MinPeriod || in.Period > MaxPeriod {
		f.Field("period", "kengine.source.period", "min", MinPeriod.String(), "max", MaxPeriod.String())
	}
	return f.OrNil()
}

const sourceColumns = `id, name, url, period, active, next, last, failures, failure, import, created, version`

func scanSource(scan func(...any) error) (Source, error) {
	var v Source
	var period int64
	var next, last, created storage.Time
	err := scan(&v.ID, &v.Name, &v.URL, &period, &v.Active, &next, &last, &v.Failures, &v.Failure, &v.Import, &created, &v.Version)
	v.Period = time.Duration(period) * time.Microsecond
	v.Next, v.Last, v.Created = next.Time, last.Time, created.Time
	return v, err
}

// Sources returns the sources of the actor's organisation by name. It needs PermImport.
func (s *Service) Sources(ctx context.Context, a identity.Actor) ([]Source, error) {
	if err := s.may(a, PermImport()); err != nil {
		return nil, err
	}
	rows, err := storage.List(ctx, s.DB.Read(), scanSource, `SELECT `+sourceColumns+` FROM kengine_source WHERE organisation = ? ORDER BY name, id`, a.Organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: sources: %w", err)
	}
	return rows, nil
}

// Source returns a source of the actor's organisation. It needs PermImport; one of another
// organisation is fault.NotFound.
func (s *Service) Source(ctx context.Context, a identity.Actor, id string) (Source, error) {
	if err := s.may(a, PermImport()); err != nil {
		return Source{}, err
	}
	return readSource(ctx, s.DB.Read(), a.Organisation, id)
}

func readSource(ctx context.Context, r storage.Runner, organisation, id string) (Source, error) {
	return storage.One(ctx, r, "kengine.source", id, scanSource, `SELECT `+sourceColumns+` FROM kengine_source WHERE id = ? AND organisation = ?`, id, organisation)
}

// editSource runs a change of a source in one transaction with its audit leaf.
func (s *Service) editSource(ctx context.Context, a identity.Actor, op, id string, do func(context.Context, *storage.Tx) error) error {
	if err := s.may(a, PermSourceEdit()); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := do(ctx, tx); err != nil {
			return fmt.Errorf("kengine: %s %s: %w", op, id, err)
		}
		return s.record(ctx, tx, a, op, id)
	})
}

// CreateSource adds a source; an active one is fetched at the next poll. It needs PermSourceEdit.
func (s *Service) CreateSource(ctx context.Context, a identity.Actor, in SourceInput) (string, error) {
	id := s.IDs.UUID()
	return made(id, s.editSource(ctx, a, "source.create", id, func(ctx context.Context, tx *storage.Tx) error {
		if err := in.tidy(); err != nil {
			return err
		}
		n, err := storage.One(ctx, tx, "kengine.source", "", storage.Scalar[int64], `SELECT COUNT(*) FROM kengine_source WHERE organisation = ?`, a.Organisation)
		if err != nil {
			return err
		}
		if n >= maxSources {
			return fault.New(fault.Limit, "kengine.source").With("max", maxSources)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO kengine_source (id, organisation, name, url, period, active, next, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			id, a.Organisation, in.Name, in.URL, in.Period.Microseconds(), in.Active, in.next(tx.Now()), storage.At(tx.Now()))
		return err
	}))
}

func (in *SourceInput) next(at time.Time) storage.Time {
	if !in.Active {
		return storage.Time{}
	}
	return storage.At(at)
}

// UpdateSource changes a source, which is then fetched at the next poll; Active false pauses it. What
// was remembered of the last answer is forgotten when the address changes. It needs PermSourceEdit;
// somebody else's change since version is fault.Conflict.
func (s *Service) UpdateSource(ctx context.Context, a identity.Actor, id string, version int64, in SourceInput) error {
	return s.editSource(ctx, a, "source.update", id, func(ctx context.Context, tx *storage.Tx) error {
		if err := in.tidy(); err != nil {
			return err
		}
		old, err := readSource(ctx, tx, a.Organisation, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return outdated("kengine.source", id)
		}
		if old.URL != in.URL {
			if _, err := tx.ExecContext(ctx, `UPDATE kengine_source SET etag = '', last_modified = '' WHERE id = ?`, id); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE kengine_source SET name = ?, url = ?, period = ?, active = ?, next = ?, failures = 0, version = version + 1 WHERE id = ?`,
			in.Name, in.URL, in.Period.Microseconds(), in.Active, in.next(tx.Now()), id)
		return err
	})
}

// PauseSource stops or resumes the fetching of a source. It needs PermSourceEdit.
func (s *Service) PauseSource(ctx context.Context, a identity.Actor, id string, pause bool) error {
	old, err := s.Source(ctx, a, id)
	if err != nil {
		return err
	}
	old.Active = !pause
	return s.UpdateSource(ctx, a, id, old.Version, old.SourceInput)
}

// DeleteSource removes a source; what came from it stays. It needs PermSourceEdit; somebody else's
// change since version is fault.Conflict.
func (s *Service) DeleteSource(ctx context.Context, a identity.Actor, id string, version int64) error {
	return s.editSource(ctx, a, "source.delete", id, func(ctx context.Context, tx *storage.Tx) error {
		old, err := readSource(ctx, tx, a.Organisation, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return outdated("kengine.source", id)
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM kengine_source WHERE id = ?`, id)
		return err
	})
}

// RunSource has a source fetched at once in the background, also a paused one. It needs
// PermSourceEdit.
func (s *Service) RunSource(ctx context.Context, a identity.Actor, id string) error {
	return s.editSource(ctx, a, "source.run", id, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := readSource(ctx, tx, a.Organisation, id); err != nil {
			return err
		}
		if s.Jobs == nil {
			return fault.New(fault.Unavailable, "kengine.source", id)
		}
		return s.Jobs.Enqueue(ctx, tx, fetchJob{Source: id})
	})
}
