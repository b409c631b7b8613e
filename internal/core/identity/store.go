package identity

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
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

// membershipsOf fills the memberships in open organisations.
func membershipsOf(ctx context.Context, r storage.Runner, people []Account) ([]Account, error) {
	if len(people) == 0 {
		return people, nil
	}
	at := make(map[string]int, len(people))
	ids := make([]any, len(people))
	for i, p := range people {
		at[p.ID], ids[i] = i, p.ID
	}
	var w storage.Where
	w.And("o.closed_at IS NULL")
	w.In("m.person", ids...)
	type row struct {
		person string
		Membership
	}
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (row, error) {
		var m row
		var roles storage.JSON[[]Role]
		err := scan(&m.person, &m.Organisation, &m.Name, &roles)
		m.Roles = roles.V
		return m, err
	}, `SELECT m.person, o.id, o.name, m.roles FROM identity_member m JOIN identity_organisation o ON o.id = m.organisation`+
		w.SQL()+` ORDER BY o.canonical`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("identity: memberships: %w", err)
	}
	for _, m := range rows {
		p := &people[at[m.person]]
		p.Memberships = append(p.Memberships, m.Membership)
	}
	return people, nil
}

// countAdmins counts enabled people with the role Admin.
func countAdmins(ctx context.Context, r storage.Runner) (int, error) {
	people, err := storage.List(ctx, r, scanPerson,
		`SELECT `+personColumns+` FROM identity_person WHERE disabled_at IS NULL`)
	if err != nil {
		return 0, fmt.Errorf("identity: count admins: %w", err)
	}
	n := 0
	for _, p := range people {
		if slices.Contains(p.InstanceRoles, Admin) {
			n++
		}
	}
	return n, nil
}

// credential is what signing in by password needs to know of a person.
type credential struct {
	person Account
	hash   string
	second bool // one-time codes are set up
}

// loadCredential reads the credentials of a canonical login; a name that does
// not exist is an empty credential, so that the caller does the same work.
func loadCredential(ctx context.Context, r storage.Runner, name string) (credential, error) {
	rows, err := storage.List(ctx, r, func(scan func(...any) error) (credential, error) {
		var c credential
		err := scan(&c.person.ID, &c.hash, &c.second)
		return c, err
	}, `SELECT p.id, COALESCE(w.hash, ''), COALESCE(t.confirmed, FALSE) FROM identity_person p
		LEFT JOIN identity_password w ON w.person = p.id
		LEFT JOIN identity_totp t ON t.person = p.id
		WHERE p.canonical = ? AND p.disabled_at IS NULL`, name)
	if err != nil || len(rows) == 0 {
		return credential{}, err
	}
	return rows[0], nil
}

// hasSecond reports whether a person has one-time codes set up.
func hasSecond(ctx context.Context, r storage.Runner, person string) (bool, error) {
	rows, err := storage.List(ctx, r, storage.Scalar[bool], `SELECT confirmed FROM identity_totp WHERE person = ?`, person)
	return len(rows) == 1 && rows[0], err
}

// passwordHash returns the stored hash of a person, "" if there is none.
func passwordHash(ctx context.Context, r storage.Runner, person string) (string, error) {
	rows, err := storage.List(ctx, r, storage.Scalar[string], `SELECT hash FROM identity_password WHERE person = ?`, person)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0], nil
}

func putPassword(ctx context.Context, tx *storage.Tx, person, hash string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO identity_password (person, hash, at) VALUES (?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, at = excluded.at`, person, hash, storage.At(tx.Now()))
	return err
}

// gone returns fault.NotFound about key and id if a statement changed no row.
func gone(res sql.Result, err error, key, id string) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, key, id)
	}
	return err
}
