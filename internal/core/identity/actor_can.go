package identity

import (
	"slices"

	"noroshi.dev/internal/core/fault"
)

// Can reports whether the actor holds p; organisation is the owner of the
// object for permissions of scope Organisation and may be empty else. It
// returns nil, a fault.Denied, or fault.NotFound where even the existence of the
// object is not the actor's to know.
func (a Actor) Can(p Permission, organisation string) error {
	switch {
	case !p.Declared():
		return fault.New(fault.Denied, "identity.undeclared", p.Name)
	case p.Scope == Public, a.Kind == KindSystem:
		return nil
	case !a.SignedIn():
		return fault.New(fault.Denied, "identity.sign_in_first", p.Name)
	case a.Kind == KindToken && !slices.Contains(a.TokenScopes, p.Name):
		return fault.New(fault.Denied, "identity.token_scope", p.Name)
	case p.Scope == SignedIn:
		return nil
	case slices.ContainsFunc(a.InstanceRoles, p.Holds):
		return nil
	case p.Scope == Instance:
		return fault.New(fault.Denied, "identity.permission", p.Name)
	}
	m, ok := a.Member(organisation)
	if !ok {
		return fault.New(fault.NotFound, "identity.organisation", organisation)
	}
	if !slices.ContainsFunc(m.Roles, p.Holds) {
		return fault.New(fault.Denied, "identity.permission", p.Name)
	}
	return nil
}

// May reports whether the actor holds p in its current organisation: what a
// menu or a button asks. The deed itself is checked again by its service.
func (a Actor) May(p Permission) bool { return a.Can(p, a.Organisation) == nil }

// level is the power of the strongest role that the actor holds anywhere.
func (a Actor) level() int {
	if a.Kind == KindSystem {
		return Admin.level() + 1
	}
	top := 0
	for _, r := range a.InstanceRoles {
		top = max(top, r.level())
	}
	for _, m := range a.Memberships {
		for _, r := range m.Roles {
			top = max(top, r.level())
		}
	}
	return top
}
