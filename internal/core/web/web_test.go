package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
)

// analyst is the person whom the cookie "who" names.
func analyst() identity.Actor {
	return identity.Actor{
		Kind: identity.KindPerson, ID: "p1", Name: "佐藤 分析官", Zone: "Asia/Tokyo", Organisation: "o1",
		Memberships: []identity.Membership{
			{Organisation: "o1", Name: "全社", Roles: []identity.Role{identity.Analyst}},
			{Organisation: "o2", Name: "子会社", Roles: []identity.Role{identity.Reader}},
		},
	}
}

// sessions knows one person by a cookie.
type sessions struct{ actor identity.Actor }

func (s sessions) Actor(_ context.Context, r *http.Request) (identity.Actor, error) {
	c, err := r.Cookie("who")
	if err != nil {
		return identity.Actor{}, nil //nolint:nilerr // nobody is signed in
	}
	if c.Value == "broken" {
		return identity.Actor{}, errors.New("sessions: secret detail")
	}
	return s.actor, nil
}

// The permissions of the test routes.
func manage() identity.Permission {
	return identity.Permission{Name: "test.manage", Scope: identity.Organisation, Roles: []identity.Role{identity.Manager}}
}

// words is a body of plain text.
func words(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<h1>test</h1><p>"+s+"</p>")
		return err
	})
}

// house is a server with test routes and its log.
type house struct {
	*httptest.Server
	log *bytes.Buffer
}

// open starts a house; more declares further routes.
func open(t *testing.T, change func(*Config), more func(*Routes)) *house {
	t.Helper()
	log := &bytes.Buffer{}
	c := Config{
		Texts: i18n.New(), Sessions: sessions{analyst()}, Log: slog.New(slog.NewTextHandler(log, nil)),
		Clock: clock.Fixed(time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)),
		Menu: []Item{
			{Key: "web.gallery.title", Path: galleryPath, Permission: identity.Person(), Chord: "g w", Count: func(context.Context, identity.Actor) (int, error) { return 1234, nil }},
			{Key: "web.sign_in", Path: "/console/managed", Permission: manage()},
			{Key: "web.nav.main", Path: "/public", Permission: identity.Anyone()},
		},
		Finders: []Finder{
			{Key: "web.organisation", Permission: identity.Person(), Find: func(_ context.Context, _ identity.Actor, text string) ([]Hit, error) {
				return []Hit{{Title: "found " + text, Meta: "M-1", Path: "/console/thing/1"}}, nil
			}},
		},
	}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	rs := &Routes{}
	s.Pages(rs)
	declare(rs)
	if more != nil {
		more(rs)
	}
	h := &house{httptest.NewServer(s.Handler(rs)), log}
	t.Cleanup(h.Close)
	return h
}

// declare adds the routes that most tests use.
func declare(rs *Routes) {
	page := func(title string) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return Render(w, r, http.StatusOK, ui.Page{Title: title}, words(title))
		}
	}
	rs.Get("/{$}", identity.Anyone(), page("start"))
	rs.Get("/public", identity.Anyone(), page("public"))
	rs.Get("/console/thing/{id}", identity.Person(), func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, http.StatusOK, ui.Page{Title: "t"}, words("id="+r.PathValue("id")+" at "+ui.Time(r.Context(), time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC))))
	})
	rs.Get("/console/managed", manage(), page("managed"))
	rs.Post("/console/do", identity.Person(), func(w http.ResponseWriter, r *http.Request) error {
		var f struct {
			Title string `form:"title,required,max=5"`
		}
		if err := Decode(r, &f); err != nil {
			return err
		}
		return SeeOther(w, r, URL(r, "/console/thing/%s", f.Title), "web.bulk.selected", "n", 3)
	})
	rs.Get("/console/fail/{how}", identity.Person(), fail)
	rs.Bare(http.MethodGet, "/feed/{token}", identity.Anyone(), func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, "feed "+string(Lang(r)))
		return err
	})
}

// fail fails as its path says.
func fail(w http.ResponseWriter, r *http.Request) error {
	switch how := r.PathValue("how"); how {
	case "panic":
		panic("secret panic")
	case "midway":
		_, _ = io.WriteString(w, strings.Repeat("x", 4096))
		return errors.New("secret midway")
	case "unknown":
		return errors.New("secret text")
	case "render":
		return Render(w, r, http.StatusOK, ui.Page{}, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "half a page")
			return errors.New("secret render")
		}))
	case "deadline":
		return context.DeadlineExceeded
	default:
		for k := fault.NotFound; k <= fault.Limit; k++ {
			if i18n.KindName(k) == how {
				return fmt.Errorf("test: %w", fault.New(k, "test.thing", "7"))
			}
		}
		return errors.New("no such failure")
	}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// ask sends a request; who is "" for nobody. Redirects are not followed.
func (h *house) ask(t *testing.T, method, path, who string, form url.Values, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if who != "" {
		req.AddCookie(&http.Cookie{Name: "who", Value: who})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	tr := &http.Transport{DisableCompression: true}
	defer tr.CloseIdleConnections()
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return answer{&http.Response{Header: http.Header{}}, "CUT " + err.Error()}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{resp, "CUT " + err.Error()}
	}
	return answer{resp, string(body)}
}

func TestPages(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	for _, tt := range []struct {
		name, method, path, who string
		form                    url.Values
		headers                 []string
		status                  int
		location                string
		want, unwanted          string
	}{
		{name: "root goes to the reader's language", path: "/", headers: []string{"Accept-Language", "en"}, status: 302, location: "/en/"},
		{name: "root is Japanese by default", path: "/", status: 302, location: "/ja/"},
		{name: "a path without language keeps its query", path: "/public?q=a%20b", status: 302, location: "/ja/public?q=a%20b"},
		{name: "start", path: "/ja/", status: 200, want: "<p>start</p>"},
		{name: "language without slash", path: "/en", status: 307, location: "/en/"},
		{name: "nobody sees the public menu", path: "/en/public", status: 200, want: `href="/en/public" aria-current="page"`, unwanted: "/en/console/_gallery"},
		{name: "another language keeps path and query", path: "/en/public?q=a+b", status: 200, want: `href="/ja/public?q=a+b" lang="ja"`},
		{name: "nobody is asked to sign in", path: "/ja/console/thing/7?a=b", status: 303, location: "/ja/sign-in?next=%2Fja%2Fconsole%2Fthing%2F7%3Fa%3Db"},
		{name: "nobody may not post", method: "POST", path: "/ja/console/do", form: url.Values{}, status: 403, want: "権限がありません"},
		{name: "a person sees a thing in their zone", path: "/en/console/thing/a%2Fb", who: "x", status: 200, want: "id=a/b at 2026-11-18 14:00 JST"},
		{name: "a person sees menu, count and name", path: "/ja/console/thing/7", who: "x", status: 200, want: `<b class="count">1,234</b>`, unwanted: "/console/managed"},
		{name: "a person may switch organisation", path: "/ja/console/thing/7", who: "x", status: 200, want: `<option value="o2">子会社</option>`},
		{name: "a right that is not held", path: "/ja/console/managed", who: "x", status: 403, want: "権限がありません"},
		{name: "no such page", path: "/en/nothing", status: 404, want: "There is no such page."},
		{name: "no such page without language", path: "/nothing", status: 404, want: "このページはありません。"},
		{name: "wrong method", method: "POST", path: "/ja/public", form: url.Values{}, status: 405, want: "この操作はできません"},
		{name: "bare route", path: "/feed/s3cret", headers: []string{"Accept-Language", "en"}, status: 200, want: "feed en"},
		{name: "deed", method: "POST", path: "/en/console/do", who: "x", form: url.Values{"title": {"a/b"}}, status: 303, location: "/en/console/thing/a%2Fb"},
		{name: "deed by a script", method: "POST", path: "/en/console/do", who: "x", form: url.Values{"title": {"a"}}, headers: []string{"HX-Request", "true"}, status: 204},
		{name: "bad form", method: "POST", path: "/en/console/do", who: "x", form: url.Values{"title": {"123456"}, "odd": {"1"}}, status: 422, want: "At most 5 characters."},
		{name: "forged form", method: "POST", path: "/en/console/do", who: "x", form: url.Values{"title": {"a"}}, headers: []string{"Sec-Fetch-Site", "cross-site"}, status: 403, want: "another site", unwanted: "佐藤"},
		{name: "session store down", path: "/en/console/thing/7", who: "broken", status: 500, want: "internal error", unwanted: "secret"},
		{name: "palette as a page", path: "/en/console/go?q=%EF%BD%81", who: "x", status: 200, want: "found a"},
		{name: "palette for nobody", path: "/en/console/go", status: 303, location: "/en/sign-in?next=%2Fen%2Fconsole%2Fgo"},
		{name: "shortcuts", path: "/ja/console/keys", who: "x", status: 200, want: "<kbd>g</kbd>"},
		{name: "gallery", path: "/ja/console/_gallery", who: "x", status: 200, want: "TLP:AMBER+STRICT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			method := tt.method
			if method == "" {
				method = http.MethodGet
			}
			got := h.ask(t, method, tt.path, tt.who, tt.form, tt.headers...)
			if got.StatusCode != tt.status || got.Header.Get("Location") != tt.location {
				t.Errorf("%s %s = %d %q, want %d %q", method, tt.path, got.StatusCode, got.Header.Get("Location"), tt.status, tt.location)
			}
			if !strings.Contains(got.body, tt.want) {
				t.Errorf("%s %s lacks %q:\n%s", method, tt.path, tt.want, got.body)
			}
			if tt.unwanted != "" && strings.Contains(got.body, tt.unwanted) {
				t.Errorf("%s %s has %q", method, tt.path, tt.unwanted)
			}
			if p := got.Header.Get("Content-Security-Policy"); p != Policy || strings.Contains(p, "unsafe") {
				t.Errorf("%s %s: policy %q", method, tt.path, p)
			}
			if found := untranslated.FindString(got.body); found != "" {
				t.Errorf("%s %s shows the key %q", method, tt.path, found)
			}
			for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Request-Id"} {
				if got.Header.Get(name) == "" {
					t.Errorf("%s %s has no %s", method, tt.path, name)
				}
			}
		})
	}
}

// untranslated finds a message key that was shown instead of its text.
var untranslated = regexp.MustCompile(`\b(web|i18n|storage)\.[a-z_]+(\.[a-z_]+)*\b`)

func TestFailures(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	for how, want := range map[string]int{
		"panic": 500, "unknown": 500, "render": 500, "deadline": 503, "not_found": 404, "invalid": 422,
		"conflict": 409, "denied": 403, "unavailable": 503, "limit": 429,
	} {
		got := h.ask(t, "GET", "/en/console/fail/"+how, "x", nil, "Accept-Encoding", "gzip")
		text := unzipped(t, got)
		if got.StatusCode != want || strings.Contains(text, "secret") || strings.Contains(text, "half a page") {
			t.Errorf("%s = %d, want %d:\n%s", how, got.StatusCode, want, text)
		}
		if !strings.Contains(text, got.Header.Get("X-Request-Id")) || !strings.HasSuffix(strings.TrimSpace(text), "</html>") {
			t.Errorf("%s: no whole page with the request id", how)
		}
		if retry := got.Header.Get("Retry-After"); (retry != "") != (want == 429 || want == 503) {
			t.Errorf("%s: Retry-After %q", how, retry)
		}
		part := h.ask(t, "GET", "/en/console/fail/"+how, "x", nil, "HX-Request", "true")
		if part.StatusCode != want || !strings.HasPrefix(part.body, `<div class="notice bad"`) {
			t.Errorf("%s for a script = %d %.80q", how, part.StatusCode, part.body)
		}
	}
	h.Close()
	for _, secret := range []string{"secret panic", "secret text", "secret render"} {
		if !strings.Contains(h.log.String(), secret) {
			t.Errorf("the log lacks %q", secret)
		}
	}
}

func TestAnErrorMidwayCutsTheConnection(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	for _, encoding := range []string{"", "gzip"} {
		if got := h.ask(t, "GET", "/en/console/fail/midway", "x", nil, "Accept-Encoding", encoding); !strings.HasPrefix(got.body, "CUT ") {
			t.Errorf("encoding %q: %d bytes came as if they were all", encoding, len(got.body))
		}
	}
}

// unzipped is the text of an answer, packed or not.
func unzipped(t *testing.T, a answer) string {
	t.Helper()
	if a.Header.Get("Content-Encoding") != "gzip" {
		return a.body
	}
	z, err := gzip.NewReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCaching(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	public := h.ask(t, "GET", "/ja/public", "", nil)
	tag := public.Header.Get("ETag")
	if public.Header.Get("Cache-Control") != "no-cache" || tag == "" || len(public.Header["Set-Cookie"]) != 0 {
		t.Errorf("public page: %v", public.Header)
	}
	if again := h.ask(t, "GET", "/ja/public", "", nil, "If-None-Match", tag); again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("unchanged page = %d, %d bytes", again.StatusCode, len(again.body))
	}
	for _, path := range []string{"/ja/public", "/ja/console/thing/7", "/ja/console/managed"} {
		if got := h.ask(t, "GET", path, "x", nil).Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s for a person: Cache-Control %q", path, got)
		}
	}
	if got := h.ask(t, "GET", "/ja/public", "", nil, "Accept-Encoding", "br, gzip;q=0.5"); got.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(unzipped(t, got), "public") {
		t.Errorf("page is not packed: %v", got.Header)
	}
	if got := h.ask(t, "GET", "/ja/public", "", nil, "Accept-Encoding", "gzip;q=0"); got.Header.Get("Content-Encoding") != "" {
		t.Error("page is packed for a reader who refuses it")
	}
}

func TestFlashIsToldOnceInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	done := h.ask(t, "POST", "/en/console/do", "x", url.Values{"title": {"a"}})
	cookies := done.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].MaxAge != 60 {
		t.Fatalf("cookies = %v", cookies)
	}
	carried := cookies[0].Name + "=" + cookies[0].Value
	next := h.ask(t, "GET", "/ja/public", "", nil, "Cookie", carried)
	if !strings.Contains(next.body, `<div class="notice good"><p>3 件を選択</p></div>`) {
		t.Errorf("the message is not told:\n%s", next.body)
	}
	if got := next.Cookies(); len(got) != 1 || got[0].MaxAge >= 0 {
		t.Errorf("the message is not removed: %v", got)
	}
	for _, bad := range []string{carried + "x", "noroshi_flash=", "noroshi_flash=e30.AAAA"} {
		if got := h.ask(t, "GET", "/ja/public", "", nil, "Cookie", bad); strings.Contains(got.body, `class="notice`) {
			t.Errorf("a message that was not signed is told: %q", bad)
		}
	}
}

func TestFragments(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	part := h.ask(t, "GET", "/ja/console/_gallery", "x", nil, "HX-Request", "true", "HX-Target", "list")
	if strings.Contains(part.body, "<html") || !strings.Contains(part.body, `<table class="list">`) {
		t.Errorf("fragment:\n%.300s", part.body)
	}
	whole := h.ask(t, "GET", "/ja/console/_gallery", "x", nil)
	if !strings.Contains(whole.body, part.body) {
		t.Error("the fragment is not a part of its page")
	}
	if got := h.ask(t, "GET", "/ja/console/_gallery", "x", nil, "HX-Request", "true", "HX-Target", "absent"); !strings.Contains(got.body, "<html") {
		t.Error("an unknown target is not answered by the page")
	}
}

func TestUndeclaredRoutesDoNotBuild(t *testing.T) {
	t.Parallel()
	for name, declare := range map[string]func(*Routes){
		"no permission": func(rs *Routes) { rs.Get("/x", identity.Permission{}, nil) },
		"no slash":      func(rs *Routes) { rs.Get("x", identity.Anyone(), nil) },
		"twice": func(rs *Routes) {
			rs.Get("/x", identity.Anyone(), nil)
			rs.Get("/x", identity.Person(), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("the route is declared")
				}
			}()
			declare(&Routes{})
		})
	}
	rs := &Routes{}
	rs.Get("/x", identity.Person(), nil, Limit(7))
	rs.Mount("/api/", http.NotFoundHandler())
	if all := rs.All(); len(all) != 1 || all[0].Limit != 7 || all[0].Method != http.MethodGet || len(rs.Mounts()) != 1 {
		t.Errorf("All() = %v", all)
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	h := open(t, nil, nil)
	got := h.ask(t, "POST", "/en/console/do", "x", url.Values{"title": {strings.Repeat("a", DefaultLimit)}})
	if got.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(got.body, "too large") {
		t.Errorf("a large body = %d", got.StatusCode)
	}
}

// TestUploadsLeaveNoFiles sets an environment variable, so it does not run in parallel.
func TestUploadsLeaveNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	seen := 0
	h := open(t, nil, func(rs *Routes) {
		rs.Post("/console/upload", identity.Person(), func(w http.ResponseWriter, r *http.Request) error {
			var f struct {
				File File `form:"file,required"`
			}
			if err := Decode(r, &f); err != nil {
				return err
			}
			files, err := os.ReadDir(dir)
			seen = len(files)
			return errors.Join(err, SeeOther(w, r, "/ja/", ""))
		}, Limit(8<<20))
	})
	u := upload(t, map[string]string{"a": strings.Repeat("x", 4<<20)})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/ja/console/upload", u.Body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", u.Header.Get("Content-Type"))
	req.AddCookie(&http.Cookie{Name: "who", Value: "x"})
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	h.Close() // waits until the handler has returned
	left, err := os.ReadDir(dir)
	if err != nil || resp.StatusCode != http.StatusSeeOther || seen == 0 || len(left) != 0 {
		t.Errorf("upload = %d, %d temporary files during it, %d after it, %v", resp.StatusCode, seen, len(left), err)
	}
}

func TestPagesWorkWithoutVendoredScripts(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Texts: i18n.New(), Sessions: sessions{}})
	if err != nil {
		t.Fatal(err)
	}
	delete(s.assets.urls, htmxFile)
	rs := &Routes{}
	declare(rs)
	srv := httptest.NewServer(s.Handler(rs))
	t.Cleanup(srv.Close)
	body := (&house{Server: srv}).ask(t, "GET", "/en/public", "", nil).body
	if strings.Contains(body, "htmx") || !strings.Contains(body, `<script type="module"`) {
		t.Errorf("page without htmx:\n%s", body)
	}
}

func TestNewWantsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{}); err == nil {
		t.Error("New() without texts and sessions")
	}
}

func TestNextStaysOnTheSite(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/ja/console": "/ja/console", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/", "/a\r\nb": "/",
	} {
		r := httptest.NewRequest(http.MethodGet, "/?next="+url.QueryEscape(next), nil)
		if got := Next(r, "/"); got != want {
			t.Errorf("Next(%q) = %q, want %q", next, got, want)
		}
	}
	if err := SeeOther(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil), "//evil.example", ""); err == nil {
		t.Error("SeeOther leaves the site")
	}
}

func TestBrandedHeadersWhenHosted(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *Config) { c.Hosted, c.Demo, c.Base = true, true, "https://n.example" }, nil)
	got := h.ask(t, "GET", "/en/public", "", nil)
	if got.Header.Get("Strict-Transport-Security") == "" || !strings.Contains(got.body, `class="banner"`) ||
		!strings.Contains(got.body, `hreflang="ja" href="https://n.example/ja/public"`) {
		t.Errorf("%v\n%s", got.Header, got.body)
	}
	if done := h.ask(t, "POST", "/en/console/do", "x", url.Values{"title": {"a"}}); !done.Cookies()[0].Secure {
		t.Error("the cookie is not Secure")
	}
}
