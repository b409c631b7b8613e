package identity

import (
	"slices"
	"sort"
)

// Scope says within which bounds a permission is held.
type Scope uint8

// The scopes. The zero Scope is none: a route that declares it does not build.
const (
	Public       Scope = iota + 1 // anybody, signed in or not
	SignedIn                      // every signed-in person, on what is their own
	Organisation                  // members of the organisation with one of Roles
	Instance                      // people with one of Roles for the whole instance
)

var scopeNames = [...]string{"undeclared", "public", "signed_in", "organisation", "instance"}

// String returns the name of the scope as the permission table prints it.
func (s Scope) String() string {
	if int(s) < len(scopeNames) {
		return scopeNames[s]
	}
	return scopeNames[0]
}

// Role is a set of duties that a person has in one organisation or in the instance.
type Role string

// The roles that are built in. Admin and Auditor are held for the instance, the
// others in one organisation.
const (
	Admin   Role = "admin"   // runs the instance: people, organisations, settings
	Auditor Role = "auditor" // reads the audit log, changes nothing
	Manager Role = "manager" // runs an organisation: members, models, tokens
	Analyst Role = "analyst" // does the organisation's work
	Reader  Role = "reader"  // reads the organisation's work
)

// Roles returns the roles of one organisation, most powerful first.
func Roles() []Role { return []Role{Manager, Analyst, Reader} }

// InstanceRoles returns the roles of the instance, most powerful first.
func InstanceRoles() []Role { return []Role{Admin, Auditor} }

// level orders roles by power: nobody touches the credentials of a higher one.
func (r Role) level() int {
	switch r {
	case Admin:
		return 4
	case Auditor, Manager:
		return 3
	case Analyst:
		return 2
	case Reader:
		return 1
	default:
		return 0
	}
}

// Permission is the right to do one kind of thing. It is declared by the room
// that guards it and named by each of its routes and operations.
type Permission struct {
	Name       string // "kengine.report.read": room first
	Scope      Scope
	Roles      []Role // who holds it; unused for Public and SignedIn
	Restricted bool   // reading by it writes an audit leaf
}

// Anyone is the permission of pages that need no sign-in.
func Anyone() Permission { return Permission{Name: "public", Scope: Public} }

// Person is the permission of pages that concern only the signed-in person.
func Person() Permission { return Permission{Name: "signed_in", Scope: SignedIn} }

// Declared reports whether p is a real permission and not the zero one.
func (p Permission) Declared() bool { return p.Name != "" && p.Scope != 0 }

// Holds reports whether role carries p.
func (p Permission) Holds(role Role) bool { return slices.Contains(p.Roles, role) }

// Cell is one field of the permission matrix.
type Cell struct {
	Permission Permission
	Role       Role
	Held       bool
}

// Matrix returns every permission by every role, permissions sorted by name and
// listed once: the policy table that documents print and tests walk.
func Matrix(permissions []Permission) []Cell {
	sorted := slices.Clone(permissions)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	sorted = slices.CompactFunc(sorted, func(a, b Permission) bool { return a.Name == b.Name })
	roles := append(InstanceRoles(), Roles()...)
	cells := make([]Cell, 0, len(sorted)*len(roles))
	for _, p := range sorted {
		for _, r := range roles {
			held := p.Scope == Public || p.Scope == SignedIn || p.Holds(r)
			cells = append(cells, Cell{Permission: p, Role: r, Held: held})
		}
	}
	return cells
}
