package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/testkit/browser"
)

// chrome is the browser of this test binary.
var chrome browser.Browser

func TestMain(m *testing.M) {
	code := m.Run()
	chrome.Close()
	os.Exit(code)
}

// keys knows two tokens and one session.
type keys struct{}

func (keys) Authenticate(_ context.Context, token string) (identity.Actor, error) {
	a := identity.Actor{
		Kind: identity.KindToken, ID: "p1", TokenID: "t1", Organisation: "o1", TokenScopes: []string{"test.read"},
		Memberships: []identity.Membership{{Organisation: "o1", Roles: []identity.Role{identity.Analyst}}},
	}
	switch token {
	case "good":
		return a, nil
	case "narrow":
		a.TokenScopes = nil
		return a, nil
	case "down":
		return identity.Actor{}, errors.New("keys: secret detail")
	case "often":
		return identity.Actor{}, fault.New(fault.Limit, "identity.token")
	case "closed":
		return identity.Actor{}, fault.New(fault.Unavailable, "identity.token")
	}
	return identity.Actor{}, fault.New(fault.Denied, "identity.token")
}

func (keys) Actor(_ context.Context, r *http.Request) (identity.Actor, error) {
	if _, err := r.Cookie("who"); err != nil {
		return identity.Actor{}, nil //nolint:nilerr // nobody is signed in
	}
	return identity.Actor{Kind: identity.KindPerson, ID: "p1", Organisation: "o1", Memberships: []identity.Membership{{Organisation: "o1", Roles: []identity.Role{identity.Analyst}}}}, nil
}

// read is the permission of the test operations.
func read() identity.Permission {
	return identity.Permission{Name: "test.read", Scope: identity.Organisation, Roles: []identity.Role{identity.Analyst}}
}

// thing is what the test operations answer.
type thing struct {
	ID    string `json:"id" example:"T-1"`
	Count int    `json:"count"`
}

// site is a whole site with test operations.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	texts := i18n.New()
	s, err := web.New(web.Config{Texts: texts, Sessions: keys{}})
	if err != nil {
		t.Fatal(err)
	}
	a := New(Config{Texts: texts, Tokens: keys{}, Sessions: keys{}, Version: "1.2.3"})
	operations(a)
	rs := &web.Routes{}
	rs.Mount("/api/", a.Handler())
	a.Pages(rs)
	srv := httptest.NewServer(s.Handler(rs))
	t.Cleanup(srv.Close)
	return srv
}

// operations are a list, one thing, a deed and failures.
func operations(a *API) {
	Register(a, huma.Operation{OperationID: "test-things", Method: http.MethodGet, Path: "/test/things", Summary: "All things"}, read(),
		func(_ context.Context, in *PageInput) (*PageOutput[thing], error) {
			q, err := in.Query()
			if err != nil {
				return nil, err
			}
			rows := web.Cut(q, []string{"a", "b", "c"}[:min(3, q.Limit+1)], func(s string) web.Cursor { return web.Cursor{s} })
			return PageOf(rows, func(s string) thing { return thing{ID: s + q.Filter.String() + strings.Join(q.After, "")} }), nil
		})
	Register(a, huma.Operation{OperationID: "test-make", Method: http.MethodPost, Path: "/test/things", Summary: "Make a thing"}, read(),
		func(ctx context.Context, in *struct{ Body thing }) (*struct{ Body thing }, error) {
			if Actor(ctx).Organisation != "o1" {
				return nil, errors.New("no actor")
			}
			return &struct{ Body thing }{in.Body}, nil
		})
	Register(a, huma.Operation{OperationID: "test-walk", Method: http.MethodGet, Path: "/walk", Summary: "Seven rows"}, read(),
		func(_ context.Context, in *PageInput) (*PageOutput[thing], error) {
			q, err := in.Query()
			if err != nil {
				return nil, err
			}
			rest := strings.Split("abcdefg", "")
			for q.After != nil && len(rest) > 0 && rest[0] <= q.After[0] {
				rest = rest[1:]
			}
			rows := web.Cut(q, rest[:min(len(rest), q.Limit+1)], func(s string) web.Cursor { return web.Cursor{s} })
			return PageOf(rows, func(s string) thing { return thing{ID: s} }), nil
		})
	Register(a, huma.Operation{OperationID: "test-fail", Method: http.MethodGet, Path: "/test/fail/{how}"}, identity.Anyone(),
		func(_ context.Context, in *struct {
			How string `path:"how"`
		},
		) (*struct{}, error) {
			if in.How == "invalid" {
				return nil, fault.New(fault.Invalid, "test.thing").Field("title", "too_long", "max", 5)
			}
			for k := fault.NotFound; k <= fault.Limit; k++ {
				if i18n.KindName(k) == in.How {
					return nil, fault.New(k, "test.thing")
				}
			}
			return nil, errors.New("secret text")
		})
}

// ask sends a request and returns its status, headers and body.
func ask(t *testing.T, srv *httptest.Server, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data)
}

func TestOperations(t *testing.T) {
	t.Parallel()
	srv := site(t)
	good := []string{"Authorization", "Bearer good"}
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		want                     string
	}{
		{"a token reads", "GET", "/api/v1/test/things", "", good, 200, `"items":[{"id":"a","count":0}`},
		{"the last page has no next", "GET", "/api/v1/test/things?limit=3", "", good, 200, `{"items":[{"id":"a","count":0},{"id":"b","count":0},{"id":"c","count":0}]}`},
		{"a page has its next", "GET", "/api/v1/test/things?limit=2", "", good, 200, `"next":"WyJiIl0"`},
		{"filter and place", "GET", "/api/v1/test/things?q=is:open&after=WyJ6Il0", "", good, 200, `"ais:openz"`},
		{"a filter that cannot be read", "GET", "/api/v1/test/things?q=(", "", good, 422, `"location":"q"`},
		{"a place that cannot be read", "GET", "/api/v1/test/things?after=!", "", good, 422, `"location":"after"`},
		{"a limit out of bounds", "GET", "/api/v1/test/things?limit=201", "", good, 422, "query.limit"},
		{"an unknown query", "GET", "/api/v1/test/things?odd=1", "", good, 422, "query.odd"},
		{"nobody", "GET", "/api/v1/test/things", "", nil, 401, `"status":401`},
		{"a wrong token", "GET", "/api/v1/test/things", "", []string{"Authorization", "Bearer bad"}, 401, "urn:noroshi:problem:denied"},
		{"another scheme", "GET", "/api/v1/test/things", "", []string{"Authorization", "Basic Zzpn"}, 401, "Bearer and a token"},
		{"a token without the scope", "GET", "/api/v1/test/things", "", []string{"Authorization", "Bearer narrow"}, 403, `"status":403`},
		{"token store down", "GET", "/api/v1/test/things", "", []string{"Authorization", "Bearer down"}, 500, "problem:internal"},
		{"a page of this site reads", "GET", "/api/v1/test/things", "", []string{"Cookie", "who=x", "Sec-Fetch-Site", "same-origin"}, 200, `"items"`},
		{"another site does not", "GET", "/api/v1/test/things", "", []string{"Cookie", "who=x", "Sec-Fetch-Site", "cross-site"}, 401, ""},
		{"a session does not write", "POST", "/api/v1/test/things", `{"id":"x","count":1}`, []string{"Cookie", "who=x", "Sec-Fetch-Site", "same-origin"}, 401, ""},
		{"a token writes", "POST", "/api/v1/test/things", `{"id":"x","count":1}`, good, 200, `{"id":"x","count":1}`},
		{"an unknown member", "POST", "/api/v1/test/things", `{"id":"x","count":1,"admin":true}`, good, 422, "body.admin"},
		{"no JSON", "POST", "/api/v1/test/things", `{`, good, 400, "urn:noroshi:problem:invalid"},
		{"no such operation", "GET", "/api/v1/nothing", "", good, 404, "There is no such operation"},
		{"wrong method", "DELETE", "/api/v1/test/things", "", good, 405, `"status":405`},
		{"problems in Japanese", "GET", "/api/v1/test/fail/invalid", "", []string{"Accept-Language", "ja"}, 422, "5 文字以内"},
		{"not found", "GET", "/api/v1/test/fail/not_found", "", nil, 404, "There is nothing here."},
		{"conflict", "GET", "/api/v1/test/fail/conflict", "", nil, 409, "problem:conflict"},
		{"limit", "GET", "/api/v1/test/fail/limit", "", nil, 429, "problem:limit"},
		{"unavailable", "GET", "/api/v1/test/fail/unavailable", "", nil, 503, "problem:unavailable"},
		{"anything else", "GET", "/api/v1/test/fail/x", "", nil, 500, "problem:internal"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp, body := ask(t, srv, tt.method, tt.path, tt.body, tt.headers...)
			if resp.StatusCode != tt.status || !strings.Contains(body, tt.want) || strings.Contains(body, "secret") {
				t.Errorf("%s %s = %d, want %d with %q:\n%s", tt.method, tt.path, resp.StatusCode, tt.status, tt.want, body)
			}
			if resp.Header.Get("Content-Security-Policy") != web.Policy || resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers: %v", resp.Header)
			}
			if tt.status >= 400 {
				checkProblem(t, resp, body)
			}
		})
	}
}

// checkProblem holds what every problem document has.
func checkProblem(t *testing.T, resp *http.Response, body string) {
	t.Helper()
	var p huma.ErrorModel
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Status != resp.StatusCode || p.Title == "" {
		t.Errorf("problem = %+v, %v", p, err)
	}
	if resp.Header.Get("Content-Type") != "application/problem+json" || !strings.HasPrefix(p.Type, problemType) {
		t.Errorf("type %q, %q", resp.Header.Get("Content-Type"), p.Type)
	}
	if p.Instance != "urn:noroshi:request:"+resp.Header.Get("X-Request-Id") {
		t.Errorf("instance %q does not name the request %q", p.Instance, resp.Header.Get("X-Request-Id"))
	}
	if (resp.Header.Get("WWW-Authenticate") != "") != (resp.StatusCode == http.StatusUnauthorized) {
		t.Errorf("%d with WWW-Authenticate %q", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	resp, body := ask(t, site(t), "GET", DocumentPath, "")
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("document = %d %v %s", resp.StatusCode, err, doc.OpenAPI)
	}
	if s := doc.Paths["/api/v1/test/things"]["get"].Security; len(s) != 1 || s[0]["bearer"][0] != "test.read" {
		t.Errorf("security = %v", s)
	}
	if strings.Contains(body, "$schema") {
		t.Error("answers carry a schema member")
	}
}

func TestDocumentationPage(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for _, l := range i18n.Langs() {
		for _, width := range []int64{1280, 390} {
			tab := chrome.Tab(t, browser.Options{Width: width})
			tab.Open(srv.URL + "/" + string(l) + DocsPath)
			tab.Check(browser.Name("docs", l, width))
			if text := tab.Text("main"); !strings.Contains(text, "/api/v1/test/things") || !strings.Contains(text, "test.read") {
				t.Errorf("page = %s", text)
			}
		}
	}
}

func TestUndeclaredOperationsDoNotBuild(t *testing.T) {
	t.Parallel()
	a := New(Config{Texts: i18n.New(), Tokens: keys{}})
	operations(a)
	if all := a.All(); len(all) != 4 || all[0].Path != "/api/v1/test/things" || all[0].Permission.Name != "test.read" {
		t.Errorf("All() = %v", all)
	}
	nothing := func(context.Context, *struct{}) (*struct{}, error) { return nil, fault.New(fault.NotFound, "test") }
	for name, register := range map[string]func(){
		"no permission": func() {
			Register(a, huma.Operation{OperationID: "x", Method: "GET", Path: "/x"}, identity.Permission{}, nothing)
		},
		"no id": func() { Register(a, huma.Operation{Method: "GET", Path: "/x"}, read(), nothing) },
		"twice": func() {
			Register(a, huma.Operation{OperationID: "test-fail", Method: "GET", Path: "/x"}, read(), nothing)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the operation is declared", name)
				}
			}()
			register()
		}()
	}
}

func TestLangOfPrograms(t *testing.T) {
	t.Parallel()
	if got := Lang(t.Context()); got != i18n.EN {
		t.Errorf("Lang() = %s", got)
	}
}
