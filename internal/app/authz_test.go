package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// absentID is an id that no object has.
const absentID = "00000000-0000-7000-8000-000000000000"

// worldParameters are path parameters that name things every organisation may
// know: they are not objects of one organisation.
var worldParameters = map[string]string{
	"/link/{secret}": "a single-use secret", "/sign-in/outside/{name}": "a sign-in provider",
	"/console/people/{id}": "a person, for the instance's administrators", "/console/organisations/{id}": "an organisation, for the instance's administrators",
	"/console/audit/proof/{n}": "an entry of the instance's audit record", "/console/account/": "one's own, see the tests of account",
	"/console/kengine/report/{key}": "a world-scope report", "/api/v1/kengine/reports/{key}": "a world-scope report",
	"/kengine/": "public pages about world-scope facts", "/api/v1/kengine/facts": "world-scope facts", "/api/v1/kengine/world": "world-scope facts",
}

// ownedBy says which table holds the objects that a path segment before {…}
// names; its columns id and organisation tell whose they are.
var ownedBy = map[string]string{
	"task": "kengine_task", "tasks": "kengine_task", "model": "kengine_model", "models": "kengine_model", "candidate": "kengine_candidate", "candidates": "kengine_candidate", "history": "kengine_learned_file", "tag": "kengine_tag", "tags": "kengine_tag",
	"set": "kengine_set", "sets": "kengine_set", "import": "kengine_import", "imports": "kengine_import", "ruling": "kengine_ruling", "rulings": "kengine_ruling",
	"source": "kengine_source", "sources": "kengine_source", "view": "view_view", "subscription": "view_subscription", "invitation": "identity_link",
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// declared is one route or operation with the permission that it names.
type declared struct {
	method, pattern string
	permission      identity.Permission
	api, bare       bool
}

// everything lists every route and operation of a house.
func everything(tb testing.TB, h *House) []declared {
	tb.Helper()
	s, err := h.site()
	if err != nil {
		tb.Fatal(err)
	}
	var out []declared
	for _, r := range s.routes.All() {
		out = append(out, declared{r.Method, r.Pattern, r.Permission, false, r.Bare})
	}
	for _, o := range s.api.All() {
		out = append(out, declared{o.Method, o.Path, o.Permission, true, true})
	}
	return out
}

// path fills every parameter of a pattern with one text.
func (d declared) path(fill string) string {
	p := strings.TrimSuffix(parameter.ReplaceAllString(strings.ReplaceAll(d.pattern, "{$}", ""), fill), "...")
	if d.bare {
		return p
	}
	return "/en" + p
}

// caller is somebody who sends requests; nobody has no login.
type caller struct {
	login  string
	token  string
	cookie *http.Cookie
	actor  identity.Actor
}

// matrix is a house with its handler and its people.
type matrix struct {
	*House
	handler http.Handler
	ids     map[string]string // person by login
}

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	return matrixOf(t, demoHouse(t, storage.SQLite))
}

// matrixOf gathers handler and people of a house of the demo.
func matrixOf(t *testing.T, h *House) *matrix {
	t.Helper()
	handler, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	m := &matrix{House: h, handler: handler, ids: map[string]string{}}
	for _, d := range demoPeople() {
		a, err := h.identity.PersonByLogin(t.Context(), commandLine(), d.login)
		if err != nil {
			t.Fatal(err)
		}
		m.ids[d.login] = a.ID
	}
	return m
}

// signIn opens a session of a person, in one of the person's organisations.
func (m *matrix) signIn(t *testing.T, login string) caller {
	t.Helper()
	if login == "" {
		return caller{}
	}
	secret, err := m.identity.IssueSignInLink(t.Context(), commandLine(), m.ids[login])
	if err != nil {
		t.Fatal(err)
	}
	door, err := m.identity.SignInByLink(t.Context(), identity.Visit{Address: "192.0.2.1"}, secret)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := m.identity.ActorOf(t.Context(), door.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return caller{login: login, cookie: m.identity.Cookie(door), actor: actor}
}

// send asks the house as a caller, as a page of this site would.
func (m *matrix) send(c caller, method, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, m.config.BaseURL+path, nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != nil {
		r.AddCookie(c.cookie)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, r)
	return w
}

// refused reports whether an answer is a refusal: forbidden, not found, or sent to sign in.
func refused(w *httptest.ResponseRecorder) bool {
	sentAway := w.Code == http.StatusSeeOther && strings.Contains(w.Header().Get("Location"), "/sign-in")
	return sentAway || slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, w.Code)
}

// held says by the declared data alone whether a caller holds a permission: the
// oracle of the matrix, apart from Actor.Can.
func held(c caller, p identity.Permission) bool {
	switch p.Scope {
	case identity.Public:
		return true
	case identity.SignedIn:
		return c.login != ""
	case identity.Organisation, identity.Instance:
		roles := slices.Clone(c.actor.InstanceRoles)
		if m, ok := c.actor.Member(c.actor.Organisation); ok && p.Scope == identity.Organisation {
			roles = append(roles, m.Roles...)
		}
		return slices.ContainsFunc(roles, func(r identity.Role) bool { return slices.Contains(p.Roles, r) })
	default:
		return false
	}
}

// TestAuthorisationMatrix sends every declared method and path as every kind of
// person. Whoever does not hold the permission is refused; whoever holds it is
// not told that the right is missing. A session is new for each deed, since some
// deeds end it.
func TestAuthorisationMatrix(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	logins := []string{""}
	for _, d := range demoPeople() {
		logins = append(logins, d.login)
	}
	cells := 0
	for _, login := range logins {
		c := m.signIn(t, login)
		for _, d := range everything(t, m.House) {
			allowed := held(c, d.permission)
			if d.api && d.method != http.MethodGet && c.token == "" {
				allowed = allowed && d.permission.Scope == identity.Public // a session changes nothing through the API
			}
			if allowed && d.method != http.MethodGet && login != "" {
				c = m.signIn(t, login)
			}
			w := m.send(c, d.method, d.path(absentID))
			cells++
			switch {
			case w.Code >= http.StatusInternalServerError && w.Code != http.StatusServiceUnavailable:
				t.Errorf("%q %s %s: %d", login, d.method, d.pattern, w.Code)
			case !allowed && !refused(w):
				t.Errorf("%q %s %s (%s): %d, want it refused", login, d.method, d.pattern, d.permission.Name, w.Code)
			case allowed && !strings.HasPrefix(d.pattern, "/sign-in") && (w.Code == http.StatusForbidden || w.Code == http.StatusUnauthorized):
				t.Errorf("%q %s %s (%s): %d, though the permission is held", login, d.method, d.pattern, d.permission.Name, w.Code)
			}
		}
	}
	t.Logf("%d cells", cells)
	if cells < 300 {
		t.Errorf("only %d cells: routes are missing", cells)
	}
}

// TestTokensReachNoFurtherThanTheirScopes sends every operation with a token of
// all scopes that a person may give, and with one of a single scope.
func TestTokensReachNoFurtherThanTheirScopes(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	who := m.signIn(t, "tanaka")
	every := m.identity.Grantable(who.actor, who.actor.Organisation)
	if len(every) < 2 {
		t.Fatalf("a person may give %v", every)
	}
	for _, scopes := range [][]string{every, every[:1]} {
		c := caller{login: "tanaka", actor: who.actor}
		var err error
		_, c.token, err = m.identity.CreateToken(t.Context(), who.actor, identity.Token{Name: "matrix", Organisation: who.actor.Organisation, Scopes: scopes}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range everything(t, m.House) {
			if !d.api {
				if w := m.send(c, d.method, d.path(absentID)); d.permission.Scope != identity.Public && !refused(w) {
					t.Errorf("a token opens the page %s %s: %d", d.method, d.pattern, w.Code)
				}
				continue
			}
			allowed := d.permission.Scope == identity.Public || slices.Contains(scopes, d.permission.Name) && held(c, d.permission)
			w := m.send(c, d.method, d.path(absentID))
			if !allowed && !refused(w) || allowed && (w.Code == http.StatusForbidden || w.Code == http.StatusUnauthorized) {
				t.Errorf("%d scopes: %s %s (%s): %d, allowed %v", len(scopes), d.method, d.pattern, d.permission.Name, w.Code, allowed)
			}
		}
	}
}

// objects returns ids of a table's rows by organisation.
func (m *matrix) objects(t *testing.T, table, organisation string) []string {
	t.Helper()
	ids, err := storage.List(t.Context(), m.db.Read(), storage.Scalar[string], "SELECT id FROM "+table+" WHERE organisation = ? ORDER BY id LIMIT 1", organisation)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestObjectsOfAnotherOrganisationAreNotFound asks every route that names an
// object of one organisation for an object of the other one, as somebody who
// holds the permission at home. A route with a parameter that no table here
// explains fails the test.
func TestObjectsOfAnotherOrganisationAreNotFound(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	tanaka, miller := m.signIn(t, "tanaka"), m.signIn(t, "miller")
	home, other := tanaka.actor.Organisation, miller.actor.Organisation
	if home == "" || other == "" || home == other {
		t.Fatalf("organisations %q and %q", home, other)
	}
	tried := 0
	for _, d := range everything(t, m.House) {
		if !parameter.MatchString(strings.ReplaceAll(d.pattern, "{$}", "")) || d.permission.Scope != identity.Organisation || world(d.pattern) {
			continue
		}
		before, _, _ := strings.Cut(d.pattern, "/{")
		segment := before[strings.LastIndexByte(before, '/')+1:]
		table := ownedBy[segment]
		if segment == "members" {
			if w := m.send(m.signIn(t, "demo"), d.method, d.path(absentID)); d.method == http.MethodGet && !refused(w) {
				t.Errorf("%s %s: %d", d.method, d.pattern, w.Code)
			}
			continue
		}
		if table == "" {
			t.Errorf("%s %s: no table says whose the objects of %q are; add it to ownedBy or worldParameters", d.method, d.pattern, segment)
			continue
		}
		foreign := m.objects(t, table, other)
		if len(foreign) == 0 {
			continue // the demo has none; the room's own tests make one
		}
		tried++
		if w := m.send(m.signIn(t, "tanaka"), d.method, d.path(foreign[0])); !refused(w) {
			t.Errorf("%s %s of another organisation: %d, want it not found", d.method, d.pattern, w.Code)
		}
		own := m.objects(t, table, home)
		if len(own) == 0 || d.method != http.MethodGet || !held(tanaka, d.permission) {
			continue
		}
		if w := m.send(m.signIn(t, "tanaka"), d.method, d.path(own[0])); refused(w) {
			t.Errorf("%s %s of the own organisation: %d", d.method, d.pattern, w.Code)
		}
	}
	t.Logf("%d routes tried with an object of another organisation", tried)
}

func world(pattern string) bool {
	for prefix := range worldParameters {
		if strings.HasPrefix(pattern, prefix) {
			return true
		}
	}
	return false
}

// TestAnUndeclaredRouteFailsTheBuild adds a route and an operation that name no
// permission to the very routers of the house: declaring them panics, so every
// test that opens the house fails.
func TestAnUndeclaredRouteFailsTheBuild(t *testing.T) {
	t.Parallel()
	h := openHouse(t, Config{Config: settingsFor(t, storage.SQLite)})
	s, err := h.site()
	if err != nil {
		t.Fatal(err)
	}
	page := func(http.ResponseWriter, *http.Request) error { return nil }
	for name, declare := range map[string]func(){
		"page": func() { s.routes.Get("/undeclared", identity.Permission{}, page) },
		"deed": func() { s.routes.Post("/undeclared", identity.Permission{Name: "x"}, page) },
		"bare route": func() {
			s.routes.Bare(http.MethodGet, "/undeclared", identity.Permission{Scope: identity.Public}, page)
		},
		"operation":          func() { undeclaredOperation(s.api) },
		"a route said twice": func() { s.routes.Get(s.routes.All()[0].Pattern, identity.Anyone(), page) },
	} {
		if said := panicOf(declare); !strings.Contains(said, "undeclared") && !strings.Contains(said, "twice") {
			t.Errorf("%s: declared without a permission: %q", name, said)
		}
	}
	for _, mount := range mountsOf(t, h) {
		if !slices.Contains([]string{"/api/", "/healthz", "/readyz", "/metrics"}, mount) {
			t.Errorf("%s is mounted past the declared routes", mount)
		}
	}
}

// mountsOf returns the prefixes of what is served without declared routes.
func mountsOf(t *testing.T, h *House) []string {
	t.Helper()
	s, err := h.site()
	if err != nil {
		t.Fatal(err)
	}
	h.mount(s)
	var out []string
	for _, m := range s.routes.Mounts() {
		out = append(out, m.Prefix)
	}
	return out
}

func panicOf(f func()) (said string) {
	defer func() { said = fmt.Sprint(recover()) }()
	f()
	return ""
}

// undeclaredOperation registers an operation without a permission.
func undeclaredOperation(a *api.API) {
	api.Register(a, operation("undeclared"), identity.Permission{}, nothingHappens)
}
