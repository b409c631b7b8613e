package app

import (
	"io/fs"

	"noroshi.dev/internal/account"
	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/blob"
	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/outbound"
	"noroshi.dev/internal/core/search"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/view"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/kengine"
)

// rooms are the services of the house, for flows.go to connect.
type rooms struct {
	account *account.Service
	kengine *kengine.Service
}

// build makes every room over the services of the ground floor. Empty Deps give
// closed rooms, which can tell their commands and messages but do nothing.
func build(d module.Deps) (rooms, []module.Module) {
	r := rooms{account: account.New(d), kengine: kengine.New(d)}
	return r, []module.Module{r.kengine.Module(), r.account.Module()}
}

// part is something whose tables are migrated under a name of its own.
type part struct {
	name  string
	files fs.FS
}

// parts lists the tables of the ground floor and of every room.
func parts(all []module.Module) []part {
	out := []part{{audit.Room, audit.Migrations}, {"event", event.Migrations}, {identity.Room, identity.Migrations}, {view.Room, view.Migrations}}
	for _, m := range all {
		if m.Migrations != nil {
			out = append(out, part{m.Name, m.Migrations})
		}
	}
	return out
}

// catalogue gathers the texts of the ground floor and of every room.
func catalogue(all []module.Module) (*i18n.Catalogue, error) {
	c := i18n.New()
	for _, p := range []part{{"web", web.Messages()}, {"jobs", jobs.Messages}, {"storage", storage.Messages}, {"search", search.Messages}, {"audit", audit.Messages}, {"blob", blob.Messages}, {"outbound", outbound.Messages}, {"view", view.Messages}, {"identity", identity.Messages}, {"app", messages}} {
		if err := c.Add(p.name, p.files); err != nil {
			return nil, err
		}
	}
	for _, m := range all {
		if m.Messages == nil {
			continue
		}
		if err := c.Add(m.Name, m.Messages); err != nil {
			return nil, err
		}
	}
	return c, nil
}
