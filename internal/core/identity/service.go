package identity

import (
	"context"
	"embed"
	"net/http"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/storage"
)

// Room is the name under which the tables of this package are migrated.
const Room = "identity"

// Migrations holds the schema: DB.Migrate(ctx, Room, Migrations).
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Messages holds the texts of the faults of this package in ja and en.
//
//go:embed messages
var Messages embed.FS

// Deps is what a Service is made of. All but Providers and HTTP must be given.
type Deps struct {
	DB        *storage.DB
	Audit     *audit.Log
	IDs       *id.Source
	Clock     clock.Clock
	Origin    string       // outside address without a path: passkeys and OIDC are bound to it
	Key       []byte       // 32 bytes that seal one-time code seeds; see LoadKey
	Cost      Cost         // zero means DefaultCost
	Providers []Provider   // OpenID Connect
	HTTP      *http.Client // for providers; nil is a client with a limit of ten seconds
}

// Service holds people, organisations and their credentials. It is safe for
// concurrent use.
type Service struct {
	db        *storage.DB
	audit     *audit.Log
	ids       *id.Source
	clock     clock.Clock
	origin    string
	sealer    Sealer
	hasher    *hasher
	limiter   *limiter
	passkeys  *webauthn.WebAuthn
	providers []*provider
	secure    bool

	mu          sync.RWMutex
	permissions []Permission
}

// New returns a service. It touches neither database nor network.
func New(d Deps) (*Service, error) {
	sealer, err := NewSealer(d.Key)
	if err != nil {
		return nil, err
	}
	origin, relying, err := newPasskeys(d.Origin)
	if err != nil {
		return nil, err
	}
	if d.Cost == (Cost{}) {
		d.Cost = DefaultCost()
	}
	s := &Service{
		db: d.DB, audit: d.Audit, ids: d.IDs, clock: d.Clock, origin: origin.String(), sealer: sealer,
		hasher: newHasher(d.Cost), limiter: newLimiter(), passkeys: relying, secure: origin.Scheme == "https",
		permissions: Permissions(),
	}
	client := d.HTTP
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	for _, p := range d.Providers {
		s.providers = append(s.providers, &provider{Provider: p, client: client, back: s.origin})
	}
	return s, nil
}

// Origin returns the outside address that credentials are bound to.
func (s *Service) Origin() string { return s.origin }

// Declare adds the permissions of the rooms, so that tokens can be limited to
// them and the matrix shows them. It is called once, before requests are served.
func (s *Service) Declare(permissions ...Permission) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.permissions = append(s.permissions, permissions...)
}

// Declared returns every permission of the house.
func (s *Service) Declared() []Permission {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return append([]Permission(nil), s.permissions...)
}

// Can reports whether a holds p; see Actor.Can.
func (s *Service) Can(_ context.Context, a Actor, p Permission, organisation string) error {
	return a.Can(p, organisation)
}

// record writes the audit leaf of a deed; personal details go beside the leaf.
func (s *Service) record(ctx context.Context, tx *storage.Tx, a Actor, op, object, outcome string, details map[string]string) error {
	return s.audit.Append(ctx, tx, audit.Entry{
		Actor: a.Audit(), Room: Room, Op: op, Object: object, Outcome: outcome, Details: details,
	})
}
