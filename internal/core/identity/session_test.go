package identity

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"noroshi.dev/internal/core/fault"
)

// withCodes switches one-time codes on for a and returns a function for the
// present code.
func (h *house) withCodes(a Actor) func() string {
	h.t.Helper()
	code := func() string {
		seed, _, _, err := h.seed(h.t.Context(), h.db.Read(), a.ID)
		ok(h.t, "seed", err)
		return fmt.Sprintf("%06d", totpCode(seed, h.hands.Now().Unix()/30))
	}
	_, err := h.BeginCodes(h.t.Context(), a)
	ok(h.t, "begin", err)
	_, err = h.ConfirmCodes(h.t.Context(), a, code())
	ok(h.t, "confirm", err)
	h.hands.forward(totpStep)
	return code
}

// half signs a person in as far as the question for the second factor.
func (h *house) half(login string) string {
	h.t.Helper()
	d, err := h.SignIn(h.t.Context(), here, login, good)
	ok(h.t, "first factor", err)
	if d.Second == "" || d.Secret != "" {
		h.t.Fatalf("SignIn() = %+v, want the question for the second factor", d)
	}
	return d.Second
}

// TestASVS_V7_4_2_NothingHalfOpenOutlivesTheSessions begins a sign-in, ends the
// person's sessions in each way, and finishes the sign-in: it once opened a session
// of a closed account, which lived on when the account was opened again.
func TestASVS_V7_4_2_NothingHalfOpenOutlivesTheSessions(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		ana := h.person(admin, h.organisation(admin, "One"), "ana", []Role{Analyst}, nil)
		code := h.withCodes(ana)
		for _, end := range []struct {
			name string
			by   func() error
		}{
			{"ended by an admin", func() error { return h.EndSessionsOf(ctx, admin, ana.ID) }},
			{"the account was closed", func() error { return h.SetDisabled(ctx, admin, ana.ID, true) }},
			{"and opened again", func() error { return h.SetDisabled(ctx, admin, ana.ID, false) }},
		} {
			if end.name == "and opened again" {
				ok(h.t, end.name, end.by())
				continue
			}
			second := h.half("ana")
			ok(h.t, end.name, end.by())
			_, err := h.SignInSecond(ctx, here, second, code())
			wants(h.t, "a half sign-in after "+end.name, err, fault.Denied, "identity.begin_again")
			if list, err := h.SessionsOf(ctx, admin, ana.ID); err != nil || len(list) != 0 {
				h.t.Errorf("%s: sessions = %v, %v", end.name, list, err)
			}
			h.hands.forward(totpStep)
		}
	})
}

// TestASVS_V7_4_2_ClosingEndsSignInLinks opens an account again within the life of
// a link that was issued before.
func TestASVS_V7_4_2_ClosingEndsSignInLinks(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		ana := h.person(admin, h.organisation(admin, "One"), "ana", []Role{Analyst}, nil)
		secret, err := h.IssueSignInLink(ctx, admin, ana.ID)
		ok(h.t, "issue", err)
		ok(h.t, "close", h.SetDisabled(ctx, admin, ana.ID, true))
		_, err = h.SignInByLink(ctx, here, secret)
		wants(h.t, "the link of a closed account", err, fault.NotFound, "identity.link")
		_, err = h.IssueSignInLink(ctx, admin, ana.ID)
		wants(h.t, "a link for a closed account", err, fault.Conflict, "identity.disabled")
		_, err = h.SignIn(ctx, here, "ana", good)
		wants(h.t, "the password of a closed account", err, fault.Denied, "identity.sign_in_failed")
		ok(h.t, "open", h.SetDisabled(ctx, admin, ana.ID, false))
		_, err = h.SignInByLink(ctx, here, secret)
		wants(h.t, "the old link", err, fault.NotFound, "identity.link")
		_, err = h.SignIn(ctx, here, "ana", good)
		ok(h.t, "the password again", err)
	})
}

// race runs f n times at once and returns how often it went well; a failure must
// be of one of the kinds.
func race(t *testing.T, n int, f func() error, kinds ...fault.Kind) int {
	t.Helper()
	var wait sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wait.Go(func() { errs[i] = f() })
	}
	wait.Wait()
	good := 0
	for _, err := range errs {
		known := err == nil
		for _, k := range kinds {
			known = known || errors.Is(err, k)
		}
		if !known {
			t.Errorf("a loser gets %v, want one of %v", err, kinds)
		}
		if err == nil {
			good++
		}
	}
	return good
}

// TestASVS_V6_5_1_OneCodeOpensOneSession spends the same code in sign-ins that run
// at the same time, each with a question of its own.
func TestASVS_V6_5_1_OneCodeOpensOneSession(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		code := h.withCodes(h.admin())
		questions := make(chan string, 6)
		for range cap(questions) {
			questions <- h.half("root@example.jp")
		}
		now := code()
		if n := race(h.t, cap(questions), func() error {
			_, err := h.SignInSecond(ctx, here, <-questions, now)
			return err
		}, fault.Denied); n != 1 {
			h.t.Errorf("one code opened %d sessions", n)
		}
	})
}

// TestASVS_V6_4_1_LinksOpenOnce uses each kind of link at the same time and again.
func TestASVS_V6_4_1_LinksOpenOnce(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		first, err := h.FirstRun(ctx)
		ok(h.t, "first run", err)
		var mu sync.Mutex
		serial := 0
		accept := func(secret string) func() error {
			return func() error {
				mu.Lock()
				serial++
				p := NewPerson{Login: fmt.Sprint("person", serial), Name: "P", Lang: "ja", Password: good}
				mu.Unlock()
				_, err := h.Accept(ctx, here, secret, p)
				return err
			}
		}
		if n := race(h.t, 4, accept(first), fault.NotFound); n != 1 {
			h.t.Fatalf("the first link made %d admins", n)
		}
		again, err := h.FirstRun(ctx)
		if err != nil || again != "" {
			h.t.Errorf("a second first run = %q, %v", again, err)
		}
		system := System("test")
		o, err := h.CreateOrganisation(ctx, system, "One")
		ok(h.t, "organisation", err)
		invitation, err := h.Invite(ctx, system, o.ID, "", []Role{Reader}, nil)
		ok(h.t, "invite", err)
		if n := race(h.t, 4, accept(invitation), fault.NotFound); n != 1 {
			h.t.Errorf("an invitation made %d people", n)
		}
		members, err := h.Members(ctx, system, o.ID)
		if err != nil || len(members) != 1 {
			h.t.Fatalf("Members() = %+v, %v", members, err)
		}
		link, err := h.IssueSignInLink(ctx, system, members[0].Person)
		ok(h.t, "issue", err)
		if n := race(h.t, 4, func() error { _, err := h.SignInByLink(ctx, here, link); return err }, fault.NotFound); n != 1 {
			h.t.Errorf("a sign-in link opened %d sessions", n)
		}
		for name, secret := range map[string]string{"first": first, "invitation": invitation, "sign-in": link} {
			_, err := h.Link(ctx, secret)
			wants(h.t, "a used link: "+name, err, fault.NotFound, "identity.link")
		}
	})
}

// TestLinksServeTheirPurposeOnly uses each link for what the others are for.
func TestLinksServeTheirPurposeOnly(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		one := h.organisation(admin, "One")
		ana := h.person(admin, one, "ana", []Role{Reader}, nil)
		signIn, err := h.IssueSignInLink(ctx, admin, ana.ID)
		ok(h.t, "issue", err)
		invitation, err := h.Invite(ctx, admin, one, "", []Role{Analyst}, nil)
		ok(h.t, "invite", err)
		fresh := NewPerson{Login: "eve", Name: "Eve", Lang: "en", Password: good}
		_, err = h.Accept(ctx, here, signIn, fresh)
		wants(h.t, "a sign-in link makes an account", err, fault.NotFound, "identity.link")
		wants(h.t, "a sign-in link joins", h.Join(ctx, ana, signIn), fault.NotFound, "identity.link")
		_, err = h.SignInByLink(ctx, here, invitation)
		wants(h.t, "an invitation signs in", err, fault.NotFound, "identity.link")
		wants(h.t, "nobody joins", h.Join(ctx, Actor{}, invitation), fault.Denied, "identity.sign_in_first")
		ok(h.t, "join where one is already", h.Join(ctx, ana, invitation))
		members, err := h.Members(ctx, admin, one)
		if err != nil || len(members) != 1 || len(members[0].Roles) != 1 || members[0].Roles[0] != Reader {
			h.t.Errorf("Members() = %+v, %v: the older membership stays", members, err)
		}
		power, err := h.Invite(ctx, admin, "", "", nil, []Role{Admin})
		ok(h.t, "invite an admin", err)
		wants(h.t, "an account takes the power of an invitation", h.Join(ctx, ana, power), fault.NotFound, "identity.link")
		_, err = h.Accept(ctx, here, power, fresh)
		ok(h.t, "the invitation stays good for a new account", err)
	})
}

// TestSecretsAreOfOneKind gives each secret to every other door.
func TestSecretsAreOfOneKind(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		h.Declare(Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst}})
		admin := h.admin()
		one := h.organisation(admin, "One")
		ana := h.person(admin, one, "ana", []Role{Analyst}, nil)
		_, token, err := h.CreateToken(ctx, ana, Token{Name: "t", Organisation: one, Scopes: []string{"room.work"}}, time.Hour)
		ok(h.t, "token", err)
		link, err := h.IssueSignInLink(ctx, admin, ana.ID)
		ok(h.t, "link", err)
		d, err := h.SignIn(ctx, here, "ana", good)
		ok(h.t, "session", err)
		for name, secret := range map[string]string{"session": d.Secret, "token": token, "link": link, "bare token": strings.TrimPrefix(token, TokenPrefix)} {
			if a, err := h.ActorOf(ctx, secret); name != "session" && (err != nil || a.SignedIn()) {
				h.t.Errorf("a %s as a session: %+v, %v", name, a, err)
			}
			if _, err := h.Authenticate(ctx, secret); name != "token" && !errors.Is(err, fault.Denied) {
				h.t.Errorf("a %s as a token: %v", name, err)
			}
			if _, err := h.Authenticate(ctx, TokenPrefix+secret); !errors.Is(err, fault.Denied) && name != "bare token" {
				h.t.Errorf("a %s with the prefix as a token: %v", name, err)
			}
			if _, err := h.SignInSecond(ctx, here, secret, "000000"); !errors.Is(err, fault.Denied) {
				h.t.Errorf("a %s as a challenge: %v", name, err)
			}
			if _, err := h.Link(ctx, secret); name != "link" && !errors.Is(err, fault.NotFound) {
				h.t.Errorf("a %s as a link: %v", name, err)
			}
		}
	})
}

// TestForeignSessionsAndTokensAreNotFound reaches for what belongs to another.
func TestForeignSessionsAndTokensAreNotFound(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		h.Declare(Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst}})
		admin := h.admin()
		one := h.organisation(admin, "One")
		ana := h.person(admin, one, "ana", []Role{Analyst}, nil)
		bob := h.person(admin, one, "bob", []Role{Analyst}, nil)
		tok, secret, err := h.CreateToken(ctx, ana, Token{Name: "t", Organisation: one, Scopes: []string{"room.work"}}, time.Hour)
		ok(h.t, "token", err)
		for _, who := range []Actor{bob, admin} {
			wants(h.t, "end another's session", h.EndSession(ctx, who, ana.SessionID), fault.NotFound, "identity.session")
			wants(h.t, "revoke another's token", h.RevokeToken(ctx, who, tok.ID), fault.NotFound, "identity.token")
			ok(h.t, "end the other sessions of one's own", h.EndOtherSessions(ctx, who))
		}
		sessions, err := h.Sessions(ctx, ana)
		if err != nil || len(sessions) != 1 || sessions[0].ID != ana.SessionID {
			h.t.Errorf("Sessions() = %+v, %v", sessions, err)
		}
		if _, err := h.Authenticate(ctx, secret); err != nil {
			h.t.Errorf("the token ended: %v", err)
		}
		wants(h.t, "switch to a strange organisation", h.SwitchOrganisation(ctx, ana, h.organisation(admin, "Two")), fault.NotFound, "identity.organisation")
	})
}

// TestTokensDoNothingToCredentials tries every act on credentials with a token of
// the most powerful person: a token is for the rooms' work alone.
func TestTokensDoNothingToCredentials(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		h.Declare(append(Permissions(), Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst}})...)
		admin := h.admin()
		one := h.organisation(admin, "One")
		ok(h.t, "membership", h.SetMember(ctx, admin, one, admin.ID, []Role{Manager, Analyst}))
		sessions, err := h.Sessions(ctx, admin)
		ok(h.t, "sessions", err)
		admin, err = h.OnBehalf(ctx, admin.ID, one, "x", "room.work")
		ok(h.t, "on behalf", err)
		for _, p := range Permissions() {
			if h.grants(admin, p) {
				h.t.Errorf("%s can be granted to a token", p.Name)
			}
		}
		for name, f := range map[string]func() error{
			"token": func() error {
				_, _, err := h.CreateToken(ctx, admin, Token{Name: "t", Organisation: one}, time.Hour)
				return err
			},
			"tokens":       func() error { _, err := h.Tokens(ctx, admin); return err },
			"revoke":       func() error { return h.RevokeToken(ctx, admin, "x") },
			"sessions":     func() error { _, err := h.Sessions(ctx, admin); return err },
			"end":          func() error { return h.EndSession(ctx, admin, sessions[0].ID) },
			"end others":   func() error { return h.EndOtherSessions(ctx, admin) },
			"end of":       func() error { return h.EndSessionsOf(ctx, admin, admin.ID) },
			"password":     func() error { _, err := h.SetPassword(ctx, admin, here, good, good+" too"); return err },
			"codes":        func() error { _, err := h.BeginCodes(ctx, admin); return err },
			"confirm":      func() error { _, err := h.ConfirmCodes(ctx, admin, "000000"); return err },
			"remove codes": func() error { return h.RemoveCodes(ctx, admin) },
			"recovery":     func() error { _, err := h.NewRecovery(ctx, admin); return err },
			"factors":      func() error { _, err := h.FactorsOf(ctx, admin); return err },
			"link":         func() error { _, err := h.IssueSignInLink(ctx, admin, admin.ID); return err },
			"invite":       func() error { _, err := h.Invite(ctx, admin, one, "", []Role{Reader}, nil); return err },
			"member":       func() error { return h.SetMember(ctx, admin, one, admin.ID, []Role{Reader}) },
			"roles":        func() error { return h.SetInstanceRoles(ctx, admin, admin.ID, nil) },
			"close":        func() error { return h.SetDisabled(ctx, admin, admin.ID, true) },
			"people":       func() error { _, err := h.People(ctx, admin, PeopleFilter{}); return err },
			"tenants":      func() error { _, err := h.CreateOrganisation(ctx, admin, "Two"); return err },
		} {
			if err := f(); !errors.Is(err, fault.Denied) {
				h.t.Errorf("%s by a token = %v, want denied", name, err)
			}
		}
	})
}

// grants reports whether a token of the actor may carry p.
func (h *house) grants(a Actor, p Permission) bool {
	for _, name := range h.Grantable(a, a.Organisation) {
		if name == p.Name {
			return true
		}
	}
	return false
}

// TestTokenForms is the table of tokens that are not made.
func TestTokenForms(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		h.Declare(Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst}}, Permission{Name: "room.run", Scope: Instance, Roles: []Role{Admin, Analyst}})
		admin := h.admin()
		one, two := h.organisation(admin, "One"), h.organisation(admin, "Two")
		ana := h.person(admin, one, "ana", []Role{Analyst}, nil)
		work := []string{"room.work"}
		for _, c := range []struct {
			field string
			token Token
			life  time.Duration
		}{
			{"name", Token{Organisation: one, Scopes: work}, time.Hour},
			{"name", Token{Name: "a\u202eb", Organisation: one, Scopes: work}, time.Hour},
			{"name", Token{Name: strings.Repeat("x", maxName+1), Organisation: one, Scopes: work}, time.Hour},
			{"days", Token{Name: "t", Organisation: one, Scopes: work}, 0},
			{"days", Token{Name: "t", Organisation: one, Scopes: work}, -time.Hour},
			{"days", Token{Name: "t", Organisation: one, Scopes: work}, maxTokenLife + time.Second},
			{"organisation", Token{Name: "t", Organisation: two, Scopes: work}, time.Hour},
			{"organisation", Token{Name: "t", Scopes: work}, time.Hour},
			{"scopes", Token{Name: "t", Organisation: one}, time.Hour},
			{"scopes", Token{Name: "t", Organisation: one, Scopes: []string{"room.work", "room.run"}}, time.Hour},
			{"scopes", Token{Name: "t", Organisation: one, Scopes: []string{"*"}}, time.Hour},
			{"scopes", Token{Name: "t", Organisation: one, Scopes: []string{""}}, time.Hour},
		} {
			_, _, err := h.CreateToken(ctx, ana, c.token, c.life)
			f := fault.Of(err)
			if f == nil || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Name != c.field {
				h.t.Errorf("CreateToken(%+v, %v) = %v, want the field %s", c.token, c.life, err, c.field)
			}
		}
		for range maxTokens {
			_, _, err := h.CreateToken(ctx, ana, Token{Name: "t", Organisation: one, Scopes: work}, maxTokenLife)
			ok(h.t, "token", err)
		}
		_, _, err := h.CreateToken(ctx, ana, Token{Name: "t", Organisation: one, Scopes: work}, time.Hour)
		wants(h.t, "one token more", err, fault.Limit, "identity.tokens")
		if n := h.count("create_token", "ok"); n != maxTokens {
			h.t.Errorf("%d audit entries for %d tokens", n, maxTokens)
		}
		h.hands.forward(RecentProof + time.Second)
		_, _, err = h.CreateToken(ctx, ana, Token{Name: "t", Organisation: one, Scopes: work}, time.Hour)
		wants(h.t, "a token without a recent proof", err, fault.Denied, "identity.prove_again")
	})
}

func TestVisits(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{"192.0.2.1:80": "192.0.2.1", "[2001:db8::1]:80": "2001:db8::1", "@": "@", "": ""} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", "203.0.113.1")
		r.Header.Set("User-Agent", "a\x01b\xffc"+strings.Repeat("火", maxUserAgent))
		v := VisitOf(r)
		if v.Address != want {
			t.Errorf("the address of %q = %q, want %q: no header decides", remote, v.Address, want)
		}
		if !utf8.ValidString(v.Agent) || utf8.RuneCountInString(v.Agent) != maxUserAgent || !strings.HasPrefix(v.Agent, "a?b?c火") {
			t.Errorf("agent = %q", v.Agent)
		}
	}
}
