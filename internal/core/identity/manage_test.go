package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
)

// nobodies are the actors that are no person: they change no credential.
func nobodies(person string) map[string]Actor {
	return map[string]Actor{
		"nobody": {},
		"token":  {Kind: KindToken, ID: person, TokenID: "t", TokenScopes: []string{ManagePeople().Name, ManageOrganisations().Name, ManageMembers().Name}, InstanceRoles: []Role{Admin}},
	}
}

// TestCredentialActsAreForPeople tries every act on credentials without a session,
// with a token, and with a session whose proof is old.
func TestCredentialActsAreForPeople(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		admin := h.admin()
		ctx, one := t.Context(), h.organisation(admin, "One")
		ana := h.person(admin, one, "ana", []Role{Analyst}, nil)
		acts := map[string]func(a Actor) error{
			"new recovery":   func(a Actor) error { _, err := h.NewRecovery(ctx, a); return err },
			"remove codes":   func(a Actor) error { return h.RemoveCodes(ctx, a) },
			"begin codes":    func(a Actor) error { _, err := h.BeginCodes(ctx, a); return err },
			"unlink":         func(a Actor) error { return h.UnlinkOutside(ctx, a, "https://x") },
			"remove passkey": func(a Actor) error { return h.RemovePasskey(ctx, a, "k") },
			"codes of":       func(a Actor) error { return h.RemoveCodesOf(ctx, a, ana.ID) },
			"sessions of":    func(a Actor) error { return h.EndSessionsOf(ctx, a, ana.ID) },
			"link":           func(a Actor) error { _, err := h.IssueSignInLink(ctx, a, ana.ID); return err },
			"disable":        func(a Actor) error { return h.SetDisabled(ctx, a, ana.ID, true) },
			"instance roles": func(a Actor) error { return h.SetInstanceRoles(ctx, a, ana.ID, []Role{Auditor}) },
			"create": func(a Actor) error {
				_, err := h.CreatePerson(ctx, a, "new", "New", "en", nil)
				return err
			},
			"invite": func(a Actor) error {
				_, err := h.Invite(ctx, a, "", "", nil, []Role{Auditor})
				return err
			},
			"close": func(a Actor) error { return h.CloseOrganisation(ctx, a, one, true) },
		}
		for name, act := range acts {
			for who, a := range nobodies(ana.ID) {
				wants(t, name+" by "+who, act(a), fault.Denied, "")
			}
		}
		before := h.credentials(ana.ID)
		h.hands.forward(RecentProof + time.Second)
		for name, act := range acts {
			wants(t, name+" with an old proof", act(admin), fault.Denied, "identity.prove_again")
		}
		if after := h.credentials(ana.ID); after != before {
			t.Errorf("credentials changed from %s to %s", before, after)
		}
	})
}

func TestRecoveryCodesAreReplaced(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, a := h.t.Context(), h.admin()
		_, err := h.NewRecovery(ctx, a)
		wants(h.t, "without codes", err, fault.NotFound, "identity.enrolment")
		h.withCodes(a)
		first, err := h.NewRecovery(ctx, a)
		ok(h.t, "first", err)
		second, err := h.NewRecovery(ctx, a)
		ok(h.t, "second", err)
		if len(first) != recoverySet || len(second) != recoverySet || slices.ContainsFunc(first, func(c string) bool { return slices.Contains(second, c) }) {
			h.t.Errorf("codes %v, then %v", first, second)
		}
		_, err = h.SignInSecond(ctx, here, h.half("root@example.jp"), first[0])
		wants(h.t, "a replaced code", err, fault.Denied, "identity.code_wrong")
		_, err = h.SignInSecond(ctx, here, h.half("root@example.jp"), second[0])
		ok(h.t, "a new code", err)
		if h.count("new_recovery", "") == 0 {
			h.t.Error("no entry in the audit record")
		}
	})
}

func TestCodesAreSwitchedOff(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, a := h.t.Context(), h.admin()
		h.withCodes(a)
		half := h.half("root@example.jp")
		codes, err := h.NewRecovery(ctx, a)
		ok(h.t, "recovery", err)
		d, err := h.SignInSecond(ctx, here, h.half("root@example.jp"), codes[0])
		ok(h.t, "another session", err)
		ok(h.t, "remove", h.RemoveCodes(ctx, a))
		if left, err := h.ActorOf(ctx, d.Secret); err != nil || left.SignedIn() {
			h.t.Errorf("the other session goes on: %+v, %v", left.SessionID, err)
		}
		_, err = h.SignInSecond(ctx, here, half, codes[1])
		wants(h.t, "a sign-in that waited for a code", err, fault.Denied, "identity.begin_again")
		if f, err := h.FactorsOf(ctx, a); err != nil || f.Codes || f.Recovery != 0 {
			h.t.Errorf("factors = %+v, %v", f, err)
		}
		in, err := h.SignIn(ctx, here, "root@example.jp", good)
		if err != nil || in.Second != "" {
			h.t.Errorf("after the removal: %+v, %v", in, err)
		}
	})
}

func TestOrganisationsAreShownRenamedAndClosed(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, admin := h.t.Context(), h.admin()
		one, two := h.organisation(admin, "One"), h.organisation(admin, "Two")
		ana := h.person(admin, one, "ana", []Role{Analyst}, nil)
		for name, tt := range map[string]struct{ id, name, key string }{
			"taken":       {one, " ｔｗｏ", "identity.organisation_form"},
			"empty":       {one, "  ", "identity.organisation_form"},
			"invisible":   {one, "On\u200be", "identity.organisation_form"},
			"a line end":  {one, "O\nne", "identity.organisation_form"},
			"long":        {one, strings.Repeat("長", maxName+1), "identity.organisation_form"},
			"not there":   {"none", "Three", "identity.organisation"},
			"not a place": {"", "Three", "identity.organisation"},
		} {
			kind := fault.Invalid
			if tt.key == "identity.organisation" {
				kind = fault.NotFound
			}
			wants(h.t, name, h.RenameOrganisation(ctx, admin, tt.id, tt.name), kind, tt.key)
		}
		wants(h.t, "rename by a member", h.RenameOrganisation(ctx, ana, one, "Mine"), fault.Denied, "")
		ok(h.t, "rename to itself", h.RenameOrganisation(ctx, admin, one, "ONE "))
		o, err := h.Organisation(ctx, ana, one)
		if err != nil || o.Name != "ONE" {
			h.t.Errorf("Organisation() = %+v, %v", o, err)
		}
		_, err = h.Organisation(ctx, ana, two)
		wants(h.t, "another organisation", err, fault.NotFound, "identity.organisation")
		_, err = h.Organisations(ctx, ana)
		wants(h.t, "the list for a member", err, fault.Denied, "")
		all, err := h.Organisations(ctx, admin)
		if err != nil || len(all) != 2 || all[0].Name != "ONE" || all[0].Members != 1 || all[1].Members != 0 {
			h.t.Errorf("Organisations() = %+v, %v", all, err)
		}
		wants(h.t, "close what is not there", h.CloseOrganisation(ctx, admin, "none", true), fault.NotFound, "identity.organisation")
		ok(h.t, "close", h.CloseOrganisation(ctx, admin, one, true))
		ok(h.t, "reopen", h.CloseOrganisation(ctx, admin, one, false))
		if a, err := h.SignIn(ctx, here, "ana", good); err != nil || len(h.actor(a).Memberships) != 1 {
			h.t.Errorf("after reopening: %v", err)
		}
	})
}

// TestAClosedOrganisationTakesNobodyIn uses invitations that are older than the end.
func TestAClosedOrganisationTakesNobodyIn(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, admin := h.t.Context(), h.admin()
		one, two := h.organisation(admin, "One"), h.organisation(admin, "Two")
		ana := h.person(admin, two, "ana", []Role{Analyst}, nil)
		secret, err := h.Invite(ctx, System("test"), one, "", []Role{Reader}, nil)
		ok(h.t, "invite", err)
		ok(h.t, "close", h.CloseOrganisation(ctx, admin, one, true))
		wants(h.t, "join", h.Join(ctx, ana, secret), fault.NotFound, "identity.link")
		_, err = h.Accept(ctx, here, secret, NewPerson{Login: "new", Name: "New", Lang: "en", Password: good})
		wants(h.t, "accept", err, fault.NotFound, "identity.link")
		_, err = h.PersonByLogin(ctx, admin, "new")
		wants(h.t, "the account", err, fault.NotFound, "")
		ok(h.t, "reopen", h.CloseOrganisation(ctx, admin, one, false))
		ok(h.t, "join afterwards", h.Join(ctx, ana, secret))
	})
}

func TestInvitationsAreTakenBack(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, admin := h.t.Context(), h.admin()
		one, two := h.organisation(admin, "One"), h.organisation(admin, "Two")
		boss := h.person(admin, one, "boss", []Role{Manager}, nil)
		rival := h.person(admin, two, "rival", []Role{Manager}, nil)
		secret, err := h.Invite(ctx, boss, one, "", []Role{Reader}, nil)
		ok(h.t, "invite", err)
		list, err := h.Invitations(ctx, boss, one)
		if err != nil || len(list) != 1 {
			h.t.Fatalf("Invitations() = %+v, %v", list, err)
		}
		_, err = h.Invitations(ctx, rival, one)
		wants(h.t, "the list for a stranger", err, fault.NotFound, "")
		wants(h.t, "by a stranger", h.RevokeInvitation(ctx, rival, one, list[0].ID), fault.NotFound, "")
		wants(h.t, "by a stranger through the own house", h.RevokeInvitation(ctx, rival, two, list[0].ID), fault.NotFound, "identity.link")
		ok(h.t, "revoke", h.RevokeInvitation(ctx, boss, one, list[0].ID))
		wants(h.t, "revoke again", h.RevokeInvitation(ctx, boss, one, list[0].ID), fault.NotFound, "identity.link")
		_, err = h.Link(ctx, secret)
		wants(h.t, "the link afterwards", err, fault.NotFound, "identity.link")
	})
}

func TestMembershipsEndWithTheirTokens(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, admin := h.t.Context(), h.admin()
		h.Declare(Permission{Name: "room.work", Scope: Organisation, Roles: []Role{Analyst}})
		one := h.organisation(admin, "One")
		boss := h.person(admin, one, "boss", []Role{Manager}, nil)
		ana := h.person(admin, one, "ana", []Role{Analyst}, nil)
		_, secret, err := h.CreateToken(ctx, ana, Token{Name: "x", Organisation: one, Scopes: []string{"room.work"}}, time.Hour)
		ok(h.t, "token", err)
		wants(h.t, "an unknown role", h.SetMember(ctx, boss, one, ana.ID, []Role{"owner"}), fault.Invalid, "identity.roles")
		ok(h.t, "remove", h.SetMember(ctx, boss, one, ana.ID, nil))
		wants(h.t, "remove again", h.SetMember(ctx, boss, one, ana.ID, nil), fault.NotFound, "identity.person")
		_, err = h.Authenticate(ctx, secret)
		wants(h.t, "the token afterwards", err, fault.Denied, "")
		wants(h.t, "back by a manager", h.SetMember(ctx, boss, one, ana.ID, []Role{Reader}), fault.NotFound, "")
	})
}

func TestPeopleAreCreatedAndFound(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, admin := h.t.Context(), h.admin()
		for name, tt := range map[string]struct{ login, name, lang, field string }{
			"no login":          {"", "A", "en", "login"},
			"a login of two":    {"a b", "A", "en", "login"},
			"a hidden sign":     {"a\u202eb", "A", "en", "login"},
			"taken":             {"ＲＯＯＴ@example.JP", "A", "en", "login"},
			"no name":           {"a", " ", "en", "name"},
			"a long name":       {"a", strings.Repeat("n", maxName+1), "en", "name"},
			"a language":        {"a", "A", "fr", "lang"},
			"bytes, not a text": {"a\xff", "A", "en", "login"},
		} {
			_, err := h.CreatePerson(ctx, admin, tt.login, tt.name, tt.lang, nil)
			wants(h.t, name, err, fault.Invalid, "")
			if f := fault.Of(err); f != nil && (len(f.Fields) != 1 || f.Fields[0].Name != tt.field) {
				h.t.Errorf("%s names %+v, want %s", name, f.Fields, tt.field)
			}
		}
		_, err := h.CreatePerson(ctx, admin, "a", "A", "en", []Role{Manager})
		wants(h.t, "a role of an organisation", err, fault.Invalid, "identity.roles")
		p, err := h.CreatePerson(ctx, admin, "Ana@Example.jp", "Ana", "", []Role{Auditor})
		ok(h.t, "create", err)
		for _, login := range []string{"ana@example.jp", " ANA@EXAMPLE.JP ", "ａｎａ@example.jp"} {
			if found, err := h.PersonByLogin(ctx, admin, login); err != nil || found.ID != p.ID || found.Login != "Ana@Example.jp" {
				h.t.Errorf("PersonByLogin(%q) = %+v, %v", login, found, err)
			}
		}
		_, err = h.PersonByLogin(ctx, admin, "nobody")
		wants(h.t, "nobody", err, fault.NotFound, "")
		_, err = h.SignIn(ctx, here, "ana@example.jp", "")
		wants(h.t, "without a password", err, fault.Denied, "identity.sign_in_failed")
		_, err = h.Person(ctx, Actor{Kind: KindPerson, ID: p.ID}, admin.ID)
		wants(h.t, "another person", err, fault.Denied, "")
		ids := make([]string, 450)
		for i := range ids {
			ids[i] = fmt.Sprint("none-", i)
		}
		ids[10], ids[440] = p.ID, admin.ID
		if names, err := h.Names(ctx, ids); err != nil || len(names) != 2 {
			h.t.Errorf("Names() = %v, %v", names, err)
		}
	})
}

// TestPeopleArePagedByName walks the list with every size of page.
func TestPeopleArePagedByName(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, admin := h.t.Context(), h.admin()
		want := []string{"root@example.jp"}
		for _, login := range []string{"Zoe", "ana", "Ben", "émile", "川", "b_n", "b%n"} {
			_, err := h.CreatePerson(ctx, admin, login, login, "en", nil)
			ok(h.t, login, err)
			want = append(want, login)
		}
		slices.SortFunc(want, func(a, b string) int { return strings.Compare(canonical(a), canonical(b)) })
		for _, limit := range []int{1, 2, 3, 8, 0} {
			var got []string
			after := ""
			for range 20 {
				page, err := h.People(ctx, admin, PeopleFilter{After: after, Limit: limit})
				ok(h.t, "people", err)
				if len(page) == 0 {
					break
				}
				for _, p := range page {
					got = append(got, p.Login)
				}
				after = canonical(page[len(page)-1].Login)
			}
			if !slices.Equal(got, want) {
				h.t.Errorf("pages of %d: %v, want %v", limit, got, want)
			}
		}
		for text, n := range map[string]int{"b_n": 1, "b%n": 1, "B": 3, "川": 1, "EXAMPLE": 1, "'": 0} {
			if found, err := h.People(ctx, admin, PeopleFilter{Text: text}); err != nil || len(found) < min(n, 1) || n == 0 && len(found) > 0 || strings.ContainsAny(text, "_%") && len(found) != n {
				h.t.Errorf("People(%q) = %d, %v, want %d", text, len(found), err, n)
			}
		}
	})
}

func TestTheCurrentOrganisation(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx, admin := h.t.Context(), h.admin()
		one, two, three := h.organisation(admin, "One"), h.organisation(admin, "Two"), h.organisation(admin, "Three")
		d, err := h.SignIn(ctx, here, "root@example.jp", good)
		ok(h.t, "sign in", err)
		for _, o := range []string{one, two} {
			ok(h.t, "member", h.SetMember(ctx, System("test"), o, admin.ID, []Role{Reader}))
		}
		a := h.actor(d)
		if a.Organisation == "" || !slices.Equal(slices.Sorted(slices.Values(a.Organisations())), slices.Sorted(slices.Values([]string{one, two}))) {
			h.t.Errorf("organisations of %q: %v", a.Organisation, a.Organisations())
		}
		for _, o := range []string{two, one} {
			ok(h.t, "switch", h.SwitchOrganisation(ctx, a, o))
			if got := h.actor(d).Organisation; got != o {
				h.t.Errorf("organisation %s, want %s", got, o)
			}
		}
		wants(h.t, "no member", h.SwitchOrganisation(ctx, a, three), fault.NotFound, "identity.organisation")
		token := a
		token.Kind = KindToken
		wants(h.t, "a token", h.SwitchOrganisation(ctx, token, two), fault.NotFound, "identity.organisation")
		ok(h.t, "leave", h.SetMember(ctx, System("test"), one, admin.ID, nil))
		if got := h.actor(d).Organisation; got != two {
			h.t.Errorf("after leaving: %s, want %s", got, two)
		}
		if got := a.In(three); got.Organisation != three || a.Organisation == three {
			h.t.Errorf("In() = %+v", got)
		}
	})
}

func TestActorsTravelInTheContext(t *testing.T) {
	t.Parallel()
	if a, given := ActorFrom(t.Context()); given || a.SignedIn() {
		t.Errorf("ActorFrom() = %+v, %v", a, given)
	}
	ctx := WithActor(t.Context(), Actor{Kind: KindPerson, ID: "p"})
	inner, cancel := context.WithCancel(WithActor(ctx, Actor{}))
	cancel()
	if a, given := ActorFrom(ctx); !given || a.ID != "p" {
		t.Errorf("ActorFrom() = %+v, %v", a, given)
	}
	if a, given := ActorFrom(inner); !given || a.SignedIn() {
		t.Errorf("the inner actor is %+v, %v", a, given)
	}
	for kind, want := range map[Kind]string{KindNobody: "nobody", KindPerson: "person", KindToken: "token", KindSystem: "system"} {
		if got := (Actor{Kind: kind, ID: "i", TokenID: "t"}).Audit(); got.Kind != want || (got.ID == "") != (kind == KindNobody) {
			t.Errorf("%q is recorded as %+v", kind, got)
		}
	}
}

func TestStepCookies(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		s := &Service{secure: secure}
		set := s.StepCookie("second", "secret")
		if set.MaxAge != int(challengeLife/time.Second) || !set.HttpOnly || set.Secure != secure || set.SameSite != http.SameSiteLaxMode || set.Path != "/" ||
			strings.HasPrefix(set.Name, "__Host-") != secure {
			t.Errorf("cookie = %+v", set)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if got := s.Step(r, "second"); got != "" {
			t.Errorf("Step() without a cookie = %q", got)
		}
		r.AddCookie(set)
		if got := s.Step(r, "second"); got != "secret" {
			t.Errorf("Step() = %q", got)
		}
		if got := s.Step(r, "passkey"); got != "" {
			t.Errorf("another step has %q", got)
		}
		if gone := s.StepCookie("second", ""); gone.MaxAge >= 0 || gone.Name != set.Name {
			t.Errorf("removal = %+v", gone)
		}
	}
}

func TestSealingKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "identity.key")
	made, err := LoadKey(path)
	if err != nil || len(made) != 32 {
		t.Fatalf("LoadKey() = %d bytes, %v", len(made), err)
	}
	read, err := LoadKey(path)
	if err != nil || !slices.Equal(read, made) {
		t.Errorf("the second time: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if there, err := os.ReadDir(filepath.Dir(path)); err != nil || len(there) != 1 {
		t.Errorf("beside the key: %v, %v", there, err)
	}
	if err := writeKey(path, make([]byte, 32)); !errors.Is(err, os.ErrExist) {
		t.Errorf("a key may be replaced: %v", err)
	}
	other, err := LoadKey(path + "2")
	if err != nil || slices.Equal(other, made) {
		t.Errorf("two files hold one key: %v", err)
	}
	for name, tt := range map[string]struct {
		size int
		mode os.FileMode
		want string
	}{
		"readable by others": {32, 0o644, "chmod 600"},
		"too short":          {31, 0o600, "31 bytes"},
		"empty":              {0, 0o600, "0 bytes"},
		"too long":           {33, 0o600, "33 bytes"},
	} {
		bad := filepath.Join(t.TempDir(), "identity.key")
		if err := errors.Join(os.WriteFile(bad, make([]byte, tt.size), tt.mode), os.Chmod(bad, tt.mode)); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKey(bad); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadKey(filepath.Join(t.TempDir(), "none", "identity.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := NewSealer(make([]byte, 31)); err == nil || !strings.Contains(err.Error(), "want 32") {
		t.Errorf("NewSealer() = %v", err)
	}
}

func TestProvidersShowNoSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storage.SQLite, Provider{Name: "corp", Issuer: "https://id.example", ClientID: "c", ClientSecret: "s"}, Provider{Name: "b", Title: "B", Issuer: "https://b.example"})
	all := h.Providers()
	if len(all) != 2 || all[0].Title != "corp" || all[1].Title != "B" || all[0].ClientSecret != "" || all[0].ClientID != "" {
		t.Errorf("Providers() = %+v", all)
	}
	if _, _, err := h.BeginOutside(t.Context(), Actor{}, here, "none", "/"); !errors.Is(err, fault.NotFound) {
		t.Errorf("an unknown provider: %v", err)
	}
}
