package account

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// idOf is the id of an account.
func (s *site) idOf(login string) string {
	s.t.Helper()
	p, err := s.identity.PersonByLogin(s.t.Context(), identity.System("test"), login)
	if err != nil {
		s.t.Fatal(err)
	}
	return p.ID
}

// post of a button that a page shows: the first form whose address matches.
func (p page) action(t *testing.T, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(`action="([^"]*` + pattern + `)"`).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("no form to %s at %s:\n%.3000s", pattern, p.path, p.body)
	}
	return m[1]
}

// withCodes switches one-time codes on by the pages and returns the recovery codes.
func (b *browser) withCodes() []string {
	b.t.Helper()
	p := b.post("/en/console/account/codes/begin").wants(b.t, "begin", 200)
	seed := regexp.MustCompile(`<code>([A-Z2-7]{32})</code>`).FindStringSubmatch(p.body)
	if seed == nil {
		b.t.Fatalf("no seed in %.2000s", p.body)
	}
	p = b.post("/en/console/account/codes/confirm", "code", code(seed[1], time.Now())).wants(b.t, "confirm", 200)
	return recoveryIn(b.t, p)
}

// recoveryIn are the recovery codes of a page.
func recoveryIn(t *testing.T, p page) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`<code>([a-z2-7]{6}-[a-z2-7-]+)</code>`).FindAllStringSubmatch(p.body, -1) {
		out = append(out, m[1])
	}
	if len(out) != 10 {
		t.Fatalf("%d recovery codes at %s", len(out), p.path)
	}
	return out
}

func TestRecoveryCodesByThePages(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		b := s.admin()
		b.post("/en/console/account/codes/recovery").wants(t, "without codes", 404)
		old := b.withCodes()
		fresh := recoveryIn(t, b.post("/en/console/account/codes/recovery").wants(t, "replace", 200, "shown this once"))
		other := s.browser()
		other.post("/en/sign-in", "login", "root@example.jp", "password", good).wants(t, "first step", 200, "Six digits")
		other.post("/en/sign-in/code", "code", old[0]).wants(t, "a replaced code", 422, "not right")
		other.post("/en/sign-in/code", "code", fresh[0]).wants(t, "a new code", 200, "Settings")
		b.get("/en/console/account/security").wants(t, "count", 200, "9 recovery codes left", "!"+fresh[1])
		b.post("/en/console/account/codes/remove").wants(t, "off", 200, "One-time codes are off")
		other.get("/en/console/account").wants(t, "the other session", 200, "Sign-in name")
		other.post("/en/sign-in", "login", "root@example.jp", "password", good).wants(t, "without a code", 200, "You are signed in")
	})
}

func TestSessionsByThePages(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		one := s.organisation("One")
		ana := s.person(one, "ana", []identity.Role{identity.Reader}, nil)
		ben := s.person(one, "ben", []identity.Role{identity.Reader}, nil)
		second, third := s.browser(), s.browser()
		second.post("/en/sign-in", "login", "ana", "password", good).wants(t, "second", 200)
		list := ana.get("/en/console/account/security").wants(t, "list", 200, "This session")
		end := list.action(t, `/session/[^"]*/end`)
		ben.post(end).wants(t, "another's session", 404)
		ben.post("/en/console/account/security/session/none/end").wants(t, "no session", 404)
		second.get("/en/console/account/security").wants(t, "still there", 200, "This session")
		ana.post(end).wants(t, "end", 200)
		third.post("/en/sign-in", "login", "ana", "password", good).wants(t, "third", 200)
		third.post("/en/console/account/security/sessions/end").wants(t, "end all others", 200, "The sessions have ended")
		for name, b := range map[string]*browser{"first": ana, "second": second} {
			b.get("/en/console/account").wants(t, name, 200, "Sign-in name")
		}
		third.get("/en/console/account").wants(t, "the present one", 200, "ana")
		ben.get("/en/console/account").wants(t, "another person", 200, "ben")
	})
}

func TestTokensAreRevokedByTheirOwner(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	one := s.organisation("One")
	ana := s.person(one, "ana", []identity.Role{identity.Analyst}, nil)
	ben := s.person(one, "ben", []identity.Role{identity.Analyst}, nil)
	p := ana.post("/en/console/account/tokens", "name", "<b>script</b>", "days", "30", "scopes", "room.work").wants(t, "token", 200, "shown this once", "!<b>script")
	secret := regexp.MustCompile(`noroshi_[a-z2-7]{40}`).FindString(p.body)
	revoke := ana.get("/en/console/account/tokens").action(t, `/revoke`)
	ben.post(revoke).wants(t, "another's token", 404)
	if _, err := s.identity.Authenticate(t.Context(), secret); err != nil {
		t.Errorf("the token after a stranger's try: %v", err)
	}
	ana.post(revoke).wants(t, "revoke", 200, "The token is revoked")
	if _, err := s.identity.Authenticate(t.Context(), secret); err == nil {
		t.Error("a revoked token works")
	}
	ana.post(revoke).wants(t, "revoke again", 404)
	for name, form := range map[string][]string{
		"a right that one has not": {"name", "x", "days", "30", "scopes", "identity.people.manage"},
		"an unknown right":         {"name", "x", "days", "30", "scopes", "no.such"},
		"no days":                  {"name", "x", "scopes", "room.work"},
		"past days":                {"name", "x", "days", "-1", "scopes", "room.work"},
	} {
		ana.post("/en/console/account/tokens", form...).wants(t, name, 422, "!noroshi_")
	}
}

func TestInvitationsByThePages(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		one, two := s.organisation("One"), s.organisation("Two")
		boss := s.person(one, "boss", []identity.Role{identity.Manager}, nil)
		rival := s.person(two, "rival", []identity.Role{identity.Manager}, nil)
		p := boss.post("/en/console/members/invite", "login", "new", "role", "reader").wants(t, "invite", 200)
		link, revoke := p.link(t), p.action(t, `/invitation/[^"]*/revoke`)
		rival.post(revoke).wants(t, "by a stranger", 404)
		rival.get(link).wants(t, "look", 200, "You are invited to One", "Join as rival")
		boss.post(revoke).wants(t, "revoke", 200, "!"+revoke)
		rival.get(link).wants(t, "the link afterwards", 404)
		rival.post(link+"/join").wants(t, "join afterwards", 404)
		link = boss.post("/en/console/members/invite", "role", "reader").wants(t, "invite", 200).link(t)
		rival.post(link+"/join", "role", "manager").wants(t, "a field that is not in the form", 422)
		rival.post(link+"/join").wants(t, "join", 200, "You belong to this organisation now", "One", "Two")
		boss.post(link+"/join").wants(t, "a used link", 404)
		boss.get("/en/console/members").wants(t, "members", 200, "rival")
	})
}

func TestSwitchingTheOrganisation(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	one, two, three := s.organisation("One"), s.organisation("Two"), s.organisation("Three")
	b := s.person(one, "ana", []identity.Role{identity.Manager}, nil)
	if err := s.identity.SetMember(t.Context(), identity.System("test"), two, s.idOf("ana"), []identity.Role{identity.Manager}); err != nil {
		t.Fatal(err)
	}
	b.get("/en/console/members").wants(t, "first", 200, "One")
	p := b.post("/en/console/account/organisation", "organisation", two, "next", "/en/console/members").wants(t, "switch", 200, "You work in another organisation now")
	if p.path != "/en/console/members" {
		t.Errorf("after switching at %s", p.path)
	}
	b.post("/en/console/account/organisation", "organisation", three).wants(t, "a strange one", 404)
	b.post("/en/console/account/organisation", "organisation", "").wants(t, "none", 404)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/en/../../x\r\nSet-Cookie: a=b"} {
		if p := b.post("/en/console/account/organisation", "organisation", one, "next", next); p.status != http.StatusOK || p.path != "/en/console/account" {
			t.Errorf("next %q leads to %d %s", next, p.status, p.path)
		}
	}
}

func TestOrganisationsByThePages(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		admin := s.admin()
		const at = "/en/console/organisations"
		admin.post(at, "name", "One").wants(t, "create", 200, "One")
		admin.post(at, "name", "ＯＮＥ").wants(t, "taken", 422, "ＯＮＥ")
		admin.post(at, "name", "<script>x</script>").wants(t, "markup", 200, "!<script>x", "&lt;script&gt;x")
		one := s.organisation("Two")
		admin.post(at+"/"+one+"/rename", "name", "Three").wants(t, "rename", 200, "Three", `!value="Two"`)
		admin.post(at+"/"+one+"/rename", "name", " one ").wants(t, "rename to a taken name", 422)
		admin.post(at+"/"+one+"/rename", "name", "").wants(t, "rename to nothing", 422)
		admin.post(at+"/none/rename", "name", "Four").wants(t, "rename what is not there", 404)
		ana := s.person(one, "ana", []identity.Role{identity.Manager}, nil)
		ana.post(at+"/"+one+"/rename", "name", "Mine").wants(t, "by a manager", 403)
		admin.post(at+"/"+one+"/close").wants(t, "close", 200)
		ana.get("/en/console/account").wants(t, "a member of a closed one", 200, "You belong to no organisation yet")
		ana.get("/en/console/members").wants(t, "its members", 404)
		admin.post(at+"/"+one+"/reopen").wants(t, "reopen", 200)
		ana.get("/en/console/members").wants(t, "its members again", 200, "Three")
		admin.post(at+"/none/close").wants(t, "close what is not there", 404)
	})
}

// TestAdministratorsHelpPeopleIn takes factors and sessions away, never gives any.
func TestAdministratorsHelpPeopleIn(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		admin := s.admin()
		ana := s.person(s.organisation("One"), "ana", []identity.Role{identity.Analyst}, nil)
		ana.withCodes()
		at := "/en/console/people/" + s.idOf("ana")
		ana.post(at+"/codes/remove").wants(t, "by oneself through the administration", 403)
		admin.post(at+"/codes/remove").wants(t, "codes", 200, "!Something went wrong")
		ana.get("/en/console/account").wants(t, "the session", 200, "Sign-in name")
		ana.post("/en/sign-in", "login", "ana", "password", good).wants(t, "without a code", 200, "You are signed in")
		admin.post(at+"/sessions/end").wants(t, "sessions", 200)
		ana.get("/en/console/account").wants(t, "afterwards", 200, "Sign-in name")
		for _, act := range []string{"/codes/remove", "/sessions/end", "/link", "/disable", "/roles"} {
			admin.post("/en/console/people/none"+act).wants(t, "nobody"+act, 404)
		}
		if s.count(identity.Room, "remove_codes") != 1 || s.count(identity.Room, "end_sessions") != 1 {
			t.Errorf("%d and %d entries in the audit record", s.count(identity.Room, "remove_codes"), s.count(identity.Room, "end_sessions"))
		}
	})
}

// TestActsOnWhatIsNotThere posts to objects of nobody.
func TestActsOnWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	b := s.admin()
	for path, want := range map[string]int{
		"/en/console/account/security/passkey/none/remove": 404,
		"/en/console/account/security/session/none/end":    404,
		"/en/console/account/tokens/none/revoke":           404,
		"/en/sign-in/outside/none":                         404,
		"/en/link/none/join":                               404,
		"/en/link/none":                                    404,
	} {
		b.post(path).wants(t, path, want)
	}
	b.post("/en/console/account/security/unlink", "issuer", "https://none.example").wants(t, "unlink", 404)
	b.post("/en/console/account/security/unlink").wants(t, "unlink nothing", 422)
	b.get("/en/sign-in/outside/none/back?state=x&code=y").wants(t, "back from nowhere", 404)
}

// TestOldProofsLeadBack asks for a proof before each act on rights and credentials, and changes nothing.
func TestOldProofsLeadBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	b := s.admin()
	one := s.organisation("One")
	s.person(one, "ana", []identity.Role{identity.Reader}, nil)
	ana := s.idOf("ana")
	if err := s.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE identity_session SET authenticated_at = authenticated_at - ?`, int64(identity.RecentProof/time.Microsecond)+1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for path, form := range map[string][]string{
		"/en/console/account/codes/remove":              nil,
		"/en/console/account/codes/recovery":            nil,
		"/en/console/account/security/unlink":           {"issuer", "x"},
		"/en/console/account/security/passkey/x/remove": nil,
		"/en/console/people/" + ana + "/disable":        nil,
		"/en/console/people/" + ana + "/link":           nil,
		"/en/console/people/" + ana + "/roles":          {"roles", "admin"},
		"/en/console/people/" + ana + "/codes/remove":   nil,
		"/en/console/people/" + ana + "/sessions/end":   nil,
		"/en/console/people/invite":                     {"role", "admin"},
		"/en/console/organisations/" + one + "/close":   nil,
		"/en/console/account/security/password":         {"current", good, "password", "seven llamas paint a fence", "again", "seven llamas paint a fence"},
	} {
		p := b.post(path, form...)
		if p.status != http.StatusOK || p.path != "/en/console/account/prove" {
			t.Errorf("%s leads to %d %s", path, p.status, p.path)
		}
	}
	for _, op := range []string{"instance_roles", "end_sessions", "close_organisation", "remove_codes", "new_recovery"} {
		if s.count(identity.Room, op) != 0 {
			t.Errorf("%s is in the audit record", op)
		}
	}
	if a, err := s.identity.Person(t.Context(), identity.System("test"), ana); err != nil || !a.DisabledAt.IsZero() || len(a.InstanceRoles) != 0 {
		t.Errorf("person = %+v, %v", a, err)
	}
}

func TestPeopleArePagedByThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	b := s.admin()
	for i := range peopleLimit + 3 {
		if _, err := s.identity.CreatePerson(t.Context(), identity.System("test"), fmt.Sprintf("user%03d", i), "U", "en", nil); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	path := "/en/console/people"
	for n := 1; ; n++ {
		p := b.get(path).wants(t, path, 200)
		for _, m := range regexp.MustCompile(`user\d{3}|root@example\.jp`).FindAllString(p.body, -1) {
			seen[m] = true
		}
		next := regexp.MustCompile(`class="pager"><a href="([^"]*)"`).FindStringSubmatch(p.body)
		if next == nil {
			if n != 2 {
				t.Errorf("%d pages", n)
			}
			break
		}
		if n > 5 {
			t.Fatal("the pages do not end")
		}
		path = strings.ReplaceAll(next[1], "&amp;", "&")
	}
	if len(seen) != peopleLimit+4 {
		t.Errorf("%d people seen, want %d", len(seen), peopleLimit+4)
	}
}
