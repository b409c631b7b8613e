package view

import (
	"embed"

	"noroshi.dev/internal/core/audit"
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
