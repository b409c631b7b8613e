package view

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// check returns v with its query in one form, or what is wrong with it. A cursor
// is no part of a view.
func (v View) check() (View, error) {
	f := fault.New(fault.Invalid, "view.form")
	v.Name = strings.TrimSpace(v.Name)
	if n := utf8.RuneCountInString(v.Name); n == 0 || n > maxName || !printable(v.Name) {
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
	if !strings.HasPrefix(v.Path, "/console/") || strings.ContainsAny(v.Path, "?#\\") || len(v.Path) > 200 || !printable(v.Path) {
		f.Field("path", "view.path")
	}
	return v, f.OrNil()
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
		kept := 0
		for _, old := range list {
			if old.Team == v.Team {
				kept++
			}
		}
		if kept >= maxViews {
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

// printable reports whether s is text without signs of control, of which databases refuse some and
// tabs show none.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
