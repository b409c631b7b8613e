package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/internal/core/fault"
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

// Profile is what people set themselves.
type Profile struct {
	Name, Lang, Zone, Theme string
	Compact, NoKeys         bool
}

// check returns what is wrong with a profile.
func (p Profile) check() error {
	f := fault.New(fault.Invalid, "identity.profile")
	checkName(f, "name", p.Name)
	if !slices.Contains([]string{"", "ja", "en"}, p.Lang) {
		f.Field("lang", "identity.choice")
	}
	if !slices.Contains([]string{"", "light", "dark"}, p.Theme) {
		f.Field("theme", "identity.choice")
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" || len(p.Zone) > 64 {
		f.Field("zone", "identity.zone_unknown")
	}
	return f.OrNil()
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

// SetProfile changes the actor's own settings.
func (s *Service) SetProfile(ctx context.Context, a Actor, p Profile) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	if err := p.check(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE identity_person SET name = ?, lang = ?, zone = ?, theme = ?, compact = ?, no_keys = ?,
			version = version + 1 WHERE id = ?`, strings.TrimSpace(p.Name), p.Lang, p.Zone, p.Theme, p.Compact, p.NoKeys, a.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "profile", a.ID, "", nil)
	})
}

// SetDisabled closes an account and ends its sessions and tokens, or opens it
// again. Permission: ManagePeople over nobody more powerful, recent proof; the
// last admin stays.
func (s *Service) SetDisabled(ctx context.Context, a Actor, person string, disabled bool) error {
	return s.manage(ctx, a, person, func(ctx context.Context, tx *storage.Tx, p Account) error {
		at, op := storage.Time{}, "enable"
		if disabled {
			at, op = storage.At(tx.Now()), "disable"
			if err := endSessions(ctx, tx, person, ""); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM identity_token WHERE person = ?`, person); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE identity_person SET disabled_at = ?, version = version + 1 WHERE id = ?`, at, person); err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, disabled && slices.Contains(p.InstanceRoles, Admin)); err != nil {
			return err
		}
		return s.record(ctx, tx, a, op, person, "", nil)
	})
}

// SetInstanceRoles gives a person roles for the whole instance and ends the
// person's sessions, so that the new power begins with a new sign-in.
// Permission: ManagePeople over nobody more powerful, recent proof.
func (s *Service) SetInstanceRoles(ctx context.Context, a Actor, person string, roles []Role) error {
	if err := checkRoles(roles, InstanceRoles()); err != nil {
		return err
	}
	return s.manage(ctx, a, person, func(ctx context.Context, tx *storage.Tx, p Account) error {
		if _, err := tx.ExecContext(ctx, `UPDATE identity_person SET instance_roles = ?, version = version + 1 WHERE id = ?`,
			storage.JSON[[]Role]{V: roles}, person); err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, slices.Contains(p.InstanceRoles, Admin)); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, person, ""); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "instance_roles", person, "", map[string]string{"roles": joinRoles(roles)})
	})
}

// manage runs f on a person whom the actor may manage.
func (s *Service) manage(ctx context.Context, a Actor, person string, f func(context.Context, *storage.Tx, Account) error) error {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return err
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		p, err := loadPerson(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := s.mayManage(a, p); err != nil {
			return err
		}
		return f(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("identity: manage %s: %w", person, err)
	}
	return nil
}

// checkRoles refuses roles outside of a list.
func checkRoles(roles, known []Role) error {
	for _, r := range roles {
		if !slices.Contains(known, r) {
			return fault.New(fault.Invalid, "identity.roles").Field("roles", "identity.choice")
		}
	}
	return nil
}

func joinRoles(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// keepAnAdmin refuses a change after which nobody could run the instance.
func keepAnAdmin(ctx context.Context, tx *storage.Tx, wasAdmin bool) error {
	if !wasAdmin {
		return nil
	}
	n, err := countAdmins(ctx, tx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "identity.last_admin")
	}
	return nil
}
