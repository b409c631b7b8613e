package view

import (
	"context"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// Kind is the way by which news of a view reach a subscriber.
type Kind string

// The kinds of subscriptions.
const (
	Atom    Kind = "atom"
	Webhook Kind = "webhook"
)

// Bounds of subscriptions.
const (
	maxSubscriptions = 20 // of one person to one view
	secretBytes      = 20
)

// Subscription is one person's subscription to a view, without its secret.
type Subscription struct {
	ID           string
	View         View
	Kind         Kind
	Person       string
	Organisation string
	URL          string // of a webhook
	CreatedAt    time.Time
}

// FeedPath is the path of an Atom subscription's secret, without a language.
func FeedPath(secret string) string { return "/feed/" + secret }

const subscriptionColumns = `s.id, s.kind, s.person, s.organisation, s.url, s.created_at,
	v.id, v.path, v.name, v.query, v.person, v.organisation, v.team, v.created_at`

const subscriptionTables = ` FROM view_subscription s JOIN view_view v ON v.id = s.view`

func scanSubscription(scan func(...any) error) (Subscription, error) {
	var s Subscription
	var created, made storage.Time
	v := &s.View
	err := scan(&s.ID, &s.Kind, &s.Person, &s.Organisation, &s.URL, &created,
		&v.ID, &v.Path, &v.Name, &v.Query, &v.Person, &v.Organisation, &v.Team, &made)
	s.CreatedAt, v.CreatedAt = created.Time, made.Time
	return s, err
}

// Subscriptions lists the actor's own subscriptions in the current organisation.
func (s *Service) Subscriptions(ctx context.Context, a identity.Actor) ([]Subscription, error) {
	if err := a.Can(Own(), a.Organisation); err != nil {
		return nil, err
	}
	return storage.List(ctx, s.DB.Read(), scanSubscription, `SELECT `+subscriptionColumns+subscriptionTables+`
		WHERE s.person = ? AND s.organisation = ? ORDER BY s.created_at, s.id`, a.ID, a.Organisation)
}

// Feed returns the view of an Atom secret and the actor in whose name its rows
// are read now: the subscriber, in the view's organisation, with only the named
// permissions. Fault: NotFound, also when the subscriber may no longer see it.
func (s *Service) Feed(ctx context.Context, secret string, permissions ...string) (View, identity.Actor, error) {
	gone := fault.New(fault.NotFound, "view.feed")
	sub, err := storage.One(ctx, s.DB.Read(), "view.feed", "", scanSubscription,
		`SELECT `+subscriptionColumns+subscriptionTables+` WHERE s.hash = ? AND s.kind = 'atom'`, secretHash(secret))
	if err != nil {
		return View{}, identity.Actor{}, err
	}
	a, err := s.Identity.OnBehalf(ctx, sub.Person, sub.Organisation, "feed:"+sub.ID, append(permissions, Own().Name)...)
	if err != nil || !sub.View.Team && sub.View.Person != a.ID {
		return View{}, identity.Actor{}, gone.Because(err)
	}
	return sub.View, a, nil
}

// Subscribed returns the webhooks to views of a path in an organisation: the room
// decides which of their queries match a change.
func (s *Service) Subscribed(ctx context.Context, r storage.Runner, organisation, path string) ([]Subscription, error) {
	return storage.List(ctx, r, scanSubscription, `SELECT `+subscriptionColumns+subscriptionTables+`
		WHERE s.kind = 'webhook' AND s.organisation = ? AND v.path = ? ORDER BY s.id`, organisation, path)
}
