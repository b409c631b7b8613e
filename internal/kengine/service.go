package kengine

import (
	"context"
	"embed"
	"log/slog"
	"sync"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/blob"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// Room is the name of the room: prefix of its tables, permissions, messages and URLs.
const Room = "kengine"

// Migrations holds the schema of the room.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Messages holds the texts of the room in ja and en.
//
//go:embed messages/*.yaml
var Messages embed.FS

// Auditor writes what was done into the audit log, in the caller's transaction and as its last
// statement.
type Auditor interface {
	Append(ctx context.Context, tx *storage.Tx, e audit.Entry) error
}

// deps are the services that the room stands on.
type deps struct {
	DB     *storage.DB
	Audit  Auditor
	IDs    *id.Source
	Clock  clock.Clock
	Log    *slog.Logger
	People People      // nil: anybody may be given a task, and no organisation is prepared
	Blobs  *blob.Store // nil: what comes in is not kept; tools that measure
	Jobs   *jobs.Jobs  // nil: nothing is decided in the background; tools that measure
	Events *event.Bus  // nil: nobody is told
	Views  Views       // nil: no views are saved

	Base string // outside address of the house, "https://noroshi.example"; empty: what the request says

	Web    Doer           // nil: sources cannot be fetched
	Chance func() float64 // nil: true chance; spreads the tries of sources that fail
}

// Service holds the use cases of the room. It is safe for concurrent use.
type Service struct {
	deps
	registry  func() (*ssvc.Registry, error)
	catalogue func() ([]decide.Fact, error)
	prompt    int64 // largest upload in bytes that is imported while its sender waits

	mu       sync.Mutex
	compiled map[string]*loaded // by digest of the source of a model
	byID     map[string]*loaded // by id of the version of a model, never of a draft
	tenants  map[string]*tenant // by organisation
}

// New returns the room over the services of the house. It touches none of them.
func New(d module.Deps) *Service {
	own := deps{DB: d.DB, Audit: d.Audit, IDs: d.IDs, Clock: d.Clock, Log: d.Log, Blobs: d.Blobs, Jobs: d.Jobs, Events: d.Events}
	own.Base = d.Settings.BaseURL
	if d.Identity != nil {
		own.People = d.Identity
	}
	if d.Outbound != nil {
		own.Web = d.Outbound
	}
	if d.Views != nil {
		own.Views = d.Views
	}
	return newService(own)
}

func newService(d deps) *Service {
	registry := sync.OnceValues(ssvc.Builtin)
	return &Service{
		deps: d, registry: registry, prompt: promptUpload, catalogue: sync.OnceValues(newCatalogue(registry)),
		compiled: map[string]*loaded{}, byID: map[string]*loaded{}, tenants: map[string]*tenant{},
	}
}

// may returns nil if the actor holds p in its current organisation.
func (s *Service) may(a identity.Actor, p identity.Permission) error {
	return a.Can(p, a.Organisation)
}

// record writes the audit leaf of what the actor did to an object of the room.
func (s *Service) record(ctx context.Context, tx *storage.Tx, a identity.Actor, op, object string) error {
	return s.Audit.Append(ctx, tx, audit.Entry{Actor: a.Audit(), Room: Room, Op: op, Object: object})
}
