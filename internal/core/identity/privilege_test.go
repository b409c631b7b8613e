package identity

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"noroshi.dev/internal/core/storage"
)

// credentials reads every row of every table that holds a credential of a person.
func (h *house) credentials(person string) string {
	h.t.Helper()
	out := ""
	for _, q := range []string{
		`SELECT hash FROM identity_password WHERE person = ?`,
		`SELECT CAST(sealed AS TEXT) || CAST(confirmed AS TEXT) FROM identity_totp WHERE person = ?`,
		`SELECT CAST(hash AS TEXT) FROM identity_recovery WHERE person = ? ORDER BY hash`,
		`SELECT CAST(key_id AS TEXT) || id FROM identity_passkey WHERE person = ? ORDER BY id`,
		`SELECT issuer || subject FROM identity_outside WHERE person = ? ORDER BY issuer, subject`,
		`SELECT id || CAST(hash AS TEXT) FROM identity_session WHERE person = ? ORDER BY id`,
		`SELECT id || CAST(hash AS TEXT) FROM identity_token WHERE person = ? ORDER BY id`,
		`SELECT id || CAST(hash AS TEXT) FROM identity_link WHERE person = ? ORDER BY id`,
		`SELECT CAST(instance_roles AS TEXT) || COALESCE(CAST(disabled_at AS TEXT), '') FROM identity_person WHERE id = ?`,
		`SELECT organisation || CAST(roles AS TEXT) FROM identity_member WHERE person = ? ORDER BY organisation`,
	} {
		rows, err := storage.List(h.t.Context(), h.db.Read(), storage.Scalar[string], q, person)
		if err != nil {
			h.t.Fatal(err)
		}
		out += fmt.Sprintln(rows)
	}
	return out
}

// TestPeer_CVE_2026_44380 is the property: whatever an actor tries with another
// person's id, no credential, right or session of a more powerful person changes
// or is given out.
func TestPeer_CVE_2026_44380(t *testing.T) {
	t.Parallel()
	quick(t, func(h *house) {
		ctx, t := h.t.Context(), h.t
		admin := h.admin()
		one, two := h.organisation(admin, "One"), h.organisation(admin, "Two")
		people := map[string]Actor{
			"admin": admin, "auditor": h.person(admin, "", "aud", nil, []Role{Auditor}),
			"manager": h.person(admin, one, "man", []Role{Manager}, nil), "analyst": h.person(admin, one, "ana", []Role{Analyst}, nil),
			"reader": h.person(admin, one, "rea", []Role{Reader}, nil), "elsewhere": h.person(admin, two, "els", []Role{Manager}, nil),
		}
		for name, a := range people {
			if _, err := h.BeginCodes(ctx, a); err != nil {
				t.Fatal(name, err)
			}
		}
		sessions := func(a Actor) string {
			list, err := h.sessionsOf(ctx, a.ID)
			if err != nil || len(list) == 0 {
				t.Fatal(err)
			}
			return list[0].ID
		}
		deeds := func(a, b Actor) map[string]error {
			out := map[string]error{}
			secret := ""
			secret, out["link"] = h.IssueSignInLink(ctx, a, b.ID)
			if secret != "" {
				t.Errorf("%s got a sign-in link of %s", a.Name, b.Name)
			}
			out["codes"] = h.RemoveCodesOf(ctx, a, b.ID)
			out["sessions"] = h.EndSessionsOf(ctx, a, b.ID)
			out["session"] = h.EndSession(ctx, a, sessions(b))
			out["disable"] = h.SetDisabled(ctx, a, b.ID, true)
			out["roles"] = h.SetInstanceRoles(ctx, a, b.ID, []Role{Admin})
			out["token"] = h.RevokeToken(ctx, a, b.ID)
			out["passkey"] = h.RemovePasskey(ctx, a, b.ID)
			_, out["read sessions"] = h.SessionsOf(ctx, a, b.ID)
			_, out["read person"] = h.Person(ctx, a, b.ID)
			return out
		}
		names := []string{"admin", "auditor", "manager", "analyst", "reader", "elsewhere"}
		for _, x := range names {
			for _, y := range names {
				a, b := people[x], people[y]
				if x == y || x == "admin" {
					continue
				}
				before := h.credentials(b.ID)
				for deed, err := range deeds(a, b) {
					if err == nil {
						t.Errorf("%s may %s of %s", x, deed, y)
					}
				}
				if after := h.credentials(b.ID); after != before {
					t.Errorf("%s changed credentials of %s:\n%s\n%s", x, y, before, after)
				}
			}
		}
	})
}

// TestPowerOrdersEverybody checks that a more powerful person is never below.
func TestPowerOrdersEverybody(t *testing.T) {
	t.Parallel()
	roles := append(InstanceRoles(), Roles()...)
	if !slices.IsSortedFunc([]Role{Reader, Analyst, Manager, Admin}, func(a, b Role) int { return a.level() - b.level() }) {
		t.Error("levels are not ordered")
	}
	for _, r := range roles {
		a := Actor{Kind: KindPerson, Memberships: []Membership{{Organisation: "o", Roles: []Role{Reader, r}}}}
		if a.level() != r.level() {
			t.Errorf("the level of reader and %s is %d, want %d", r, a.level(), r.level())
		}
		if r.level() >= System("x").level() {
			t.Errorf("%s is as powerful as the system", r)
		}
	}
}

// TestOnBehalfHasNoMoreThanThePerson holds for feeds that run later.
func TestOnBehalfHasNoMoreThanThePerson(t *testing.T) {
	t.Parallel()
	run(t, func(h *house) {
		ctx := h.t.Context()
		admin := h.admin()
		one := h.organisation(admin, "One")
		a := h.person(admin, one, "ana", []Role{Analyst}, []Role{Auditor})
		got, err := h.OnBehalf(ctx, a.ID, one, "feed:1", ReadAudit().Name, SeeMembers().Name)
		ok(h.t, "on behalf", err)
		ok(h.t, "members", got.Can(SeeMembers(), one))
		if got.Can(ReadAudit(), "") == nil || got.HasRole(Auditor) {
			h.t.Error("instance roles pass on")
		}
		if _, err := h.OnBehalf(ctx, a.ID, "other", "feed:1"); err == nil {
			h.t.Error("on behalf in another organisation")
		}
		h.hands.forward(time.Second)
		ok(h.t, "close", h.SetDisabled(ctx, admin, a.ID, true))
		if _, err := h.OnBehalf(ctx, a.ID, one, "feed:1"); err == nil {
			h.t.Error("on behalf of a closed account")
		}
	})
}
