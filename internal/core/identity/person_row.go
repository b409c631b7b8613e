package identity

import (
	"context"
	"fmt"
	"strings"

	"noroshi.dev/internal/core/storage"
)

const personColumns = `id, login, name, lang, zone, theme, compact, no_keys, instance_roles, created_at, disabled_at, signed_in_at, version`

func scanPerson(scan func(...any) error) (Account, error) {
	var p Account
	var roles storage.JSON[[]Role]
	var created, disabled, signed storage.Time
	err := scan(&p.ID, &p.Login, &p.Name, &p.Lang, &p.Zone, &p.Theme, &p.Compact, &p.NoKeys, &roles, &created, &disabled, &signed, &p.Version)
	p.InstanceRoles, p.CreatedAt, p.DisabledAt, p.SignedInAt = roles.V, created.Time, disabled.Time, signed.Time
	return p, err
}

type named struct{ id, name string }

func scanNamed(scan func(...any) error) (named, error) {
	var n named
	err := scan(&n.id, &n.name)
	return n, err
}

func insertPerson(ctx context.Context, tx *storage.Tx, p Account) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO identity_person (id, login, canonical, name, lang, zone, theme, compact, no_keys,
		instance_roles, created_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
		p.ID, strings.TrimSpace(p.Login), canonical(p.Login), strings.TrimSpace(p.Name), p.Lang, p.Zone, p.Theme, p.Compact, p.NoKeys,
		storage.JSON[[]Role]{V: p.InstanceRoles}, storage.At(p.CreatedAt))
	return err
}

// loadPerson returns a person with memberships. Fault: NotFound.
func loadPerson(ctx context.Context, r storage.Runner, person string) (Account, error) {
	p, err := storage.One(ctx, r, "identity.person", person, scanPerson,
		`SELECT `+personColumns+` FROM identity_person WHERE id = ?`, person)
	if err != nil {
		return Account{}, err
	}
	all, err := membershipsOf(ctx, r, []Account{p})
	if err != nil {
		return Account{}, err
	}
	return all[0], nil
}

// findPerson returns the person of a canonical login, without memberships.
func findPerson(ctx context.Context, r storage.Runner, name string) (Account, error) {
	return storage.One(ctx, r, "identity.person", "", scanPerson,
		`SELECT `+personColumns+` FROM identity_person WHERE canonical = ?`, name)
}

func listPeople(ctx context.Context, r storage.Runner, f PeopleFilter) ([]Account, error) {
	var w storage.Where
	if f.Text != "" {
		like := "%" + escapeLike(canonical(f.Text)) + "%"
		w.And(`(canonical LIKE ? ESCAPE '!' OR LOWER(name) LIKE ? ESCAPE '!')`, like, like)
	}
	if f.Organisation != "" {
		w.And(`id IN (SELECT person FROM identity_member WHERE organisation = ?)`, f.Organisation)
	}
	if f.After != "" {
		w.And(`canonical > ?`, canonical(f.After))
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	people, err := storage.List(ctx, r, scanPerson,
		`SELECT `+personColumns+` FROM identity_person`+w.SQL()+` ORDER BY canonical LIMIT ?`, append(w.Args(), min(limit, 500))...)
	if err != nil {
		return nil, fmt.Errorf("identity: list people: %w", err)
	}
	return membershipsOf(ctx, r, people)
}

// escapeLike keeps a person's % and _ from being wildcards.
func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}
