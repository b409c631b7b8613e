package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/web/ui"
)

// armed is a house with one page and one deed at the same address; done counts the deeds.
func armed(t *testing.T) (h *house, done *atomic.Int64) {
	t.Helper()
	done = &atomic.Int64{}
	h = open(t, nil, func(rs *Routes) {
		rs.Get("/console/both/{id}", identity.Person(), func(w http.ResponseWriter, r *http.Request) error {
			return Render(w, r, http.StatusOK, ui.Page{Title: "both"}, words("both"))
		})
		rs.Post("/console/both/{id}", identity.Person(), func(w http.ResponseWriter, r *http.Request) error {
			done.Add(1)
			return SeeOther(w, r, URL(r, "/console/both/1"), "")
		})
	})
	return h, done
}

// raw sends a request whose path is written as it stands.
func raw(t *testing.T, h *house, method, path string, headers ...string) answer {
	t.Helper()
	u, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.Opaque = "//" + u.Host + path
	req := &http.Request{Method: method, URL: u, Host: u.Host, Header: http.Header{"Cookie": {"who=x"}}}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	resp, err := tr.RoundTrip(req.WithContext(t.Context()))
	if err != nil {
		return answer{&http.Response{Header: http.Header{}}, "CUT " + err.Error()}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(body)}
}

// TestHostilePaths: however a path is written, the answer is a page of this site or leads to one.
func TestHostilePaths(t *testing.T) {
	t.Parallel()
	h, _ := armed(t)
	for path, want := range map[string]int{
		"//evil.example/":                    307,
		"//evil.example":                     307,
		"/ja//evil.example":                  307,
		"/ja//console/both/1":                307,
		"/ja/%2Fevil.example":                404,
		"/ja/%2F%2Fevil.example":             404,
		"/%2Fevil.example":                   404,
		"/%5Cevil.example":                   404,
		`/\evil.example`:                     404,
		"/ja/../en/public":                   307,
		"/ja/console/both/..%2F..%2Fpublic":  200, // one segment, an odd id
		"/ja/console/both/%00":               404,
		"/ja/console/both/a%00b":             404,
		"/ja/console/both/%ff":               404,
		"/ja/console/both/%c0%ae":            404,
		"/ja/console/both/1/":                404,
		"/ja/console/both/":                  404,
		"/ja/console/both/1;x=y":             200,
		"/JA/public":                         404,
		"/ja%2Fpublic":                       404,
		"/fr/public":                         404,
		"/ja/en/public":                      404,
		"/assets/../web.go":                  307,
		"/assets/..%2Fweb.go":                404,
		"/assets/":                           404,
		"/assets/%00":                        404,
		"/ja/" + strings.Repeat("a", 5000):   404,
		"/ja/public?q=%00":                   200,
		"/ja/public?q=%zz":                   200,
		"/ja/public?next=//evil.example&x=;": 200,
	} {
		t.Run(path[:min(len(path), 40)], func(t *testing.T) {
			t.Parallel()
			got := raw(t, h, http.MethodGet, path)
			if got.StatusCode != want {
				t.Errorf("status = %d, want %d", got.StatusCode, want)
			}
			if at := got.Header.Get("Location"); at != "" && !localPath(at) {
				t.Errorf("leads to %q", at)
			}
			if got.StatusCode < 300 || got.StatusCode >= 400 {
				if p := got.Header.Get("Content-Security-Policy"); p != Policy {
					t.Errorf("policy = %q", p)
				}
			}
			if strings.Contains(got.body, `="//evil`) || strings.Contains(got.body, `="/\`) {
				t.Errorf("the page links elsewhere:\n%s", got.body)
			}
		})
	}
}

// TestPeer_CVE_2020_25766 sends a deed by every way but a POST of this site: none does it.
func TestPeer_CVE_2020_25766(t *testing.T) {
	t.Parallel()
	h, done := armed(t)
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post", "Post", "X-POST"} {
		for _, override := range []string{"X-None", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "HX-Request"} {
			got := raw(t, h, method, "/ja/console/both/1?_method=POST", override, "POST", "Accept", "application/json")
			if got.StatusCode == http.StatusSeeOther || done.Load() != 0 {
				t.Fatalf("%s with %q did the deed: %d", method, override, got.StatusCode)
			}
			reads := method == http.MethodGet || method == http.MethodHead
			if reads != (got.StatusCode == http.StatusOK) {
				t.Errorf("%s with %q = %d", method, override, got.StatusCode)
			}
			if !reads && got.StatusCode == http.StatusMethodNotAllowed && got.Header.Get("Allow") != "GET, HEAD, POST" {
				t.Errorf("%s: Allow = %q, want all three", method, got.Header.Get("Allow"))
			}
		}
	}
}

// TestPeer_CVE_2025_48740 sends the form from other places: only this site's own is taken.
func TestPeer_CVE_2025_48740(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"this site", []string{"Sec-Fetch-Site", "same-origin"}, 303},
		{"typed by the reader", []string{"Sec-Fetch-Site", "none"}, 303},
		{"a program without any", nil, 303},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a neighbour's site", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"an origin that differs", []string{"Origin", "https://evil.example"}, 403},
		{"no origin", []string{"Origin", "null"}, 403},
		{"another site, as a script", []string{"Sec-Fetch-Site", "cross-site", "HX-Request", "true"}, 403},
		{"another site, as an upload", []string{"Sec-Fetch-Site", "cross-site", "Content-Type", "multipart/form-data; boundary=x"}, 403},
		{"another site, by Accept", []string{"Sec-Fetch-Site", "cross-site", "Accept", "application/json"}, 403},
		{"another site, said to be forwarded", []string{"Sec-Fetch-Site", "cross-site", "X-Forwarded-Host", "evil.example"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, done := armed(t)
			got := raw(t, h, http.MethodPost, "/en/console/both/1", c.headers...)
			if got.StatusCode != c.status || (done.Load() == 1) != (c.status == 303) {
				t.Errorf("status = %d, done %d times; want %d", got.StatusCode, done.Load(), c.status)
			}
		})
	}
}

// TestPeer_CVE_2026_10856 asks to be sent away after signing in.
func TestPeer_CVE_2026_10856(t *testing.T) {
	t.Parallel()
	for _, next := range []string{
		"", "x", "//evil.example", "///evil.example", `/\evil.example`, `\/evil.example`, `\\evil.example`, "https://evil.example", "HTTPS:evil.example",
		"javascript:alert(1)", "data:text/html,x", " //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
		"/a\r\nSet-Cookie: x=y", "evil.example", "@evil.example", ".evil.example", "?next=//evil.example", "#//evil.example", "/ja\\..\\x",
	} {
		r := httptest.NewRequest(http.MethodGet, "/?next="+url.QueryEscape(next), nil)
		if got := Next(r, "/instead"); got != "/instead" {
			t.Errorf("Next(%q) = %q", next, got)
		}
		if err := SeeOther(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil), next, ""); err == nil {
			t.Errorf("SeeOther(%q) goes there", next)
		}
	}
	for _, next := range []string{"/", "/ja/", "/ja/console/x?y=//z#w", "/%2F%2Fevil.example", "/ja/認証", "/a:b@c"} {
		r := httptest.NewRequest(http.MethodGet, "/?next="+url.QueryEscape(next), nil)
		if got := Next(r, "/instead"); got != next {
			t.Errorf("Next(%q) = %q, want the path itself", next, got)
		}
	}
}

// TestForeignHostNames: what a request says about its host never comes back in a link or a redirect.
func TestForeignHostNames(t *testing.T) {
	t.Parallel()
	h, _ := armed(t)
	for _, header := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-Host", "Referer"} {
		for _, path := range []string{"/public", "/ja/public", "/ja/console/thing/1", "/ja//x", "/nothing"} {
			got := raw(t, h, http.MethodGet, path, header, "https://evil.example/x")
			if strings.Contains(got.body, "evil.example") || strings.Contains(got.Header.Get("Location"), "evil.example") {
				t.Errorf("%s at %s comes back", header, path)
			}
		}
	}
}

// TestPeer_CVE_2026_22783 sends every field that a form might hide: each is refused by its name.
func TestPeer_CVE_2026_22783(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"id", "ID", "Title", "TITLE", "title ", "title[]", "title.x", "organisation", "roles", "is_admin", "version", "_method", "\u0074itle\u200b"} {
		var f struct {
			Title string `form:"title"`
			ID    string
			Roles []string `form:"-"`
		}
		err := Decode(posted(t, url.Values{"title": {"x"}, name: {"y"}}), &f)
		fl := fault.Of(err)
		if !errors.Is(err, fault.Invalid) || len(fl.Fields) != 1 || fl.Fields[0].Name != name || fl.Fields[0].Key != "unknown" || f.ID != "" || f.Roles != nil {
			t.Errorf("%q: %v, %+v", name, err, f)
		}
	}
}

// TestPeer_CVE_2026_41073 exports cells that a spreadsheet would run.
func TestPeer_CVE_2026_41073(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{
		"=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\u00a0=1", "＝1", "＋1", "－1+1", "＠x",
		"--1", "-1-1", "+81-3-1234", "-", "+", "=", "@", "-.", "-1.2.3", " -1", "\t", "-1e5", "=HYPERLINK(\"https://evil.example\")",
	} {
		if got := harmless(cell); got != "'"+cell {
			t.Errorf("harmless(%q) = %q", cell, got)
		}
	}
	for _, cell := range []string{"", " ", "a", "1", "-1", "+1.5", "-.5", "1-1", "a=1", "CVE-2026-1", "認証=x", "'=1", `"=1"`} {
		if got := harmless(cell); got != cell {
			t.Errorf("harmless(%q) = %q, want it unchanged", cell, got)
		}
	}
}

// TestFlashIsOurs: a message that this server did not sign, or signed for something else, is not told.
func TestFlashIsOurs(t *testing.T) {
	t.Parallel()
	texts := i18n.New()
	s, err := New(Config{Texts: texts, Sessions: sessions{}, Secret: []byte("one")})
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(Config{Texts: texts, Sessions: sessions{}, Secret: []byte("two")})
	if err != nil {
		t.Fatal(err)
	}
	good := s.sealed(message{Key: "web.brand", Kind: "good", Args: []string{"n", "<b>"}})
	if m, ok := s.opened(good); !ok || m.Key != "web.brand" || !slices.Equal(m.Args, []string{"n", "<b>"}) {
		t.Errorf("opened() = %+v, %v", m, ok)
	}
	text, mac, _ := strings.Cut(good, ".")
	for name, value := range map[string]string{
		"empty": "", "a dot": ".", "no signature": text, "an empty signature": text + ".", "another's": other.sealed(message{Key: "web.brand"}),
		"cut": good[:len(good)-1], "longer": good + "A", "another text": "e30." + mac, "bad base64": "!!." + s.mac("!!"), "no JSON": "AAAA." + s.mac("AAAA"),
	} {
		if m, ok := s.opened(value); ok {
			t.Errorf("%s is believed: %+v", name, m)
		}
	}
}

// TestAnErrorIsAPageNotAFile: a handler that fails before the first byte of a file answers a page.
func TestAnErrorIsAPageNotAFile(t *testing.T) {
	t.Parallel()
	h := open(t, nil, func(rs *Routes) {
		rs.Get("/file", identity.Anyone(), func(w http.ResponseWriter, _ *http.Request) error {
			return Download(w, "secret.exe", "application/x-dosexec", -1, broken{})
		})
	})
	got := h.ask(t, "GET", "/en/file", "", nil)
	if got.StatusCode != 500 || got.Header.Get("Content-Disposition") != "" || got.Header.Get("Content-Security-Policy") != Policy ||
		!strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, "</html>") {
		t.Errorf("%d %v\n%s", got.StatusCode, got.Header, got.body)
	}
}

// broken is a file that cannot be read.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("secret disk") }

// TestPeer_CVE_2026_44229 downloads files whose names and types want to be more.
func TestPeer_CVE_2026_44229(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"x.html", "a\"b.svg", "a\r\nSet-Cookie: x=y", "../../etc/passwd", "報告.xml", "a;filename=b.html", strings.Repeat("n", 300), "", "\x00", "a\u202egpj.exe"} {
		for _, kind := range []string{"", "text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"} {
			w := httptest.NewRecorder()
			if err := Download(w, name, kind, 4, strings.NewReader("<b>x")); err != nil {
				t.Fatal(err)
			}
			at := w.Header().Get("Content-Disposition")
			if !strings.HasPrefix(at, "attachment") || strings.ContainsAny(at, "\r\n\x00") {
				t.Errorf("%q as %q: %q", name, kind, at)
			}
			if p := w.Header().Get("Content-Security-Policy"); !strings.Contains(p, "sandbox") || strings.Contains(p, "allow") {
				t.Errorf("%q as %q: policy %q", name, kind, p)
			}
		}
	}
}

// TestRefusedTextNeverReachesADatabase: zeros and broken letters end at the edge.
func TestRefusedTextNeverReachesADatabase(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a\x00b", "\xff", "\xc0\xae", "\xed\xa0\x80"} {
		var f struct {
			A string   `form:"a"`
			B []string `form:"b"`
			C string   `form:"c,raw"`
		}
		for _, name := range []string{"a", "b", "c"} {
			err := Decode(posted(t, url.Values{name: {bad}}), &f)
			if fl := fault.Of(err); fl == nil || fl.Fields[0].Key != "not_text" {
				t.Errorf("%s=%q: %v", name, bad, err)
			}
		}
		if _, err := List(httptest.NewRequest(http.MethodGet, "/?q="+url.QueryEscape(`x:"`+bad+`"`), nil), ""); !errors.Is(err, fault.Invalid) {
			t.Errorf("q=%q: %v", bad, err)
		}
		if _, err := ParseCursor(Cursor{"0", bad}.String()); err == nil {
			t.Errorf("a place of %q is taken", bad)
		}
	}
}

// TestLineEnds: whatever a browser sends, a text has \n.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	var f struct {
		A string `form:"a"`
	}
	if err := Decode(posted(t, url.Values{"a": {"\r\n1\r\n2\r3\n4\r"}}), &f); err != nil || f.A != "1\n2\n3\n4" {
		t.Errorf("Decode() = %q, %v", f.A, err)
	}
}

// TestWeightsOfEncodings: q is a number however it is written; 0 means not at all.
func TestWeightsOfEncodings(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"gzip;q=0.0": false, "gzip;q=0.00": false, "gzip;Q=0": false, "gzip; q = 0.0 ": false, "gzip;q=0.001": true, "gzip;q=1.0": true, "gzip;q=x": false, "gzip;level=1": true,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := accepts(r); got != want {
			t.Errorf("accepts(%q) = %v, want %v", header, got, want)
		}
	}
}
