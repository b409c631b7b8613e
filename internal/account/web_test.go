package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/storage"
)

func TestMessagesAreInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, err := range texts(t, New(module.Deps{}).Module()).Check() {
		t.Error(err)
	}
}

func TestFirstRunInvitationAndSignIn(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		admin := s.admin()
		admin.get("/en/sign-in").wants(t, "sign-in page when signed in", 200, "Settings")
		admin.post("/ja/console/organisations", "name", "見本の組織").wants(t, "make", 200, "組織を作りました", "見本の組織")
		admin.post("/ja/console/organisations", "name", "見本の組織").wants(t, "make twice", 422, "この名前は使われています")
		link := admin.post("/en/console/people/invite", "login", "aud", "role", "auditor").wants(t, "invite", 200, "Hand this link over").link(t)
		auditor := s.browser()
		auditor.get(link).wants(t, "invitation", 200, `value="aud"`)
		auditor.post(link+"/accept", "login", "aud", "name", "監査", "password", "short", "again", "short").
			wants(t, "short password", 422, "At least 12 characters", `value="監査"`, `!"short"`)
		auditor.post(link+"/accept", "login", "aud", "name", "監査", "password", good, "again", good+"x").
			wants(t, "different passwords", 422, "The two passwords are not the same")
		auditor.post(link+"/accept", "login", "aud", "name", "監査", "password", good, "again", good).wants(t, "accept", 200, "Auditor")
		s.browser().get(link).wants(t, "a used link", 404)
		auditor.post("/en/sign-out").wants(t, "sign out", 200, "You are signed out")
		auditor.get("/en/console/audit").wants(t, "signed out", 200, "Password") // led to the sign-in page
		p := auditor.post("/en/sign-in", "login", "AUD", "password", good, "next", "/en/console/audit").wants(t, "sign in", 200, "Audit record")
		if p.path != "/en/console/audit" || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("after sign-in: %s, %v", p.path, p.header)
		}
	})
}

func TestRefusalsLookAlike(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	s.admin()
	answers := map[string]bool{}
	id := regexp.MustCompile(`[0-9a-f]{16,}`)
	for _, login := range []string{"root@example.jp", "nobody@example.jp"} {
		p := s.browser().post("/en/sign-in", "login", login, "password", "wrong wrong wrong").wants(t, login, 422, "Name or password is not right")
		answers[id.ReplaceAllString(strings.ReplaceAll(p.body, login, "LOGIN"), "ID")] = true
	}
	if len(answers) != 1 {
		t.Errorf("known and unknown names are answered differently: %v", answers)
	}
}

func TestHostileNext(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	s.admin()
	for _, next := range []string{
		"//evil.example/", "https://evil.example/", `/\evil.example`, "/en//evil.example", "/en/\\evil", "javascript:alert(1)", "/evil", "/en/%0d%0aX: y\r\nZ: 1", "",
	} {
		b := s.browser()
		p := b.post("/en/sign-in", "login", "root@example.jp", "password", good, "next", next)
		if p.path != "/en/console/account" {
			t.Errorf("next %q leads to %s (%d)", next, p.path, p.status)
		}
	}
}

func code(seed string, at time.Time) string {
	key, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
	var c [8]byte
	binary.BigEndian.PutUint64(c[:], uint64(at.Unix()/30))
	mac := hmac.New(sha1.New, key)
	mac.Write(c[:])
	sum := mac.Sum(nil)
	o := sum[19] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[o:o+4])&0x7fffffff%1_000_000)
}

func TestOneTimeCodesByThePages(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		b := s.admin()
		p := b.post("/en/console/account/codes/begin").wants(t, "begin", 200, "qr.png")
		seed := regexp.MustCompile(`<code>([A-Z2-7]{32})</code>`).FindStringSubmatch(p.body)
		if seed == nil {
			t.Fatalf("no seed in %.2000s", p.body)
		}
		if _, err := png.Decode(strings.NewReader(b.get("/en/console/account/codes/qr.png").wants(t, "picture", 200).body)); err != nil {
			t.Errorf("picture: %v", err)
		}
		b.post("/en/console/account/codes/confirm", "code", "12").wants(t, "wrong code", 422, "not right", seed[1])
		p = b.post("/en/console/account/codes/confirm", "code", code(seed[1], time.Now())).wants(t, "confirm", 200, "shown this once")
		recovery := regexp.MustCompile(`<code>([a-z2-7]{6}-[a-z2-7-]+)</code>`).FindAllStringSubmatch(p.body, -1)
		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		b.get("/en/console/account/security").wants(t, "security", 200, "10 recovery codes left", "!"+seed[1])
		b.get("/en/console/account/codes/qr.png").wants(t, "the picture afterwards", 404)
		other := s.browser()
		other.post("/en/sign-in", "login", "root@example.jp", "password", good).wants(t, "first step", 200, "Six digits")
		other.get("/en/console/account").wants(t, "between the steps", 200, "Sign-in name")
		other.post("/en/sign-in/code", "code", "000000x").wants(t, "wrong code", 422, "not right")
		other.post("/en/sign-in/code", "code", recovery[3][1]).wants(t, "recovery code", 200, "Settings")
	})
}

func TestTokensAndSettingsByThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	one := s.organisation("One")
	b := s.person(one, "ana", []identity.Role{identity.Analyst}, nil)
	p := b.post("/en/console/account/tokens", "name", "script", "days", "30", "scopes", "room.work").wants(t, "token", 200, "shown this once", "room.work")
	secret := regexp.MustCompile(`noroshi_[a-z2-7]{40}`).FindString(p.body)
	if a, err := s.identity.Authenticate(t.Context(), secret); err != nil || a.Organisation != one {
		t.Errorf("Authenticate() = %+v, %v", a, err)
	}
	b.get("/en/console/account/tokens").wants(t, "the list", 200, "script", "!"+secret)
	b.post("/en/console/account/tokens", "name", "", "days", "9999").wants(t, "bad token", 422, "Between 1 and 366 days")
	b.post("/en/console/account", "name", "アナ", "lang", "ja", "zone", "Asia/Tokyo", "theme", "dark", "compact", "true").
		wants(t, "settings", 200, "The settings are saved", `data-theme="dark"`, "アナ")
	b.post("/en/console/account", "name", "アナ", "zone", "Mars/Base").wants(t, "bad zone", 422, "There is no such time zone")
	b.post("/en/console/account", "name", "アナ", "instance_roles", "admin").wants(t, "a field that is not in the form", 422)
	b.post("/en/console/account/security/password", "current", good, "password", "seven llamas paint a fence", "again", "seven llamas paint a fence").
		wants(t, "password", 200, "The password is changed")
	b.get("/en/console/account/security").wants(t, "still signed in", 200, "This session")
}

func TestManagersRunTheirOrganisationOnly(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		one, two := s.organisation("One"), s.organisation("Two")
		boss := s.person(one, "boss", []identity.Role{identity.Manager}, nil)
		s.person(one, "ana", []identity.Role{identity.Analyst}, nil)
		s.person(two, "stranger", []identity.Role{identity.Reader}, nil)
		boss.get("/en/console/members").wants(t, "members", 200, "ana", "!stranger")
		link := boss.post("/en/console/members/invite", "login", "new", "role", "reader").wants(t, "invite", 200, "Open invitations").link(t)
		s.browser().get(strings.Replace(link, "/en/", "/ja/", 1)).wants(t, "invitation", 200, "One に招待されています")
		boss.post("/en/console/members/invite", "role", "admin").wants(t, "a role of the instance", 422)
		stranger, err := s.identity.PersonByLogin(t.Context(), identity.System("test"), "stranger")
		if err != nil {
			t.Fatal(err)
		}
		boss.post("/en/console/members/"+stranger.ID+"/roles", "role", "manager").wants(t, "a stranger", 404)
		for _, path := range []string{"/en/console/people", "/en/console/organisations", "/en/console/audit", "/en/console/people/" + stranger.ID} {
			boss.get(path).wants(t, path, 403)
		}
	})
}

func TestAuditPage(t *testing.T) {
	t.Parallel()
	both(t, func(s *site) {
		t := s.t
		admin := s.admin()
		s.browser().post("/en/sign-in", "login", "victim@example.jp", "password", "wrong wrong wrong")
		admin.get("/ja/console/audit?op=sign_in").wants(t, "audit", 200, "identity.sign_in", "victim@example.jp", "denied")
		if s.count("audit", "read") == 0 {
			t.Error("reading the record is not recorded")
		}
		admin.get("/en/console/audit/export?format=csv").wants(t, "export", 200, "identity,sign_in", "!victim@example.jp")
		admin.post("/en/console/audit/verify").wants(t, "verify", 200, "The record is intact")
		admin.get("/en/console/audit/proof/0").wants(t, "proof", 200, "c2sp.org/tlog-proof@v1")
		admin.get("/en/console/audit/proof/99999").wants(t, "no proof", 404)
		admin.get("/en/console/audit?since=nonsense").wants(t, "bad filter", 422)
		if err := s.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE audit_entry SET actor_id = 'x' WHERE n = 1`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		admin.post("/en/console/audit/verify").wants(t, "verify after a change", 200, "broken at entry 1")
	})
}

func TestAdministrationOfPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	admin := s.admin()
	one := s.organisation("One")
	ana := s.person(one, "ana", []identity.Role{identity.Analyst}, nil)
	p, err := s.identity.PersonByLogin(t.Context(), identity.System("test"), "ana")
	if err != nil {
		t.Fatal(err)
	}
	at := "/en/console/people/" + p.ID
	admin.get("/en/console/people?q=an").wants(t, "people", 200, "ana", at)
	admin.get("/en/console/people?q=zzz").wants(t, "nobody", 200, "Nobody matches this")
	admin.post(at+"/member", "organisation", one, "role", "manager").wants(t, "member", 200, "The membership is set", "Manager")
	link := admin.post(at+"/link").wants(t, "link", 200, "Hand this link over").link(t)
	admin.post(at+"/roles", "roles", "auditor").wants(t, "roles", 200, "The roles are set")
	ana.get("/en/console/account").wants(t, "after a change of rights", 200, "Sign-in name")
	lost := s.browser()
	lost.get(link).wants(t, "sign-in link", 200, "signs you in once")
	lost.post(link).wants(t, "use", 200, "Settings", "Auditor")
	lost.get("/en/console/account/security").wants(t, "security by link", 200, "!Present password")
	admin.post(at+"/disable").wants(t, "disable", 200, "The account is closed")
	lost.get("/en/console/account").wants(t, "after closing", 200, "Sign-in name")
	admin.post(at+"/enable").wants(t, "enable", 200, "The account is open again")
	me, err := s.identity.PersonByLogin(t.Context(), identity.System("test"), "root@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	admin.post("/en/console/people/"+me.ID+"/roles").wants(t, "the last admin", 200, "At least one person must be able to administer")
}

// TestEveryPageByEveryRole walks all routes: who may not gets 403 or 404 or the
// sign-in page, who may gets a page without a missing text, in both languages.
func TestEveryPageByEveryRole(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	admin := s.admin()
	one := s.organisation("One")
	readers := map[string]*browser{
		"nobody": s.browser(), "admin": admin,
		"auditor": s.person("", "aud", nil, []identity.Role{identity.Auditor}),
		"manager": s.person(one, "boss", []identity.Role{identity.Manager}, nil),
		"analyst": s.person(one, "ana", []identity.Role{identity.Analyst}, nil),
		"reader":  s.person(one, "rea", []identity.Role{identity.Reader}, nil),
	}
	missing := regexp.MustCompile(`[>"](account|web)\.[a-z_]+(\.[a-z_]+)*[<"]`)
	pages := 0
	for name, b := range readers {
		for _, route := range s.routes.All() {
			if route.Method != http.MethodGet || strings.Contains(route.Pattern, "{") || strings.HasSuffix(route.Pattern, ".png") {
				continue
			}
			for _, l := range i18n.Langs() {
				p := b.get("/" + string(l) + route.Pattern)
				may := maySee(name, route.Permission)
				if want := p.status == 200 && (name != "nobody" || route.Permission.Scope == identity.Public); may && p.status != 200 {
					t.Errorf("%s at %s: %d, want 200 (%v)", name, route.Pattern, p.status, want)
				}
				if !may && p.status != 403 && p.status != 404 && !strings.HasSuffix(p.path, "/sign-in") {
					t.Errorf("%s at %s: %d at %s, want a refusal", name, route.Pattern, p.status, p.path)
				}
				if m := missing.FindString(p.body); m != "" && !strings.Contains(p.path, "export") {
					t.Errorf("%s at %s: text missing: %s", name, p.path, m)
				}
				if !strings.Contains(p.header.Get("Content-Security-Policy"), "default-src 'none'") {
					t.Errorf("%s: no policy", p.path)
				}
				pages++
			}
		}
	}
	t.Logf("%d pages", pages)
}

// maySee says who may open a page; admin of this test belongs to no organisation.
func maySee(name string, p identity.Permission) bool {
	switch {
	case p.Scope == identity.Public:
		return true
	case name == "nobody":
		return false
	case p.Scope == identity.SignedIn:
		return true
	}
	return p.Name != "identity.members.read" && p.Holds(identity.Role(name)) || p.Name == "identity.members.read" && (name == "manager" || name == "analyst" || name == "reader")
}

// TestPostsAreRefusedToStrangers sends every deed by people who have no right to it.
func TestPostsAreRefusedToStrangers(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	s.admin()
	one := s.organisation("One")
	b := s.person(one, "rea", []identity.Role{identity.Reader}, nil)
	tried := 0
	for _, route := range s.routes.All() {
		if route.Method != http.MethodPost || route.Permission.Scope == identity.Public || route.Permission.Scope == identity.SignedIn {
			continue
		}
		path := "/en" + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(route.Pattern, "0")
		if p := b.post(path); p.status != 403 && p.status != 404 {
			t.Errorf("reader at %s: %d", path, p.status)
		}
		if p := s.browser().post(path); p.status == 200 && !strings.HasSuffix(p.path, "/sign-in") {
			t.Errorf("nobody at %s: %d at %s", path, p.status, p.path)
		}
		tried++
	}
	if tried < 15 {
		t.Errorf("only %d deeds tried", tried)
	}
}

func TestAProofIsAskedBeforeAChange(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	b := s.admin()
	if err := s.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE identity_session SET authenticated_at = authenticated_at - ?`, int64(identity.RecentProof/time.Microsecond)+1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p := b.post("/en/console/account/codes/begin").wants(t, "begin", 200, "Is it you?")
	if !strings.Contains(p.body, `value="/en/console/account/security"`) {
		t.Errorf("the way back is missing in %.3000s", p.body)
	}
	b.post("/en/console/account/prove", "password", "wrong", "next", "/en/console/account/security").wants(t, "wrong", 422, "The password is not right")
	b.post("/en/console/account/prove", "password", good, "next", "/en/console/account/security").wants(t, "prove", 200, "You can make the change now")
	b.post("/en/console/account/codes/begin").wants(t, "begin again", 200, "qr.png")
}

func TestPasskeyRoutesAnswerScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t, storage.SQLite)
	b := s.admin()
	b.post("/en/console/account/security/passkey/begin").wants(t, "begin", 200, `"options":{"publicKey":`, `"userVerification":"required"`)
	b.post("/ja/console/account/security/passkey/finish", "name", "鍵", "answer", "{}").wants(t, "finish", 422, `"error":`, "パスキーは登録されていません")
	other := s.browser()
	other.post("/en/sign-in/passkey/begin").wants(t, "begin sign-in", 200, `"challenge":`)
	other.post("/en/sign-in/passkey/finish", "answer", "{}").wants(t, "finish sign-in", 403, "This passkey was not accepted")
}

func TestNeedsProofKnowsItsFault(t *testing.T) {
	t.Parallel()
	if needsProof(nil) || needsProof(fault.New(fault.Denied, "identity.permission")) || !needsProof(fault.New(fault.Denied, "identity.prove_again")) {
		t.Error("needsProof")
	}
}
