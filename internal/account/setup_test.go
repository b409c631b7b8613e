package account

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/core/web"
)

const good = "purple otters dig deep wells"

// site is the room behind a web server on a fresh database.
type site struct {
	t        *testing.T
	server   *httptest.Server
	identity *identity.Service
	audit    *audit.Log
	routes   *web.Routes
	db       *storage.DB
	jobs     *jobs.Jobs
}

func newSite(t *testing.T, d storage.Dialect) *site {
	t.Helper()
	db := storagetest.Open(t, d, clock.Wall{})
	if err := errors.Join(db.Migrate(t.Context(), audit.Room, audit.Migrations), db.Migrate(t.Context(), identity.Room, identity.Migrations)); err != nil {
		t.Fatal(err)
	}
	key, _, err := audit.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, db: db, audit: audit.New(db, key), routes: &web.Routes{}}
	s.server = httptest.NewUnstartedServer(nil)
	s.identity, err = identity.New(identity.Deps{
		DB: db, Audit: s.audit, IDs: id.New(time.Now), Clock: clock.Wall{}, Key: make([]byte, 32),
		Origin: strings.Replace("http://"+s.server.Listener.Addr().String(), "127.0.0.1", "localhost", 1), Cost: identity.Cost{Memory: 64, Time: 1, Lanes: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.identity.Declare(identity.Permission{Name: "room.work", Scope: identity.Organisation, Roles: []identity.Role{identity.Analyst, identity.Manager}})
	registry := jobs.NewRegistry()
	jobs.Register(registry, jobs.Options{}, func(context.Context, chore) error { return errors.New("the roof <leaks>") })
	if s.jobs, err = jobs.New(db, registry, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if err := s.jobs.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := New(module.Deps{Jobs: s.jobs, DB: db, Audit: s.audit, Identity: s.identity, Clock: clock.Wall{}}).Module()
	pages, err := web.New(web.Config{Texts: texts(t, m), Sessions: s.identity, Menu: m.Menu})
	if err != nil {
		t.Fatal(err)
	}
	m.Pages(s.routes)
	s.server.Config.Handler = pages.Handler(s.routes)
	s.server.Start()
	t.Cleanup(s.server.Close)
	return s
}

// texts are the messages that the pages use.
func texts(t *testing.T, m module.Module) *i18n.Catalogue {
	t.Helper()
	c := i18n.New()
	if err := errors.Join(c.Add("identity", identity.Messages), c.Add("audit", audit.Messages), c.Add("jobs", jobs.Messages), c.Add(m.Name, m.Messages)); err != nil {
		t.Fatal(err)
	}
	return c
}

// browser is one reader with cookies that follows redirects.
type browser struct {
	*site
	client *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s, &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// page is an answer.
type page struct {
	status int
	path   string // after redirects
	body   string
	header http.Header
}

func (b *browser) do(method, path string, form url.Values) page {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{res.StatusCode, res.Request.URL.Path, string(data), res.Header}
}

func (b *browser) get(path string) page { b.t.Helper(); return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, pairs ...string) page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

// wants fails unless a page has a status and texts; a text after "!" must not be there.
func (p page) wants(t *testing.T, what string, status int, texts ...string) page {
	t.Helper()
	if p.status != status {
		t.Fatalf("%s: status %d at %s, want %d\n%.1500s", what, p.status, p.path, status, p.body)
	}
	for _, text := range texts {
		absent, bad := strings.CutPrefix(text, "!")
		if bad == strings.Contains(p.body, absent) {
			t.Errorf("%s at %s: %q\n%.3000s", what, p.path, text, p.body)
		}
	}
	return p
}

var linkInPage = regexp.MustCompile(`http://[^"<]+(/(?:ja|en)/link/[a-z2-7]+)`)

// link returns the path of the link that a page shows.
func (p page) link(t *testing.T) string {
	t.Helper()
	m := linkInPage.FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("no link in %.2000s", p.body)
	}
	return m[1]
}

// admin signs in as the first admin by the pages.
func (s *site) admin() *browser {
	s.t.Helper()
	secret, err := s.identity.FirstRun(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	b := s.browser()
	path := "/ja" + identity.LinkPath(secret)
	b.get(path).wants(s.t, "first link", 200, "最初の管理者")
	b.post(path+"/accept", "login", "root@example.jp", "name", "管理 一郎", "password", good, "again", good).wants(s.t, "accept", 200, "管理 一郎")
	return b
}

// organisation makes an organisation and returns its id.
func (s *site) organisation(name string) string {
	s.t.Helper()
	o, err := s.identity.CreateOrganisation(s.t.Context(), identity.System("test"), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return o.ID
}

// person makes an account with a role and signs it in.
func (s *site) person(organisation, login string, roles, instance []identity.Role) *browser {
	s.t.Helper()
	secret, err := s.identity.Invite(s.t.Context(), identity.System("test"), organisation, "", roles, instance)
	if err != nil {
		s.t.Fatal(err)
	}
	b := s.browser()
	b.post("/en"+identity.LinkPath(secret)+"/accept", "login", login, "name", login, "password", good, "again", good).wants(s.t, "accept", 200)
	return b
}

func both(t *testing.T, f func(s *site)) {
	t.Helper()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			f(newSite(t, d))
		})
	}
}

// count returns the number of audit entries of an operation.
func (s *site) count(room, op string) int {
	s.t.Helper()
	list, err := s.audit.List(context.WithoutCancel(s.t.Context()), s.db.Read(), audit.Filter{Room: room, Op: op, Limit: audit.MaxList})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(list)
}
