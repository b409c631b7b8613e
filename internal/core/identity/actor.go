package identity

import (
	"context"
	"slices"
	"time"

	"noroshi.dev/internal/core/audit"
)

// Kind is the kind of an actor.
type Kind string

// The kinds of actors. The zero Kind is nobody: a reader of public pages.
const (
	KindNobody Kind = ""
	KindPerson Kind = "person" // signed in by a session
	KindToken  Kind = "token"  // a person's API token, bound to one organisation
	KindSystem Kind = "system" // a job, the command line on the server, demo seeding
)

// Membership is what a person is in one organisation.
type Membership struct {
	Organisation string // id
	Name         string // the organisation's name
	Roles        []Role
}

// Actor is who acts in one request. The zero Actor is nobody. It is not
// comparable; ask SignedIn.
type Actor struct {
	Kind         Kind
	ID           string // person's id; for the system the name of the job
	Name         string // display name
	Lang         string // "ja" or "en"; empty: the URL decides
	Zone         string // IANA zone of the console, "" means the instance's
	Theme        string // "", "light" or "dark"
	Compact      bool   // short table rows
	NoKeys       bool   // single-letter shortcuts switched off
	Organisation string // id of the organisation that the actor works in now

	InstanceRoles []Role
	Memberships   []Membership

	SessionID     string    // public number of the session, not its secret
	Authenticated time.Time // last proof of a credential in this session
	TokenID       string
	TokenScopes   []string // permission names an API token is limited to
}

// SignedIn reports whether the actor is somebody.
func (a Actor) SignedIn() bool { return a.Kind != KindNobody }

// System returns the actor of a job or command of the server itself. It holds
// every permission; what it does is audited under its name.
func System(name string) Actor { return Actor{Kind: KindSystem, ID: name, Name: name} }

// In returns a with its current organisation changed, as a job for one
// organisation needs it.
func (a Actor) In(organisation string) Actor { a.Organisation = organisation; return a }

// Audit returns the actor as the audit log writes it.
func (a Actor) Audit() audit.Actor {
	switch a.Kind {
	case KindToken:
		return audit.Actor{Kind: "token", ID: a.TokenID}
	case KindNobody:
		return audit.Actor{Kind: "nobody"}
	default:
		return audit.Actor{Kind: string(a.Kind), ID: a.ID}
	}
}

// Member returns the membership in an organisation and whether there is one.
func (a Actor) Member(organisation string) (Membership, bool) {
	for _, m := range a.Memberships {
		if m.Organisation == organisation && organisation != "" {
			return m, true
		}
	}
	return Membership{}, false
}

// HasRole reports whether the actor holds role for the instance.
func (a Actor) HasRole(role Role) bool { return slices.Contains(a.InstanceRoles, role) }

// Organisations returns the ids of the organisations that the actor belongs to.
func (a Actor) Organisations() []string {
	ids := make([]string, 0, len(a.Memberships))
	for _, m := range a.Memberships {
		ids = append(ids, m.Organisation)
	}
	return ids
}

type actorKey struct{}

// WithActor returns ctx carrying a.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns the actor that ctx carries and whether there is one.
func ActorFrom(ctx context.Context) (Actor, bool) {
	a, ok := ctx.Value(actorKey{}).(Actor)
	return a, ok
}
