package identity

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

func TestFirstRunMakesOneAdminOnce(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		old, err := h.FirstRun(ctx)
		ok(h.t, "first run", err)
		in := NewPerson{Login: "a@example.jp", Name: "A", Lang: "ja", Password: good}
		fresh, err := h.FirstRun(ctx)
		ok(h.t, "first run again", err)
		_, err = h.Accept(ctx, here, old, in)
		wants(h.t, "the older link", err, fault.NotFound, "identity.link")
		_, err = h.Accept(ctx, here, fresh, NewPerson{Login: " ", Name: "", Lang: "fr", Password: "short"})
		if f := fault.Of(err); f == nil || len(f.Fields) != 4 {
			h.t.Errorf("Accept of nothing = %v, want four fields", err)
		}
		d, err := h.Accept(ctx, here, fresh, in)
		ok(h.t, "accept", err)
		if a := h.actor(d); !a.HasRole(Admin) || a.Lang != "ja" {
			h.t.Errorf("first person = %+v", a)
		}
		_, err = h.Accept(ctx, here, fresh, in)
		wants(h.t, "the used link", err, fault.NotFound, "identity.link")
		if again, err := h.FirstRun(ctx); err != nil || again != "" {
			h.t.Errorf("FirstRun with an admin = %q, %v", again, err)
		}
	})
}

func TestASVS_V6_4_1_LinksExpire(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		admin := h.admin()
		secret, err := h.IssueSignInLink(h.t.Context(), admin, admin.ID)
		ok(h.t, "link", err)
		h.hands.forward(SignInLinkLife + time.Second)
		_, err = h.SignInByLink(h.t.Context(), here, secret)
		wants(h.t, "an expired link", err, fault.NotFound, "identity.link")
	})
}

func TestSignInWithPassword(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		h.admin()
		d, err := h.SignIn(ctx, here, "ＲＯＯＴ@example.JP ", good)
		ok(h.t, "sign in", err)
		a := h.actor(d)
		for _, bad := range []string{"", " ", "\x00", good + " ", strings.ToUpper(good), strings.Repeat("x", 5000)} {
			_, err := h.SignIn(ctx, here, "root@example.jp", bad)
			wants(h.t, "sign in with "+fmt.Sprintf("%.10q", bad), err, fault.Denied, "identity.sign_in_failed")
		}
		if got := h.count("sign_in", "denied"); got != 6 {
			h.t.Errorf("%d denied sign-ins are audited, want 6", got)
		}
		ok(h.t, "sign out", h.SignOut(ctx, a))
		if a, err := h.ActorOf(ctx, d.Secret); err != nil || a.SignedIn() {
			h.t.Errorf("after sign-out: %+v, %v", a, err)
		}
	})
}

func TestASVS_V6_3_8_UnknownNamesLookLikeKnownOnes(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		_, err := h.CreatePerson(ctx, admin, "nopassword@example.jp", "N", "en", nil)
		ok(h.t, "create", err)
		var texts []string
		for i, login := range []string{"root@example.jp", "nobody@example.jp", "nopassword@example.jp", ""} {
			_, err := h.SignIn(ctx, Visit{Address: fmt.Sprintf("192.0.2.%d", i)}, login, "wrong wrong wrong")
			texts = append(texts, err.Error())
		}
		if len(slices.Compact(texts)) != 1 {
			h.t.Errorf("answers differ: %q", texts)
		}
		if got := h.count("sign_in", "denied"); got != 4 {
			h.t.Errorf("%d audit entries, want 4: the same work for each", got)
		}
	})
}

// TestUnknownNamesTakeAsLong compares medians of many tries with a cost that is
// well above the noise of a database read.
func TestUnknownNamesTakeAsLong(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		h.Service.hasher = newHasher(Cost{Memory: 4096, Time: 1, Lanes: 1})
		h.admin()
		least := map[string]time.Duration{} // of tries that alternate: other work meets both alike
		for i := range 15 {
			for _, login := range []string{"root@example.jp", "nobody@example.jp"} {
				begin := time.Now()
				_, _ = h.SignIn(h.t.Context(), Visit{Address: fmt.Sprintf("198.51.100.%d", i)}, login, "wrong wrong wrong")
				if took := time.Since(begin); least[login] == 0 || took < least[login] {
					least[login] = took
				}
			}
			h.hands.forward(nameRefill)
		}
		known, unknown := least["root@example.jp"], least["nobody@example.jp"]
		if ratio := float64(known) / float64(unknown); ratio < 0.4 || ratio > 2.5 {
			h.t.Errorf("known %v, unknown %v", known, unknown)
		}
	})
}

// TestPeer_CVE_2020_8891 tries one name in many spellings from many places.
func TestPeer_CVE_2020_8891(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		h.admin()
		for i := range nameTries {
			login := []string{"root@example.jp", "ROOT@example.jp", " root@EXAMPLE.jp", "ｒｏｏｔ@example.jp"}[i%4]
			_, err := h.SignIn(h.t.Context(), Visit{Address: fmt.Sprintf("203.0.113.%d", i)}, login, "wrong wrong wrong")
			wants(h.t, "try", err, fault.Denied, "")
		}
		_, err := h.SignIn(h.t.Context(), here, "Root@Example.jp", good)
		wants(h.t, "the ninth try, though right", err, fault.Limit, "identity.too_many_tries")
	})
}

func TestASVS_V7_3_SessionsEnd(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		h.admin()
		signIn := func() Door {
			d, err := h.SignIn(ctx, here, "root@example.jp", good)
			ok(h.t, "sign in", err)
			return d
		}
		d := signIn()
		h.hands.forward(SessionIdle - time.Minute)
		h.actor(d) // touched
		h.hands.forward(SessionIdle - time.Minute)
		h.actor(d)
		h.hands.forward(SessionIdle + time.Second)
		if a, err := h.ActorOf(ctx, d.Secret); err != nil || a.SignedIn() {
			h.t.Errorf("an idle session still works: %v", err)
		}
		d = signIn()
		for range 14 {
			h.hands.forward(SessionLife / 14)
			_, err := h.ActorOf(ctx, d.Secret)
			ok(h.t, "use", err)
		}
		if a, _ := h.ActorOf(ctx, d.Secret); a.SignedIn() {
			h.t.Error("a session outlives its life")
		}
	})
}

func TestSessionsAreListedEndedAndBounded(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		a := h.admin()
		var last Door
		for range maxSessions + 3 {
			h.hands.forward(time.Second)
			d, err := h.SignIn(ctx, here, "root@example.jp", good)
			ok(h.t, "sign in", err)
			last = d
		}
		list, err := h.Sessions(ctx, h.actor(last))
		ok(h.t, "list", err)
		if len(list) != maxSessions {
			h.t.Errorf("%d sessions, want %d", len(list), maxSessions)
		}
		ok(h.t, "end one", h.EndSession(ctx, a, list[3].ID))
		wants(h.t, "end it again", h.EndSession(ctx, a, list[3].ID), fault.NotFound, "identity.session")
		ok(h.t, "end others", h.EndOtherSessions(ctx, h.actor(last)))
		list, err = h.Sessions(ctx, h.actor(last))
		if err != nil || len(list) != 1 || list[0].Method != "password" || list[0].Address != here.Address {
			h.t.Errorf("sessions = %+v, %v", list, err)
		}
	})
}

func TestPasswordChange(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		a := h.admin()
		other, err := h.SignIn(ctx, here, "root@example.jp", good)
		ok(h.t, "second session", err)
		next := "seven llamas paint a fence"
		_, err = h.SetPassword(ctx, a, here, "not the password", next)
		wants(h.t, "with a wrong present one", err, fault.Invalid, "identity.password")
		_, err = h.SetPassword(ctx, a, here, good, "root@example.jp1")
		wants(h.t, "made of the login", err, fault.Invalid, "identity.password")
		d, err := h.SetPassword(ctx, a, here, good, next)
		ok(h.t, "change", err)
		if o, _ := h.ActorOf(ctx, other.Secret); o.SignedIn() {
			h.t.Error("another session survives a password change (ASVS 7.4.3)")
		}
		h.actor(d)
		_, err = h.SignIn(ctx, here, "root@example.jp", good)
		wants(h.t, "the old password", err, fault.Denied, "")
		_, err = h.SignIn(ctx, here, "root@example.jp", next)
		ok(h.t, "the new password", err)
	})
}

func TestASVS_V7_5_1_CredentialChangesNeedARecentProof(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		a := h.admin()
		h.hands.forward(RecentProof + time.Second)
		calls := map[string]func(Actor) error{
			"password": func(a Actor) error {
				_, err := h.SetPassword(ctx, a, here, good, "seven llamas paint a fence")
				return err
			},
			"codes":    func(a Actor) error { _, err := h.BeginCodes(ctx, a); return err },
			"pending":  func(a Actor) error { _, err := h.PendingCodes(ctx, a); return err },
			"confirm":  func(a Actor) error { _, err := h.ConfirmCodes(ctx, a, "000000"); return err },
			"recovery": func(a Actor) error { _, err := h.NewRecovery(ctx, a); return err },
			"remove":   func(a Actor) error { return h.RemoveCodes(ctx, a) },
			"passkey":  func(a Actor) error { _, _, err := h.BeginPasskey(ctx, a); return err },
			"finish":   func(a Actor) error { return h.FinishPasskey(ctx, a, "x", "n", nil) },
			"forget":   func(a Actor) error { return h.RemovePasskey(ctx, a, "x") },
			"token":    func(a Actor) error { _, _, err := h.CreateToken(ctx, a, Token{Name: "n"}, time.Hour); return err },
			"unlink":   func(a Actor) error { return h.UnlinkOutside(ctx, a, "x") },
			"roles":    func(a Actor) error { return h.SetInstanceRoles(ctx, a, a.ID, []Role{Admin}) },
			"link":     func(a Actor) error { _, err := h.IssueSignInLink(ctx, a, a.ID); return err },
		}
		for name, call := range calls {
			wants(h.t, name, call(a), fault.Denied, "identity.prove_again")
			wants(h.t, name+" by nobody", call(Actor{}), fault.Denied, "")
			token := a
			token.Kind = KindToken
			wants(h.t, name+" by a token", call(token), fault.Denied, "")
		}
		_, err := h.Prove(ctx, a, here, "wrong", "")
		wants(h.t, "a wrong proof", err, fault.Denied, "identity.prove_failed")
		d, err := h.Prove(ctx, a, here, good, "")
		ok(h.t, "prove", err)
		_, err = h.BeginCodes(ctx, h.actor(d))
		ok(h.t, "after the proof", err)
	})
}

func TestOneTimeCodes(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		a := h.admin()
		code := func() string {
			seed, _, _, err := h.seed(ctx, h.db.Read(), a.ID)
			ok(h.t, "seed", err)
			return fmt.Sprintf("%06d", totpCode(seed, h.hands.Now().Unix()/30))
		}
		e, err := h.BeginCodes(ctx, a)
		ok(h.t, "begin", err)
		if !strings.HasPrefix(e.URI, "otpauth://totp/Noroshi:root@example.jp?") || !strings.Contains(e.URI, e.Seed) {
			h.t.Errorf("URI = %q", e.URI)
		}
		if d, err := h.SignIn(ctx, here, "root@example.jp", good); err != nil || d.Second != "" {
			h.t.Errorf("an unconfirmed seed is asked for: %+v, %v", d, err)
		}
		_, err = h.ConfirmCodes(ctx, a, "1")
		wants(h.t, "a wrong first code", err, fault.Invalid, "identity.enrolment")
		recovery, err := h.ConfirmCodes(ctx, a, code())
		ok(h.t, "confirm", err)
		_, err = h.PendingCodes(ctx, a)
		wants(h.t, "a confirmed seed", err, fault.NotFound, "")
		d, err := h.SignIn(ctx, here, "root@example.jp", good)
		if err != nil || d.Secret != "" || d.Second == "" {
			h.t.Fatalf("SignIn() = %+v, %v, want a second step", d, err)
		}
		_, err = h.SignInSecond(ctx, here, d.Second, code())
		wants(h.t, "the code that confirmed", err, fault.Denied, "identity.code_wrong")
		h.hands.forward(totpStep)
		in, err := h.SignInSecond(ctx, here, d.Second, code())
		ok(h.t, "second", err)
		h.actor(in)
		_, err = h.SignInSecond(ctx, here, d.Second, recovery[0])
		wants(h.t, "a finished challenge", err, fault.Denied, "identity.begin_again")
		for i, want := range []error{nil, fault.Denied} {
			d, err := h.SignIn(ctx, here, "root@example.jp", good)
			ok(h.t, "sign in", err)
			if _, err = h.SignInSecond(ctx, here, d.Second, recovery[1]); !errors.Is(err, want) {
				h.t.Errorf("recovery code, use %d: %v, want %v", i, err, want)
			}
		}
		if f, err := h.FactorsOf(ctx, h.actor(in)); err != nil || !f.Codes || f.Recovery != recoverySet-1 || !f.Password {
			h.t.Errorf("factors = %+v, %v", f, err)
		}
	})
}

func TestASVS_V6_6_3_CodesAreLimited(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		a := h.admin()
		_, err := h.BeginCodes(ctx, a)
		ok(h.t, "begin", err)
		seed, _, _, err := h.seed(ctx, h.db.Read(), a.ID)
		ok(h.t, "seed", err)
		_, err = h.ConfirmCodes(ctx, a, fmt.Sprintf("%06d", totpCode(seed, h.hands.Now().Unix()/30)))
		ok(h.t, "confirm", err)
		for i := range nameTries + 1 {
			v := Visit{Address: fmt.Sprintf("203.0.113.%d", i)}
			d, err := h.SignIn(ctx, v, "root@example.jp", good)
			ok(h.t, "sign in", err)
			_, err = h.SignInSecond(ctx, v, d.Second, "abcdef")
			if i < nameTries {
				wants(h.t, "wrong code", err, fault.Denied, "")
			} else {
				wants(h.t, "one too many", err, fault.Limit, "")
			}
		}
	})
}

func TestASVS_V6_4_3_LinksDoNotBypassCodes(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		a := h.admin()
		_, err := h.BeginCodes(ctx, a)
		ok(h.t, "begin", err)
		seed, _, _, err := h.seed(ctx, h.db.Read(), a.ID)
		ok(h.t, "seed", err)
		_, err = h.ConfirmCodes(ctx, a, fmt.Sprintf("%06d", totpCode(seed, h.hands.Now().Unix()/30)))
		ok(h.t, "confirm", err)
		secret, err := h.IssueSignInLink(ctx, System("cli"), a.ID)
		ok(h.t, "link", err)
		d, err := h.SignInByLink(ctx, here, secret)
		if err != nil || d.Second == "" || d.Secret != "" {
			h.t.Errorf("SignInByLink() = %+v, %v, want a second step", d, err)
		}
		ok(h.t, "remove codes", h.RemoveCodesOf(ctx, System("cli"), a.ID))
		secret, err = h.IssueSignInLink(ctx, System("cli"), a.ID)
		ok(h.t, "link", err)
		d, err = h.SignInByLink(ctx, here, secret)
		ok(h.t, "sign in by link", err)
		_, err = h.SetPassword(ctx, h.actor(d), here, "", "seven llamas paint a fence")
		ok(h.t, "a new password without the lost one", err)
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		work := Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst}}
		h.Declare(work, Permission{Name: "room.run", Scope: Organisation, Roles: []Role{Manager, Admin}})
		admin := h.admin()
		one, two := h.organisation(admin, "一の組織"), h.organisation(admin, "Two")
		a := h.person(admin, one, "ana", []Role{Analyst}, nil)
		ok(h.t, "second membership", h.SetMember(ctx, admin, two, a.ID, []Role{Analyst}))
		if got := h.Grantable(a, one); !slices.Equal(got, []string{"room.work"}) {
			h.t.Errorf("Grantable() = %v", got)
		}
		_, _, err := h.CreateToken(ctx, a, Token{Name: "t", Organisation: one, Scopes: []string{"room.run"}}, time.Hour)
		wants(h.t, "a scope not held", err, fault.Invalid, "identity.token")
		tok, secret, err := h.CreateToken(ctx, a, Token{Name: "t", Organisation: one, Scopes: []string{"room.work"}}, time.Hour)
		ok(h.t, "create", err)
		actor, err := h.Authenticate(ctx, secret)
		ok(h.t, "authenticate", err)
		ok(h.t, "work", actor.Can(work, one))
		wants(h.t, "work elsewhere", actor.Can(work, two), fault.NotFound, "")
		ok(h.t, "demote", h.SetMember(ctx, admin, one, a.ID, []Role{Reader}))
		actor, err = h.Authenticate(ctx, secret)
		ok(h.t, "authenticate", err)
		wants(h.t, "what the person lost the token lost", actor.Can(work, one), fault.Denied, "")
		for _, bad := range []string{"", "x", TokenPrefix, secret + "x", secret[1:], TokenPrefix + strings.Repeat("a", 200)} {
			_, err := h.Authenticate(ctx, bad)
			wants(h.t, "authenticate "+bad, err, fault.Denied, "identity.token_invalid")
		}
		h.hands.forward(2 * time.Hour)
		_, err = h.Authenticate(ctx, secret)
		wants(h.t, "an expired token", err, fault.Denied, "identity.token_invalid")
		ok(h.t, "revoke", h.RevokeToken(ctx, a, tok.ID))
		if list, err := h.Tokens(ctx, a); err != nil || len(list) != 0 {
			h.t.Errorf("tokens = %v, %v", list, err)
		}
	})
}

func TestOrganisationsMembersAndInvitations(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		one, two := h.organisation(admin, "一の組織"), h.organisation(admin, "Two")
		_, err := h.CreateOrganisation(ctx, admin, "ＴＷＯ ")
		wants(h.t, "the same name", err, fault.Invalid, "identity.organisation_form")
		boss := h.person(admin, one, "boss", []Role{Manager}, nil)
		other := h.person(admin, two, "other", []Role{Reader}, nil)
		wants(h.t, "a manager reaching for a stranger", h.SetMember(ctx, boss, one, other.ID, []Role{Reader}), fault.NotFound, "")
		wants(h.t, "a manager elsewhere", h.SetMember(ctx, boss, two, other.ID, nil), fault.NotFound, "")
		_, err = h.Invite(ctx, boss, one, "", []Role{Reader}, []Role{Admin})
		wants(h.t, "a manager making an admin", err, fault.Denied, "")
		_, err = h.Invite(ctx, boss, one, "", []Role{Admin}, nil)
		wants(h.t, "an instance role in an organisation", err, fault.Invalid, "identity.roles")
		secret, err := h.Invite(ctx, boss, one, "x@example.jp", []Role{Reader}, nil)
		ok(h.t, "invite", err)
		list, err := h.Invitations(ctx, boss, one)
		if err != nil || len(list) != 1 || list[0].Login != "x@example.jp" {
			h.t.Errorf("invitations = %+v, %v", list, err)
		}
		ok(h.t, "join", h.Join(ctx, other, secret))
		wants(h.t, "join twice", h.Join(ctx, boss, secret), fault.NotFound, "identity.link")
		members, err := h.Members(ctx, boss, one)
		if err != nil || len(members) != 2 || members[1].Login != "other" {
			h.t.Errorf("members = %+v, %v", members, err)
		}
		_, err = h.Members(ctx, boss, two)
		wants(h.t, "members of a stranger", err, fault.NotFound, "")
		ok(h.t, "close", h.CloseOrganisation(ctx, admin, one, true))
		d, err := h.SignIn(ctx, here, "boss", good)
		ok(h.t, "sign in", err)
		if a := h.actor(d); len(a.Memberships) != 0 {
			h.t.Errorf("a closed organisation is still there: %+v", a.Memberships)
		}
		open, err := h.Tenants(ctx, h.db.Read())
		if err != nil || len(open) != 1 || open[0].ID != two {
			h.t.Errorf("tenants = %+v, %v", open, err)
		}
	})
}

func TestPeopleAreManaged(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		wants(h.t, "closing the last admin", h.SetDisabled(ctx, admin, admin.ID, true), fault.Conflict, "identity.last_admin")
		wants(h.t, "demoting the last admin", h.SetInstanceRoles(ctx, admin, admin.ID, nil), fault.Conflict, "identity.last_admin")
		one := h.organisation(admin, "One")
		a := h.person(admin, one, "ana_100%", []Role{Analyst}, nil)
		ok(h.t, "profile", h.SetProfile(ctx, a, Profile{Name: "アナ", Lang: "ja", Zone: "Asia/Tokyo", Theme: "dark", Compact: true}))
		wants(h.t, "a bad profile", h.SetProfile(ctx, a, Profile{Name: "", Lang: "xx", Zone: "Mars/Base", Theme: "pink"}), fault.Invalid, "")
		people, err := h.People(ctx, admin, PeopleFilter{Text: "_100%"})
		if err != nil || len(people) != 1 || people[0].Name != "アナ" || people[0].Zone != "Asia/Tokyo" || len(people[0].Memberships) != 1 {
			h.t.Errorf("people = %+v, %v", people, err)
		}
		_, err = h.People(ctx, a, PeopleFilter{})
		wants(h.t, "people for an analyst", err, fault.Denied, "identity.permission")
		ok(h.t, "close", h.SetDisabled(ctx, admin, a.ID, true))
		if got, _ := h.Sessions(ctx, a); len(got) != 0 {
			h.t.Error("sessions survive the closing of an account (ASVS 7.4.2)")
		}
		_, err = h.SignIn(ctx, here, "ana_100%", good)
		wants(h.t, "a closed account", err, fault.Denied, "identity.sign_in_failed")
		ok(h.t, "reopen", h.SetDisabled(ctx, admin, a.ID, false))
		_, err = h.SignIn(ctx, here, "ana_100%", good)
		ok(h.t, "sign in", err)
		names, err := h.Names(ctx, []string{a.ID, "none"})
		if err != nil || names[a.ID] != "アナ" || len(names) != 1 {
			h.t.Errorf("names = %v, %v", names, err)
		}
	})
}

func TestCookies(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		h.admin()
		d, err := h.SignIn(h.t.Context(), here, "root@example.jp", good)
		ok(h.t, "sign in", err)
		c := h.Cookie(d)
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			h.t.Errorf("cookie = %+v", c)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if a, err := h.Actor(r.Context(), r); err != nil || a.SignedIn() {
			h.t.Errorf("no cookie: %+v, %v", a, err)
		}
		r.AddCookie(c)
		if a, err := h.Actor(r.Context(), r); err != nil || !a.SignedIn() {
			h.t.Errorf("cookie: %+v, %v", a, err)
		}
		if c := h.Cookie(Door{}); c.MaxAge >= 0 {
			h.t.Errorf("the removing cookie = %+v", c)
		}
		tls, err := New(Deps{Origin: "https://noroshi.example", Key: make([]byte, 32), Cost: Cost{64, 1, 1}})
		ok(h.t, "new", err)
		if c := tls.Cookie(d); c.Name != "__Host-"+CookieName || !c.Secure {
			h.t.Errorf("cookie over TLS = %+v", c)
		}
	})
}

func TestSecretsAreNotStored(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		one := h.organisation(admin, "One")
		h.Declare(Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst}})
		a := h.person(admin, one, "ana", []Role{Analyst}, nil)
		d, err := h.SignIn(ctx, here, "ana", good)
		ok(h.t, "sign in", err)
		_, token, err := h.CreateToken(ctx, a, Token{Name: "t", Organisation: one, Scopes: []string{"room.work"}}, time.Hour)
		ok(h.t, "token", err)
		link, err := h.IssueSignInLink(ctx, admin, a.ID)
		ok(h.t, "link", err)
		e, err := h.BeginCodes(ctx, h.actor(d))
		ok(h.t, "codes", err)
		seed, _, _, err := h.seed(ctx, h.db.Read(), a.ID)
		ok(h.t, "seed", err)
		tables, err := h.db.Tables(ctx)
		ok(h.t, "tables", err)
		for _, table := range tables {
			rows, err := storage.List(ctx, h.db.Read(), storage.Scalar[string], `SELECT COALESCE(GROUP_CONCAT(CAST(t.x AS TEXT)), '') FROM (
				SELECT json_group_array(quote(`+columnsOf(h, table)+`)) AS x FROM `+table+`) t`)
			ok(h.t, "read "+table, err)
			for name, secret := range map[string]string{
				"password": good, "session": d.Secret, "token": token, "link": link, "seed": e.Seed, "seed bytes": fmt.Sprintf("%X", seed),
			} {
				if strings.Contains(rows[0], secret) {
					h.t.Errorf("%s holds the %s", table, name)
				}
			}
		}
	})
}

// columnsOf returns an expression that joins all columns of a table, bytes as hex.
func columnsOf(h *house, table string) string {
	names, err := storage.List(h.t.Context(), h.db.Read(), storage.Scalar[string], `SELECT name FROM pragma_table_info('`+table+`')`)
	if err != nil {
		h.t.Fatal(err)
	}
	for i, n := range names {
		names[i] = `quote(` + n + `)`
	}
	return strings.Join(names, ` || ' ' || `)
}
