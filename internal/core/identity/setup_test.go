package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

var (
	here = Visit{Address: "192.0.2.10", Agent: "test"}
	good = "purple otters dig deep wells"
)

// hands is a clock that a test moves.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) forward(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// house is a service on a fresh database.
type house struct {
	*Service
	t     *testing.T
	db    *storage.DB
	log   *audit.Log
	hands *hands
}

func migrate(ctx context.Context, db *storage.DB) error {
	return errors.Join(db.Migrate(ctx, audit.Room, audit.Migrations), db.Migrate(ctx, Room, Migrations))
}

// run runs f on both databases.
func run(t *testing.T, f func(h *house)) {
	t.Helper()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			f(newHouse(t, d))
		})
	}
}

// quick runs f on SQLite alone, for what does not depend on the database.
func quick(t *testing.T, f func(h *house)) {
	t.Helper()
	f(newHouse(t, storage.SQLite))
}

func newHouse(t *testing.T, d storage.Dialect, providers ...Provider) *house {
	t.Helper()
	key, _, err := audit.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, hands: &hands{at: time.Now().UTC().Truncate(time.Microsecond)}}
	h.db = storagetest.Open(t, d, h.hands)
	if err := migrate(t.Context(), h.db); err != nil {
		t.Fatal(err)
	}
	h.log = audit.New(h.db, key)
	h.Service, err = New(Deps{
		DB: h.db, Audit: h.log, IDs: id.New(time.Now), Clock: h.hands, Origin: "http://localhost:8686", Key: make([]byte, 32),
		Cost: Cost{Memory: 64, Time: 1, Lanes: 1}, Providers: providers,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// admin makes the first admin by the first-run link and returns the actor.
func (h *house) admin() Actor {
	h.t.Helper()
	secret, err := h.FirstRun(h.t.Context())
	if err != nil || secret == "" {
		h.t.Fatalf("FirstRun() = %q, %v", secret, err)
	}
	d, err := h.Accept(h.t.Context(), here, secret, NewPerson{Login: "root@example.jp", Name: "管理 一郎", Lang: "ja", Password: good})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.actor(d)
}

func (h *house) actor(d Door) Actor {
	h.t.Helper()
	a, err := h.ActorOf(h.t.Context(), d.Secret)
	if err != nil || !a.SignedIn() {
		h.t.Fatalf("ActorOf() = %+v, %v", a, err)
	}
	return a
}

// organisation makes an organisation.
func (h *house) organisation(a Actor, name string) string {
	h.t.Helper()
	o, err := h.CreateOrganisation(h.t.Context(), a, name)
	if err != nil {
		h.t.Fatal(err)
	}
	return o.ID
}

// person invites somebody with roles and returns the new person's actor.
func (h *house) person(admin Actor, organisation, login string, roles, instance []Role) Actor {
	h.t.Helper()
	secret, err := h.Invite(h.t.Context(), admin, organisation, "", roles, instance)
	if err != nil {
		h.t.Fatal(err)
	}
	d, err := h.Accept(h.t.Context(), here, secret, NewPerson{Login: login, Name: login, Lang: "en", Password: good})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.actor(d)
}

// wants fails unless err is a fault of kind with key.
func wants(t *testing.T, what string, err error, kind fault.Kind, key string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Kind != kind || key != "" && f.Key != key {
		t.Errorf("%s = %v, want %v %s", what, err, kind, key)
	}
}

// ok fails on an error.
func ok(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// count returns the number of audit entries of an operation and outcome.
func (h *house) count(op, outcome string) int {
	h.t.Helper()
	list, err := h.log.List(h.t.Context(), h.db.Read(), audit.Filter{Room: Room, Op: op, Outcome: outcome, Limit: audit.MaxList})
	if err != nil {
		h.t.Fatal(err)
	}
	return len(list)
}
