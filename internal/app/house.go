package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/blob"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/outbound"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/telemetry"
	"noroshi.dev/internal/core/view"
)

//go:embed messages
var messages embed.FS

// Config is what a house is opened with: its settings and what tests replace.
type Config struct {
	config.Config
	Log     *slog.Logger // nil: nothing is logged
	Clock   clock.Clock  // nil: the wall clock
	IDs     *id.Source   // nil: the randomness of the system
	Demo    bool         // made-up data, a banner, nothing goes out
	Migrate bool         // bring old tables to this version instead of refusing them
}

// House is everything that is open: the ground floor and the rooms.
type House struct {
	config   Config
	db       *storage.DB
	audit    *audit.Log
	identity *identity.Service
	registry *jobs.Registry
	jobs     *jobs.Jobs
	events   *event.Bus
	blobs    *blob.Store
	outbound *outbound.Client
	views    *view.Service
	texts    *i18n.Catalogue
	metrics  *telemetry.Metrics
	zone     *time.Location
	modules  []module.Module
	rooms    rooms
}

// Open opens the ground floor, makes the tables of an empty database, builds the
// rooms and connects them. Nothing runs yet: see Serve. A database of an older
// version is refused with fault.Unavailable "app.pending" unless c.Migrate is
// set, one of a newer version with fault.Unavailable "app.newer".
func Open(ctx context.Context, c Config) (h *House, err error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = clock.Wall{}
	}
	if c.IDs == nil {
		c.IDs = id.New(c.Clock.Now)
	}
	h = &House{config: c, registry: jobs.NewRegistry(), metrics: telemetry.NewMetrics(Version())}
	if h.zone, err = time.LoadLocation(c.Zone); err != nil {
		return nil, fmt.Errorf("app: zone %s: %w", c.Zone, err)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("app: data folder: %w", err)
	}
	if h.db, err = storage.Open(ctx, h.database(), c.Clock); err != nil {
		return nil, err
	}
	if err := h.furnish(ctx); err != nil {
		return nil, errors.Join(err, h.db.Close())
	}
	return h, nil
}

// database says where the tables are.
func (h *House) database() storage.Config {
	if url := h.config.DatabaseURL.Reveal(); url != "" {
		return storage.Config{URL: url}
	}
	return storage.Config{Path: filepath.Join(h.config.Data, "noroshi.db")}
}

// furnish builds services and rooms over the open database.
func (h *House) furnish(ctx context.Context) error {
	if err := h.ground(); err != nil {
		return err
	}
	h.rooms, h.modules = build(h.deps())
	for _, m := range h.modules {
		if m.Jobs != nil {
			m.Jobs(h.registry)
		}
		h.identity.Declare(m.Permissions...)
	}
	connect(h.rooms)
	var err error
	if h.texts, err = catalogue(h.modules); err != nil {
		return err
	}
	return h.tables(ctx)
}

// ground makes the services of the ground floor. None of them touches a table.
func (h *House) ground() error {
	c := h.config
	key, err := audit.LoadKey(c.Audit.KeyFile)
	if err != nil {
		return err
	}
	h.audit = audit.New(h.db, key)
	if h.jobs, err = jobs.New(h.db, h.registry, c.Log); err != nil {
		return err
	}
	h.events = event.New(h.db, h.registry, h.jobs, c.IDs)
	h.outbound = outbound.New(outbound.Config{Off: c.Outbound.Off, Allowed: c.Outbound.AllowPrivate.Prefixes()})
	if h.blobs, err = openBlobs(c); err != nil {
		return err
	}
	seal, err := identity.LoadKey(filepath.Join(c.Data, "identity.key"))
	if err != nil {
		return err
	}
	h.identity, err = identity.New(identity.Deps{
		DB: h.db, Audit: h.audit, IDs: c.IDs, Clock: c.Clock, Origin: c.BaseURL, Key: seal, Providers: providers(c.Identity.OIDC), HTTP: h.outbound.HTTP(),
	})
	if err != nil {
		return err
	}
	sealer, err := identity.NewSealer(seal)
	if err != nil {
		return err
	}
	h.views = view.New(view.Deps{DB: h.db, Audit: h.audit, Identity: h.identity, IDs: c.IDs, Jobs: h.jobs, Out: h.outbound, Sealer: sealer})
	h.views.Register(h.registry)
	h.identity.Declare(view.Permissions()...)
	return nil
}

// providers are the sign-in providers of the settings.
func providers(all []config.OIDC) []identity.Provider {
	out := make([]identity.Provider, len(all))
	for i, o := range all {
		out[i] = identity.Provider{Name: o.Name, Title: o.Title, Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret.Reveal(), Scopes: o.Scopes}
	}
	return out
}

// deps is what rooms are built over.
func (h *House) deps() module.Deps {
	return module.Deps{
		DB: h.db, Audit: h.audit, Identity: h.identity, Jobs: h.jobs, Events: h.events, Blobs: h.blobs,
		Outbound: h.outbound, Views: h.views, IDs: h.config.IDs, Clock: h.config.Clock, Log: h.config.Log, Metrics: h.metrics, Settings: h.config.Config,
	}
}

// tables makes the tables of an empty database and refuses those of another version.
func (h *House) tables(ctx context.Context) error {
	all := parts(h.modules)
	for _, p := range all {
		if err := h.notNewer(ctx, p); err != nil {
			return err
		}
	}
	names, err := h.db.Tables(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 || h.config.Migrate {
		return h.migrate(ctx)
	}
	for _, p := range all {
		pending, err := h.db.Pending(ctx, p.name, p.files)
		if err != nil {
			return err
		}
		if pending {
			return fault.New(fault.Unavailable, "app.pending", p.name).Hinted("app.pending_hint")
		}
	}
	return nil
}

// notNewer refuses tables that a newer version of the program made.
func (h *House) notNewer(ctx context.Context, p part) error {
	have, err := h.db.Version(ctx, p.name)
	if err != nil {
		return err
	}
	files, err := fs.Glob(p.files, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("app: migrations of %s: %w", p.name, err)
	}
	newest := int64(0)
	for _, name := range files {
		number, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			newest = max(newest, n)
		}
	}
	if have > newest {
		return fault.New(fault.Unavailable, "app.newer", p.name).Hinted("app.newer_hint")
	}
	return nil
}

// migrate brings every table to the version of this program.
func (h *House) migrate(ctx context.Context) error {
	if err := h.jobs.Migrate(ctx); err != nil {
		return err
	}
	for _, p := range parts(h.modules) {
		if err := h.db.Migrate(ctx, p.name, p.files); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the database; what Serve started has ended before.
func (h *House) Close(context.Context) error { return h.db.Close() }
