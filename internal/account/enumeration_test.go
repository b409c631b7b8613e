package account

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

var requestNumber = regexp.MustCompile(`<code>[0-9a-f]{12}</code>|[0-9a-f]{16,}`)

// alike returns a page without what differs between any two requests.
func (p page) alike(words ...string) string {
	body := p.body
	for _, w := range words {
		body = strings.ReplaceAll(body, w, "WORD")
	}
	return requestNumber.ReplaceAllString(body, "NUMBER")
}

// TestSignInsTellNothingOfAccounts compares every byte of the refusals of accounts
// of each kind: known, unknown, closed, and known in another case or width.
func TestSignInsTellNothingOfAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	s.admin()
	one := s.organisation("One")
	s.person(one, "closed", []identity.Role{identity.Reader}, nil)
	members, err := s.identity.Members(t.Context(), identity.System("test"), one)
	if err != nil || len(members) != 1 {
		t.Fatalf("Members() = %v, %v", members, err)
	}
	if err := s.identity.SetDisabled(t.Context(), identity.System("test"), members[0].Person, true); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"ja", "en"} {
		answers := map[string][]string{}
		for _, c := range [][2]string{
			{"root@example.jp", "wrong wrong wrong"},
			{"ROOT@example.jp", "wrong wrong wrong"},
			{"ｒｏｏｔ@example.jp", "wrong wrong wrong"},
			{"nobody", "wrong wrong wrong"},
			{"closed", "wrong wrong wrong"},
			{"closed", good},
			{"nobody", good},
		} {
			p := s.browser().post("/"+lang+"/sign-in", "login", c[0], "password", c[1])
			if p.status != 422 || p.header.Get("Set-Cookie") != "" {
				t.Errorf("%s: status %d, cookie %q", c[0], p.status, p.header.Get("Set-Cookie"))
			}
			answer := p.alike(c[0])
			answers[answer] = append(answers[answer], c[0])
		}
		if len(answers) != 1 {
			t.Errorf("%s: %d different answers", lang, len(answers))
			for _, logins := range answers {
				t.Logf("the same for %q", logins)
			}
		}
	}
}

// TestLinksTellNothingOfTheirPast compares the pages of links that never were, are
// used, were revoked or replaced, for looking and for each deed.
func TestLinksTellNothingOfTheirPast(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	s.admin()
	ctx, system := t.Context(), identity.System("test")
	one := s.organisation("One")
	used, err := s.identity.Invite(ctx, system, one, "ana", []identity.Role{identity.Reader}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.browser().post("/en"+identity.LinkPath(used)+"/accept", "login", "ana", "name", "Ana", "password", good, "again", good).wants(t, "accept", 200)
	revoked, err := s.identity.Invite(ctx, system, one, "bob", []identity.Role{identity.Reader}, nil)
	if err != nil {
		t.Fatal(err)
	}
	open, err := s.identity.Invitations(ctx, system, one)
	if err != nil || len(open) != 1 {
		t.Fatalf("Invitations() = %v, %v", open, err)
	}
	if err := s.identity.RevokeInvitation(ctx, system, one, open[0].ID); err != nil {
		t.Fatal(err)
	}
	members, err := s.identity.Members(ctx, system, one)
	if err != nil || len(members) != 1 {
		t.Fatalf("Members() = %v, %v", members, err)
	}
	replaced, err := s.identity.IssueSignInLink(ctx, system, members[0].Person)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.identity.IssueSignInLink(ctx, system, members[0].Person); err != nil {
		t.Fatal(err)
	}
	never := strings.Repeat("a", len(used))
	form := url.Values{"login": {"eve"}, "name": {"Eve"}, "password": {good}, "again": {good}}
	for what, ask := range map[string]func(b *browser, path string) page{
		"look":    func(b *browser, path string) page { return b.get(path) },
		"accept":  func(b *browser, path string) page { return b.do(http.MethodPost, path+"/accept", form) },
		"sign in": func(b *browser, path string) page { return b.post(path + "/sign-in") },
	} {
		first := ""
		for name, secret := range map[string]string{"never": never, "used": used, "revoked": revoked, "replaced": replaced} {
			p := ask(s.browser(), "/en"+identity.LinkPath(secret))
			if p.status != 404 {
				t.Errorf("%s a link that is %s: status %d, want 404", what, name, p.status)
			}
			if got := p.alike(secret); first == "" {
				first = got
			} else if got != first {
				t.Errorf("%s a link that is %s is answered in its own way:\n%.6000s\n%.6000s", what, name, got, first)
			}
		}
	}
}

// TestLookingAtALinkDoesNotUseIt looks as mail scanners do, many times and with
// every reading verb.
func TestLookingAtALinkDoesNotUseIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	s.admin()
	secret, err := s.identity.Invite(t.Context(), identity.System("test"), s.organisation("One"), "ana", []identity.Role{identity.Reader}, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := "/en" + identity.LinkPath(secret)
	for range 5 {
		s.browser().get(path).wants(t, "look", 200, `value="ana"`)
		if p := s.browser().do(http.MethodHead, path, nil); p.status != 200 || p.body != "" {
			t.Errorf("HEAD: %d with %d bytes", p.status, len(p.body))
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		if p := s.browser().do(method, path+"/accept", nil); p.status < 400 && method != http.MethodOptions {
			t.Errorf("%s at the deed: %d", method, p.status)
		}
	}
	p := s.browser().get(path)
	if p.header.Get("Referrer-Policy") != "no-referrer" || p.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers of a page whose address is a secret = %v", p.header)
	}
	s.browser().post(path+"/accept", "login", "ana", "name", "Ana", "password", good, "again", good).wants(t, "accept after all", 200)
}
