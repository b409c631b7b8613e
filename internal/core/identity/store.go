package identity

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

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
