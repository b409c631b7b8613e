package module

import (
	"log/slog"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/blob"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/outbound"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/telemetry"
	"noroshi.dev/internal/core/view"
)

// Deps are the services that rooms are built over. In a closed house, which only
// tells its commands, all of them are nil.
type Deps struct {
	DB       *storage.DB
	Audit    *audit.Log
	Identity *identity.Service
	Jobs     *jobs.Jobs
	Events   *event.Bus
	Blobs    *blob.Store
	Outbound *outbound.Client
	Views    *view.Service
	IDs      *id.Source
	Clock    clock.Clock
	Log      *slog.Logger
	Metrics  *telemetry.Metrics
	Settings config.Config
}
