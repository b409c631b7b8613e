package kengine

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/outbound"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/core/view"
)

// viewSite is a site with real people, views and a queue, and one task.
func viewSite(t *testing.T, db *storage.DB) *site {
	t.Helper()
	key, _, err := audit.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	log, ids := audit.New(db, key), id.New(time.Now)
	people, err := identity.New(identity.Deps{
		DB: db, Audit: log, IDs: ids, Clock: clock.Wall{}, Origin: "http://localhost", Key: make([]byte, 32), Cost: identity.Cost{Memory: 64, Time: 1, Lanes: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := identity.NewSealer(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	people.Declare(append(Permissions(), view.Permissions()...)...)
	f.People = people
	registry := jobs.NewRegistry()
	queue, err := jobs.New(db, registry, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := queue.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	views := view.New(view.Deps{
		DB: db, Audit: log, Identity: people, IDs: ids, Jobs: queue, Sealer: sealer,
		Out: outbound.New(outbound.Config{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: time.Second}),
	})
	views.Register(registry)
	f.Views = views
	organisation, err := people.CreateOrganisation(t.Context(), identity.System("test"), "One")
	if err != nil {
		t.Fatal(err)
	}
	f.manager = person(t, people, organisation.ID, "boss", identity.Manager)
	f.demo(t, "cisa-coordinator")
	s := newSite(t, f)
	s.actors["analyst"] = person(t, people, organisation.ID, "ana", identity.Analyst)
	s.actors["reader"] = person(t, people, organisation.ID, "rob", identity.Reader)
	return s
}

func person(t *testing.T, people *identity.Service, organisation, login string, role identity.Role) identity.Actor {
	t.Helper()
	secret, err := people.Invite(t.Context(), identity.System("test"), organisation, "", []identity.Role{role}, nil)
	if err != nil {
		t.Fatal(err)
	}
	door, err := people.Accept(t.Context(), identity.Visit{}, secret, identity.NewPerson{Login: login, Name: login, Lang: "en", Password: "purple otters dig deep wells"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := people.ActorOf(t.Context(), door.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func migratedWhole(ctx context.Context, db *storage.DB) error {
	return errors.Join(db.Migrate(ctx, audit.Room, audit.Migrations), db.Migrate(ctx, identity.Room, identity.Migrations),
		db.Migrate(ctx, view.Room, view.Migrations), migrated(ctx, db))
}

func TestSavedViewsAndSubscriptions(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migratedWhole, func(t *testing.T, db *storage.DB) {
		s := viewSite(t, db)
		query := "q=is%3Aopen+vendor%3Acisco"
		s.walk([]step{
			{"page", "analyst", false, "/ja/console/kengine/view?" + query, nil, 200, []string{"保存した絞り込み", "is:open vendor:cisco"}, ""},
			{"without a name", "analyst", true, "/ja/console/kengine/view", []string{"name", " ", "query", query}, 422, nil, ""},
			{"a filter that cannot be read", "analyst", true, "/en/console/kengine/view", []string{"name", "x", "query", "q=%28"}, 422, []string{"The filter cannot be read"}, ""},
			{"for the team as a reader", "reader", true, "/en/console/kengine/view", []string{"name", "x", "query", query, "team", "true"}, 403, nil, ""},
			{"save", "analyst", true, "/en/console/kengine/view", []string{"name", "Cisco <first>", "query", query, "team", "true"}, 200, []string{"The view was saved", "Cisco &lt;first&gt;"}, ""},
			{"its tab", "reader", false, "/en/console/kengine?" + query, nil, 200, []string{`aria-current="true">Cisco &lt;first&gt;`}, ""},
		})
		list, err := s.Views.List(t.Context(), s.actors["analyst"], pathTasks)
		if err != nil || len(list) != 1 {
			t.Fatalf("views: %v, %v", list, err)
		}
		s.vars = strings.NewReplacer("{id}", list[0].ID, "{query}", list[0].Query)
		s.walk([]step{
			{"rename as a reader", "reader", true, "/en/console/kengine/view/{id}/rename", []string{"name", "x", "query", "{query}"}, 403, nil, ""},
			{"rename", "analyst", true, "/en/console/kengine/view/{id}/rename", []string{"name", "Cisco", "query", "{query}"}, 200, []string{"was renamed", "Cisco"}, ""},
			{"no way", "reader", true, "/en/console/kengine/view/{id}/subscribe", []string{"kind", "pigeon"}, 422, nil, ""},
			{"an address inside", "reader", true, "/en/console/kengine/view/{id}/subscribe", []string{"kind", "webhook", "url", "http://10.0.0.1/"}, 422, []string{"private networks"}, ""},
		})
		p := s.post("reader", "/ja/console/kengine/view/{id}/subscribe", "kind", "atom").wants(t, "subscribe", 200, "フィードのアドレスができました")
		address := regexp.MustCompile(`/feed/[a-z0-9]+`).FindString(p.body)
		s.get("reader", "/ja/console/kengine/view").wants(t, "the secret is told once", 200, "!"+address, "購読をやめる")
		feed := s.get("", address).wants(t, "feed", 200)
		var atom struct {
			Title string `xml:"title"`
			Entry []struct {
				Title string `xml:"title"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(feed.body), &atom); err != nil {
			t.Fatalf("feed: %v\n%.500s", err, feed.body)
		}
		if want := len(s.tasks(t, s.manager, "is:open vendor:cisco")); atom.Title != "Cisco" || len(atom.Entry) != want || want == 0 {
			t.Errorf("the feed %s has %d entries, want %d", atom.Title, len(atom.Entry), want)
		}
		s.get("", address+"x").wants(t, "another secret", 404)
		subs, err := s.Views.Subscriptions(t.Context(), s.actors["reader"])
		if err != nil || len(subs) != 1 {
			t.Fatalf("subscriptions: %v, %v", subs, err)
		}
		s.post("analyst", "/en/console/kengine/view/subscription/"+subs[0].ID+"/end").wants(t, "end somebody else's", 404)
		s.post("reader", "/en/console/kengine/view/subscription/"+subs[0].ID+"/end").wants(t, "end", 200, "The subscription has ended")
		s.get("", address).wants(t, "feed afterwards", 404)
		s.post("analyst", "/en/console/kengine/view/{id}/delete").wants(t, "delete", 200, "The view was deleted", "No view has been saved yet")
	})
}

func TestWebhooksHearOfChangedOutcomesInTheirView(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migratedWhole, func(t *testing.T, db *storage.DB) {
		s := viewSite(t, db)
		for i, query := range []string{"q=is%3Aall+vendor%3Acisco", "q=is%3Aall+vendor%3Amicrosoft"} {
			s.post("analyst", "/en/console/kengine/view", "name", fmt.Sprint("view ", i), "query", query).wants(t, "save", 200)
		}
		list, err := s.Views.List(t.Context(), s.actors["analyst"], pathTasks)
		if err != nil || len(list) != 2 {
			t.Fatalf("views: %v, %v", list, err)
		}
		for _, v := range list {
			s.post("analyst", "/en/console/kengine/view/"+v.ID+"/subscribe", "kind", "webhook", "url", "http://127.0.0.1:9/hook").
				wants(t, "subscribe", 200, "The webhook has a signing key")
		}
		row := s.tasks(t, s.manager, "is:open vendor:cisco")[0]
		err = s.notify(t.Context(), OutcomeChanged{
			Organisation: s.manager.Organisation, Task: row.ID, Report: row.Report, Decision: row.Decision, From: []string{"T"}, To: []string{"A"},
		})
		if err != nil {
			t.Fatal(err)
		}
		subs, err := s.Views.Subscriptions(t.Context(), s.actors["analyst"])
		if err != nil {
			t.Fatal(err)
		}
		for _, sub := range subs {
			sent, err := s.Views.Deliveries(t.Context(), s.actors["analyst"], sub.ID)
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			if strings.Contains(sub.View.Query, "cisco") {
				want = 1
			}
			if len(sent) != want {
				t.Fatalf("%s: %d messages, want %d", sub.View.Query, len(sent), want)
			}
			page := s.get("analyst", "/ja/console/kengine/view/subscription/"+sub.ID)
			if want == 0 {
				page.wants(t, "log", 200, "まだ何も送っていません")
				continue
			}
			if !strings.Contains(sent[0].Body, row.Report) || !strings.Contains(sent[0].Body, "kengine.outcome_changed") {
				t.Errorf("message = %s", sent[0].Body)
			}
			page.wants(t, "log", 200, "送信待ち")
			s.post("analyst", "/en/console/kengine/view/subscription/"+sub.ID+"/replay", "delivery", sent[0].ID).wants(t, "replay", 200, "It is sent again")
		}
		s.get("reader", "/ja/console/kengine/view/subscription/"+subs[0].ID).wants(t, "somebody else's log", 404)
	})
}

func TestNobodyIsToldWithoutViews(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		if err := f.notify(t.Context(), OutcomeChanged{Organisation: "org1", Task: "x"}); err != nil {
			t.Error(err)
		}
		s := newSite(t, f)
		s.post("manager", "/en/console/kengine/view", "name", "x", "query", "").wants(t, "save", 503, "Views cannot be saved here")
	})
}
