package kengine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/core/view"
	"noroshi.dev/internal/core/web"
)

// site is the room behind a web server. Who asks is said by a header, for sessions are not its matter.
type site struct {
	*fixture
	t      *testing.T
	server *httptest.Server
	routes *web.Routes
	actors map[string]identity.Actor
	vars   *strings.Replacer // names in paths and forms
}

// Actor implements web.Sessions.
func (s *site) Actor(_ context.Context, r *http.Request) (identity.Actor, error) {
	return s.actors[r.Header.Get("X-Test-Actor")], nil
}

// newSite serves the pages of f to its people.
func newSite(t *testing.T, f *fixture) *site {
	t.Helper()
	s := pagesOf(t, f)
	s.t = t
	return s
}

// pagesOf is a site for a test or a benchmark, which has no t.
func pagesOf(t testing.TB, f *fixture) *site {
	t.Helper()
	s := &site{fixture: f, routes: &web.Routes{}, vars: strings.NewReplacer(), actors: map[string]identity.Actor{
		"manager": f.manager, "analyst": member("org1", identity.Analyst), "reader": member("org1", identity.Reader),
		"stranger": member("org2", identity.Manager),
	}}
	m := f.Module()
	texts := i18n.New()
	if err := errors.Join(texts.Add("identity", identity.Messages), texts.Add("view", view.Messages), texts.Add(m.Name, m.Messages)); err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(web.Config{Texts: texts, Sessions: s, Menu: m.Menu, Finders: m.Finders, Clock: f.Clock})
	if err != nil {
		t.Fatal(err)
	}
	pages.Pages(s.routes)
	m.Pages(s.routes)
	s.server = httptest.NewServer(pages.Handler(s.routes))
	t.Cleanup(s.server.Close)
	return s
}

// demoSite is a site with the demo's records on a database of either kind.
func demoSite(t *testing.T, model string, do func(s *site)) {
	t.Helper()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.demo(t, model)
		do(newSite(t, f))
	})
}

// reply is what the server said, after redirects.
type reply struct {
	status int
	path   string
	body   string
	header http.Header
}

// ask sends a request and follows where it leads, with the cookies of one visit.
func (s *site) ask(actor, method, path string, body io.Reader, kind string) reply {
	s.t.Helper()
	var cookies []*http.Cookie
	for range 5 {
		r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, body)
		if err != nil {
			s.t.Fatal(err)
		}
		r.Header.Set("X-Test-Actor", actor)
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		for _, c := range cookies {
			r.AddCookie(c)
		}
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			s.t.Fatal(err)
		}
		data, err := io.ReadAll(res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil {
			s.t.Fatal(err)
		}
		if res.StatusCode != http.StatusSeeOther {
			return reply{res.StatusCode, path, string(data), res.Header}
		}
		cookies = append(cookies, res.Cookies()...)
		path, method, body, kind = res.Header.Get("Location"), http.MethodGet, nil, ""
		if i := strings.IndexByte(path, '#'); i >= 0 {
			path = path[:i]
		}
	}
	s.t.Fatalf("%s leads round and round", path)
	return reply{}
}

func (s *site) get(actor, path string) reply {
	s.t.Helper()
	return s.ask(actor, http.MethodGet, s.vars.Replace(path), nil, "")
}

// post sends a form of name, value pairs.
func (s *site) post(actor, path string, pairs ...string) reply {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], s.vars.Replace(pairs[i+1]))
	}
	return s.ask(actor, http.MethodPost, s.vars.Replace(path), strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// upload sends a file as a browser does.
func (s *site) upload(actor, path, name string, content []byte, pairs ...string) reply {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		err = errors.Join(err, w.WriteField(pairs[i], pairs[i+1]))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		s.t.Fatal(err)
	}
	return s.ask(actor, http.MethodPost, s.vars.Replace(path), &body, w.FormDataContentType())
}

// untold matches a message key where a text should be.
var untold = regexp.MustCompile(`(?:>|"|\s)((?:kengine|web|i18n|view)\.[a-z_]+\.[a-z_.]+)(?:<|"|\s)`)

// wants fails unless an answer has a status and texts; a text after "!" must not be there. No page may
// show the key of a message.
func (p reply) wants(t *testing.T, what string, status int, texts ...string) reply {
	t.Helper()
	if p.status != status {
		t.Fatalf("%s: status %d at %s, want %d\n%.2500s", what, p.status, p.path, status, p.body)
	}
	if strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		if m := untold.FindStringSubmatch(p.body); m != nil {
			t.Errorf("%s: %s shows the key %s", what, p.path, m[1])
		}
	}
	for _, text := range texts {
		absent, bad := strings.CutPrefix(text, "!")
		if bad == strings.Contains(p.body, absent) {
			t.Errorf("%s at %s: %q\n%.6000s", what, p.path, text, mainOf(p.body))
		}
	}
	return p
}

// mainOf is the part of a page that is its own.
func mainOf(body string) string {
	if _, after, ok := strings.Cut(body, "<main"); ok {
		return after
	}
	return body
}

// audited fails unless the last leaf of the audit log is op.
func (s *site) audited(what, op string) {
	s.t.Helper()
	n := len(s.ledger.entries)
	if n == 0 || s.ledger.entries[n-1].Op != op {
		s.t.Errorf("%s: the audit log ends with %+v, want %s", what, s.ledger.entries[max(0, n-1):], op)
	}
}
