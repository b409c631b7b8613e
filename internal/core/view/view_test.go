package view

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/outbound"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

const list1 = "/console/kengine/task"

// desk is the service with two organisations and their people.
type desk struct {
	*Service
	t        *testing.T
	identity *identity.Service
	one, two string
	ana, bob identity.Actor // analyst and reader of one
	eve      identity.Actor // manager of two
}

func migrate(ctx context.Context, db *storage.DB) error {
	return errors.Join(db.Migrate(ctx, audit.Room, audit.Migrations), db.Migrate(ctx, identity.Room, identity.Migrations), db.Migrate(ctx, Room, Migrations))
}

func run(t *testing.T, f func(d *desk)) {
	t.Helper()
	storagetest.Run(t, migrate, func(t *testing.T, db *storage.DB) { f(newDesk(t, db)) })
}

func newDesk(t *testing.T, db *storage.DB) *desk {
	t.Helper()
	key, _, err := audit.NewKey(rand.Reader)
	ok(t, err)
	log, ids := audit.New(db, key), id.New(time.Now)
	people, err := identity.New(identity.Deps{
		DB: db, Audit: log, IDs: ids, Clock: clock.Wall{}, Origin: "http://localhost", Key: make([]byte, 32), Cost: identity.Cost{Memory: 64, Time: 1, Lanes: 1},
	})
	ok(t, err)
	sealer, err := identity.NewSealer(make([]byte, 32))
	ok(t, err)
	r := jobs.NewRegistry()
	d := &desk{t: t, identity: people}
	d.Service = New(Deps{
		DB: db, Audit: log, Identity: people, IDs: ids, Sealer: sealer,
		Out: outbound.New(outbound.Config{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 2 * time.Second}),
	})
	d.Register(r)
	if d.Jobs, err = jobs.New(db, r, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	ok(t, d.Jobs.Migrate(t.Context()))
	d.one, d.two = d.organisation("One"), d.organisation("Two")
	d.ana = d.person("ana", d.one, identity.Analyst)
	d.bob = d.person("bob", d.one, identity.Reader)
	d.eve = d.person("eve", d.two, identity.Manager)
	return d
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) organisation(name string) string {
	d.t.Helper()
	o, err := d.identity.CreateOrganisation(d.t.Context(), identity.System("test"), name)
	ok(d.t, err)
	return o.ID
}

func (d *desk) person(login, organisation string, role identity.Role) identity.Actor {
	d.t.Helper()
	secret, err := d.identity.Invite(d.t.Context(), identity.System("test"), organisation, "", []identity.Role{role}, nil)
	ok(d.t, err)
	door, err := d.identity.Accept(d.t.Context(), identity.Visit{}, secret, identity.NewPerson{Login: login, Name: login, Lang: "en", Password: "purple otters dig deep wells"})
	ok(d.t, err)
	a, err := d.identity.ActorOf(d.t.Context(), door.Secret)
	ok(d.t, err)
	return a
}

func (d *desk) save(a identity.Actor, name string, team bool) View {
	d.t.Helper()
	v, err := d.Save(d.t.Context(), a, View{Path: list1, Name: name, Query: "?q=is%3Aopen&after=xyz&sort=due", Team: team})
	ok(d.t, err)
	return v
}

func TestViewsArePersonalOrOfTheTeam(t *testing.T) {
	t.Parallel()
	run(t, func(d *desk) {
		t, ctx := d.t, d.t.Context()
		mine, team := d.save(d.ana, "私の未処理", false), d.save(d.ana, "Team", true)
		if mine.Query != "q=is%3Aopen&sort=due" {
			t.Errorf("query = %q, want it without the cursor", mine.Query)
		}
		for _, c := range []struct {
			who  identity.Actor
			want string
		}{{d.ana, "Team 私の未処理"}, {d.bob, "Team"}, {d.eve, ""}} {
			views, err := d.List(ctx, c.who, list1)
			ok(t, err)
			var names []string
			for _, v := range views {
				names = append(names, v.Name)
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("%s sees %q, want %q", c.who.Name, got, c.want)
			}
		}
		for name, err := range map[string]error{
			"another's":        d.Rename(ctx, d.bob, mine.ID, "x", ""),
			"another tenant's": d.Delete(ctx, d.eve, team.ID),
		} {
			if !errors.Is(err, fault.NotFound) {
				t.Errorf("%s view: %v, want not found", name, err)
			}
		}
		if err := d.Rename(ctx, d.bob, team.ID, "x", ""); !errors.Is(err, fault.Denied) {
			t.Errorf("a reader renames the team's view: %v", err)
		}
		ok(t, d.Rename(ctx, d.ana, team.ID, "Team 2", "q=x"))
		if v, err := d.View(ctx, d.bob, team.ID); err != nil || v.Name != "Team 2" || v.Query != "q=x" {
			t.Errorf("View() = %+v, %v", v, err)
		}
		ok(t, d.Delete(ctx, d.ana, team.ID))
		if _, err := d.View(ctx, d.ana, team.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("View() of a deleted one = %v", err)
		}
	})
}

func TestBadViewsAreRefused(t *testing.T) {
	t.Parallel()
	for _, v := range []View{
		{Path: list1, Name: " "},
		{Path: list1, Name: strings.Repeat("長", maxName+1)},
		{Path: list1, Name: "x", Query: "q=%zz"},
		{Path: list1, Name: "x", Query: strings.Repeat("q=1&", maxQuery)},
		{Path: "https://evil.example/", Name: "x"},
		{Path: "/console/x?y", Name: "x"},
	} {
		if _, err := v.check(); !errors.Is(err, fault.Invalid) {
			t.Errorf("check(%.60v) = %v, want invalid", v, err)
		}
	}
}

func TestFeedsAreReadInTheSubscribersName(t *testing.T) {
	t.Parallel()
	run(t, func(d *desk) {
		t, ctx := d.t, d.t.Context()
		read := identity.Permission{Name: "kengine.task.read", Scope: identity.Organisation, Roles: []identity.Role{identity.Reader}}
		rule := identity.Permission{Name: "kengine.rule", Scope: identity.Organisation, Roles: []identity.Role{identity.Reader}}
		v := d.save(d.ana, "Team", true)
		_, secret, err := d.Subscribe(ctx, d.bob, v.ID, Atom, "https://ignored.example")
		ok(t, err)
		got, a, err := d.Feed(ctx, secret, read.Name)
		if err != nil || got.ID != v.ID || a.ID != d.bob.ID || a.Organisation != d.one {
			t.Errorf("Feed() = %+v, %+v, %v", got, a, err)
		}
		if a.Can(read, d.one) != nil || a.Can(rule, d.one) == nil || a.Can(read, d.two) == nil {
			t.Error("the feed's actor has other rights than those named")
		}
		for _, bad := range []string{"", secret + "x", secret[1:]} {
			if _, _, err := d.Feed(ctx, bad); !errors.Is(err, fault.NotFound) {
				t.Errorf("Feed(%q) = %v", bad, err)
			}
		}
		if _, _, err := d.Subscribe(ctx, d.eve, v.ID, Atom, ""); !errors.Is(err, fault.NotFound) {
			t.Errorf("a stranger subscribes: %v", err)
		}
		ok(t, d.identity.SetMember(ctx, identity.System("test"), d.one, d.bob.ID, nil))
		if _, _, err := d.Feed(ctx, secret); !errors.Is(err, fault.NotFound) {
			t.Errorf("Feed() of one who left = %v, want not found", err)
		}
	})
}

// receiver is a webhook's other side; it refuses the first tries.
type receiver struct {
	mu     sync.Mutex
	refuse int
	got    []http.Header
	bodies []string
}

// ServeHTTP takes one message.
func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(q.Body)
	r.got, r.bodies = append(r.got, q.Header.Clone()), append(r.bodies, string(body))
	if r.refuse--; r.refuse >= 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func TestWebhooksAreSignedLoggedAndReplayed(t *testing.T) {
	t.Parallel()
	run(t, func(d *desk) {
		t, ctx := d.t, d.t.Context()
		other := &receiver{refuse: 1}
		srv := httptest.NewServer(other)
		defer srv.Close()
		v := d.save(d.ana, "Mine", false)
		sub, key, err := d.Subscribe(ctx, d.ana, v.ID, Webhook, srv.URL+"/hook")
		ok(t, err)
		subs, err := d.Subscribed(ctx, d.DB.Read(), d.one, list1)
		if err != nil || len(subs) != 1 || subs[0].View.Query != v.Query {
			t.Fatalf("Subscribed() = %+v, %v", subs, err)
		}
		ok(t, d.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return d.Deliver(ctx, tx, subs[0], map[string]string{"event": "task", "title": "脆弱性"})
		}))
		log, err := d.Deliveries(ctx, d.ana, sub.ID)
		if err != nil || len(log) != 1 || log[0].State != "pending" {
			t.Fatalf("Deliveries() = %+v, %v", log, err)
		}
		if err := d.send(ctx, log[0].ID); !errors.Is(err, fault.Unavailable) {
			t.Errorf("a refused try = %v, want unavailable so that it is tried again", err)
		}
		ok(t, d.send(ctx, log[0].ID))
		ok(t, d.send(ctx, log[0].ID)) // a job that comes twice
		log, err = d.Deliveries(ctx, d.ana, sub.ID)
		if err != nil || log[0].State != "sent" || log[0].Tries != 2 || log[0].Status != 200 || len(other.got) != 2 {
			t.Errorf("Deliveries() = %+v, %v; %d messages", log, err, len(other.got))
		}
		for i, h := range other.got {
			if want := Signature([]byte(key), h.Get("Noroshi-Timestamp"), []byte(other.bodies[i])); h.Get("Noroshi-Signature") != want || h.Get("Noroshi-Delivery") != log[0].ID {
				t.Errorf("headers = %v, want signature %s", h, want)
			}
			if !json.Valid([]byte(other.bodies[i])) {
				t.Errorf("body = %q", other.bodies[i])
			}
		}
		if err := d.Replay(ctx, d.bob, log[0].ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("another replays: %v", err)
		}
		ok(t, d.Replay(ctx, d.ana, log[0].ID))
		ok(t, d.send(ctx, log[0].ID))
		if len(other.got) != 3 || other.got[2].Get("Noroshi-Delivery") != log[0].ID {
			t.Errorf("%d messages after a replay", len(other.got))
		}
		ok(t, d.Unsubscribe(ctx, d.ana, sub.ID))
		ok(t, d.send(ctx, log[0].ID)) // nothing left to do
	})
}

func TestWhoLeftHearsNoMore(t *testing.T) {
	t.Parallel()
	run(t, func(d *desk) {
		t, ctx := d.t, d.t.Context()
		other := &receiver{}
		srv := httptest.NewServer(other)
		defer srv.Close()
		sub, _, err := d.Subscribe(ctx, d.bob, d.save(d.ana, "Team", true).ID, Webhook, srv.URL)
		ok(t, err)
		ok(t, d.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return d.Deliver(ctx, tx, sub, "x") }))
		log, err := d.Deliveries(ctx, d.bob, sub.ID)
		ok(t, err)
		ok(t, d.identity.SetMember(ctx, identity.System("test"), d.one, d.bob.ID, nil))
		if err := d.send(ctx, log[0].ID); err == nil || len(other.got) != 0 {
			t.Errorf("send() = %v with %d messages, want a refusal", err, len(other.got))
		}
	})
}

// TestPeer_CVE_2026_21887 asks for webhooks into the house's own networks.
func TestPeer_CVE_2026_21887(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	ok(t, migrate(t.Context(), db))
	d := newDesk(t, db)
	v := d.save(d.ana, "Mine", false)
	for _, url := range []string{"http://169.254.169.254/", "https://10.0.0.1/", "https://[::ffff:10.0.0.1]/", "file:///etc/passwd", "gopher://x/", "https://u:p@example.jp/", ""} {
		if _, _, err := d.Subscribe(t.Context(), d.ana, v.ID, Webhook, url); !errors.Is(err, fault.Invalid) {
			t.Errorf("Subscribe(%q) = %v, want invalid", url, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("/console/kengine/task", "q=is%3Aopen")
	f.Fuzz(func(t *testing.T, path, query string) {
		v, err := View{Path: path, Name: "n", Query: query}.check()
		if err != nil {
			return
		}
		again, err := v.check()
		if err != nil || again != v {
			t.Errorf("check is not stable: %+v, %+v, %v", v, again, err)
		}
	})
}
