package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"noroshi.dev/internal/core/storage"
)

// Account is one human being who signs in. It never holds a credential.
type Account struct {
	ID            string
	Login         string // sign-in name as it was typed; unique by its canonical form
	Name          string // displayed
	Lang          string // "ja", "en" or "" for the language of the page
	Zone          string // IANA name or ""
	Theme         string // "", "light" or "dark"
	Compact       bool
	NoKeys        bool
	InstanceRoles []Role
	Memberships   []Membership
	CreatedAt     time.Time
	DisabledAt    time.Time // zero: enabled
	SignedInAt    time.Time // zero: never
	Version       int64
}

// actor returns p as an actor without a session.
func (p Account) actor() Actor {
	return Actor{
		Kind: KindPerson, ID: p.ID, Name: p.Name, Lang: p.Lang, Zone: p.Zone, Theme: p.Theme, Compact: p.Compact,
		NoKeys: p.NoKeys, InstanceRoles: p.InstanceRoles, Memberships: p.Memberships,
	}
}

// PeopleFilter narrows People.
type PeopleFilter struct {
	Text         string // part of login or name
	Organisation string
	After        string // cursor: canonical login of the last person seen
	Limit        int    // 0 means 50, at most 500
}

// People lists accounts by login. Permission: ManagePeople.
func (s *Service) People(ctx context.Context, a Actor, f PeopleFilter) ([]Account, error) {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return nil, err
	}
	var people []Account
	err := s.db.InRead(ctx, func(ctx context.Context, r storage.Runner) (err error) {
		people, err = listPeople(ctx, r, f)
		return err
	})
	return people, err
}

// Person returns one account: one's own, or anybody's for ManagePeople.
func (s *Service) Person(ctx context.Context, a Actor, person string) (Account, error) {
	if a.ID != person || !a.SignedIn() {
		if err := a.Can(ManagePeople(), ""); err != nil {
			return Account{}, err
		}
	}
	return loadPerson(ctx, s.db.Read(), person)
}

// PersonByLogin returns the account of a sign-in name. Permission: ManagePeople.
func (s *Service) PersonByLogin(ctx context.Context, a Actor, login string) (Account, error) {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return Account{}, err
	}
	found, err := findPerson(ctx, s.db.Read(), canonical(login))
	if err != nil {
		return Account{}, err
	}
	return loadPerson(ctx, s.db.Read(), found.ID)
}

// Names returns the displayed names of people by id, for pages of an
// organisation; ids that are not there are left out.
func (s *Service) Names(ctx context.Context, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	for chunk := range slices.Chunk(ids, 200) {
		args := make([]any, len(chunk))
		for i, v := range chunk {
			args[i] = v
		}
		var w storage.Where
		w.In("id", args...)
		rows, err := storage.List(ctx, s.db.Read(), scanNamed, `SELECT id, name FROM identity_person`+w.SQL(), w.Args()...)
		if err != nil {
			return nil, fmt.Errorf("identity: names: %w", err)
		}
		for _, row := range rows {
			out[row.id] = row.name
		}
	}
	return out, nil
}
