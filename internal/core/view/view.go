package view

import (
	"context"
	"embed"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/outbound"
	"noroshi.dev/internal/core/storage"
)

// Room is the name under which the tables of this package are migrated.
const Room = "view"

// Migrations holds the schema: DB.Migrate(ctx, Room, Migrations).
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Messages holds the texts of the faults of this package in ja and en.
//
//go:embed messages
var Messages embed.FS

// Bounds.
const (
	maxName  = 80   // characters
	maxQuery = 2000 // bytes
	maxViews = 100  // of one person or one team at one path
)

// Deps is what a Service is made of.
type Deps struct {
	DB       *storage.DB
	Audit    *audit.Log
	Identity *identity.Service
	IDs      *id.Source
	Jobs     *jobs.Jobs
	Out      *outbound.Client
	Sealer   identity.Sealer // of the keys of webhooks
}

// Service keeps views and subscriptions.
type Service struct{ Deps }

// New returns a service; it touches none of what it is given.
func New(d Deps) *Service { return &Service{d} }

// Own is the right to keep views of one's own in an organisation.
func Own() identity.Permission {
	return identity.Permission{Name: "view.own", Scope: identity.Organisation, Roles: []identity.Role{identity.Manager, identity.Analyst, identity.Reader}}
}

// Team is the right to change the views of an organisation's team.
func Team() identity.Permission {
	return identity.Permission{Name: "view.team", Scope: identity.Organisation, Roles: []identity.Role{identity.Manager, identity.Analyst}}
}

// Permissions returns what this package declares.
func Permissions() []identity.Permission { return []identity.Permission{Own(), Team()} }

// View is a saved view of one list.
type View struct {
	ID           string
	Path         string // of the list, without the language
	Name         string
	Query        string // address query: filter, order
	Person       string // who saved it
	Organisation string
	Team         bool
	CreatedAt    time.Time
}

const viewColumns = `id, path, name, query, person, organisation, team, created_at`

func scanView(scan func(...any) error) (View, error) {
	var v View
	var created storage.Time
	err := scan(&v.ID, &v.Path, &v.Name, &v.Query, &v.Person, &v.Organisation, &v.Team, &created)
	v.CreatedAt = created.Time
	return v, err
}

// check returns v with its query in one form, or what is wrong with it. A cursor
// is no part of a view.
func (v View) check() (View, error) {
	f := fault.New(fault.Invalid, "view.form")
	v.Name = strings.TrimSpace(v.Name)
	if n := utf8.RuneCountInString(v.Name); n == 0 || n > maxName || !utf8.ValidString(v.Name) {
		f.Field("name", "view.name", "max", maxName)
	}
	q, err := url.ParseQuery(strings.TrimPrefix(v.Query, "?"))
	if err != nil || len(v.Query) > maxQuery {
		f.Field("query", "view.query")
	}
	for _, name := range []string{"after", "before", "view", "format", "bom"} {
		q.Del(name)
	}
	v.Query = q.Encode()
	if !strings.HasPrefix(v.Path, "/console/") || strings.ContainsAny(v.Path, "?#\\") || len(v.Path) > 200 {
		f.Field("path", "view.path")
	}
	return v, f.OrNil()
}

// may refuses who may not keep such a view.
func may(a identity.Actor, team bool, organisation string) error {
	if team {
		return a.Can(Team(), organisation)
	}
	return a.Can(Own(), organisation)
}

// Save keeps a view in the actor's current organisation. Permission: Own, or Team
// for one of the team.
func (s *Service) Save(ctx context.Context, a identity.Actor, v View) (View, error) {
	if err := may(a, v.Team, a.Organisation); err != nil {
		return View{}, err
	}
	v, err := v.check()
	if err != nil {
		return View{}, err
	}
	v.ID, v.Person, v.Organisation = s.IDs.UUID(), a.ID, a.Organisation
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		list, err := list(ctx, tx, v.Person, v.Organisation, v.Path)
		if err != nil {
			return err
		}
		if len(list) >= maxViews {
			return fault.New(fault.Limit, "view.many").With("max", maxViews)
		}
		v.CreatedAt = tx.Now()
		if _, err := tx.ExecContext(ctx, `INSERT INTO view_view (`+viewColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			v.ID, v.Path, v.Name, v.Query, v.Person, v.Organisation, v.Team, storage.At(v.CreatedAt)); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "save", v.ID)
	})
	return v, err
}

// List returns the views of a path: the team's, then the actor's own.
func (s *Service) List(ctx context.Context, a identity.Actor, path string) ([]View, error) {
	if err := a.Can(Own(), a.Organisation); err != nil {
		return nil, err
	}
	return list(ctx, s.DB.Read(), a.ID, a.Organisation, path)
}

func list(ctx context.Context, r storage.Runner, person, organisation, path string) ([]View, error) {
	return storage.List(ctx, r, scanView, `SELECT `+viewColumns+` FROM view_view
		WHERE organisation = ? AND path = ? AND (team OR person = ?) ORDER BY team DESC, created_at, id`, organisation, path, person)
}

// View returns one view that the actor sees. Fault: NotFound.
func (s *Service) View(ctx context.Context, a identity.Actor, view string) (View, error) {
	return visible(ctx, s.DB.Read(), a, view)
}

// visible loads a view of the actor's organisation: the team's or an own one.
func visible(ctx context.Context, r storage.Runner, a identity.Actor, view string) (View, error) {
	v, err := storage.One(ctx, r, "view.view", view, scanView, `SELECT `+viewColumns+` FROM view_view WHERE id = ?`, view)
	if err != nil {
		return View{}, err
	}
	if a.Can(Own(), v.Organisation) != nil || !v.Team && v.Person != a.ID {
		return View{}, fault.New(fault.NotFound, "view.view", view)
	}
	return v, nil
}

// Rename changes name and query of a view. Permission as for Save.
func (s *Service) Rename(ctx context.Context, a identity.Actor, view, name, query string) error {
	return s.change(ctx, a, view, "rename", func(ctx context.Context, tx *storage.Tx, v View) error {
		v.Name, v.Query = name, query
		v, err := v.check()
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE view_view SET name = ?, query = ? WHERE id = ?`, v.Name, v.Query, v.ID)
		return err
	})
}

// Delete removes a view with its subscriptions. Permission as for Save.
func (s *Service) Delete(ctx context.Context, a identity.Actor, view string) error {
	return s.change(ctx, a, view, "delete", func(ctx context.Context, tx *storage.Tx, v View) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM view_view WHERE id = ?`, v.ID)
		return err
	})
}

// change runs f on a view that the actor may change.
func (s *Service) change(ctx context.Context, a identity.Actor, view, op string, f func(context.Context, *storage.Tx, View) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		v, err := visible(ctx, tx, a, view)
		if err != nil {
			return err
		}
		if err := may(a, v.Team, v.Organisation); err != nil {
			return err
		}
		if err := f(ctx, tx, v); err != nil {
			return err
		}
		return s.record(ctx, tx, a, op, view)
	})
}

func (s *Service) record(ctx context.Context, tx *storage.Tx, a identity.Actor, op, object string) error {
	if err := s.Audit.Append(ctx, tx, audit.Entry{Actor: a.Audit(), Room: Room, Op: op, Object: object}); err != nil {
		return fmt.Errorf("view: %s %s: %w", op, object, err)
	}
	return nil
}
