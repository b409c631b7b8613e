package identity

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
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

// LoadKey reads the file with the key that seals one-time code seeds, or makes
// it (32 random bytes, mode 0600). Without it enrolled codes must be set up anew.
func LoadKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails (crypto/rand since Go 1.24)
		return key, writeKey(path, key)
	case err != nil:
		return nil, fmt.Errorf("identity: key file: %w", err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("identity: key file %s has mode %o: run chmod 600 on it", path, info.Mode().Perm())
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("identity: key file: %w", err)
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("identity: key file %s has %d bytes, want 32", path, len(key))
	}
	return key, nil
}

// writeKey is durable when it returns: a seed sealed with a lost key is lost too.
func writeKey(path string, key []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("identity: key file: %w", err)
	}
	_, err = f.Write(key)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		var dir *os.File
		if dir, err = os.Open(filepath.Dir(path)); err == nil {
			err = errors.Join(dir.Sync(), dir.Close())
		}
	}
	if err != nil {
		return fmt.Errorf("identity: key file: %w", err)
	}
	return nil
}

// record writes the audit leaf of a deed; personal details go beside the leaf.
func (s *Service) record(ctx context.Context, tx *storage.Tx, a Actor, op, object, outcome string, details map[string]string) error {
	return s.audit.Append(ctx, tx, audit.Entry{
		Actor: a.Audit(), Room: Room, Op: op, Object: object, Outcome: outcome, Details: details,
	})
}

// recent refuses a change of credentials unless the actor proved one within the
// last RecentProof. The system, which runs on the server, needs none.
func (s *Service) recent(a Actor) error {
	switch {
	case a.Kind == KindSystem:
		return nil
	case a.Kind != KindPerson:
		return fault.New(fault.Denied, "identity.sign_in_first")
	case s.clock.Now().Sub(a.Authenticated) > RecentProof:
		return fault.New(fault.Denied, "identity.prove_again").Hinted("identity.prove_again_hint")
	}
	return nil
}

// ownRecent refuses everybody but a person with a recent proof: what only
// people do to their own credentials.
func (s *Service) ownRecent(a Actor) error {
	if a.Kind != KindPerson {
		return fault.New(fault.Denied, "identity.sign_in_first")
	}
	return s.recent(a)
}

// mayManage refuses to touch another person's credentials or standing, except
// for an admin, and never those of somebody more powerful than the actor.
func (s *Service) mayManage(a Actor, target Account) error {
	if err := a.Can(ManagePeople(), ""); err != nil {
		return err
	}
	if target.actor().level() > a.level() {
		return fault.New(fault.Denied, "identity.more_powerful")
	}
	return s.recent(a)
}
