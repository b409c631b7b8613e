package view

import (
	"context"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// Bounds.
const (
	maxName  = 80   // characters
	maxQuery = 2000 // bytes
	maxViews = 100  // of one person or one team at one path
)

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

// may refuses who may not keep such a view.
func may(a identity.Actor, team bool, organisation string) error {
	if team {
		return a.Can(Team(), organisation)
	}
	return a.Can(Own(), organisation)
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
